"""Whatever a page or a source is made of, what it names is found in a moment: bounded in work, in number, and never in
what an honest page would lose.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from news.discovery import DiscoveryError, links, markup, parse_feed, parse_sitemap, requisites, requisites_in_css
from news.discovery.links import MOST_LINKS
from news.discovery.markup import unpacked
from news.discovery.requisites import MOST_REQUISITES
from news.model import Document
from tests.growth import grows_as_its_size

HERE = "https://gazette.example/news/"
TAGS = 195_000


def page(body: str) -> Document:
    text = f"<html><body>{body}"
    return Document(
        url=HERE, status=200, headers=(), media_type="text/html", encoding="utf-8", body=text.encode(), text=text,
        captured_at=datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip


PAGES: dict[str, tuple[int, Callable[[int], str]]] = {
    "links": (TAGS, lambda size: "".join(f"<a href=/n/{number}>" for number in range(size))),
    "same-link": (TAGS, lambda size: "<a href=/n/1>" * size),
    "long-links": (12_000, lambda size: "".join(f"<a href='/{'é' * 300}{number}'>x</a>" for number in range(size))),
    "dots": (8_000, lambda size: "".join(f"<a href='{'../' * 300}{number}'>x</a>" for number in range(size))),
    "deep": (TAGS // 2, lambda size: "<b><a href=/x>" * size),
    "feeds": (
        TAGS // 2,
        lambda size: "".join(f"<link rel=alternate type=application/rss+xml href=/{number}>" for number in range(size)),
    ),
}
DRAWING: dict[str, tuple[int, Callable[[int], str]]] = {
    "pictures": (
        TAGS // 2,
        lambda size: "".join(
            f"<img src=/{number}.jpg srcset='/a{number} 1x, /b{number} 2x'>" for number in range(size)
        ),
    ),
    "styles": (
        TAGS // 2,
        lambda size: "".join(f"<p style='background:url(/{number})'>" for number in range(size)),
    ),
    "srcset": (3_500_000, lambda size: f"<img srcset='{'a ' * size}'>"),
    "commas": (2_000_000, lambda size: f"<img srcset='{'a ,' * size}'>"),
}
SHEETS: dict[str, tuple[int, Callable[[int], str]]] = {
    "urls": (300_000, lambda size: "".join(f"b{{background:url(/{number})}}" for number in range(size))),
    "quotes": (7_000_000, lambda size: "'" * size),
    "escapes": (1_000_000, lambda size: f"url({chr(92)}a" * size),
    "imports": (900_000, lambda size: "@import " * size),
    "comments": (3_000_000, lambda size: "/*" * size),
}


@pytest.mark.parametrize("kind", PAGES)
def test_the_links_of_a_page_of_as_many_tags_as_are_read_cost_no_more_than_its_length(kind: str) -> None:
    most, body = PAGES[kind]
    assert grows_as_its_size(lambda size: links(page(body(size))), most)
    found = links(page(body(most)))
    assert len(found.anchors) <= MOST_LINKS
    assert len(found.alternates) <= MOST_LINKS


@pytest.mark.parametrize("kind", DRAWING)
def test_what_a_page_draws_on_costs_no_more_than_its_length(kind: str) -> None:
    most, body = DRAWING[kind]
    assert grows_as_its_size(lambda size: requisites(page(body(size)), "all"), most)
    assert len(requisites(page(body(most)), "all")) <= MOST_REQUISITES


@pytest.mark.parametrize("kind", SHEETS)
def test_what_a_style_sheet_draws_on_costs_no_more_than_its_length(kind: str) -> None:
    most, sheet = SHEETS[kind]
    assert grows_as_its_size(lambda size: requisites_in_css(sheet(size), HERE), most)
    assert len(requisites_in_css(sheet(most), HERE)) <= MOST_REQUISITES


def test_an_archive_page_of_two_thousand_stories_is_taken_whole() -> None:
    found = links(page("".join(f"<p><a href=/news/story-{number}>Story {number}</a>" for number in range(2000))))
    assert [*found.anchors[:1], *found.anchors[-1:]] == [f"{HERE}story-0", f"{HERE}story-1999"]
    assert len(found.anchors) == 2000


def test_a_source_of_a_million_empty_gzip_members_is_left_in_a_moment() -> None:
    member = gzip.compress(b"")
    assert grows_as_its_size(lambda size: unpacked(member * size), 1_000_000)
    two = gzip.compress(b"<urlset><url><loc>/a</loc>") + gzip.compress(b"</url></urlset>")
    assert [find.url for find in parse_sitemap(two, HERE).entries] == ["https://gazette.example/a"]


@pytest.mark.parametrize(("lost", "whole"), [((False,), True), ((False, True), False)])
def test_a_parser_that_loses_its_place_is_asked_again_and_then_told_of(
    monkeypatch: pytest.MonkeyPatch, lost: tuple[bool, ...], whole: bool
) -> None:
    """As fuzzing met it once, and never again on the same bytes: an event of an element that is not there."""
    events = markup._events

    def losing(body: bytes, *, recover: bool) -> Iterator[tuple[str, Any]]:
        return iter([("start", None)]) if recover in lost else events(body, recover=recover)

    monkeypatch.setattr(markup, "_events", losing)
    feed = b"<rss><channel><item><link>https://gazette.example/news/ferry/</link></item></channel></rss>"
    if whole:
        assert [find.url for find in parse_feed(feed, "https://gazette.example/feed")] == [
            "https://gazette.example/news/ferry/"
        ]
    else:
        with pytest.raises(DiscoveryError, match="the parser lost its place at the start of an element"):
            parse_feed(feed, "https://gazette.example/feed")
