"""A connection hands what comes to whoever takes its answer, and keeps what nobody takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from crawler.capture.connecting import Connection
from crawler.capture.transferring import PIECE, Limits, Transfer, transfer
from crawler.capture.wire import Wire
from tests.crawler.crawling import sized

LIMITS = Limits(seconds=5, min_rate=1, max_bytes=1_000_000)
ASKED = b"GET / HTTP/1.1\r\n\r\n"
ANSWER = sized(b"the page")

Serves = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def talked(serves: Serves, doing: Callable[[Connection], Awaitable[None]]) -> None:
    """Do this with a connection to a server that does that."""

    async def go() -> None:
        server = await asyncio.start_server(serves, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        _, wire = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
        try:
            await doing(Connection(origin=("http", "127.0.0.1", port), wire=wire, ip_address="127.0.0.1"))
        finally:
            wire.abort()
            server.close()
            await asyncio.sleep(0.02)  # for the server's end of the connection

    asyncio.run(asyncio.wait_for(go(), 20))


async def answering(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bytes, later: bytes = b"", ends: bool = False
) -> None:
    """Answer each request so; what comes `later` is sent when the first answer has arrived for sure."""
    with suppress(ConnectionError):
        while await reader.read(len(ASKED)) == ASKED:
            writer.write(answer)
            await writer.drain()
            if later:
                await asyncio.sleep(0.05)
                writer.write(later)
            if ends:
                break
    writer.close()


async def asked(connection: Connection) -> tuple[Transfer, bytes]:
    """Return what came of an exchange, and its bytes."""
    done = await transfer(connection, ASKED, "GET", LIMITS)
    with done.raw as raw:
        raw.seek(0)
        return done, raw.read()


def test_one_connection_carries_exchange_after_exchange() -> None:
    async def doing(connection: Connection) -> None:
        for _ in range(3):
            done, raw = await asked(connection)
            assert (raw, done.truncated, done.parser.keeps_alive) == (ANSWER, None, True)
            assert await connection.wire.is_silent()

    talked(partial(answering, answer=ANSWER), doing)


def test_bytes_that_come_between_two_exchanges_are_seen() -> None:
    async def doing(connection: Connection) -> None:
        done, _ = await asked(connection)
        assert done.parser.keeps_alive
        await asyncio.sleep(0.15)
        assert not await connection.wire.is_silent()
        assert connection.wire.strays

    talked(partial(answering, answer=ANSWER, later=b"HTTP/1.1 200 OK\r\n\r\n"), doing)


def test_an_end_that_comes_between_two_exchanges_is_seen() -> None:
    async def doing(connection: Connection) -> None:
        done, _ = await asked(connection)
        assert done.parser.keeps_alive
        await asyncio.sleep(0.05)
        assert not await connection.wire.is_silent()
        assert not connection.wire.strays

    talked(partial(answering, answer=ANSWER, ends=True), doing)


def test_what_is_sent_before_it_was_asked_for_is_the_first_answer() -> None:
    async def eager(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nthe page")
        writer.close()

    async def doing(connection: Connection) -> None:
        await asyncio.sleep(0.05)
        done, raw = await asked(connection)
        assert (raw, done.truncated) == (b"HTTP/1.0 200 OK\r\n\r\nthe page", None)

    talked(eager, doing)


def test_of_what_comes_behind_an_answer_no_more_than_a_piece_is_kept() -> None:
    async def doing(connection: Connection) -> None:
        done, _ = await asked(connection)
        assert done.parser.end == len(ANSWER)
        assert not done.parser.keeps_alive
        assert done.received <= PIECE

    talked(partial(answering, answer=ANSWER + b"x" * 900_000), doing)


def test_an_answer_that_the_server_cuts_off_is_told_and_kept() -> None:
    async def doing(connection: Connection) -> None:
        done, raw = await asked(connection)
        assert (raw, done.truncated) == (ANSWER[:-3], "disconnect")
        assert done.problem == "the server closed the connection before its answer was whole"

    talked(partial(answering, answer=ANSWER[:-3], ends=True), doing)
