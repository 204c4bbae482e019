"""robots.txt as RFC 9309 has it: cached for a day, the last good one in an outage, a refusal where there is none."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.failures import NETWORK, RobotsUnavailable
from crawler.redirects import location
from crawler.sitework import Rules, SiteWork, origin_of
from storage.warc.segment import Capture
from storage.warc.telling import Witness

log = logging.getLogger(__name__)

MOST_HOPS = 5  # section 2.3.1.2
MOST_BYTES = 500 * 1024  # section 2.5
KEPT = timedelta(hours=24)  # section 2.4
ASKED_AGAIN = timedelta(minutes=1)
"""How long an outage is believed before robots.txt is asked for again."""


class RobotsDesk:
    """Gets the rules of a site's origins; several requests that wait for the same ones make one fetch."""

    def __init__(self, crawler: Crawler, work: SiteWork) -> None:
        self._crawler = crawler
        self._work = work

    async def rules(self, url: str) -> Rules:
        """Return the rules of an address's origin, from memory while they hold; raises their refusal."""
        origin = origin_of(url)
        async with self._work.robots_turn:
            found = self._work.robots.get(origin)
            if found is None or datetime.now(UTC) >= found.until:
                found = await self._fetch(origin, found)
                self._work.robots[origin] = found
        if found.refusal is not None:
            raise found.refusal
        return found

    async def _fetch(self, origin: str, before: Rules | None) -> Rules:
        url = page = f"{origin}/robots.txt"
        for _ in range(MOST_HOPS + 1):
            try:
                request, response = await self._ask(url, page)
            except NETWORK as error:
                return self._in_outage(page, before, error)
            target = location(response) if 300 <= response.status < 400 else None
            if target is None or not self._work.serves(target):
                return self._read(request, response, before)
            url = target
        log.warning("robots.txt leads on and on, taken as none url=%s hops=%d", page, MOST_HOPS)
        return self._new(request.meta.get("capture"), b"")

    async def _ask(self, url: str, page: str) -> tuple[Request, Response]:
        """Ask for robots.txt; a connection that broke is tried once more."""
        site = self._work.site.name
        assert self._crawler.engine is not None
        for tries in (0, 1):
            meta = {"site": site, "download_slot": f"{site} robots", "kind": "robots", "page": page}
            request = Request(url, meta=meta, dont_filter=True)
            try:
                return request, await self._crawler.engine.download_async(request)
            except NETWORK:
                if tries or request.meta.get("truncated") == "time":
                    raise
        raise AssertionError  # the loop returns or raises

    def _read(self, request: Request, response: Response, before: Rules | None) -> Rules:
        capture = request.meta.get("capture")
        if response.status >= 500 or response.status == 429:
            said = f"{request.url} answered {response.status}: nothing is fetched until it is there"
            return self._in_outage(request.meta["page"], before, RobotsUnavailable(said))
        if 200 <= response.status < 300 and capture is not None:
            return self._new(capture, self._work.writer.document(capture).body)
        return self._new(capture, b"")  # section 2.3.1.3: unavailable, so nothing is asked of us

    def _in_outage(self, page: str, before: Rules | None, why: Exception) -> Rules:
        """Return the last good rules, from memory or from the archive, else a refusal (section 2.3.1.4)."""
        until = datetime.now(UTC) + ASKED_AGAIN
        if before is not None and before.refusal is None:
            log.warning("robots.txt is out of reach, the last good one holds url=%s why=%s", page, why)
            return Rules(parsed=before.parsed, until=until, witness=before.witness)
        kept = self._work.writer.last_good_robots(page)
        if kept is None:
            log.warning("robots.txt is out of reach and never was seen, nothing is fetched url=%s why=%s", page, why)
            return Rules(parsed=Protego.parse(""), until=until, refusal=why)
        log.warning("robots.txt is out of reach, the archived one holds url=%s from=%s why=%s", page, kept.at, why)
        return self._new(kept, self._work.writer.document(kept).body, until=until)

    def _new(self, capture: Capture | None, body: bytes, *, until: datetime | None = None) -> Rules:
        parsed = Protego.parse(body[:MOST_BYTES].decode("utf-8-sig", "replace"))
        witness = Witness(role="robots", record_id=capture.record_id, url=capture.url) if capture else None
        return Rules(parsed=parsed, until=until or datetime.now(UTC) + KEPT, witness=witness)
