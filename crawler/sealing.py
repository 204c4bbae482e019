"""Closed segments on their way into the store, beside the crawl: in a thread, oldest first, tried again where it fails.

A store that can't be reached is waited out: what it can't take stays in the spool, can be read there, and goes in by
itself once the store answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from crawler.orders import Progress
from crawler.sitework import SiteWork
from news.errors import ObjectCorrupt, SpoolUnavailable, StoreUnavailable
from news.serial import rfc3339
from storage.archive import Archive, SiteWriter

log = logging.getLogger(__name__)

LOOKED_EVERY = 0.2
"""Seconds between two looks for what waits."""


class SealingDesk:
    """Seals for all sites of a worker, one segment at a time."""

    def __init__(self, archive: Archive, works: Mapping[str, SiteWork], progress: Progress) -> None:
        self._archive = archive
        self._works = works
        self._progress = progress
        self._turn = asyncio.Lock()
        self._closing = False

    async def keep_sealing(self) -> None:
        """Seal whatever waits until the desk is closed; raises what no waiting mends."""
        while not self._closing:
            await asyncio.sleep(LOOKED_EVERY)
            await self.seal()

    def close(self) -> None:
        """Let `keep_sealing` end with what it is at."""
        self._closing = True

    async def seal(self, *, at_last: bool = False) -> None:
        """Bring what waits into the store; one that was asked in vain is asked again in its time, or `at_last`.

        Raises `FormatTooNew`, `LeaseLost` or `SpoolUnavailable`. A site with other bytes in its way waits, and says so.
        """
        async with self._turn:
            writers, outage = [work.writer for work in self._works.values()], self._archive.outage
            now = datetime.now(UTC)
            wanting = [writer for writer in writers if writer.has_work(now) or (at_last and writer.waiting)]
            if not (wanting or outage.away) or not (at_last or outage.due(now)):
                return
            try:
                await self._bring_in(wanting)
            except SpoolUnavailable:
                raise
            except StoreUnavailable as error:
                self._note(error, writers)

    def kept(self) -> tuple[int, int]:
        """Return how many segments wait for the store, and how many bytes they are."""
        return _weight([work.writer for work in self._works.values()])

    async def seal_all(self, *, hurried: bool) -> None:
        """Close what is open and bring everything in; who is `hurried` does not ask a store again that is away."""
        for work in self._works.values():
            work.writer.set_aside()
        if not (hurried and self._archive.outage.away):
            await self.seal(at_last=True)

    def tell_kept(self) -> None:
        """Tell what stays in the spool since the store is away or does not take it, if anything does."""
        away, (segments, size) = self._archive.outage.away, self.kept()
        refused = next((work.writer.refused for work in self._works.values() if work.writer.refused), None)
        if not (away or refused) or not segments:
            return
        what = "1 segment" if segments == 1 else f"{segments} segments"
        kept = f"{what}, {size / 1e6:.1f} MB, kept in the spool {self._archive.spool}"
        if away:
            why = (
                f"the store {self._archive.store.address} can't be reached: {kept}; they go in with the next crawl or "
            )
            why += f"`stoppress run` ({away.why})"
        else:
            why = f"{kept}: {refused.why if refused else ''}"
        log.info("%s", why)
        self._progress.tell("kept", why=why, segments=segments, bytes=size)

    async def _bring_in(self, writers: Sequence[SiteWriter]) -> None:
        outage = self._archive.outage
        was_away = outage.away is not None
        await asyncio.to_thread(self._archive.reach)  # or a directory that was unmounted would be filled beneath
        outage.trying = was_away
        for writer in writers:
            if writer.unread:
                writer.look_again()
                writer.set_aside()
            try:
                await self._seal_all_of(writer)
            except ObjectCorrupt as error:
                writer.refuse(error, datetime.now(UTC))
        outage.answered()
        if was_away:
            self._progress.tell("store-back")

    async def _seal_all_of(self, writer: SiteWriter) -> None:
        while writer.waiting:
            place = writer.waiting[0]
            await asyncio.to_thread(writer.seal_apart, place, datetime.now(UTC))
            writer.sealed(place)
            self._progress.tell("sealed", site=writer.site.name, segment=place.name)

    def _note(self, error: StoreUnavailable, writers: Sequence[SiteWriter]) -> None:
        away = self._archive.outage.failed(str(error), datetime.now(UTC))
        for writer in writers:
            writer.note(away)
        segments, size = _weight(writers)
        self._progress.tell(
            "store-away",
            why=away.why,
            since=rfc3339(away.since),
            next_try=rfc3339(away.next_try),
            tries=away.tries,
            segments=segments,
            bytes=size,
        )


def _weight(writers: Sequence[SiteWriter]) -> tuple[int, int]:
    places = [place for writer in writers for place in writer.waiting]
    return len(places), sum(place.size for place in places)
