"""Pages whose structure shows no text, and that say that they are articles all the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from news.errors import NotAnArticle
from news.model import Site
from news.reading.decode import html_document
from news.sites import load_reader

SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
SENTENCE = "The lock keeper of Pellbrook has retired after forty years and eleven thousand boats, she said on Monday."


def page(body: str, *, kind: str = "article") -> bytes:
    return f"""<html><head><title>Lock keeper retires</title><meta property="og:type" content="{kind}">
    <meta property="og:title" content="Lock keeper retires">
    <meta property="article:published_time" content="2026-03-01T08:00:00Z"></head><body>{body}</body></html>""".encode()


def test_text_in_the_head_alone_is_read_where_the_page_says_that_it_is_an_article() -> None:
    text = " ".join([SENTENCE] * 5)
    claim = f'{{"@type":"NewsArticle","headline":"Lock keeper retires","articleBody":"{text}"}}'
    linked = f'<script type="application/ld+json">{claim}</script>'
    document = html_document("https://gazette.example/news/lock/", page(linked), datetime(2026, 3, 2, tzinfo=UTC))
    article = load_reader("generic").read(document, SITE)
    assert article.headline == "Lock keeper retires"
    assert [block.text for block in article.body] == [text]
    chosen = article.chosen("published")
    assert chosen is not None
    assert chosen.source == "meta:article:published_time"


def test_a_page_without_text_stays_no_article() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    document = html_document("https://gazette.example/news/lock/", page("<p>Loading</p>"), at)
    with pytest.raises(NotAnArticle):
        load_reader("generic").read(document, SITE)
