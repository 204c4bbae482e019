from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from news.discovery import PageLinks, links, requisites
from news.model import Document

HERE = "https://www.lbc.co.uk/news/"


def page(text: str) -> Document:
    return Document(
        url=HERE,
        status=200,
        headers=(),
        media_type="text/html",
        encoding="utf-8",
        body=text.encode("utf-8", "replace"),
        text=text,
        captured_at=datetime(2024, 12, 1, tzinfo=UTC),
    )


def test_links_are_absolute_and_in_page_order() -> None:
    found = links(
        page(
            """<?xml version="1.0" encoding="utf-8"?><html><head>
            <link rel="Alternate" type="application/rss+xml; charset=utf-8" href="/feeds/rss/">
            <link rel="alternate" type="application/feed+json" href="feed.json">
            <link rel="alternate" type="application/json" href="/wp-json/posts/1">
            <link rel="alternate" hreflang="cy" href="/cy/">
            <link rel="canonical" href="HTTPS://www.lbc.co.uk:443/news/?utm_source=x">
            <link rel="amphtml" href="/news/amp/">
            </head><body><a href="b">B</a><a rel="nofollow" href="/a#top">A</a><a href="b?fbclid=1">B again</a>
            <a href="#menu">Menu</a><a href="javascript:void(0)">x</a><a href="mailto:a@b">x</a><a>x</a><a href="">x</a>
            <map><area href="//cdn.lbc.co.uk/c"></map><a href="
              /d e ">D</a><a href="http://[bad">x</a></body></html>"""
        )
    )
    assert found == PageLinks(
        alternates=("https://www.lbc.co.uk/feeds/rss/", "https://www.lbc.co.uk/news/feed.json"),
        anchors=(
            "https://www.lbc.co.uk/news/b",
            "https://www.lbc.co.uk/a",
            "https://cdn.lbc.co.uk/c",
            "https://www.lbc.co.uk/d%20e",
        ),
        canonical="https://www.lbc.co.uk/news/",
        amphtml="https://www.lbc.co.uk/news/amp/",
    )


def test_a_base_moves_all_links() -> None:
    found = links(page('<head><base href="/other/"></head><a href="a">A</a>'))
    assert found.anchors == ("https://www.lbc.co.uk/other/a",)
    assert links(page('<base href="javascript:x"><a href="a">A</a>')).anchors == ("https://www.lbc.co.uk/news/a",)


def test_a_page_without_anything_has_no_links() -> None:
    assert links(page("")) == PageLinks()
    assert links(page("\x00")) == PageLinks()


@given(st.text())
def test_no_page_breaks_the_reading_of_links(text: str) -> None:
    markup = page(f"<a href='{text}'><img srcset='{text}'><style>{text}</style>{text}")
    assert isinstance(links(markup), PageLinks)
    assert isinstance(requisites(markup, "all"), tuple)
