"""robots.txt as RFC 9309 has it: cached for a day, the last good one in an outage, a refusal where there is none.

An outage may last (section 2.3.1.4): after 30 days a crawler may take robots.txt for absent, or go on with the copy it
has. Ours goes on with its copy, however old: whoever asked us to stay out before his server fell ill has not taken
that back. Where none was ever seen nothing is fetched until the server says what it allows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.failures import NETWORK, RobotsUnavailable
from crawler.redirects import location
from crawler.rules import KEPT, kept_until, read_rules, tells
from crawler.sitework import Rules, SiteWork, origin_of
from news.errors import ObjectCorrupt, ObjectMissing, StoreError, StoreUnavailable
from news.serial import instant
from storage.warc.segment import Capture
from storage.warc.telling import Witness

log = logging.getLogger(__name__)

MOST_HOPS = 5  # section 2.3.1.2
ASKED_AGAIN = timedelta(minutes=1)
"""How long an outage is believed before robots.txt is asked for again; doubled each time, up to `ASKED_AT_LEAST`."""

ASKED_AT_LEAST = timedelta(hours=1)


class RobotsDesk:
    """Gets the rules of a site's origins; several requests that wait for the same ones make one fetch."""

    def __init__(self, crawler: Crawler, work: SiteWork, clock: Callable[[], datetime] | None = None) -> None:
        self._crawler = crawler
        self._work = work
        self._clock = clock or (lambda: datetime.now(UTC))

    async def rules(self, url: str) -> Rules:
        """Return the rules of an address's origin, from memory or archive while they hold; raises their refusal."""
        origin = origin_of(url)
        async with self._work.robots_turn:
            found = self._work.robots.get(origin) or self._kept(f"{origin}/robots.txt")
            if found is None or self._clock() >= found.until:
                found = await self._fetch(origin, found)
            self._work.robots[origin] = found
        if found.refusal is not None:
            raise found.refusal
        return found

    def _kept(self, page: str) -> Rules | None:
        """Return the rules that an earlier worker was given and that hold still, or None."""
        capture = self._work.writer.last_robots(page)
        if capture is None or capture.status is None or not tells(capture.status):
            return None
        try:
            rules = self._of(capture)
        except (ObjectMissing, ObjectCorrupt, StoreUnavailable) as error:
            log.warning("the archived robots.txt can't be read, asking anew url=%s error=%s", page, error)
            return None
        return rules if self._clock() < rules.until else None

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
        return self._nothing_asked(request.meta.get("capture"))

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
                capture: Capture | None = request.meta.get("capture")
                if request.meta.get("truncated") == "length" and capture is not None and capture.status is not None:
                    return request, Response(url, status=capture.status)  # what is read of it came (section 2.5)
                if tries or request.meta.get("truncated") == "time":
                    raise
        raise AssertionError  # the loop returns or raises

    def _read(self, request: Request, response: Response, before: Rules | None) -> Rules:
        capture = request.meta.get("capture")
        if response.status >= 500 or response.status == 429:
            said = f"{request.url} answered {response.status}: nothing is fetched until it is there"
            return self._in_outage(request.meta["page"], before, RobotsUnavailable(said))
        if capture is None or not tells(response.status):
            return self._nothing_asked(capture)
        try:
            return self._of(capture)
        except StoreUnavailable as error:  # it repeats one that lies in a store which just went away
            return self._in_outage(request.meta["page"], before, RobotsUnavailable(str(error)))

    def _of(self, capture: Capture) -> Rules:
        """Return the rules of a robots.txt that was there, or was not (section 2.3.1.3: nothing is asked of us)."""
        document = self._work.writer.document(capture)
        until = kept_until(instant(capture.at), document.header("Cache-Control"), document.header("Age"))
        body = document.body if document.status < 300 else b""
        return Rules(parsed=read_rules(body), until=until, witness=_witness(capture))

    def _nothing_asked(self, capture: Capture | None) -> Rules:
        return Rules(parsed=read_rules(b""), until=self._clock() + KEPT, witness=_witness(capture))

    def _in_outage(self, page: str, before: Rules | None, why: Exception) -> Rules:
        """Return the last good rules, from memory or from the archive, else a refusal."""
        outages = before.outages + 1 if before else 1
        until = self._clock() + min(ASKED_AGAIN * (1 << min(outages - 1, 10)), ASKED_AT_LEAST)
        if before is not None and before.refusal is None:
            log.warning("robots.txt is out of reach, the last good one holds url=%s why=%s", page, why)
            return replace(before, until=until, outages=outages)
        kept = self._work.writer.last_good_robots(page)
        if kept is None:
            log.warning("robots.txt is out of reach and never was seen, nothing is fetched url=%s why=%s", page, why)
            return Rules(parsed=read_rules(b""), until=until, refusal=why, outages=outages)
        try:
            rules = replace(self._of(kept), until=until, outages=outages)
        except StoreError as error:
            log.warning("robots.txt is out of reach, the archived one too url=%s why=%s", page, error)
            return Rules(parsed=read_rules(b""), until=until, refusal=why, outages=outages)
        log.warning("robots.txt is out of reach, the archived one holds url=%s from=%s why=%s", page, kept.at, why)
        return rules


def _witness(capture: Capture | None) -> Witness | None:
    return Witness(role="robots", record_id=capture.record_id, url=capture.url) if capture else None
