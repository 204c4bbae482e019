"""One exchange over one connection, within its limits: bytes out, bytes in, nothing interpreted but the framing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from crawler.capture.connecting import Connection
from storage.warc.exchange import Truncated
from storage.warc.http1 import CUT_OFF, ResponseParser

IN_MEMORY = 2 << 20
PIECE = 1 << 16
"""Bytes that are looked at together: no more than these are kept of what comes behind the end of an answer."""

GRACE_SECONDS = 5
"""Seconds before a transfer's speed is judged: slow starts are no slow drips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one exchange may cost: seconds in all, bytes a second at least, bytes of the answer at most."""

    seconds: float
    min_rate: float
    max_bytes: int


@dataclass(slots=True)
class Transfer:
    """What came of an exchange. `raw` holds every byte received, 1xx answers included."""

    raw: BinaryIO
    parser: ResponseParser
    digest: str | None = None
    truncated: Truncated | None = None
    problem: str | None = None
    received: int = 0


async def transfer(connection: Connection, request: bytes, method: str, limits: Limits) -> Transfer:
    """Send a request and receive its answer as far as it comes; problems are told in the result, never raised."""
    payload = sha256()
    parser = ResponseParser(method, payload.update)
    raw = cast("BinaryIO", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  the segment's writer closes it
    done = Transfer(raw=raw, parser=parser)
    receiving = _Receiving(done, limits)
    try:
        connection.used += 1
        connection.wire.send(request, receiving)
        await receiving.over()
    except TimeoutError:
        done.truncated = "time"
        done.problem = f"the exchange took longer than {limits.seconds:g} s"
    except (OSError, EOFError) as error:
        done.truncated = "disconnect"
        done.problem = f"the connection broke: {error}"
    finally:
        connection.wire.let_go()
    parser.close()
    if parser.broken and done.truncated is None:
        done.problem = parser.broken
        done.truncated = "disconnect" if parser.broken in CUT_OFF else "unspecified"
    done.digest = f"sha256:{payload.hexdigest()}" if parser.head else None
    return done


class _Receiving:
    """Takes an answer off the wire until it is whole or has met a limit."""

    def __init__(self, done: Transfer, limits: Limits) -> None:
        self._done = done
        self._limits = limits
        self._started = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()

    async def over(self) -> None:
        """Wait for the end; raises what broke the connection, `TimeoutError` after the seconds that it may take."""
        timer = self._loop.call_later(self._limits.seconds, self._end, TimeoutError())
        try:
            await self._over
        finally:
            timer.cancel()

    def takes(self, content: bytes) -> bytes:
        """Keep what came and follow it, a piece at a time; return what lies behind the piece that was the last."""
        for start in range(0, len(content), PIECE):
            if self._over.done():
                return content[start:]
            try:
                whole = self._take(content[start : start + PIECE])
            except Exception as error:  # noqa: BLE001  it is raised again where the answer is waited for
                self._end(error)
            else:
                if whole:
                    self._end()
        return b""

    def ends(self, error: Exception | None) -> None:
        """Take note that the connection broke or was closed."""
        if error is None and not self._over.done() and not self._done.parser.until_close:
            self._done.truncated = "disconnect"
            self._done.problem = "the server closed the connection before its answer was whole"
        self._end(error)

    def _end(self, error: Exception | None = None) -> None:
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)

    def _take(self, content: bytes) -> bool:
        """Return whether nothing more is to be read."""
        done, limits = self._done, self._limits
        room = limits.max_bytes - done.received
        taken = content if len(content) <= room else content[:room]
        done.raw.write(taken)
        done.parser.feed(taken)
        done.received += len(taken)
        if done.parser.done:
            return True
        elapsed = time.monotonic() - self._started
        if len(content) >= room:
            done.truncated = "length"
            done.problem = f"the answer is longer than {limits.max_bytes} bytes"
        elif elapsed > GRACE_SECONDS and done.received / elapsed < limits.min_rate:
            done.truncated = "time"
            done.problem = f"the answer came slower than {limits.min_rate:g} bytes a second"
        return done.truncated is not None
