# ruff: noqa: E501 - pages stand in one line
"""What a paywall leaves of an article is told from an edit, and from articles that only speak of paying."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from news.model import Article, Block, CaptureRef, Site
from news.reading.decode import html_document
from news.reading.walls import says_paid
from news.revising import History, NewRevision, Present, Walled, decide, judge
from news.revising.deciding import Occasion
from news.revising.stubs import is_stub, words_in
from news.sites import load_reader

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
SENTENCE = "Number {} of those who spoke about the harbour wall had measured it himself with a knotted rope."
WHOLE = tuple(SENTENCE.format(number) for number in range(1, 31))
OFFER = "Subscribe to continue reading."


def article(*texts: str, paid: bool = False) -> Article:
    return Article(headline="The wall", body=tuple(Block(role="paragraph", text=text) for text in texts), paid=paid)


FULL = article(*WHOLE)


def occasion(minute: int = 0) -> Occasion:
    capture = CaptureRef(record_id="<urn:uuid:1>", segment="s", payload_digest=None, block_digest="sha256:0")
    at = NOW.replace(minute=minute)
    return Occasion(site="gazette", article_id="a" * 20, url=PAGE, reader="generic/1", at=at, capture=capture)


PAGE = "https://gazette.example/2026/03/02/the-harbour-wall-is-measured"


@pytest.mark.parametrize(
    "stub",
    [
        article(*WHOLE[:8], paid=True),
        article(*WHOLE[:7], WHOLE[7][:40] + " …", paid=True),
        article(*WHOLE[:8], OFFER, paid=True),
        article(*WHOLE[:8], "Already a subscriber? Log in.", OFFER, paid=True),
        article(paid=True),
    ],
    ids=["first-blocks", "cut-block", "offer", "two-offers", "nothing"],
)
def test_the_beginning_of_an_article_on_a_page_that_speaks_of_paying_is_a_stub(stub: Article) -> None:
    assert is_stub(FULL, stub, None)
    first = decide(History(), Present(article=FULL), occasion())
    assert isinstance(first, NewRevision)
    known = History(latest=first.revision, spoken=first.revision, last_look=NOW)
    assert decide(known, Present(article=stub), occasion(5)) == Walled()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FULL, article(*WHOLE[:8])),
        (FULL, article(*WHOLE[:7], "The council denies all of it.", paid=True)),
        (FULL, article("It was shortened.", *WHOLE[1:6], paid=True)),
        (FULL, article(*WHOLE[:20], paid=True)),
        (article(*WHOLE[:20], paid=True), article(*WHOLE[:6], paid=True)),
    ],
    ids=["no-word-of-paying", "says-something-new", "begins-otherwise", "most-of-it-is-there", "page-always-spoke-so"],
)
def test_an_article_that_its_publisher_cut_is_an_edit(before: Article, after: Article) -> None:
    assert not is_stub(before, after, 400)


def test_at_first_sight_a_stub_is_told_by_what_is_usual_on_its_site() -> None:
    stub = article(*WHOLE[:8], paid=True)
    assert is_stub(None, stub, words_in(stub) * 4)
    assert not is_stub(None, stub, words_in(stub) * 2)
    assert not is_stub(None, stub, None)
    assert not is_stub(None, replace(stub, paid=False), 4000)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Subscribe now to continue reading</p>",
        "<p>Already a subscriber?</p>",
        "<p>Weiterlesen mit dem Abo</p>",
        "<p>Artículo solo para suscriptores</p>",
        "<p>Réservé aux abonnés</p>",
        "<p>Contenuto riservato agli abbonati</p>",
        "<p>Il vous reste 75 % de cet article à lire</p>",
        '<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>',
        '{"isAccessibleForFree":false}',
    ],
)
def test_words_of_paying_are_found_wherever_they_stand(markup: str) -> None:
    assert says_paid("<p>Nothing about it here.</p>" * 500 + markup + "<p>Nothing more.</p>" * 500)


@pytest.mark.parametrize(
    "markup",
    [
        "<a href=/newsletter>Subscribe to our newsletter</a>",
        "<p>Subscribers to the theory say the wall leans. Continue to the next page. Unlock the door.</p>",
        '{"isAccessibleForFree": true}',
        "<p>Become a hero. Das Abo der Bahn.</p>",
    ],
)
def test_words_that_only_sound_so_are_not(markup: str) -> None:
    assert not says_paid(markup)


def page(*paragraphs: str, title: str = "The wall is measured", head: str = "", body: str = "") -> bytes:
    data = f'{{"@type":"NewsArticle","headline":"{title}","datePublished":"2026-03-01T08:00:00Z"}}'
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<!doctype html><html lang=en><head><title>{title}</title><script type='application/ld+json'>{data}</script>{head}</head><body><article><h1>{title}</h1>{text}</article>{body}</body></html>".encode()


def test_a_reader_s_article_is_marked_only_where_it_is_short_and_its_page_speaks_of_paying() -> None:
    reader = load_reader("generic")
    offer = "<footer><p>Already a subscriber? Log in.</p></footer>"
    marked = {
        name: found.paid
        for name, markup in {
            "short": page(*WHOLE[:12], body=offer),
            "long": page(*WHOLE, body=offer),
            "silent": page(*WHOLE[:12]),
        }.items()
        if (found := judge(html_document(PAGE, markup, NOW), SITE, reader).article)
    }
    assert marked == {"short": True, "long": False, "silent": False}


@pytest.mark.parametrize(
    ("title", "paragraph"),
    [
        ("Paywalls have doubled newspapers' income, study finds", "Readers were shown the words “Subscribe to continue reading” and half of them went away."),
        ("Why so many pages answer 404", "A page not found is a promise broken, says the librarian who counted them."),
        ("Cookie banners: accept all, or else", "“We value your privacy”, it says, before asking to accept all cookies for 812 partners."),
        ("Please sign in: the end of the open web", "Register to read, log in to continue, create an account to comment: the doors multiply."),
        ("Are you a robot? A test that humans fail", "“Verify you are human” is the sentence that she sees most often in a day at work."),
        ("Something went wrong at the mint", "An internal server error was blamed when the coins came out with two heads."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("length", [8, 12, 30])
def test_an_article_about_walls_is_no_wall(title: str, paragraph: str, length: int) -> None:
    markup = page(paragraph, *WHOLE[:length], title=title)
    verdict = judge(html_document(PAGE, markup, NOW), SITE, load_reader("generic"))
    assert verdict.article is not None, verdict
    assert decide(History(), Present(article=verdict.article), occasion()) != Walled()


def test_a_page_of_a_few_words_that_offers_a_subscription_is_taken_for_a_stub_whatever_it_is_about() -> None:
    markup = page("Readers were shown the words “Subscribe to continue reading”.", *WHOLE[:3])
    verdict = judge(html_document(PAGE, markup, NOW), SITE, load_reader("generic"))
    assert (verdict.outcome, verdict.reason) == ("blocked", "paywall")
