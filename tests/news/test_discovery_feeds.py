from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.discovery import DiscoveryError, Find, parse_feed
from news.discovery.dates import parse_date

HERE = "https://www.lbc.co.uk/feeds/rss/"
AT = datetime(2024, 12, 1, 7, 14, tzinfo=UTC)
LATER = datetime(2024, 12, 1, 9, 23, tzinfo=UTC)

RSS2 = """<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:media="http://search.yahoo.com/mrss/">
 <channel><title>LBC</title><link>https://www.lbc.co.uk/</link>
  <atom:link rel="self" href="https://www.lbc.co.uk/feeds/rss/"/>
  <item><media:title>A film</media:title><media:content><media:title>A picture</media:title></media:content>
   <title>Tom &amp;amp; Jerry</title><link>/news/a</link><guid isPermaLink="false">urn:1</guid>
   <pubDate>Sun, 01 Dec 2024 07:14:00 GMT</pubDate><atom:updated>2024-12-01T09:23:00Z</atom:updated></item>
 </channel></rss>"""
RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
 <channel rdf:about="x"><link>https://www.lbc.co.uk/</link></channel>
 <item rdf:about="https://www.lbc.co.uk/news/a"><title>Tom &amp; Jerry</title>
 <dc:date>2024-12-01T07:14+00:00</dc:date><dcterms:modified>2024-12-01T10:23+01:00</dcterms:modified></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://www.lbc.co.uk/news/x/"><title>LBC</title>
 <link href="/"/><entry xml:base="../"><title type="html">Tom &amp;amp; Jerry</title>
 <link rel="enclosure" href="a.mp3"/><link type="application/json" href="a.json"/><link type="text/html" href="a"/>
 <id>tag:1</id><published>2024-12-01T07:14:00Z</published><updated>2024-12-01T09:23:00Z</updated></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "LBC", "items": [
 {"id": "1", "url": "https://www.lbc.co.uk/news/a", "title": "Tom & Jerry",
  "date_published": "2024-12-01T07:14:00Z", "date_modified": "2024-12-01T09:23:00Z"},
 {"id": 2}, "nonsense", {"url": "mailto:x@y"}]}"""


@pytest.mark.parametrize("feed", [RSS2, RSS1, ATOM, JSON, "\ufeff \n" + JSON, "\ufeff\n" + ATOM])
def test_every_format_says_the_same(feed: str) -> None:
    wanted = Find(
        url="https://www.lbc.co.uk/news/a", source=HERE, kind="feed", title="Tom & Jerry", published=AT, lastmod=LATER
    )
    assert parse_feed(feed.encode(), HERE) == (wanted,)


def item(inside: str) -> str:
    return f"<rss xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel><item>{inside}</item></channel></rss>"


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ("<link>https://feeds.example/~r/1</link><feedburner:origLink>/a</feedburner:origLink>", "https://www.lbc.co.uk/a"),
        ("<guid>https://lbc.co.uk/a</guid>", "https://lbc.co.uk/a"),
        ("<guid isPermaLink='true'>https://lbc.co.uk/a</guid><link/>", "https://lbc.co.uk/a"),
        ("<link>\nhttps://lbc.co.uk/a\n?x=1&y=2</link>", "https://lbc.co.uk/a?x=1&y=2"),
        ("<link><![CDATA[https://lbc.co.uk/a]]></link>", "https://lbc.co.uk/a"),
        ("<link>mailto:x</link><guid>https://lbc.co.uk/a</guid>", "https://lbc.co.uk/a"),
        ("<link href='https://lbc.co.uk/a'/>", "https://lbc.co.uk/a"),
    ],
)  # fmt: skip
def test_an_items_address_is_found(inside: str, wanted: str) -> None:
    assert [find.url for find in parse_feed(item(inside).encode(), HERE)] == [wanted]


@pytest.mark.parametrize("inside", ["", "<guid isPermaLink='false'>https://lbc.co.uk/a</guid>", "<guid>17</guid>"])
def test_an_item_without_an_address_is_passed_over(inside: str) -> None:
    assert parse_feed(item(inside).encode(), HERE) == ()


def test_what_is_missing_is_none() -> None:
    (find,) = parse_feed(item("<link>/a</link><pubDate>soon</pubDate><title> </title>").encode(), HERE)
    assert (find.title, find.published, find.lastmod) == (None, None, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<html><body>no</body></html>", b"{", b"[]", b'{"items": 3}', b"{" * 100_000, b'{"a":' * 100_000],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(DiscoveryError, match=r"no feed|can't be read"):
        parse_feed(body, HERE)


@given(st.one_of(st.binary(), st.text().map(lambda junk: item(junk).encode("utf-8", "replace"))))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    try:
        assert isinstance(parse_feed(body, HERE), tuple)
    except DiscoveryError:
        return


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-12-01T07:14:00Z", AT),
        ("2024-12-01T07:14Z", AT),
        ("2024-12-01T08:14:00+0100", AT),
        ("2024-12-01 07:14:00 +0000", AT),
        ("2024-12-01 07:14:00 UTC", AT),
        ("2024-12-01T07:14:00.0000000Z", AT),
        ("2024-12-01T07:14:00", AT),
        ("Sun, 01 Dec 2024 07:14:00 GMT", AT),
        ("Sun, 1 Dec 2024 02:14:00 EST", AT),
        ("Sun, 1 Dec 2024 08:14:00 BST", AT),
        ("01 Dec 2024 07:14 +0000", AT),
        ("2024-12-01", datetime(2024, 12, 1, tzinfo=UTC)),
        ("2024-12", datetime(2024, 12, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("9999-12-31T23:59:59-09:00", None),
        ("2024-13-01", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_as_they_are_written(text: str | None, wanted: datetime | None) -> None:
    assert parse_date(text) == wanted


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9:+ ,./-]{1,40}", fullmatch=True)))
def test_no_words_break_the_date_reader(text: str) -> None:
    at = parse_date(text)
    assert at is None or at.tzinfo is UTC
