"""Every exchange is in the WARC as it crossed the wire, byte for byte, over http and TLS."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from storage.warc.reading import Record
from tests.crawler.crawling import archived, chunked, crawl, sized, tls
from tests.crawler.wireserver import Answer, WireServer, answer

PAGE = b"<html><head><title>t</title></head><body><p>x</p></body></html>"
GZ = gzip.compress(PAGE, mtime=0)


WHOLE: dict[str, Answer] = {
    "plain": answer(sized(PAGE, b"Content-Type: text/html")),
    "empty": answer(sized(b"")),
    "odd-case": answer(sized(PAGE, b"cOnTeNt-TyPe: text/html", b"X-A: 1", b"x-a: 2", b"X-A:3")),
    "folded": answer(sized(PAGE, b"X-Folded: one\r\n two\r\n\tthree", b"Content-Type: text/html")),
    "latin-1": answer(sized(PAGE, b"X-Name: caf\xe9", b"Content-Type: text/html")),
    "utf-8": answer(sized(PAGE, "X-Name: café \u2013 ok".encode(), b"Content-Type: text/html")),
    "no-colon": answer(sized(PAGE, b"this line has no colon", b"Content-Type: text/html")),
    "empty-field": answer(sized(PAGE, b"X-Empty:", b"X-Space:   ", b"Content-Type: text/html")),
    "no-reason": answer(sized(PAGE, b"Content-Type: text/html", status=b"200")),
    "long-reason": answer(sized(PAGE, b"Content-Type: text/html", status=b"200 All is well, more or less")),
    "lf-only": answer(b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: %d\n\n" % len(PAGE) + PAGE),
    "gzip": answer(sized(GZ, b"Content-Encoding: gzip", b"Content-Type: text/html")),
    "chunked": answer(chunked(PAGE[:10], PAGE[10:])),
    "chunked-gzip": answer(chunked(GZ[:7], GZ[7:], fields=b"Content-Encoding: gzip\r\n")),
    "chunk-extension": answer(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name="v;w"\r\nhello\r\n0;last\r\n\r\n'
    ),
    "trailers": answer(chunked(PAGE, end=b"0\r\nX-Trailer: yes\r\nX-Sum: 1\r\n\r\n")),
    "chunk-upper-case": answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"),
    "chunk-leading-zeros": answer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n0000\r\n\r\n"
    ),
    "chunk-lf-only": answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"),
    "until-close": answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE, close=True),
    "http-1.0": answer(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE, close=True),
    "connection-close": answer(sized(PAGE, b"Connection: close"), close=True),
    "bytewise": answer(*(bytes([byte]) for byte in sized(b"slow but whole"))),
    "two-lengths-alike": answer(sized(b"hello", b"Content-Length: 5")),
    "status-203": answer(sized(PAGE, status=b"203 Non-Authoritative Information")),
    "status-204": answer(b"HTTP/1.1 204 No Content\r\nX-Why: nothing\r\n\r\n"),
    "status-404": answer(sized(PAGE, b"Content-Type: text/html", status=b"404 Not Found")),
    "status-410": answer(sized(b"", status=b"410 Gone")),
    "status-451": answer(sized(b"the court says no", status=b"451 Unavailable For Legal Reasons")),
    "status-418": answer(sized(b"short and stout", status=b"418 I'm a teapot")),
    "status-999": answer(sized(b"whatever", status=b"999 Request denied")),
    "big": answer(sized(bytes(range(256)) * 12_000, b"Content-Type: application/octet-stream")),
    "many-fields": answer(sized(PAGE, *(b"X-Field-%d: %d" % (number, number) for number in range(300)))),
    "set-cookies": answer(sized(PAGE, b"Set-Cookie: a=1", b"Set-Cookie: b=2; Path=/", b"set-cookie: c=3")),
    "bare-cr-in-value": answer(sized(PAGE, b"X-Odd: a\rb")),
    "tab-after-colon": answer(sized(PAGE, b"X-Tab:\tvalue\t")),
    "deflate-raw": answer(sized(zlib.compress(PAGE), b"Content-Encoding: deflate", b"Content-Type: text/html")),
    "br-unasked": answer(sized(b"\x0b\x02\x80hello\x03", b"Content-Encoding: br", b"Content-Type: text/html")),
    "not-gzip-though-it-says-so": answer(sized(PAGE, b"Content-Encoding: gzip", b"Content-Type: text/html")),
    "wrong-charset": answer(sized("é".encode("latin-1"), b"Content-Type: text/html; charset=utf-8")),
    "nul-bytes": answer(sized(b"a\0b\0c", b"Content-Type: text/html")),
    "redirect": answer(sized(b"", b"Location: /plain", status=b"302 Found")),
    "redirect-with-body": answer(sized(PAGE, b"Location: /plain", status=b"301 Moved Permanently")),
    "http-url-in-value": answer(sized(PAGE, b'Link: <http://127.0.0.1/>; rel="x", <https://b/>')),
}


@pytest.fixture(params=["http", "https"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[WireServer, Path]]:
    context = tls(tmp_path) if request.param == "https" else None
    with WireServer({f"/{name}": said for name, said in WHOLE.items()}, context=context) as server:
        yield server, tmp_path


ANSWERS = ("response", "revisit")


def digests(blocks: list[bytes]) -> list[str]:
    return sorted(sha256(block).hexdigest() for block in blocks)


def whole(record: Record, server: WireServer) -> bytes:
    """What crossed the wire for a record: its block, and for a repeated payload the body that its digest names."""
    if record.type == "response":
        return record.block
    assert record.block.endswith(b"\r\n\r\n")
    path = (record.url or "").removeprefix(server.url)
    bodies = [exchanged.sent.removeprefix(record.block) for exchanged in server.exchanges(path)]
    return record.block + next(
        body for body in bodies if f"sha256:{sha256(body).hexdigest()}" == record.get("WARC-Payload-Digest")
    )


def test_each_block_is_what_the_server_sent_and_received(
    served: tuple[WireServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = served
    assert len(WHOLE) >= 40
    crawl(server, folder, *(f"/{name}" for name in WHOLE), monkeypatch=monkeypatch)
    found = archived(folder)
    for path in [f"/{name}" for name in WHOLE] + ["/robots.txt"]:
        url, crossed = f"{server.url}{path}", server.exchanges(path)
        assert crossed, path
        answers = [whole(record, server) for record in found if record.url == url and record.type in ANSWERS]
        requests = [record.block for record in found if record.url == url and record.type == "request"]
        assert digests(answers) == digests([exchanged.sent for exchanged in crossed]), path
        assert digests(requests) == digests([exchanged.received for exchanged in crossed]), path


def test_payload_digests_cover_the_entity_with_its_content_coding_and_without_its_chunks(
    served: tuple[WireServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, folder = served
    crawl(server, folder, "/chunked-gzip", "/trailers", "/gzip", monkeypatch=monkeypatch)
    said = {
        (record.url or "").rpartition("/")[2]: record.get("WARC-Payload-Digest")
        for record in archived(folder)
        if record.type == "response"
    }
    assert said["chunked-gzip"] == said["gzip"] == f"sha256:{sha256(GZ).hexdigest()}"
    assert said["trailers"] == f"sha256:{sha256(PAGE).hexdigest()}"


def test_every_try_is_archived(tmp_path: Path) -> None:
    script = {"/page": [answer(sized(b"no", status=b"500 Oops")), answer(b"", reset=True), answer(sized(PAGE))]}
    with WireServer(dict(script)) as server:
        crawl(server, tmp_path, "/page")
        found = [record for record in archived(tmp_path) if record.url == f"{server.url}/page"]
        assert [record.type for record in found].count("request") == len(server.exchanges("/page")) == 3
        assert digests([record.block for record in found if record.type == "response"]) == digests(
            [exchanged.sent for exchanged in server.exchanges("/page") if exchanged.sent]
        )


@pytest.mark.parametrize(
    ("said", "top", "truncated"),
    [
        (answer(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this", close=True), "", "disconnect"),
        (answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", close=True), "", "disconnect"),
        (answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"", pause=6), "exchange_seconds = 1", "time"),
        (answer(sized(b"x" * 3_000_000)), "max_body_megabytes = 1", "length"),
    ],
    ids=["cut", "cut-in-a-chunk", "hangs", "too-long"],
)
def test_what_came_of_a_broken_transfer_is_kept_and_marked(
    tmp_path: Path, said: Answer, top: str, truncated: str
) -> None:
    with WireServer({"/page": said}) as server:
        crawl(server, tmp_path, "/page", top=f"[crawler]\nretries = 0\n{top}")
        (record,) = (r for r in archived(tmp_path) if r.url == f"{server.url}/page" and r.type == "response")
        assert record.get("WARC-Truncated") == truncated
        assert said.whole.startswith(record.block)
        assert len(record.block) > 20


def test_answers_before_the_answer_are_kept_apart(tmp_path: Path) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    with WireServer({"/page": answer(early, sized(PAGE))}) as server:
        crawl(server, tmp_path, "/page")
        mine = [record for record in archived(tmp_path) if record.url == f"{server.url}/page"]
        assert {record.type: record.block for record in mine if record.type != "request"} == {
            "response": sized(PAGE),
            "metadata": early,
        }
