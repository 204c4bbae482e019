"""Secrets are found in heads of every shape that we archive."""

from __future__ import annotations

from io import BytesIO

import pytest

from storage.export.redacting import _without_secrets, redacted
from storage.export.segments import Member
from storage.warc.members import MemberWriter
from storage.warc.reading import only_record
from storage.warc.segment import STRAYS

BODY = b"\r\n\r\nSet-Cookie: of=the body"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n%b\r\nA: b",
        b"HTTP/1.1 200 OK\nA: b\n%b",
        b"HTTP/1.1 200 OK\r\nA: b\r\n \r\n\tc\r\n%b",
        b"\r\n\r\nHTTP/1.1 200 OK\r\n%b",
        b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n%b",
        b"\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n\r\nHTTP/1.1 200 OK\r\n%b",
        b"HTTP/1.1 200 OK\r\nA: b\r%b",
        b"HTTP/1.1 200 OK\r\n %b",
    ],
    ids=[
        "plain",
        "line feeds",
        "a folded blank",
        "empty lines first",
        "behind hints",
        "behind both",
        "bare CR",
        "fold",
    ],
)
def test_a_cookie_is_taken_out_of_the_head_alone(head: bytes) -> None:
    clean, names = _without_secrets(head % b"Set-Cookie: a=1;\r\n b=2" + BODY)
    assert (clean, names) == (head % b"Set-Cookie: redacted" + BODY, ("Set-Cookie",))


@pytest.mark.parametrize(("kind", "hidden"), [("metadata", True), ("resource", False)])
def test_a_cookie_is_taken_out_of_bytes_that_came_behind_an_answer(kind: str, hidden: bool) -> None:
    block = b"rest of a body\r\nHTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\nthe end"
    fields = [("WARC-Type", kind), ("WARC-Record-ID", "<urn:uuid:1>"), ("Content-Type", STRAYS)]
    head = "".join(f"{name}: {value}\r\n" for name, value in [*fields, ("Content-Length", len(block))])
    packed = BytesIO()
    MemberWriter(packed).write_whole(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n")
    found, names = redacted(Member(segment="s", offset=0, content=packed.getvalue(), fields=tuple(fields)))
    clean = block.replace(b"a=1", b"redacted") if hidden else block
    assert only_record(found.content).block == clean
    assert names == (("Set-Cookie",) if hidden else ())


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n\r\n"


def test_a_cookie_is_taken_out_of_the_trailer_behind_a_chunked_body() -> None:
    body = b"17\r\n0\r\nSet-Cookie: of=body\n\r\n0\r\n%b\r\n\r\n"
    clean, names = _without_secrets(CHUNKED + body % b"Set-Cookie: a=1")
    assert (clean, names) == (CHUNKED + body % b"Set-Cookie: redacted", ("Set-Cookie",))


@pytest.mark.parametrize(
    ("line", "clean", "name"),
    [
        (b"GET /?a=b&token=SECRET HTTP/1.1", b"GET /?a=b&token=redacted HTTP/1.1", "Request-Line"),
        (
            b"GET http://me:pw@h/?accessToken=S HTTP/1.1",
            b"GET http://redacted@h/?accessToken=redacted HTTP/1.1",
            "Request-Line",
        ),
        (b"Referer: /a?X-Amz-Signature=S&w=3", b"Referer: /a?X-Amz-Signature=redacted&w=3", "Referer"),
        (b"Location: /;jsessionid=S?page=2", b"Location: /;jsessionid=redacted?page=2", "Location"),
        (b"Location: /#access_token=S&key=T", b"Location: /#access_token=redacted&key=redacted", "Location"),
        (b"Content-Location : /?my-key=S", b"Content-Location : /?my-key=redacted", "Content-Location"),
        (b"X-Amz-Security-Token: S", b"X-Amz-Security-Token: redacted", "X-Amz-Security-Token"),
        (b"X-Api-Key: S", b"X-Api-Key: redacted", "X-Api-Key"),
        (b"Set-Cookie\r\n : S", b"Set-Cookie\r\n : redacted", "Set-Cookie"),
    ],
)
def test_tokens_are_taken_out_of_fields_and_of_the_addresses_in_a_head(line: bytes, clean: bytes, name: str) -> None:
    message = b"%b\r\nHost: h\r\n\r\nbody ?token=of-the-body"
    assert _without_secrets(message % line) == (message % clean, (name,))


@pytest.mark.parametrize(
    "line",
    [
        b"GET /search?keyword=ferry&author=quill&page=2&monkey=1 HTTP/1.1",
        b"Location: https://h/news/token-ring/?design=1",
        b"Surrogate-Key: article-1",
        b"Date: Mon, 02 Mar 2026 09:00:00 GMT",
    ],
)
def test_what_is_no_secret_stays(line: bytes) -> None:
    message = b"HTTP/1.1 302 Found\r\n%b\r\n\r\n" % line
    assert _without_secrets(message) == (message, ())
