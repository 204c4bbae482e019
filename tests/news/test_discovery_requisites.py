from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.discovery import Requisite, Wanted, requisites, requisites_in_css
from news.model import Document
from tests.growth import grows_as_its_size

HERE = "https://www.lbc.co.uk/news/a"
CSS = "https://cdn.lbc.co.uk/css/site.css"


def found(text: str, which: Wanted = "all") -> list[tuple[str, str]]:
    document = Document(
        url=HERE,
        status=200,
        headers=(),
        media_type="text/html",
        encoding="utf-8",
        body=text.encode(),
        text=text,
        captured_at=datetime(2024, 12, 1, tzinfo=UTC),
    )
    return [(need.kind, need.url.removeprefix("https://www.lbc.co.uk/")) for need in requisites(document, which)]


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<img src='/a.jpg'>", [("picture", "a.jpg")]),
        ("<img src='data:image/gif;base64,R0' data-src='/a.jpg'>", [("picture", "a.jpg")]),
        ("<img srcset='/s.jpg 320w, /l.jpg 1280w, /m.jpg 640w'>", [("picture", "l.jpg")]),
        ("<img srcset='/1.jpg, /2.jpg 2x'>", [("picture", "2.jpg")]),
        ("<img srcset='/w_1,h_2/s.jpg 1x,/w_3,h_4/l.jpg 1.5x'>", [("picture", "w_3,h_4/l.jpg")]),
        ("<img srcset='data:image/gif;base64,R0 1x'>", []),
        ("<img data-srcset='/s.jpg 1w,/l.jpg 2w'>", [("picture", "l.jpg")]),
        ("<picture><source srcset='/a.webp'></picture>", [("picture", "a.webp")]),
        ("<video poster='/p.jpg'><source src='/v.mp4'></video>", [("picture", "p.jpg")]),
        ("<div style='background: url(&quot;/b.png&quot;)'>x</div>", [("picture", "b.png")]),
        ("<div data-bg='/b.png'>x</div>", [("picture", "b.png")]),
        ("<link rel='stylesheet' href='/s.css?v=2#x'>", [("style", "s.css?v=2")]),
        ("<link rel='shortcut icon' href='/f.ico'>", [("picture", "f.ico")]),
        ("<link rel='preload' as='font' href='/f.woff2'>", [("font", "f.woff2")]),
        ("<link rel='preload' as='image' imagesrcset='/s.jpg 1w, /l.jpg 2w'>", [("picture", "l.jpg")]),
        ("<link rel='preload' as='fetch' href='/x.json'>", []),
        ("<link rel='canonical' href='/x'>", []),
        ("<script src='/s.js'></script><script>var x = '/no.js'</script>", [("script", "s.js")]),
        ("<style>@import '/i.css'; b {background: url(/b.png)}</style>", [("style", "i.css"), ("picture", "b.png")]),
        ("<noscript><img src='/n.jpg'></noscript>", [("picture", "n.jpg")]),
        ("<base href='/x/'><img src='a.jpg'>", [("picture", "x/a.jpg")]),
        ("<img src='/a.jpg'><img src='/a.jpg'>", [("picture", "a.jpg")]),
        ("<img src='/caf%c3%a9.jpg?utm_source=x'>", [("picture", "caf%c3%a9.jpg?utm_source=x")]),
        ("<img src='http://[bad'><img src=''>", []),
    ],
)  # fmt: skip
def test_a_page_names_what_it_needs(markup: str, wanted: list[tuple[str, str]]) -> None:
    assert found(f"<html><body><p>x</p>{markup}</body></html>") == wanted


def test_only_what_was_asked_for_is_named() -> None:
    markup = "<link rel=stylesheet href=/s.css><script src=/s.js></script><img src=/a.jpg>"
    assert found(markup, "none") == []
    assert found(markup, "pictures") == [("picture", "a.jpg")]
    assert [kind for kind, _ in found(markup, "all")] == ["style", "script", "picture"]
    assert found("") == []


def test_a_style_sheet_names_more() -> None:
    css = """@charset "utf-8"; @import url("base.css") screen; @import 'print.css';
    /* url(commented.png) */ a::before { content: "url(quoted.png)"; }
    b { background: url( ../img/b.png ) , url('c\\'d.png'), url(data:image/png;base64,AA/BB==) }
    @font-face { src: url(f.woff2?v=1) format("woff2"), URL("f.ttf"); }
    c { background: url(e\\66.png) } d { background: url() } e { background: url(#shadow) } f { x: url(/b.css) }
    """
    assert requisites_in_css(css, CSS) == (
        Requisite(url="https://cdn.lbc.co.uk/css/base.css", kind="style"),
        Requisite(url="https://cdn.lbc.co.uk/css/print.css", kind="style"),
        Requisite(url="https://cdn.lbc.co.uk/img/b.png", kind="picture"),
        Requisite(url="https://cdn.lbc.co.uk/css/c'd.png", kind="picture"),
        Requisite(url="https://cdn.lbc.co.uk/css/f.woff2?v=1", kind="font"),
        Requisite(url="https://cdn.lbc.co.uk/css/f.ttf", kind="font"),
        Requisite(url="https://cdn.lbc.co.uk/css/ef.png", kind="picture"),
        Requisite(url="https://cdn.lbc.co.uk/b.css", kind="style"),
    )


@given(st.one_of(st.text(), st.text(alphabet="url(\"')\\/*@import ;\n")))
def test_no_style_sheet_breaks_the_reader(css: str) -> None:
    assert isinstance(requisites_in_css(css, CSS), tuple)


@pytest.mark.parametrize("piece", ["url(", "url(a", "/*", "@import ", "'", '"\\', "url('", "url( ", "\\"])
def test_a_hostile_style_sheet_takes_no_longer_than_its_length(piece: str) -> None:
    assert grows_as_its_size(lambda size: requisites_in_css(piece * size, CSS), 50_000)


def test_a_hostile_srcset_takes_no_longer_than_its_length() -> None:
    assert grows_as_its_size(lambda size: found(f"<img srcset='{'a 1x,' * size}'>"), 50_000)
