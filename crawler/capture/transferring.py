"""One exchange over one connection, within its limits: bytes out, bytes in, nothing interpreted but the framing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from crawler.capture.connecting import READ_LIMIT, Connection
from storage.warc.exchange import Truncated
from storage.warc.http1 import CUT_OFF, ResponseParser

IN_MEMORY = 2 << 20
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
    started = time.monotonic()
    try:
        async with asyncio.timeout(limits.seconds):
            connection.used += 1
            connection.writer.write(request)
            await connection.writer.drain()
            await _receive(connection, done, limits, started)
    except TimeoutError:
        done.truncated = "time"
        done.problem = f"the exchange took longer than {limits.seconds:g} s"
    except (OSError, EOFError) as error:
        done.truncated = "disconnect"
        done.problem = f"the connection broke: {error}"
    parser.close()
    if parser.broken and done.truncated is None:
        done.problem = parser.broken
        done.truncated = "disconnect" if parser.broken in CUT_OFF else "unspecified"
    done.digest = f"sha256:{payload.hexdigest()}" if parser.head else None
    return done


async def _receive(connection: Connection, done: Transfer, limits: Limits, started: float) -> None:
    while not done.parser.done:
        content = await connection.reader.read(READ_LIMIT)
        if not content:
            if not done.parser.until_close:
                done.truncated = "disconnect"
                done.problem = "the server closed the connection before its answer was whole"
            return
        room = limits.max_bytes - done.received
        done.raw.write(content[:room])
        done.parser.feed(content[:room])
        done.received += min(len(content), room)
        if len(content) >= room and not done.parser.done:
            done.truncated = "length"
            done.problem = f"the answer is longer than {limits.max_bytes} bytes"
            return
        elapsed = time.monotonic() - started
        if elapsed > GRACE_SECONDS and done.received / elapsed < limits.min_rate and not done.parser.done:
            done.truncated = "time"
            done.problem = f"the answer came slower than {limits.min_rate:g} bytes a second"
            return
