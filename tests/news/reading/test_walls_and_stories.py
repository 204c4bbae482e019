"""Briefs, and articles about walls, are articles; stubs that ask their reader to pay are none."""

from __future__ import annotations

import golden
import pytest

from news.errors import PageError
from news.model import Site
from news.reading.decode import html_document
from news.sites import load_reader

SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
URL = "https://gazette.example/2025/03/05/the-bridge-is-open-again"
DATED = "<meta property='article:published_time' content='2025-03-05T09:00:00Z'>"
COUNCIL = "The harbour board met on Thursday to weigh the plan for a second slip, which residents have opposed."


def page(title: str, *paragraphs: str, rest: str = "") -> str:
    head = f"<title>{title}</title><meta property='og:type' content='article'>{DATED}"
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html lang=en><head>{head}</head><body><article><h1>{title}</h1>{text}</article>{rest}</body></html>"


STORIES = {
    "two sentences": page(
        "Lorry blocks quay road",
        "A lorry carrying timber overturned on Quay Road at 6am on Friday and closed both lanes.",
        "Nobody was hurt, police said.",
    ),
    "one sentence": page(
        "Marlow 3-1 Quillon", "Marlow beat Quillon 3-1 in the cup on Saturday with goals from Vey (2) and Brisk."
    ),
    "an interview": page(
        "'I never wanted to be mayor'",
        "<b>Did you think it would last?</b>",
        "No. I thought that I would be out by Christmas.",
        "<b>What would you do otherwise?</b>",
        "Listen sooner. We lost a year over the ferry.",
    ),
    "about a paywall": page(
        "Rival puts up a paywall",
        "The Marlow Gazette will ask readers to subscribe to continue reading from Monday, its owner said.",
        "Its rival would stay free, said Edda Marrow, who has edited it for nine years and owns half of it.",
    ),
    "about bot checks": page(
        "Are you a robot? Captchas get harder",
        "Tests that ask people to prove that they are human are now solved faster by machines, a study found.",
        "Researchers set 1,400 people to press buttons, pick out bicycles and type wavy letters.",
    ),
}


@pytest.mark.parametrize("html", STORIES.values(), ids=STORIES)
def test_short_articles_and_those_about_walls_are_read(html: str) -> None:
    article = load_reader("generic").read(html_document(URL, html.encode(), golden.SEEN), SITE)
    assert f"<h1>{article.headline}</h1>" in html
    assert article.body


WALLED = {
    "a limit": (
        page("Silt report leaked", COUNCIL, "You have reached your limit of free articles this month."),
        "paywall",
    ),
    "a member's": (
        page("Ferry slip", COUNCIL, "To continue reading this article, become a member. Cancel at any time."),
        "paywall",
    ),
    "a long sentence": (
        page(
            "Ferry slip", COUNCIL, "You have read three stories this month and need to subscribe to continue reading."
        ),
        "paywall",
    ),
    "a button": (
        page("Ferry slip", COUNCIL, rest="<div>Support us <a href=/pay>Subscribe to continue reading</a> today</div>"),
        "paywall",
    ),
    "a brief that is an error": (
        page("Service temporarily unavailable", "Our site is undergoing planned maintenance. We'll be back shortly."),
        "error-page",
    ),
}


@pytest.mark.parametrize(("html", "reason"), WALLED.values(), ids=WALLED)
def test_stubs_and_errors_are_none_though_they_say_that_they_are(html: str, reason: str) -> None:
    with pytest.raises(PageError) as caught:
        load_reader("generic").read(html_document(URL, html.encode(), golden.SEEN), SITE)
    assert caught.value.reason == reason
