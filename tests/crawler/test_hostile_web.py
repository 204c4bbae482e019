"""A web that lies, hangs and bursts: each trap ends within its limits, is told in one line, and costs nothing else."""

from __future__ import annotations

import gzip
import itertools
import time
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from tests.conftest import found_archive, run_in, site_config
from tests.crawler.crawling import archived, crawl, outcomes, peak_megabytes, sized
from tests.crawler.wireserver import Answer, WireServer, answer
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
XML = b"Content-Type: application/xml"
LIMITS = "[crawler]\nretries = 0\nexchange_seconds = 12\nmax_body_megabytes = 5\n"
BOMB = gzip.compress(b"<html><body><article>" + b"<p>x" * 50_000_000, 6)
ENTITIES = (
    b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">%b]><urlset><url><loc>&z;</loc></url></urlset>"""
    % (b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(25)))
)


def leading(to: str) -> Answer:
    return answer(sized(b"", b"Location: " + to.encode(), status=b"302 Found"))


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    return replace(answer(pause=pause, close=True), pieces=itertools.chain([start], itertools.repeat(piece)))  # type: ignore[arg-type]


def chained(count: int) -> dict[str, Answer]:
    return {f"/hop{number}": leading(f"/hop{number + 1}") for number in range(count)}


def traps(port: int) -> dict[str, tuple[Answer, tuple[str, str | None]]]:
    """Each trap by its path, with what the look at it must come to."""
    not_followed = ("blocked", "redirect-not-followed")
    deep = b"<html><body>" + b"<div>" * 10_000 + b"deep down" + b"</div>" * 10_000 + b"</body></html>"
    return {
        "/bomb": (answer(sized(BOMB, HTML, b"Content-Encoding: gzip")), ("not-article", "no-article")),
        "/endless": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<p>more</p>" * 6000), ("failed", "too-long")),
        "/endless-chunks": (
            endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
            ("failed", "too-long"),
        ),
        "/drip": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x", pause=0.05), ("failed", "timeout")),
        "/silent": (endless(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"", pause=0.5), ("failed", "timeout")),
        "/head-flood": (endless(b"HTTP/1.1 200 OK\r\n", b"X-Flood: water\r\n" * 4000), ("failed", "broken-answer")),
        "/interim-flood": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000), ("failed", "broken-answer")),
        "/chunk-line": (
            endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1" * 9000),
            ("failed", "broken-answer"),
        ),
        "/circle": (leading("/circle2"), not_followed),
        "/circle2": (leading("/circle"), not_followed),
        "/hop0": (leading("/hop1"), not_followed),
        "/to-metadata": (leading("http://169.254.169.254/latest/meta-data/"), not_followed),
        "/to-mapped": (leading(f"http://[::ffff:127.0.0.1]:{port}/secret"), not_followed),
        "/to-other-host": (leading(f"http://localhost:{port}/secret"), not_followed),
        "/to-file": (leading("file:///etc/passwd"), ("failed", "redirect-without-target")),
        "/deep": (answer(sized(deep, HTML)), ("not-article", "no-article")),
        "/no-status": (answer(b"GARBAGE\r\n\r\n", close=True), ("failed", "broken-answer")),
        "/nothing": (answer(b"", reset=True), ("failed", "broken-answer")),
    }


def good(body: bytes = html(), *fields: bytes) -> Answer:
    return answer(sized(body, HTML, *fields))


def test_every_trap_ends_within_its_limits_and_the_next_page_is_read(tmp_path: Path) -> None:
    with WireServer({}) as server:
        trapped = traps(server.port)
        server.script |= {path: said for path, (said, _) in trapped.items()}
        server.script |= {
            **{path: said for path, said in chained(30).items() if path != "/hop0"},
            "/news/last/": good(),
        }
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic", top=LIMITS))
        found_archive(tmp_path)
        started = time.monotonic()
        urls = [f"{server.url}{path}" for path in (*trapped, "/news/last/")]
        peak, log = peak_megabytes(tmp_path, "crawl", "harbour", *urls)
        took = time.monotonic() - started
        said = outcomes(tmp_path, server)
        asked = {path: len(server.exchanges(path)) for path in trapped}
        assert said == {**{path: outcome for path, (_, outcome) in trapped.items()}, "/news/last/": ("new", None)}
        told = [line.split() for line in log.splitlines()]
        for path, (_, (outcome, _)) in trapped.items():
            if outcome in ("failed", "blocked"):  # small ones that answered with no article: the look alone says so
                assert sum(f"{server.url}{path}:" in words for words in told) == 1, (path, log)
        (bomb,) = (line for line in log.splitlines() if f"url={server.url}/bomb " in line)
        assert "WARNING: page is no article" in bomb
        assert "Traceback" not in log
        assert took < 80
        assert peak < 400
        assert max(asked.values()) <= 3, asked
        assert len([e for e in server.log if e.path.startswith("/hop")]) <= 9
        assert not server.exchanges("/secret")
        kept = [record for record in archived(tmp_path) if record.type == "response"]
        assert sum(len(record.block) for record in kept) < 5_000_000 * 8
        reasons = {r.url: r.get("WARC-Truncated") for r in kept}
        assert reasons[f"{server.url}/endless"] == "length"
        assert reasons[f"{server.url}/drip"] == "time"


def test_hostile_sources_are_told_and_the_others_are_used(tmp_path: Path) -> None:
    bomb = gzip.compress(b"<?xml version='1.0'?><urlset>" + b"<url><loc>/x</loc></url>" * 4_000_000, 6)
    named = ["bomb.xml", "entities.xml", "endless.xml", "deep.xml", "good.xml"]
    feed = ENTITIES.replace(b"urlset", b"rss")
    with WireServer({}) as server:
        page = f"{server.url}/news/ferry-to-run/".encode()
        server.script |= {
            "/robots.txt": answer(sized("".join(f"Sitemap: {server.url}/{name}\n" for name in named).encode())),
            "/": answer(sized(b'<link rel=alternate type="application/rss+xml" href=/feed.xml>', HTML)),
            "/feed.xml": answer(sized(feed, XML)),
            "/bomb.xml": answer(sized(bomb, XML, b"Content-Encoding: gzip")),
            "/entities.xml": answer(sized(ENTITIES, XML)),
            "/endless.xml": endless(b"HTTP/1.1 200 OK\r\n\r\n<urlset>", b"<url>" * 10_000),
            "/deep.xml": answer(sized(b"<urlset>" + b"<url>" * 100_000, XML)),
            "/good.xml": answer(sized(b"<urlset><url><loc>%b</loc></url></urlset>" % page, XML)),
            "/news/ferry-to-run/": good(),
        }
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic", top=LIMITS))
        found_archive(tmp_path)
        peak, log = peak_megabytes(tmp_path, "crawl", "harbour", "--limit", "3")
        assert outcomes(tmp_path, server)["/news/ferry-to-run/"] == ("new", None)
        assert peak < 400
        for name in ("entities.xml", "endless.xml", "feed.xml"):
            assert len([line for line in log.splitlines() if "WARNING" in line and f"/{name}" in line]) == 1, (
                name,
                log,
            )


def test_a_sitemap_of_50_000_addresses_is_taken_in_seconds(tmp_path: Path) -> None:
    with WireServer({}) as server:
        entries = "".join(f"<url><loc>{server.url}/news/story-{number}/</loc></url>" for number in range(50_000))
        server.script |= {
            "/sitemap.xml": answer(sized(f"<urlset>{entries}</urlset>".encode(), XML)),
            "/news/story-0/": good(),
        }
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic", top=LIMITS))
        found_archive(tmp_path)
        peak, _ = peak_megabytes(tmp_path, "crawl", "harbour", "--limit", "1", timeout=60)
        assert run_in(tmp_path, "status", "--json").json["sites"][0]["pages"] == 50_000
        assert peak < 400


def test_more_sitemaps_than_a_round_reads_are_read_in_the_next(tmp_path: Path) -> None:
    with WireServer({"/news/story-0/": good()}) as server:
        maps = "".join(f"<sitemap><loc>{server.url}/map-{number}.xml</loc></sitemap>" for number in range(130))
        server.script["/sitemap.xml"] = answer(sized(f"<sitemapindex>{maps}</sitemapindex>".encode(), XML))
        for number in range(130):
            entry = f"<urlset><url><loc>{server.url}/news/story-{number}/</loc></url></urlset>"
            server.script[f"/map-{number}.xml"] = answer(sized(entry.encode(), XML))
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic", top=LIMITS))
        found_archive(tmp_path)
        known = []
        for _ in range(2):
            run_in(tmp_path, "crawl", "harbour", "--limit", "1")
            known.append(run_in(tmp_path, "status", "--json").json["sites"][0]["pages"])
        assert known == [99, 130]


def test_traps_on_fronts_are_not_walked_into_and_cookies_are_left_behind(tmp_path: Path) -> None:
    links = [f"/calendar/{year}/01/" for year in range(2100, 2200)]
    links += [f"/news/a-story-to-read/?PHPSESSID={number:032x}" for number in range(50)]
    links += ["/a/b/" * 12, "/news/../../../etc/passwd", f"/news/{'long-' * 600}", "/news/a-story-to-read/"]
    front = "".join(f'<a href="{link}">x</a>' for link in links).encode()
    with WireServer({"/": good(front, b"Set-Cookie: session=1"), "/news/a-story-to-read/": good()}) as server:
        crawl(server, tmp_path)
        assert "/news/a-story-to-read/" in outcomes(tmp_path, server)
        assert len({exchanged.path for exchanged in server.log}) < 10, {exchanged.path for exchanged in server.log}
        assert not [exchanged for exchanged in server.log if b"cookie" in exchanged.received.lower()]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (brotli.compress(html("Ferry café to run")), (HTML, b"Content-Encoding: br")),
        (html("Ferry café to run").decode().encode("cp1252"), (b"Content-Type: text/html; charset=utf-8",)),
        (html("Ferry café to run").decode().encode("utf-16"), (b"Content-Type: text/html; charset=iso-8859-1",)),
    ],
    ids=["br-unasked", "latin-under-utf-8", "utf-16-under-latin"],
)
def test_codings_and_charsets_that_are_not_what_was_asked_are_kept_and_read(
    tmp_path: Path, body: bytes, fields: tuple[bytes, ...]
) -> None:
    sent = sized(body, *fields)
    with WireServer({"/news/ferry/": answer(sent)}) as server:
        crawl(server, tmp_path, "/news/ferry/")
        (record,) = (r for r in archived(tmp_path) if r.type == "response" and (r.url or "").endswith("/news/ferry/"))
        assert record.block == sent
        shown = run_in(tmp_path, "history", f"{server.url}/news/ferry/", "--json").json
        assert shown["revisions"][0]["headline"].startswith("Ferry caf")
