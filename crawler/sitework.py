"""What a worker keeps for each site while it lives: its writer, its pace, its back-off, its robots rules."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from protego import Protego
from scrapy.exceptions import IgnoreRequest

from news.model import Site
from news.urls import belongs
from storage.archive import SiteWriter

FIRST_BACKOFF = 5.0
LONGEST_BACKOFF = 3600.0
PATIENCE = 30.0
"""Seconds that a request waits for a host that asked for rest; a longer rest ends the look, to be taken up later."""


class Resting(IgnoreRequest):
    """The host asked to be left alone until `until`."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Stopped(IgnoreRequest):
    """The worker is closing: this look was ordered and not made."""


class OffSite(IgnoreRequest):
    """The address is on none of the site's hosts; it is not fetched."""


class SiteWork:
    """One site's state in this worker. Requests take turns: one connection, no faster than the site's pace."""

    def __init__(self, site: Site, writer: SiteWriter, *, seconds_between: float) -> None:
        self.site = site
        self._cdn = replace(site, hosts=(*site.hosts, *site.requisite_hosts))
        self.writer = writer
        self.seconds_between = seconds_between
        self.robots: dict[str, Protego | Exception] = {}
        self.requisites: dict[str, datetime] = {}
        self.closing = asyncio.Event()
        self._turn = asyncio.Lock()
        self._next = 0.0
        self._rest_until = 0.0
        self._rest = 0.0

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for this request's turn; raises `OffSite` or `Resting` when it should not be made."""
        if not self.serves(url):
            raise OffSite(f"{url} is on none of the hosts of site {self.site.name}")
        async with self._turn:
            wait = max(self._next, self._rest_until) - time.monotonic()
            if self._rest_until - time.monotonic() > PATIENCE:
                raise Resting(f"{self.site.name} asked to be left alone", until=self.rests_until or datetime.now(UTC))
            if wait > 0:
                await self._pause(wait)
            if self.closing.is_set():
                raise Stopped(f"{url} is left for the next start")
            try:
                yield
            finally:
                self._next = time.monotonic() + self.seconds_between

    async def _pause(self, seconds: float) -> None:
        """Wait, but not once the worker closes."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)

    def serves(self, url: str) -> bool:
        """Return whether an address may be fetched for this site: its own hosts and those of its requisites."""
        return belongs(url, self._cdn)

    def slow_down(self, crawl_delay: float) -> None:
        """Keep at least this many seconds between requests, as robots.txt asks."""
        self.seconds_between = max(self.seconds_between, crawl_delay)

    def back_off(self, retry_after: str | None, now: datetime) -> datetime:
        """Let the host rest, as long as it says, else from 5 seconds doubling with jitter; return until when."""
        said = retry_after_seconds(retry_after, now)
        self._rest = min(max(self._rest * 2, FIRST_BACKOFF), LONGEST_BACKOFF)
        seconds = said if said is not None else self._rest * random.uniform(1.0, 1.3)  # noqa: S311  jitter, no secret
        self._rest_until = max(self._rest_until, time.monotonic() + seconds)
        return now + timedelta(seconds=seconds)

    def answered_well(self) -> None:
        """Forgive: the host answers again."""
        self._rest = 0.0

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
        return float(min(int(value.strip()), 86_400))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max((at - now).total_seconds(), 0.0), 86_400.0)
