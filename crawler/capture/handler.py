"""The download handler: every exchange is in the site's segment before Scrapy sees that there was one."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import SplitResult, urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response

from crawler.capture.connecting import Connection, Connector
from crawler.capture.transferring import Limits, Transfer, transfer
from news.urls import belongs
from storage.warc.exchange import Exchange
from storage.warc.http1 import Head
from storage.warc.segment import RefersTo

if TYPE_CHECKING:
    from crawler.sitework import SiteWork
    from crawler.spiders.articles import ArticlesSpider

log = logging.getLogger(__name__)

ASKS_FOR_REST = (429, 503)


class CaptureHandler(BaseDownloadHandler):
    """Fetches http and https over connections of its own, and archives what crossed them.

    The answer stays in the archive, where readers get it from its WARC record: Scrapy's response has its status and
    where it leads.
    `request.meta["capture"]` then says where it lies.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        verify = settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        self._connector = Connector(partial(tls_context, verify=verify), seconds=settings.getfloat("DOWNLOAD_TIMEOUT"))
        self._own_fields = own_fields(settings["USER_AGENT"])
        self._limits = Limits(
            seconds=settings.getfloat("DOWNLOAD_TIMEOUT"),
            min_rate=settings.getfloat("STOPPRESS_MIN_RATE"),
            max_bytes=settings.getint("DOWNLOAD_MAXSIZE"),
        )

    async def download_request(self, request: Request) -> Response:
        """Return the answer's status and `Location`, after all of it was archived.

        Raises Scrapy's download errors for what gave no whole answer; what came is archived all the same.
        """
        work = cast("ArticlesSpider", self.crawler.spider).work(request.meta["site"])
        async with work.turn(request.url, behind_pages=request.meta.get("kind") == "requisite"):
            request.meta.pop("capture", None)
            request.meta.pop("retry_at", None)
            try:
                return await self._attempt(request, work, fresh=False)
            except Exception as error:
                if isinstance(error, (CannotResolveHostError, DownloadConnectionRefusedError)):
                    _weigh(request, None, work)
                request.meta.get("broken", []).append(request)  # whoever asked may hold the request of an earlier try
                raise

    async def close(self) -> None:
        """Drop the idle connections."""
        self._connector.close()

    async def _attempt(self, request: Request, work: SiteWork, *, fresh: bool) -> Response:
        address = urlsplit(request.url)
        allow_private = work.site.allow_private_addresses and belongs(request.url, work.site)  # not for its CDNs
        connection = await self._connector.take(address, allow_private=allow_private, fresh=fresh)
        wire = request_bytes(request, address, self._own_fields)
        started = datetime.now(UTC)
        done = await transfer(connection, wire, request.method, self._limits)
        stale = connection.used > 1 and done.received == 0 and done.truncated == "disconnect"
        if not done.truncated and done.parser.keeps_alive:
            self._connector.give_back(connection)
        else:
            connection.wire.abort()
        exchange = _exchange(request, wire, started, connection, done)
        try:
            capture = work.writer.append(exchange, refers_to=_refers_to(request, exchange, work))
        finally:
            done.raw.close()
        if stale and not fresh:
            return await self._attempt(request, work, fresh=True)
        request.meta["capture"], request.meta["looked_at"] = capture, started
        if done.parser.head is not None and done.parser.head.status in ASKS_FOR_REST:
            _rest(request, done.parser.head, work)  # here, before whoever waits for the next turn is let go
        _weigh(request, done, work)
        return _response(request, done)


def _weigh(request: Request, done: Transfer | None, work: SiteWork) -> None:
    """Note how the site took this request; what a page with status 200 shows, a wall or not, its reader says."""
    kind = request.meta.get("kind")
    if kind in ("requisite", "robots"):
        return
    status = done.parser.head.status if done is not None and done.received and done.parser.head else 0
    if status == 0 or (status >= 400 and status not in (404, 410, *ASKS_FOR_REST)):
        if kind == "page":  # a broken feed says nothing of the pages
            work.turned_away()
    elif not (status == 200 and kind == "page"):
        work.welcomed()


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """Return what TLS connections are opened with; loading the system's certificates takes 50 ms."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def own_fields(user_agent: str) -> dict[bytes, bytes]:
    """Return the fields that every request carries; only gzip is asked for, which every WARC tool can read."""
    return {b"User-Agent": user_agent.encode("latin-1", "replace"), b"Accept": b"*/*", b"Accept-Encoding": b"gzip"}


def request_bytes(request: Request, address: SplitResult, own: Mapping[bytes, bytes]) -> bytes:
    """Return the request as it is sent: HTTP/1.1, these fields of ours, and its own."""
    path = address.path or "/"
    target = f"{path}?{address.query}" if address.query else path
    host = address.netloc.rpartition("@")[2]
    lines = [
        f"{request.method} {target} HTTP/1.1".encode(),
        b"Host: " + host.encode("idna" if not host.isascii() else "ascii"),
        *(name + b": " + value for name, value in own.items()),
    ]
    for name, values in cast("dict[bytes, list[bytes]]", request.headers).items():
        lines += [name + b": " + value for value in values]
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body


def _exchange(request: Request, wire: bytes, started: datetime, connection: Connection, done: Transfer) -> Exchange:
    meta: dict[str, Any] = request.meta
    start, end = done.parser.start, max(done.parser.end, done.parser.start)
    came = done.received > 0
    done.raw.seek(0)
    interim = done.raw.read(start)
    response = done.raw if start == 0 and end == done.received else _slice(done, start, end)
    return Exchange(
        url=request.url,
        method=request.method,
        kind=meta.get("kind", "page"),
        page=meta.get("page"),
        started=started,
        request=wire,
        ip_address=connection.ip_address.partition("%")[0],
        protocols=connection.protocols,
        cipher=connection.tls.cipher if connection.tls else None,
        tls=connection.tls,
        truncated=done.truncated,
        problem=done.problem,
        response=response if came else None,
        response_length=end - start,
        head_length=max(done.parser.body - start, 0),
        head=done.parser.head,
        payload_digest=done.digest,
        interim=interim,
        strays=_strays(connection, done),
    )


def _refers_to(request: Request, exchange: Exchange, work: SiteWork) -> RefersTo | None:
    """Return the earlier capture that this answer repeats: the one a 304 speaks of, or one with the same payload."""
    if exchange.head is None or exchange.truncated:
        return None
    if exchange.head.status == 304:
        return cast("RefersTo | None", request.meta.get("validated"))
    has_body = exchange.response_length > exchange.head_length
    if exchange.head.status != 200 or not has_body or exchange.payload_digest is None:
        return None
    return work.writer.seen_before(exchange.url, exchange.payload_digest)


def _rest(request: Request, head: Head, work: SiteWork) -> None:
    """Let the host rest, and note until when."""
    until = work.back_off(head.get("Retry-After"), datetime.now(UTC))
    request.meta["retry_at"] = until
    log.warning("host asks for rest site=%s status=%d until=%s", work.site.name, head.status, until.isoformat())


def _slice(done: Transfer, start: int, end: int) -> BytesIO:
    """Return the final answer alone, without the 1xx before it or stray bytes behind it."""
    done.raw.seek(start)
    return BytesIO(done.raw.read(end - start))


def _strays(connection: Connection, done: Transfer) -> bytes:
    """Return what came with the end of a whole answer and lies behind it; its connection carries no other exchange."""
    if done.truncated:
        return b""
    done.raw.seek(done.parser.end)
    return done.raw.read() + connection.wire.strays


def _response(request: Request, done: Transfer) -> Response:
    head = done.parser.head
    if head is None or done.truncated:
        said = f"{request.url}: {done.problem or 'no answer'}"
        request.meta["truncated"] = done.truncated
        if done.truncated == "time":
            raise DownloadTimeoutError(said)
        raise DownloadFailedError(said)
    return Response(request.url, status=head.status, headers={"Location": head.all("Location")}, request=request)
