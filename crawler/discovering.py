"""Finding a site's pages: its fronts, the feeds that they name, and its sitemaps. Every source is archived as seen."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.failures import NETWORK
from crawler.orders import Progress
from crawler.redirects import location
from crawler.sitework import NoRoom, SiteWork
from news.discovery import DiscoveryError, Find, links, parse_feed, parse_sitemap
from news.errors import StoreUnavailable
from news.model import Document
from news.serial import rfc3339
from news.urls import belongs, looks_like_trap
from storage.archive.archive import Archive
from storage.unanswered import note_round
from storage.warc.segment import Capture

log = logging.getLogger(__name__)

MOST_SITEMAPS = 100
MOST_FRONTS = 15
MOST_HOPS = 5


@dataclass(slots=True)
class Found:
    """How many addresses the sources named, and how many of them were new."""

    pages: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A source that answered, and the record that shows it."""

    url: str
    record_id: str
    document: Document


class Discovery:
    """One round through a site's sources."""

    def __init__(self, crawler: Crawler, work: SiteWork, archive: Archive, progress: Progress) -> None:
        self._crawler = crawler
        self._work = work
        self._rows = archive.rows
        self._recorder = archive.recorder
        self._progress = progress
        self._found = Found()
        self._sources = 0
        self._folder = archive.spool / work.site.name
        self._silent: dict[tuple[str, str], str] = {}
        self._heard: set[str] = set()

    async def run(self, *, deep: bool) -> Found:
        """Look through fronts, feeds and sitemaps; `deep` also through sitemaps that are not of news."""
        try:
            await self._look_through(deep=deep)
        finally:
            note_round(self._folder, silent=self._silent, heard=self._heard, now=datetime.now(UTC))
        return self._found

    async def _look_through(self, *, deep: bool) -> None:
        site = self._work.site
        feeds = dict.fromkeys(site.feeds)
        fronts = list(dict.fromkeys((site.home, *site.fronts)))
        for number, front in enumerate(fronts):
            source = await self._fetch(front, "front")
            if source is None:
                continue
            seen = links(source.document)
            feeds |= dict.fromkeys(url for url in seen.alternates if belongs(url, site))
            self._take_anchors(seen.anchors, source)
            if number == 0 and not site.fronts:
                fronts += self._section_fronts(seen.anchors, fronts)
        for feed in feeds:
            await self._take_feed(feed)
        await self._take_sitemaps(deep=deep)

    def _section_fronts(self, anchors: Iterable[str], known: list[str]) -> list[str]:
        """Return what looks like the fronts of a site's sections: one step below its root, linked from its home."""
        site, reader = self._work.site, self._work.writer.reader
        near = [
            url
            for url in anchors
            if belongs(url, site)
            and url not in known
            and len([step for step in urlsplit(url).path.split("/") if step]) == 1
            and not urlsplit(url).query
            and not reader.follows(url, site)
        ]
        return near[:MOST_FRONTS]

    def _take_anchors(self, anchors: Iterable[str], source: _Source) -> None:
        site, reader = self._work.site, self._work.writer.reader
        finds = (
            Find(url=url, source=source.url, kind="front")
            for url in anchors
            if belongs(url, site) and not looks_like_trap(url) and reader.follows(url, site)
        )
        self._add(finds, source)

    async def _take_feed(self, url: str) -> None:
        source = await self._fetch(url, "feed")
        if source is None:
            return
        try:
            self._add(parse_feed(source.document.body, url), source)
        except DiscoveryError as error:
            self._complain(url, str(error))

    async def _take_sitemaps(self, *, deep: bool) -> None:
        """Read what sitemaps there are, so many at a time; the next round goes on with those that it did not read."""
        waiting = [_rank(url, None, {}) for url in dict.fromkeys(self._named_sitemaps())]
        met = {url for *_, url in waiting}
        heapify(waiting)
        done = 0
        while waiting and done < MOST_SITEMAPS:
            *_, url = heappop(waiting)
            done += 1
            if not deep and "news" not in url and done > len(self._work.site.sitemaps) + 1:
                continue
            named = {named: at for named, at in (await self._take_sitemap(url)).items() if named not in met}
            met.update(named)
            read = self._last_read() if len(named) + len(waiting) > MOST_SITEMAPS else {}
            for other, changed in named.items():
                heappush(waiting, _rank(other, changed, read))
        if waiting and deep:
            self._complain(self._work.site.home, f"{len(waiting)} sitemaps are left for the next rounds")

    def _last_read(self) -> dict[str, str]:
        """Return when each of the site's sitemaps was read last, RFC 3339."""
        found = self._rows(
            "SELECT url, MAX(at) AS at FROM captures WHERE site = :site AND kind = 'sitemap' GROUP BY url",
            site=self._work.site.name,
        )
        return {row["url"]: row["at"] for row in found}

    async def _take_sitemap(self, url: str) -> dict[str, datetime | None]:
        """Take the pages that a sitemap names; return the sitemaps that it names, each with when it says it changed."""
        source = await self._fetch(url, "sitemap", quiet=self._is_guess(url))
        if source is None:
            return {}
        try:
            sitemap = parse_sitemap(source.document.body, url)
        except DiscoveryError as error:
            self._complain(url, str(error))
            return {}
        if sitemap.kind == "index":
            return {entry.url: entry.lastmod for entry in sitemap.entries if belongs(entry.url, self._work.site)}
        self._add(sitemap.entries, source)
        return {}

    def _named_sitemaps(self) -> list[str]:
        """Return the sitemaps that the configuration and robots.txt name, else the usual place."""
        site = self._work.site
        named = [url for rules in self._work.robots.values() for url in rules.parsed.sitemaps if belongs(url, site)]
        return [*site.sitemaps, *named] or [urljoin(site.home, "/sitemap.xml")]

    def _is_guess(self, url: str) -> bool:
        return url not in self._work.site.sitemaps and url == urljoin(self._work.site.home, "/sitemap.xml")

    def _add(self, finds: Iterable[Find], source: _Source) -> None:
        self._work.writer.commit()  # a page must not name a capture that a killed worker forgets
        site, now = self._work.site, rfc3339(datetime.now(UTC))
        rows = [
            {
                "url": find.url,
                "site": site.name,
                "source": find.kind,
                "title": find.title,
                "published": rfc3339(find.published) if find.published else None,
                "first_seen": now,
                "found_in": source.record_id,
            }
            for find in finds
            if belongs(find.url, site)
        ]
        self._found.pages += len(rows)
        self._found.new += self._recorder.add_pages(rows)

    async def _fetch(self, url: str, kind: str, *, quiet: bool = False) -> _Source | None:
        """Return what a source answered, or None, and say why, when there is none."""
        site, asked = self._work.site, url
        assert self._crawler.engine is not None
        for _ in range(MOST_HOPS):
            meta = {"site": site.name, "download_slot": site.name, "kind": kind}
            request = Request(url, meta=meta, dont_filter=True)
            try:
                response = await self._crawler.engine.download_async(request)
            except (*NETWORK, IgnoreRequest) as error:
                if isinstance(error, NoRoom):
                    self._progress.tell("put-off", site=site.name, page=url, why=str(error))
                if isinstance(error, NETWORK):
                    self._silent[kind, asked] = str(error)
                self._complain(url, str(error))
                return None
            self._heard.add(asked)
            answered = response.request or request
            target = location(response) if 300 <= response.status < 400 else None
            if target and self._work.serves(target):
                url = target
                continue
            if response.status != 200:
                if not quiet:
                    self._complain(url, f"answered {response.status}")
                return None
            self._sources += 1
            self._progress.tell("source", site=site.name, url=url, kind=kind)
            return self._answered(url, answered.meta["capture"])
        self._complain(url, "leads in a circle")
        return None

    def _answered(self, url: str, capture: Capture) -> _Source | None:
        try:
            document = self._work.writer.document(capture)
        except StoreUnavailable as error:  # it repeats one that lies in a store which just went away
            self._complain(url, str(error))
            return None
        return _Source(url=url, record_id=capture.record_id, document=document)

    def _complain(self, url: str, why: str) -> None:
        log.warning("source gave nothing url=%s why=%s", url, why)
        self._progress.tell("source-failed", site=self._work.site.name, url=url, why=why)


def _rank(url: str, changed: datetime | None, read: Mapping[str, str]) -> tuple[bool, bool, float, str, str]:
    """Return a sitemap's place in the queue: those of news, those that say they changed or were never read, the newest
    of them before others, and of the rest the one that was read longest ago. The address comes last.
    """
    before = read.get(url)
    fresh = before is None or (changed is not None and rfc3339(changed) > before)
    return "news" not in url, not fresh, -changed.timestamp() if fresh and changed else 0.0, before or "", url
