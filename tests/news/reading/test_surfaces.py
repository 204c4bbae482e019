"""The headlines that a page of any site states beside the one over its text, and what becomes of a pair that parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from news.model import Article, CaptureRef, Site
from news.reading.decode import html_document
from news.revising import History, NewRevision, Present, Unchanged, decide
from news.revising.content import content_digest
from news.revising.deciding import Occasion
from news.sites import load_reader

SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
URL = "https://gazette.example/2026/03/01/lock-keeper-retires"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
TEXT = "<p>The lock keeper of Pellbrook has retired after forty years and eleven thousand boats, she said.</p>" * 3


def read(headline: str, *, title: str = "Lock keeper retires", over: str = "h1", above: str = "") -> Article:
    page = f"""<html><head><title>{title} | Gazette</title><meta property="og:type" content="article">
    <meta property="og:title" content="{title}"></head>
    <body>{above}<article><{over}>{headline}</{over}>{TEXT}</article></body></html>"""
    return load_reader("generic").read(html_document(URL, page.encode(), AT), SITE)


def occasion(at: datetime) -> Occasion:
    capture = CaptureRef(record_id="<urn:uuid:1>", segment="s", payload_digest=None, block_digest="sha256:0")
    return Occasion(site="gazette", article_id="a" * 20, url=URL, reader="generic/3", at=at, capture=capture)


def then(before: Article, after: Article) -> NewRevision | Unchanged:
    first = decide(History(), Present(article=before), occasion(AT))
    assert isinstance(first, NewRevision)
    known = History(latest=first.revision, spoken=first.revision, last_look=AT)
    decided = decide(known, Present(article=after), occasion(AT + timedelta(hours=1)))
    assert isinstance(decided, NewRevision | Unchanged)
    return decided


def test_a_headline_that_parts_from_those_in_the_head_is_an_experiment() -> None:
    decided = then(read("Lock keeper retires"), read("Forty years, eleven thousand boats"))
    assert isinstance(decided, NewRevision)
    assert decided.revision.classes == ("stealth", "headline", "experiment")


def test_a_headline_rewritten_everywhere_is_none() -> None:
    decided = then(read("Lock keeper retires"), read("She is gone", title="She is gone"))
    assert isinstance(decided, NewRevision)
    assert decided.revision.classes == ("stealth", "headline")


def test_headlines_in_the_head_are_no_content() -> None:
    before, after = read("Lock keeper retires"), read("Lock keeper retires", title="She is gone")
    assert content_digest(before) == content_digest(after) == content_digest(replace(before, surfaces=()))
    decided = then(before, after)
    assert isinstance(decided, Unchanged)
    assert decided.signals == (("headline-elsewhere", "og:title"), ("headline-elsewhere", "title"))


def test_an_h1_is_a_place_of_its_own_where_a_lesser_heading_is_the_headline() -> None:
    lesser = read("Lock keeper retires", over="h2", above="<h1>She leaves the lock</h1>")
    assert lesser.headline == "Lock keeper retires"
    assert dict(lesser.surfaces)["h1"] == "She leaves the lock"
    assert "h1" not in dict(read("Lock keeper retires").surfaces)
    assert "h1" not in dict(read("Lock keeper retires", over="h2").surfaces)
