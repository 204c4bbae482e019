"""A newsroom on the air and a client that shows every header."""

import gzip
import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from newsroom import Newsroom

START = datetime(2024, 7, 12, 9, 30, 20, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    raw: bytes

    @property
    def text(self) -> str:
        coded = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.raw) if coded else self.raw).decode()


Get = Callable[..., Reply]


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with Newsroom(START) as newsroom:
        yield newsroom


@pytest.fixture
def get(room: Newsroom) -> Get:
    def ask(where: str, method: str = "GET", **headers: str) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(room.url).netloc, timeout=10)
        parts = urlsplit(where)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.headers, answer.read())
        connection.close()
        return reply

    return ask
