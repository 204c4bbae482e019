from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.discovery import DiscoveryError, Find, Sitemap, parse_sitemap, sitemaps_in_robots
from news.discovery.markup import MOST_BYTES, unpacked

HERE = "https://www.lbc.co.uk/sitemap.xml"
NEWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <loc>https://www.lbc.co.uk/news/a?utm_source=sitemap</loc>
    <lastmod>2024-12-01T09:23:00+00:00</lastmod>
    <image:image><image:loc>https://img.lbc.co.uk/a.jpg</image:loc><image:title>No</image:title></image:image>
    <news:news>
      <news:publication><news:name>LBC</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>2024-12-01T07:14:00Z</news:publication_date>
      <news:title>Tom &amp; Jerry
        resign</news:title>
    </news:news>
  </url>
  <url><loc> /news/b </loc><lastmod>last week</lastmod></url>
</urlset>"""


def addresses(body: bytes) -> list[str]:
    return [find.url for find in parse_sitemap(body, HERE).entries]


def test_a_news_sitemap_says_when_and_under_what_title() -> None:
    assert parse_sitemap(NEWS, HERE) == Sitemap(
        kind="urlset",
        entries=(
            Find(
                url="https://www.lbc.co.uk/news/a",
                source=HERE,
                kind="news-sitemap",
                title="Tom & Jerry resign",
                published=datetime(2024, 12, 1, 7, 14, tzinfo=UTC),
                lastmod=datetime(2024, 12, 1, 9, 23, tzinfo=UTC),
            ),
            Find(url="https://www.lbc.co.uk/news/b", source=HERE, kind="sitemap"),
        ),
    )


def test_an_index_names_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2024-12</lastmod></sitemap></sitemapindex>"
    read = parse_sitemap(body, HERE)
    assert read.kind == "index"
    assert read.entries[0].url == "https://www.lbc.co.uk/a.xml.gz"
    assert read.entries[0].lastmod == datetime(2024, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrapped",
    [
        gzip.compress(NEWS),
        gzip.compress(gzip.compress(NEWS)),
        gzip.compress(NEWS[:200]) + gzip.compress(NEWS[200:]),
        b"\xef\xbb\xbf" + NEWS,
        b"\n\n  " + NEWS,
        b"<br />Warning: mysql_connect() in sitemap.php\n" + NEWS,
        NEWS.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        NEWS.replace(b"http://www.sitemaps.org/schemas/sitemap/0.9", b"http://www.google.com/schemas/sitemap/0.84"),
        NEWS.replace(b' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', b""),
        NEWS.replace(b'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', b""),
        NEWS.replace(b"</urlset>", b"<url><loc>https://www"),
        NEWS.replace(b"</news:title>", b"&nbsp;</news:title>"),
    ],
)
def test_a_sitemap_is_read_however_it_is_wrapped_or_broken(wrapped: bytes) -> None:
    assert parse_sitemap(wrapped, HERE).entries[:2] == parse_sitemap(NEWS, HERE).entries


def test_bare_ampersands_do_not_bend_addresses() -> None:
    body = (
        b"<urlset><url><loc>https://x.example/?a=1&b=2&c</loc></url><url><loc><![CDATA[/d?e&f]]></loc></url></urlset>"
    )
    assert addresses(body) == ["https://x.example/?a=1&b=2&c", "https://www.lbc.co.uk/d?e&f"]


def test_a_cut_gzip_gives_what_came() -> None:
    many = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % n for n in range(50_000)) + b"</urlset>"
    packed = gzip.compress(many)
    assert 100 < len(addresses(packed[: len(packed) // 2])) < 50_000


def test_a_plain_list_is_a_sitemap() -> None:
    body = b"\xef\xbb\xbfhttps://lbc.co.uk/a\r\nhttps://lbc.co.uk/b\r\nnonsense\r\n\r\nhttps://lbc.co.uk/a\r\n"
    assert addresses(body) == ["https://lbc.co.uk/a", "https://lbc.co.uk/b"]


def test_a_feed_may_stand_in_for_a_sitemap() -> None:
    (find,) = parse_sitemap(b"<rss><channel><item><link>/a</link></item></channel></rss>", HERE).entries
    assert (find.url, find.kind) == ("https://www.lbc.co.uk/a", "feed")


def test_no_more_is_taken_than_asked_for() -> None:
    many = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % n for n in range(100)) + b"</urlset>"
    read = parse_sitemap(many, HERE, limit=10)
    assert (len(read.entries), read.full) == (10, True)
    assert not parse_sitemap(many, HERE).full
    assert len(parse_sitemap(b"https://x.example/a\n" * 3 + b"https://x.example/b", HERE, limit=2).entries) == 1


def test_what_cannot_be_fetched_is_passed_over() -> None:
    assert addresses(b"<urlset><url><loc>javascript:x</loc></url><url/><url><loc>http://[</loc></url></urlset>") == []
    assert parse_sitemap(b"<urlset/>", HERE).entries == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing here",
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"\x1f\x8b broken",
        b"{}",
        b"<?xml version='1.0'?>",
        b"\xff\xfe<",
    ],
)
def test_what_is_no_sitemap_says_so(body: bytes) -> None:
    with pytest.raises(DiscoveryError):
        parse_sitemap(body, HERE)


def bomb() -> bytes:
    names = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]
    return f'<!DOCTYPE x [<!ENTITY l0 "l">{"".join(names)}]><urlset><url><loc>/&l11;</loc></url></urlset>'.encode()


@pytest.mark.parametrize(
    "body",
    [
        bomb(),
        bomb().decode().encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>/&f;</loc></url></urlset>',
    ],
)
def test_entities_are_never_expanded(body: bytes) -> None:
    with pytest.raises(DiscoveryError):
        parse_sitemap(body, HERE)


def test_a_gzip_bomb_stays_small() -> None:
    assert len(unpacked(gzip.compress(bytes(2 * MOST_BYTES), 1))) == MOST_BYTES


@given(st.one_of(st.binary(), st.binary().map(gzip.compress), st.binary().map(lambda junk: NEWS[:300] + junk)))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    try:
        read = parse_sitemap(body, HERE)
    except DiscoveryError:
        return
    assert isinstance(read, Sitemap)


def test_robots_names_sitemaps_in_any_case() -> None:
    robots = "\ufeffSitemap: https://lbc.co.uk/a.xml\r\nUser-agent: *\rDisallow: /\n"
    robots += "  SITEMAP :https://lbc.co.uk/b.xml # news\n"
    robots += "Sitemap: /relative.xml\nsitemap:\nSitemap: https://lbc.co.uk/a.xml\n# Sitemap: https://lbc.co.uk/old.xml"
    assert sitemaps_in_robots(robots) == ("https://lbc.co.uk/a.xml", "https://lbc.co.uk/b.xml")
    assert sitemaps_in_robots("") == ()
