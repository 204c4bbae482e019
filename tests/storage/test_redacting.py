"""Secrets are found in heads of every shape that we archive."""

from __future__ import annotations

import pytest

from storage.export.redacting import _without_secrets

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
