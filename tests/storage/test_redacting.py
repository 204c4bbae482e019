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
    ],
    ids=["plain", "line feeds", "a folded blank", "empty lines first", "behind hints", "behind both"],
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
