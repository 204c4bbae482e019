"""Servers that speak HTTP as no standard has it: what came is kept byte for byte, read where it can be, told in one
line, and the next page is read as if nothing had been.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from tests.conftest import run_in
from tests.crawler.crawling import archived, crawl, outcomes, sized, tls
from tests.crawler.wireserver import Answer, WireServer, answer
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
PAGE = html()
OK = b"HTTP/1.1 200 OK\r\n" + HTML + b"\r\n"
READ = {("new", None), ("unchanged", None)}
BROKEN = {("failed", "broken-answer")}
NOT_READ = {("not-article", "empty"), ("not-article", "no-article"), ("failed", "broken-answer")}
UNKNOWN = {("not-article", "unknown-coding")}
GZIP = b"Content-Encoding: gzip"
DIGITS = b"9" * 5000


def chunks(body: bytes, extension: bytes = b"", end: bytes = b"0\r\n\r\n") -> bytes:
    return b"%x%b\r\n%b\r\n%b" % (len(body), extension, body, end)


def closing(*pieces: bytes, **how: object) -> Answer:
    return answer(*pieces, close=True, **how)


ODD: dict[str, tuple[Answer, set[tuple[str, str | None]]]] = {
    "two-lengths": (closing(OK + b"Content-Length: 5\r\nContent-Length: 9000\r\n\r\n" + PAGE), READ),
    "length-list": (answer(OK + b"Content-Length: %d, %d\r\n\r\n" % (len(PAGE), len(PAGE)) + PAGE), READ),
    "length-of-5000-digits": (closing(OK + b"Content-Length: " + DIGITS + b"\r\n\r\n" + PAGE), READ),
    "negative-length": (closing(OK + b"Content-Length: -1\r\n\r\n" + PAGE), READ),
    "length-and-chunked": (
        answer(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(PAGE)),
        READ,
    ),
    "chunked-twice": (closing(OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + chunks(PAGE)), READ),
    "chunk-extension": (answer(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE, b";a=" + b"x" * 9000)), READ),
    "chunk-extension-of-1-mb": (
        closing(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE, b";a=" + b"x" * 1_000_000)),
        NOT_READ,
    ),
    "trailer-of-1-mb": (
        closing(
            OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE, end=b"0\r\n" + b"X: y\r\n" * 200_000 + b"\r\n")
        ),
        READ | BROKEN,
    ),
    "chunk-too-long": (closing(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello world\r\n0\r\n\r\n"), NOT_READ),
    "some-1xx": (answer(b"HTTP/1.1 102 Processing\r\n\r\n" * 40, sized(PAGE, HTML)), READ),
    "storm-of-1xx": (closing(b"HTTP/1.1 100 Continue\r\n\r\n" * 4000, sized(PAGE, HTML)), BROKEN),
    "switches": (closing(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + PAGE), {("failed", "http-101")}),
    "early-close": (closing(OK + b"Content-Length: 99999\r\n\r\n" + PAGE), BROKEN),
    "closes-in-the-head": (closing(b"HTTP/1.1 200 OK\r\nContent-Ty"), BROKEN),
    "half-a-chunk": (closing(OK + b"Transfer-Encoding: chunked\r\n\r\nfff\r\nhalf"), BROKEN),
    "http-0.9": (closing(PAGE), BROKEN),
    "http-1.0": (closing(b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n\r\n" + PAGE), READ),
    "http-9.9": (answer(b"HTTP/9.9" + sized(PAGE, HTML)[8:]), READ),
    "shoutcast": (closing(b"ICY 200 OK\r\n" + HTML + b"\r\n\r\n" + PAGE), READ),
    "bare-newlines": (answer(b"HTTP/1.1 200 OK\nContent-Length: %d\n%b\n\n" % (len(PAGE), HTML) + PAGE), READ),
    "bare-returns": (closing(OK.replace(b"\r\n", b"\r") + b"\r" + PAGE), BROKEN),
    "null-in-a-field": (answer(sized(PAGE, HTML, b"X-Null: a\x00b", b"\xff\xfe: \xff")), READ),
    "status-000": (answer(sized(b"no", status=b"000 Nothing")), {("failed", "http-0")}),
    "status-999": (answer(sized(b"no", status=b"999 Denied")), {("failed", "http-999")}),
    "gzip-and-garbage": (answer(sized(gzip.compress(PAGE) + b"garbage", HTML, GZIP)), READ),
    "gzip-that-is-none": (answer(sized(PAGE, HTML, GZIP)), READ),
    "gzip-members": (answer(sized(gzip.compress(PAGE[:300]) + gzip.compress(PAGE[300:]), HTML, GZIP)), READ),
    "gzip-broken": (
        answer(sized(gzip.compress(PAGE)[:80] + b"\xff" * 60, HTML, GZIP)),
        NOT_READ,
    ),
    "raw-deflate": (answer(sized(zlib.compress(PAGE, wbits=-15), HTML, b"Content-Encoding: deflate")), READ),
    "two-codings": (answer(sized(brotli.compress(gzip.compress(PAGE)), HTML, b"Content-Encoding: gzip, br")), READ),
    "two-coding-fields": (
        answer(sized(zstandard.compress(gzip.compress(PAGE)), HTML, GZIP, b"Content-Encoding: zstd")),
        READ,
    ),
    "fifty-codings": (answer(sized(PAGE, HTML, b"Content-Encoding: " + b"gzip, " * 50)), UNKNOWN),
    "unknown-coding": (answer(sized(PAGE, HTML, b"Content-Encoding: snappy")), UNKNOWN),
    "location-that-is-none": (
        answer(sized(b"", b"Location: http://[::1", status=b"302 Found")),
        {("failed", "redirect-without-target")},
    ),
    "location-of-200-kb": (
        answer(sized(b"", b"Location: /" + b"x" * 200_000, status=b"302 Found")),
        {("failed", "redirect-without-target")},
    ),
    "location-with-a-name": (
        answer(sized(b"", b"Location: http://user:secret@127.0.0.1/x", status=b"302 Found")),
        {("failed", "redirect-without-target")},
    ),
    "odd-validators": (answer(sized(PAGE, HTML, b'ETag: "a\rX-Evil: 1"', b"Last-Modified: " + b"x" * 90_000)), READ),
    "odd-retry-zone": (
        answer(sized(b"no", b"Retry-After: Sun, 22 Nov 2026 10:00:00 +9999999999999999", status=b"403 Forbidden")),
        {("blocked", "http-403")},
    ),
    "blank-fold": (answer(sized(PAGE, b"X-Folded: one\r\n \r\n\ttwo", b"Content-Type: text/html;\r\n \r\n a=b")), READ),
    "empty-lines-first": (answer(b"\r\n\r\n\n" + sized(PAGE, HTML)), READ),
    "chunk-without-a-size": (
        closing(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE, end=b"zz\r\nmore")),
        BROKEN,
    ),
    "chunk-of-minus-5": (closing(OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + PAGE), BROKEN),
    "304-to-no-condition": (answer(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'), {("failed", "http-304")}),
    "location-of-a-script": (
        answer(sized(b"", b"Location: javascript:alert(1)", status=b"302 Found")),
        {("failed", "redirect-without-target")},
    ),
    "many-attributes": (
        answer(sized(PAGE.replace(b"<body", b"<body " + b" ".join(b"a%d=v" % n for n in range(100_000)), 1), HTML)),
        READ,
    ),
    "odd-retry": (answer(sized(b"no", b"Retry-After: " + DIGITS, status=b"403 Forbidden")), {("blocked", "http-403")}),
}  # fmt: skip


def test_every_odd_answer_is_kept_as_it_came_and_costs_nothing_else(tmp_path: Path) -> None:
    script: dict[str, Answer | list[Answer]] = {f"/odd/{name}/": said for name, (said, _) in ODD.items()}
    with WireServer({**script, "/news/after-all/": answer(sized(html("After all"), HTML))}) as server:
        done = crawl(server, tmp_path, *script, "/news/after-all/", top="[crawler]\nretries = 0\n")
        said = outcomes(tmp_path, server)
        sent = {exchanged.path: exchanged.sent for exchanged in server.log}
    wrong = {
        name: said.get(f"/odd/{name}/") for name, (_, wanted) in ODD.items() if said.get(f"/odd/{name}/") not in wanted
    }
    assert not wrong
    assert said["/news/after-all/"] in READ
    assert "Traceback" not in done.err
    kept = {
        (record.url or "").removeprefix(server.url): record
        for record in archived(tmp_path)
        if record.type == "response"
    }
    assert kept["/odd/chunk-without-a-size/"].get("WARC-Truncated") == "unspecified"
    assert "leads to what can't be fetched: 'javascript:alert(1)'" in done.out
    interim = {"some-1xx", "storm-of-1xx"}
    differ = {
        name
        for name in ODD.keys() - interim
        if sent[f"/odd/{name}/"] and kept[f"/odd/{name}/"].block != sent[f"/odd/{name}/"]
    }
    assert differ <= {"chunk-extension-of-1-mb"}  # given up after the line's first 16 KB: what came by then is kept
    run_in(tmp_path, "verify")


def test_what_comes_behind_an_answer_is_no_part_of_the_next(tmp_path: Path) -> None:
    """A server that says more than it announced, at once or later, must not have it taken for another page."""
    forged = sized(html("Forged by the page before"), HTML)
    script: dict[str, Answer | list[Answer]] = {
        "/first/": answer(sized(html("The first page"), HTML) + forged),
        "/second/": answer(sized(html("The second page"), HTML)),
        "/third/": answer(sized(html("The third page"), HTML), forged, pause=0.2),
        "/fourth/": answer(sized(html("The fourth page"), HTML)),
    }
    with WireServer(dict(script)) as server:
        crawl(server, tmp_path, *script, extra="requests_per_minute = 60")
        for path in script:
            (revision,) = run_in(tmp_path, "history", f"{server.url}{path}", "--json").json["revisions"]
            assert revision["headline"] == f"The {path.strip('/')} page"
    records = archived(tmp_path)
    (first,) = [one for one in records if one.type == "response" and (one.url or "").endswith("/first/")]
    kept = [one for one in records if one.get("Content-Type") == "application/octet-stream"]
    assert [(one.get("WARC-Concurrent-To"), one.block) for one in kept] == [(first.record_id, forged)]
    run_in(tmp_path, "verify")


def test_an_odd_etag_is_never_sent_back(tmp_path: Path) -> None:
    odd = answer(sized(PAGE, HTML, b'ETag: "a\rX-Evil: 1"', b"Last-Modified: " + b"x" * 90_000))
    with WireServer({"/odd/": odd}) as server:
        crawl(server, tmp_path, "/odd/")
        run_in(tmp_path, "crawl", "harbour", f"{server.url}/odd/")
        _, second = server.exchanges("/odd/")
        assert b"Evil" not in second.received
        assert len(second.received) < 500
        assert outcomes(tmp_path, server)["/odd/"] == ("unchanged", None)


def test_a_tls_connection_that_dies_in_the_body_keeps_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = closing(OK + b"Content-Length: 99999\r\n\r\n" + PAGE)
    script: dict[str, Answer | list[Answer]] = {"/dying/": dying, "/news/after-all/": answer(sized(PAGE, HTML))}
    with WireServer(script, context=tls(tmp_path)) as server:
        top = "[crawler]\nretries = 0\n"
        crawl(server, tmp_path, "/dying/", "/news/after-all/", top=top, monkeypatch=monkeypatch)
        assert outcomes(tmp_path, server) == {"/dying/": ("failed", "broken-answer"), "/news/after-all/": ("new", None)}
    (record,) = [one for one in archived(tmp_path) if one.type == "response" and (one.url or "").endswith("/dying/")]
    assert record.block == dying.whole
    assert record.get("WARC-Truncated") == "disconnect"
