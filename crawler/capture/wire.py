"""One connection's two directions: what comes is handed to whoever takes its answer, without a stream in between."""

from __future__ import annotations

import asyncio
import select
from typing import Protocol, cast


class Taker(Protocol):
    """Takes an answer as it comes; `ends` is told once, with what broke the connection or None where it was closed."""

    def takes(self, content: bytes) -> bytes:
        """Take the next bytes; return those that are no part of the answer any more."""

    def ends(self, error: Exception | None) -> None:
        """Take note that no more will come."""


class Wire(asyncio.Protocol):
    """An open connection. What comes while nobody takes it waits here, and no more is read until somebody does."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._taker: Taker | None = None
        self._waiting = b""
        self._ended = False
        self._problem: Exception | None = None

    def send(self, content: bytes, taker: Taker) -> None:
        """Send a request whose answer `taker` takes, until `let_go`."""
        self._taker = taker
        self.transport.write(content)
        self.transport.resume_reading()
        if self._waiting:
            early, self._waiting = self._waiting, b""
            self.data_received(early)
        if self._ended:
            taker.ends(self._problem)

    def let_go(self) -> None:
        """Hand out nothing more."""
        self._taker = None

    def abort(self) -> None:
        """Drop the connection at once."""
        if not self.transport.is_closing():
            self.transport.abort()

    async def is_silent(self) -> bool:
        """Return whether the connection is open and nothing came since the last answer."""
        if self._gone:
            return False
        if _can_be_read(self.transport):
            for _ in range(2):  # one turn of the event loop sees that there is something, the next has read it
                await asyncio.sleep(0)
        return not (self._gone or self._waiting)

    @property
    def _gone(self) -> bool:
        return self._ended or self.transport.is_closing()

    @property
    def strays(self) -> bytes:
        """What came and nobody took; no more is read while it waits."""
        return self._waiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the connection is open."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand out what came; keep what nobody takes."""
        self._waiting += data if self._taker is None else self._taker.takes(data)
        if self._waiting:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Note that no more comes; return whether the connection stays open for writing, which TLS doesn't know."""
        self._end(None)
        return self.transport.get_extra_info("ssl_object") is None

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone, and what broke it."""
        self._end(exc)

    def _end(self, problem: Exception | None) -> None:
        if self._ended:
            return
        self._ended, self._problem = True, problem
        if self._taker is not None:
            self._taker.ends(problem)


def _can_be_read(transport: asyncio.Transport) -> bool:
    """Return whether the system holds bytes or an end that came on a connection."""
    asked = select.poll()
    asked.register(transport.get_extra_info("socket"), select.POLLIN)
    return bool(asked.poll(0))
