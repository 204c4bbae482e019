"""Whatever a server sends, a reader gives an article or one of the errors that say why not."""

# ruff: noqa: E501 - pages stand in one line, in their own letters

import random

import golden
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.errors import PageError
from news.model import Article, Site
from news.reading.decode import html_document
from news.sites import load_reader
from tests.growth import grows_as_its_size

PAGES = [(case / "page.html").read_text() for case in golden.cases()]
SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
READERS = pytest.mark.parametrize("reader", ["generic", "lbc"])
WORDS = "<p>The bridge, which was shut for a year, was opened again on Wednesday by nobody in particular.</p>"


def outcome(html: str, reader: str) -> Article | PageError:
    document = html_document(
        "https://gazette.example/news/a-story-of-a-bridge/", html.encode("utf-8", "replace"), golden.SEEN
    )
    try:
        return load_reader(reader).read(document, SITE)
    except PageError as error:
        return error


@READERS
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_000 + WORDS,
        "<b>" * 5_000 + WORDS * 5,
        "<ul><li>" * 3_000 + "x",
        f"<h1>Bridge</h1>{WORDS * 20_000}",
        "<a href='http://[::1'>x</a>" + WORDS * 5,
        "\x00\x00<p>\x00" + WORDS * 5,
        WORDS * 5,
        "just words, no markup at all " * 50,
        "<frameset><frame src=a></frameset>",
        f"<?xml version='1.0' encoding='utf-16'?><html xmlns='http://www.w3.org/1999/xhtml'><body>{WORDS * 5}</body></html>",
        f"<html><body ='x' <<< a=1 a=2 \"=>{WORDS * 5}",
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>" + WORDS * 5,
        '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "headline": [[{}]], "author": [1, null, {"name": 3}], "image": 7}</script>'
        + WORDS * 5,
        "<base href='::::'><img src=' ' srcset=', ,'><figure><img srcset='a b c, d 2q'></figure><h1>B</h1>" + WORDS * 5,
        "<title></title><h1></h1><h1> </h1>",
        "<svg><p>" + WORDS * 5,
        "<time datetime='9999-99-99T99:99'>99 March 0000, 99:99</time><h1>B</h1>" + WORDS * 5,
        "\ud800 surrogate" + WORDS * 5,
    ],
    ids=range(18),
)
def test_an_odd_page_never_crashes_a_reader(reader: str, html: str):
    assert isinstance(outcome(html, reader), Article | PageError)


@READERS
@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<b>",
        "<ul><li>",
        WORDS,
        "<p class='nav-item share' id=x data-type=ad>One. Two.</p>",
        "<a href=/x>x</a> ",
    ],
)
def test_a_hostile_page_costs_a_reader_no_more_than_its_length(reader: str, piece: str):
    assert grows_as_its_size(lambda size: outcome(f"<h1>Bridge</h1>{piece * size}{WORDS * 5}", reader), 6_000)


@READERS
@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(range(len(PAGES))))
def test_pages_changed_at_random_never_crash_a_reader(reader: str, seed: int, which: int):
    assert isinstance(outcome(mutated(PAGES[which], random.Random(seed)), reader), Article | PageError)


def mutated(html: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(html))
        end = min(len(html), start + chance.choice([1, 3, 20, 300]))
        other = chance.choice(PAGES)
        graft = chance.randrange(len(other))
        change = chance.choice(["cut", "twice", "graft", "noise"])
        piece = {
            "cut": "",
            "twice": html[start:end] * 2,
            "graft": other[graft : graft + (end - start)],
            "noise": chance.choice(["<", ">", '"', "</div>", "<p>", "&#0;", "\x00", "<!--", "]]>", "\u2028", "é"]),
        }[change]
        html = html[:start] + piece + html[end:] or "<"
    return html


def test_a_page_too_long_to_be_read_whole_is_no_article():
    refused = outcome(f"<html><title>Bridge</title><h1>Bridge</h1>{WORDS * 90_000}", "generic")
    assert isinstance(refused, PageError)
    assert refused.reason == "too-long"
