"""Looks at a site's ordered pages: each is fetched, followed where it leads, read, and archived, one after another.

A look goes through Scrapy's downloader middlewares to its download handler, past scheduler, downloader slots, scraper
and item pipelines, which cost more than archiving adds to them (docs/performance.md): the site's own turns do their
work.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.failures import NETWORK, why_failed
from crawler.items import PageLook
from crawler.orders import Order
from crawler.redirects import following, location
from crawler.sitework import NoRoom, SiteWork, Stopped
from news.errors import ObjectCorrupt, ObjectMissing, StoreError, StoreUnavailable
from news.model import Document
from news.policy import refuses
from news.revising import judge
from news.serial import instant
from storage.archive import Failed, Look, NotModified, Redirected, Seen, unasked_304
from storage.catalogue import reading
from storage.warc.segment import Capture, RefersTo

if TYPE_CHECKING:
    from crawler.spiders.articles import ArticlesSpider

log = logging.getLogger(__name__)

FULL_LOOK_SECONDS = 86_400
"""A page is fetched without conditions at least this often: a 304 alone is not believed for more than a day."""


LONGEST_VALIDATOR = 1_000

LARGE = 1_000_000
"""Bytes of a decoded page from which it is told in the log that it holds no article: such pages are often traps."""

SHOWN = 100
"""Characters of an odd Location that are told."""


class Looking:
    """Looks at one site's pages in the order in which they were ordered.

    One look more is under way than the site allows connections, so that the wire need not wait for the reader.
    """

    def __init__(self, spider: ArticlesSpider, work: SiteWork) -> None:
        self._spider = spider
        self._work = work
        self._orders: deque[Order] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def order(self, order: Order) -> None:
        """Look at this page when its turn comes."""
        self._work.page_ordered()
        self._orders.append(order)
        if len(self._tasks) <= self._work.site.connections:
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Wait until every page that was ordered was looked at."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self) -> None:
        while self._orders and not self._work.closing.is_set():
            order = self._orders.popleft()
            try:
                await self._look(order)
            except StoreUnavailable as error:
                self._spider.stop_for(error)
            except StoreError as error:  # a damaged catalogue: what is to be done about it is in the error
                log.warning("look can't be written down url=%s error=%s", order.url, error)
            except Exception:
                log.exception("look went wrong url=%s", order.url)

    async def _look(self, order: Order) -> None:
        try:
            item = await self._fetch(self._request(order))
        finally:
            self._work.page_done()
        if item is None:
            return
        if item.ended is None and item.capture is not None and not self._read(item, item.capture):
            return
        for committed in self._work.writer.observe(look_of(item)):
            self._spider.tell_look(item.site, committed)

    async def _answered(self, request: Request) -> Response:
        """Return what answered a request, or the later ones that middlewares made of it."""
        asked: Request | Response = request
        while isinstance(asked, Request):
            asked = await self._spider.fetch(asked)
        return asked

    async def _fetch(self, request: Request) -> PageLook | None:
        """Return what came of a page and the redirects that led on from it; None when the worker closes before that."""
        while True:
            try:
                response = await self._answered(request)
            except StoreError as error:
                self._spider.stop_for(error)
                return None
            except Exception as error:  # noqa: BLE001  what kept a page from us is what its look came to
                tried = request.meta["broken"]
                return self._broken(tried[-1] if tried else request, error)
            answered = response.request or request
            if response.status == 304 or not 300 <= response.status < 400:
                ended = _not_modified(answered) if response.status == 304 else None
                return self._item(answered, answered.meta["capture"], ended=ended)
            target = location(response)
            leads_on = following(answered, response.status, target, self._work) if target else None
            if leads_on is None:
                return self._led_away(answered, target, response)
            if self._work.closing.is_set():
                return None
            request = leads_on

    def _broken(self, request: Request, error: Exception) -> PageLook | None:
        """Return a look that gave no whole answer."""
        closes = self._work.closing.is_set() and not isinstance(error, (*NETWORK, IgnoreRequest))
        if isinstance(error, NoRoom):
            self._spider.put_off(request.meta["site"], page=request.meta["page"], why=str(error))
        if closes or isinstance(error, Stopped):
            return None
        ended, retry_at = why_failed(error, request.meta.get("truncated"))
        request.meta["retry_at"] = retry_at or request.meta.get("retry_at")
        return self._item(request, request.meta.get("capture"), ended=ended)

    def _read(self, item: PageLook, capture: Capture) -> bool:
        """Let the site's reader judge the document made from the WARC record just written.

        Returns False where that repeats a record in a store that is away: it is read once that is back.
        """
        work = self._work
        try:
            document = work.writer.document(capture)
        except (ObjectMissing, ObjectCorrupt) as error:
            item.ended = Failed(outcome="failed", reason="record-unreadable", detail=str(error))
            return True
        except StoreUnavailable as error:
            work.writer.look_later(capture)
            self._spider.put_off(item.site, page=item.page, why=str(error))
            return False
        item.verdict = judge(document, work.site, work.writer.reader)
        _tell_of_trap(item, document)
        if capture.status == 200:
            (work.turned_away if refuses(item.verdict.outcome, item.verdict.reason) else work.welcomed)()
        if item.verdict.article is not None:
            self._spider.order_requisites(item.site, document)
        return True

    def _request(self, order: Order) -> Request:
        site = self._work.site.name
        meta: dict[str, Any] = {
            "site": site,
            "download_slot": site,
            "kind": "page",
            "page": order.url,
            "why": order.why,
            "source": order.source,
            "broken": [],  # the tries that broke: each may be another request than the one asked for
        }
        request = Request(order.url, meta=meta, dont_filter=True)
        self._make_conditional(request)
        return request

    def _make_conditional(self, request: Request) -> None:
        """Ask only for news when the last whole answer is less than a day old and an article stands behind it."""
        rows = self._spider.archive.rows
        known = reading.validators(rows, request.meta["page"])
        if known is None:
            return
        if (datetime.now(UTC) - instant(known["last_full"])).total_seconds() > FULL_LOOK_SECONDS:
            return
        capture = reading.capture(rows, known["validated"])
        if capture is None or capture["url"] != request.url or not capture["payload_digest"]:
            return
        validators = {"If-None-Match": known["etag"], "If-Modified-Since": known["last_modified"]}
        sound = {name: said for name, said in validators.items() if said and _is_sound(said)}
        if not sound:
            return
        request.headers.update(sound)
        request.meta["validated"] = RefersTo(
            record_id=capture["record_id"],
            url=capture["url"],
            at=capture["at"],
            payload_digest=capture["payload_digest"],
        )

    def _item(self, request: Request, capture: Capture | None, *, ended: Failed | NotModified | None) -> PageLook:
        meta = request.meta
        return PageLook(
            site=meta["site"],
            page=meta["page"],
            why=meta["why"],
            source=meta["source"],
            at=meta.get("looked_at") or datetime.now(UTC),
            address=request.url,
            capture=capture,
            left_by=meta.get("left_by"),
            left_at=meta.get("left_at"),
            ended=ended,
            retry_at=meta.get("retry_at"),
            witnesses=self._work.witnesses(request.url),
        )

    def _led_away(self, request: Request, target: str | None, response: Response) -> PageLook:
        """Return the look at a page whose redirect is not followed: for good it moved, for now a wall stands there."""
        capture = request.meta["capture"]
        if target is None:
            detail = f"{response.status} from {request.url} {_said_of_target(response)}"
            why = Failed(outcome="failed", reason="redirect-without-target", detail=detail)
            return self._item(request, capture, ended=why)
        if response.status in (301, 308) and not self._work.serves(target):
            item = self._item(request, capture, ended=None)
            item.address, item.left_by, item.left_at = target, item.left_by or capture, item.left_at or item.at
            item.capture = None
            return item
        why = Failed(outcome="blocked", reason="redirect-not-followed", detail=f"{request.url} leads to {target}")
        return self._item(request, capture, ended=why)


def _is_sound(validator: str) -> bool:
    """Return whether a server's own words may be sent back to it: short, and nothing that would end a field."""
    return len(validator) <= LONGEST_VALIDATOR and validator.isprintable()


def _tell_of_trap(item: PageLook, document: Document) -> None:
    """Log a page that took much and is no article; of smaller ones the observation alone says that they are none."""
    if item.verdict is not None and item.verdict.outcome == "not-article":
        level = logging.WARNING if len(document.body) >= LARGE else logging.INFO
        log.log(
            level, "page is no article url=%s reason=%s bytes=%d", item.page, item.verdict.reason, len(document.body)
        )


def _not_modified(request: Request) -> NotModified | Failed:
    """Return what a 304 comes to: it says something only where we asked with conditions."""
    return NotModified() if "validated" in request.meta else unasked_304(request.url)


def _said_of_target(response: Response) -> str:
    """Return how a redirect fails to name a target."""
    said = response.headers.get("Location")
    shown = said.decode("utf-8", "replace")[:SHOWN] if said else ""
    return f"leads to what can't be fetched: {shown!r}" if said else "without a Location"


def look_of(item: PageLook) -> Look:
    """Return the look as the archive takes it."""
    return Look(
        page=item.page,
        at=item.left_at or item.at,
        why=item.why,
        source=item.source,
        result=_result(item),
        capture=item.left_by or item.capture,
        retry_at=item.retry_at,
        witnesses=item.witnesses,
    )


def _result(item: PageLook) -> Seen | NotModified | Redirected | Failed:
    if item.ended is not None:
        return item.ended
    if item.left_by is not None:
        return Redirected(to=item.address, verdict=item.verdict, landed=item.capture, landed_at=item.at)
    assert item.verdict is not None
    return Seen(verdict=item.verdict, address=item.address)
