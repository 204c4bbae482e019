"""The one spider: takes orders, and has them done by each site's `Looking` and `Discovery`. It reads nothing itself.

Orders come as JSON lines on stdin (`-a orders=stdin`): `{"order": "fetch", "site", "url", "why", "source"}`,
`{"order": "discover", "site", "deep"}`, `{"order": "seal", "site"}`, each with an `id`; EOF means finish, seal, exit.
Without that argument the spider discovers the sites named by `-a site=` and looks at all their pages once.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, cast

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.discovering import Discovery
from crawler.fetching import Fetch, fetching
from crawler.looking import Looking
from crawler.orders import Order, Progress, orders_on_stdin
from crawler.redirects import following, location
from crawler.requisites import STYLES, needed
from crawler.sealing import SealingDesk
from crawler.sitework import NoRoom, SiteWork
from news.errors import LeaseLost, SiteBusy, StopPressError, StoreError, StoreUnavailable
from news.model import Document, Site
from news.policy import pace
from storage.archive import Archive, Committed, SiteWriter, open_archive
from storage.catalogue import reading
from storage.config import Config, load_config
from storage.warc.segment import Capture
from storage.warc.telling import warcinfo

COMMIT_SECONDS = 0.2
COMMIT_LINES = 200
HEARTBEAT_SECONDS = 5
BUSY_SECONDS = 5.0
"""For how long a site that another writes is taken for busy, before its lock and lease are tried again."""


def _slots(site: Site) -> dict[str, dict[str, object]]:
    """Return how many requests of a site's Scrapy hands out together, where that is more than one."""
    limit: dict[str, object] = {"concurrency": site.connections, "delay": 0, "randomize_delay": False}
    return dict.fromkeys((site.name, f"{site.name} requisites"), limit) if site.connections > 1 else {}


def _told(site: str, look: Committed) -> dict[str, object]:
    """Return the event that tells of a committed look."""
    told = {name: getattr(look, name) for name in ("page", "outcome", "reason", "headline", "classes")}
    return {"event": "look", "site": site, **told}


class ArticlesSpider(Spider):
    """Looks at article pages of any number of sites, each within its own pace."""

    name = "articles"

    def __init__(self, config: Config, *, site: str | None = None, orders: str | None = None) -> None:
        super().__init__()
        self.config = config
        self.archive: Archive
        self.fetch: Fetch
        self.progress = Progress(loud=orders == "stdin")
        self.problem: StopPressError | None = None
        self._wanted = [config.site(name) for name in site.split(",")] if site else []
        self._from_stdin = orders == "stdin"
        self._closing = ExitStack()
        self._works: dict[str, SiteWork] = {}
        self._busy: dict[str, tuple[SiteBusy, float]] = {}
        self._desk: SealingDesk | None = None
        self._software: dict[str, str] = {}
        self._sealing: asyncio.Task[None] | None = None
        self._lookings: dict[str, Looking] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping: list[asyncio.Task[None]] = []
        self._ending: asyncio.Future[None] | None = None
        self._told_after_commit: list[tuple[str, Committed]] = []

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Lay the operator's configuration over the project's settings."""
        super().update_settings(settings)
        named = settings.get("STOPPRESS_CONFIG")
        config = load_config(Path(named) if named else None, os.environ)
        contact = f" (+{config.crawler.contact})" if config.crawler.contact else ""
        said = {
            "STOPPRESS_LOADED": config,
            "DOWNLOAD_TIMEOUT": config.crawler.exchange_seconds,
            "DOWNLOAD_MAXSIZE": int(config.crawler.max_body_megabytes * 1_000_000),
            "STOPPRESS_MIN_RATE": config.crawler.min_bytes_per_second,
            "RETRY_TIMES": config.crawler.retries,
            "USER_AGENT": f"stoppress/{version('stoppress')}{contact}",
            "DOWNLOAD_SLOTS": {slot: limit for site in config.sites() for slot, limit in _slots(site).items()},
        }
        for name, value in said.items():
            settings.set(name, value, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return the spider with the configuration that its settings name."""
        spider = cls(crawler.settings["STOPPRESS_LOADED"], *args, **kwargs)
        spider._set_crawler(crawler)
        logging.getLogger().setLevel(crawler.settings["LOG_LEVEL"])  # or each page makes five records for nobody
        agent, told = crawler.settings["USER_AGENT"], spider.config.crawler
        software = warcinfo(
            software=agent.partition(" ")[0],
            operator=told.contact,
            user_agent=agent,
            hostname=socket.gethostname(),
        )
        limits = ("requisites", "exchange_seconds", "min_bytes_per_second", "max_body_megabytes", "retries")
        software |= {name.replace("_", "-"): str(getattr(told, name)) for name in limits}
        spider._software = software
        return spider

    def _open(self) -> None:
        """Open the archive: in the crawl, where what keeps it from opening can be told as the crawl's end."""
        opened = open_archive(self.config, software=self._software, may_be_away=True)
        self.archive = self._closing.enter_context(opened)
        self._desk = SealingDesk(self.archive, self._works, self.progress)

    def work(self, name: str) -> SiteWork:
        """Return what this worker keeps for a site; takes the site's lock and lease at first use; raises `SiteBusy`."""
        if name not in self._works:
            site = self.config.site(name)
            self.config.check_crawlable(site)
            self._works[name] = SiteWork(site, self._writer(site), seconds_between=pace(site) or 0.0)
        return self._works[name]

    def _writer(self, site: Site) -> SiteWriter:
        error, tried = self._busy.get(site.name, (None, 0.0))
        if error is not None and time.monotonic() - tried < BUSY_SECONDS:
            raise error
        try:
            return self.archive.writer(site, sealing=False)
        except SiteBusy as busy:
            self._busy[site.name] = (busy, time.monotonic())
            raise

    async def start(self) -> AsyncIterator[Request]:
        """Take orders for as long as there are some; yield nothing, since a site's looks make their own requests."""
        try:
            self._open()
            self.fetch = fetching(self.crawler.engine)
        except StopPressError as error:
            self.stop_for(error)
            return
        gc.freeze()  # what start-up made stays, and need not be gone through again
        gc.set_threshold(5000, 20, 20)
        self._keeping = [asyncio.create_task(self._keep_committing()), asyncio.create_task(self._heartbeat())]
        self._sealing = asyncio.create_task(self._keep_sealing())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._close_soon)
        async for order in self._orders():
            try:
                self._take(order)
            except SiteBusy as error:
                self.put_off(order.site, page=order.url or None, why=str(error), order=order)
            except StopPressError as error:
                self.stop_for(error)
                break
        await self._discoveries_done()
        for looking in self._lookings.values():
            await looking.done()
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    def tell_look(self, site: str, committed: Committed) -> None:
        """Tell whoever watches of a look that was recorded, once its commit makes it visible."""
        self._told_after_commit.append((site, committed))

    def put_off(self, site: str, *, page: str | None, why: str, order: Order | None = None) -> None:
        """Tell that what was ordered was not done, and says nothing of the page: it is to be ordered again."""
        self.logger.info("put off site=%s page=%s why=%s", site, page, why)
        self.progress.tell("put-off", site=site, page=page, why=why)
        if order is not None and order.order != "fetch":
            self.progress.tell("finished", order=order.id)

    def order_requisites(self, site: str, document: Document) -> None:
        """Order what a captured page or style sheet draws on, behind the pages that wait."""
        work, which = self.work(site), self.config.crawler.requisites
        assert self.crawler.engine is not None
        for url in needed(work, self.archive.rows, document, which):
            meta = {"site": site, "download_slot": f"{site} requisites", "kind": "requisite", "page": url}
            request = Request(url, callback=self.took, errback=self.missed, meta=meta, dont_filter=True, priority=-1)
            self.crawler.engine.crawl(request)

    def took(self, response: Response) -> None:
        """Order what a style sheet draws on; a requisite's own redirect is followed on the site's hosts."""
        request = cast("Request", response.request)
        capture, site = cast("Capture | None", request.meta.get("capture")), request.meta["site"]
        if 300 <= response.status < 400 and response.status != 304:
            target = location(response)
            leads_on = following(request, response.status, target, self.work(site)) if target else None
            if leads_on is not None:
                assert self.crawler.engine is not None
                self.crawler.engine.crawl(leads_on.replace(callback=self.took, errback=self.missed, priority=-1))
        elif capture is not None and response.status == 200 and capture.media_type in STYLES:
            try:
                self.order_requisites(site, self.work(site).writer.document(capture))
            except StoreUnavailable as error:  # what it repeats is out of reach; so was what that draws on looked for
                self.logger.info("style sheet can't be read url=%s error=%s", request.url, error)

    def missed(self, failure: Failure) -> None:
        """Note a requisite that gave nothing: it is tried again with the next capture that needs it."""
        error, request = failure.value, cast("Request", failure.request)  # type: ignore[attr-defined]
        if isinstance(error, StoreError):
            self.stop_for(error)
        if isinstance(error, NoRoom):
            self.put_off(request.meta["site"], page=None, why=str(error))
        self.logger.info("requisite gave nothing url=%s error=%s", request.url, error)
        self.work(request.meta["site"]).requisites.pop(request.meta["page"], None)

    async def closed(self, reason: str) -> None:
        """Seal what is open and let go of the sites. What can't be sealed stays in the spool, and is told."""
        del reason
        desk = self._desk
        if desk is not None:
            desk.close()
        if self._sealing is not None:
            await self._sealing
        if self.problem is None and desk is not None:
            try:  # a large segment takes its time: heartbeat and leases go on meanwhile
                await desk.seal_all(hurried=self._ending is not None)
                desk.tell_kept()
            except StoreError as error:
                self.problem = error
        for task in self._keeping:
            task.cancel()
        for work in self._works.values():
            try:
                work.writer.close()
            except StoreError as error:
                self.problem = self.problem or error
        self._tell_committed()
        self._works.clear()
        self._closing.close()
        if self.problem is not None:
            self.progress.tell("problem", kind=type(self.problem).__name__, message=str(self.problem))

    async def _orders(self) -> AsyncIterator[Order]:
        self.progress.tell("ready")
        if self._from_stdin:
            async for order in orders_on_stdin():
                yield order
            return
        for site in self._wanted or self.config.sites():
            yield Order(id="0", order="discover", site=site.name, deep=True)
            await self._discoveries_done()
            for row in reading.pages_of(self.archive.rows, site.name):
                yield Order(id="0", order="fetch", site=site.name, url=row["url"], why="crawl", source=row["source"])

    def _take(self, order: Order) -> None:
        match order.order:
            case "discover":
                self._start(self._discover(order))
            case "seal":
                self.work(order.site).writer.set_aside()
                self._start(self._seal(order))
            case "fetch":
                if order.site not in self._lookings:
                    self._lookings[order.site] = Looking(self, self.work(order.site))
                self._lookings[order.site].order(order)

    async def _discoveries_done(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _discover(self, order: Order) -> None:
        try:
            work = self.work(order.site)
            discovery = Discovery(self.crawler, work, self.archive, self.progress)
            found = await discovery.run(deep=order.deep)
            self.progress.tell("finished", order=order.id, site=order.site, pages=found.pages, new=found.new)
        except LeaseLost as error:
            self.stop_for(error)
        except SiteBusy as error:
            self.put_off(order.site, page=None, why=str(error), order=order)
        except StopPressError as error:
            self.stop_for(error)

    async def _seal(self, order: Order) -> None:
        assert self._desk is not None
        try:
            await self._desk.seal()
        except StopPressError as error:
            self.stop_for(error)
        self.progress.tell("finished", order=order.id)

    async def _keep_sealing(self) -> None:
        assert self._desk is not None
        try:
            await self._desk.keep_sealing()
        except StopPressError as error:
            self.stop_for(error)
        except Exception as error:
            self.logger.exception("sealing failed")
            self.stop_for(StoreError(f"sealing failed: {error}; the spool keeps what was captured, the log says more"))

    def stop_for(self, error: StopPressError) -> None:
        """End the crawl for a reason that the operator must know; what was captured is kept."""
        if self.problem is None:
            self.problem = error
            self._close_soon()

    def _close_soon(self) -> None:
        """Drop what waits for its turn, finish what is on the wire, and close."""
        for work in self._works.values():
            work.close()
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        """Close once the looks that are under way came to something; the engine knows nothing of them."""
        for looking in self._lookings.values():
            await looking.done()
        assert self.crawler.engine is not None
        await self.crawler.engine.close_spider_async(reason="stopped")

    async def _keep_committing(self) -> None:
        """Commit what came together, a fifth of a second apart, and set aside what has grown or aged enough."""
        limits = self.config.archive
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            try:
                for work in self._works.values():
                    work.writer.commit()
                    age = (datetime.now(UTC) - work.writer.opened).total_seconds() / 60 if work.writer.opened else 0
                    if age > limits.seal_after_minutes or work.writer.is_full(limits.seal_after_megabytes * 1e6):
                        work.writer.set_aside()
                self._tell_committed()
            except StoreError as error:
                self.stop_for(error)
                return

    def _tell_committed(self) -> None:
        told, self._told_after_commit = self._told_after_commit, []
        self.progress.tell_all([_told(site, look) for site, look in told])

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self.progress.tell("heartbeat", waiting=sum(work.pages_waiting for work in self._works.values()))
