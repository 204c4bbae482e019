"""What a worker keeps for each site while it lives: its writer, its pace, its back-off, its robots rules."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from protego import Protego
from scrapy.exceptions import IgnoreRequest

from news.errors import SpoolFull
from news.model import Site
from news.policy import REFUSALS
from news.urls import belongs
from storage.archive import SiteWriter
from storage.warc.telling import Witness

log = logging.getLogger(__name__)

FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 3600.0
FORGIVEN_AFTER = 300.0
"""Seconds without being asked for rest, counted from the end of the last, after which a host is as good as new."""

PATIENCE = 30.0
"""Seconds that a request waits for a host that asked for rest; a longer rest ends the look, to be taken up later."""


class Resting(IgnoreRequest):
    """The host asked to be left alone until `until`, or is left alone because it refuses everything."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Refusing(Resting):
    """The host refused so many requests in a row that it is left alone until `until`."""


class Stopped(IgnoreRequest):
    """The worker is closing: this look was ordered and not made."""


class NoRoom(Stopped):
    """The spool or its disk is full: this look was ordered and not made, and is to be ordered again."""


class OffSite(IgnoreRequest):
    """The address is on none of the site's hosts; it is not fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an origin asks of us, `until` when that holds, and the capture that shows it.

    `refusal` is set where the origin could not say and never said before: nothing is fetched from it. `outages` counts
    how often in a row it could not be asked.
    """

    parsed: Protego
    until: datetime
    witness: Witness | None = None
    refusal: Exception | None = None
    outages: int = 0


class SiteWork:
    """One site's state in this worker. Requests take turns: no faster than the site's pace, one at a time.

    Where the site's profile allows more connections, as many are on the wire together, begun at the same pace.
    """

    def __init__(self, site: Site, writer: SiteWriter, *, seconds_between: float) -> None:
        self.site = site
        self._cdn = replace(site, hosts=(*site.hosts, *site.requisite_hosts))
        self.writer = writer
        self.seconds_between = seconds_between
        self.robots: dict[str, Rules] = {}
        self.robots_turn = asyncio.Lock()
        self.requisites: dict[str, datetime] = {}
        self.closing = asyncio.Event()
        self.pages_waiting = 0
        self._pages_done = asyncio.Event()
        self._pages_done.set()
        self._turn = asyncio.Lock()
        self._wires = asyncio.Semaphore(site.connections)
        self._next = 0.0
        self._rest_until = -math.inf
        self._rest = 0.0
        self._refusals = 0

    @asynccontextmanager
    async def turn(self, url: str, *, behind_pages: bool = False) -> AsyncIterator[None]:
        """Wait for this request's turn; raises `OffSite` or `Resting` when it should not be made.

        What goes `behind_pages` lets those that wait go first, for half a minute: a picture can wait, an edit can't.
        """
        if not self.serves(url):
            raise OffSite(f"{url} is on none of the hosts of site {self.site.name}")
        if behind_pages and not self.closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._pages_done.wait(), PATIENCE)
        async with self._wires:
            async with self._turn:
                await self._wait(url)
                self._next = time.monotonic() + self.seconds_between
            try:
                yield
            finally:
                if self.site.connections == 1:
                    self._next = time.monotonic() + self.seconds_between

    async def _wait(self, url: str) -> None:
        """Wait for pace and rest; raises `Resting`, `Stopped` or `NoRoom`."""
        try:
            self.writer.check_room()
        except SpoolFull as error:
            raise NoRoom(str(error)) from error
        wait = max(self._next, self._rest_until) - time.monotonic()
        if self._rest_until - time.monotonic() > PATIENCE:
            until = self.rests_until or datetime.now(UTC)
            if self._refusals >= REFUSALS:
                raise Refusing(f"{self.site.name} refused {self._refusals} requests in a row", until=until)
            raise Resting(f"{self.site.name} asked to be left alone", until=until)
        if wait > 0:
            await self._pause(wait)
        if self.closing.is_set():
            raise Stopped(f"{url} is left for the next start")

    def page_ordered(self) -> None:
        """Note that a look was ordered."""
        self.pages_waiting += 1
        self._pages_done.clear()

    def page_done(self) -> None:
        """Note that an ordered look ended."""
        self.pages_waiting = max(self.pages_waiting - 1, 0)
        if self.pages_waiting == 0:
            self._pages_done.set()

    def close(self) -> None:
        """Let everything that waits for its turn end now."""
        self.closing.set()
        self._pages_done.set()

    async def _pause(self, seconds: float) -> None:
        """Wait, but not once the worker closes."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)

    def serves(self, url: str) -> bool:
        """Return whether an address may be fetched for this site: its own hosts and those of its requisites."""
        return belongs(url, self._cdn)

    def witnesses(self, url: str) -> tuple[Witness, ...]:
        """Return what shows that this address may be fetched: the capture of its origin's robots.txt."""
        rules = self.robots.get(origin_of(url))
        return (rules.witness,) if rules and rules.witness else ()

    def slow_down(self, crawl_delay: float) -> None:
        """Keep at least this many seconds between requests, as robots.txt asks."""
        self.seconds_between = max(self.seconds_between, crawl_delay)

    def back_off(self, retry_after: str | None, now: datetime) -> datetime:
        """Let the host rest and return until when: as long as it says, else from 5 seconds doubling with jitter.

        A host that asks again and again rests at least as long as the doubling has it, whatever it says; after
        `FORGIVEN_AFTER` without such an answer it starts anew.
        """
        said, clock = retry_after_seconds(retry_after, now), time.monotonic()
        if clock - self._rest_until > FORGIVEN_AFTER:
            self._rest = 0.0
        again = self._rest > 0
        self._rest = min(max(self._rest * 2, FIRST_BACKOFF), LONGEST_BACKOFF)
        ours = self._rest * random.uniform(1.0, 1.3)  # noqa: S311  jitter, no secret
        seconds = ours if said is None else max(said, ours if again else 0.0)
        self._rest_until = max(self._rest_until, clock + seconds)
        return now + timedelta(seconds=seconds)

    def turned_away(self) -> None:
        """Note that the site refused a look or could not be reached; many in a row make the host rest, not the page.

        Otherwise a site that refuses everything would be asked for each of its pages.
        """
        self._refusals += 1
        if self._refusals >= REFUSALS:
            until = self.back_off(None, datetime.now(UTC))
            log.info("host refuses everything site=%s times=%d until=%s", self.site.name, self._refusals, until)

    def welcomed(self) -> None:
        """Note that the site answered as it should."""
        self._refusals = 0

    @property
    def rests_until(self) -> datetime | None:
        """When the host may be asked again, or None when it may now."""
        left = self._rest_until - time.monotonic()
        return datetime.now(UTC) + timedelta(seconds=left) if left > 0 else None


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Return what a Retry-After field asks for, in seconds from now: a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(min(int(value.strip()[:9]), 86_400))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):  # the last from a time zone of twenty digits
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max((at - now).total_seconds(), 0.0), 86_400.0)


def origin_of(url: str) -> str:
    """Return scheme and authority of an address: what one robots.txt speaks for (section 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
