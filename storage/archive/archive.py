"""The archive as a whole: its store, its catalogue, its spool, and what is asked of them together.

Whoever only asks pays for no WARC library: what writing needs is imported where it is used.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.errors import ObjectMissing, StoreUnavailable
from news.model import Site
from news.serial import rfc3339
from storage.archive.header import VANISHED, check_format
from storage.archive.outage import Outage
from storage.archive.room import Room
from storage.catalogue import opening, reading
from storage.catalogue.opening import Row, Rows
from storage.ledger.terms import Ledger
from storage.objects import Store

if TYPE_CHECKING:
    from storage.archive.spool import OpenSegment, Place
    from storage.archive.writer import SiteWriter
    from storage.catalogue.recording import Recorder
    from storage.warc.reading import Record
    from storage.warc.segment import Capture

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive. Everyone may ask; only the holder of a site's `SiteWriter` writes."""

    store: Store
    address: str
    spool: Path
    rows: Rows
    recorder: Recorder
    software: Mapping[str, str] = field(default_factory=dict)
    max_body_bytes: int = 64_000_000
    ledger: Ledger = field(default_factory=Ledger)
    catalogue: str = ""
    outage: Outage = field(default_factory=Outage)
    room: Room | None = None

    def writer(self, site: Site, *, sealing: bool = True) -> SiteWriter:
        """Take the site's lock and lease, take up what an earlier writer left in the spool, and return its writer.

        What was left is committed, and sealed too unless `sealing` says otherwise or the store can't be reached. Raises
        `SchemaMismatch` where the store holds more of the site than the catalogue has heard of.
        """
        from news.sites import load_reader
        from storage.archive.recovery import recover
        from storage.archive.spool import SpoolLock
        from storage.archive.writer import SiteWriter
        from storage.leases import take, this_process

        now = datetime.now(UTC)
        lock = SpoolLock(self._folder(site.name), site.name)
        try:
            lease = take(self.recorder.catalogue, site.name, this_process(self.spool), now)
            leased = replace(self, recorder=self.recorder.under(lease))
            writer = SiteWriter(leased, site, load_reader(site.reader), lock, lease)
            try:
                if not self.outage.shut:
                    self._check_caught_up(site.name, now)
                recover(leased, writer, overtaken=lock.token is None or lock.token + 1 != lease.token)
                lock.written_under(lease.token)
                if sealing and writer.waiting:
                    writer.try_to_seal(now)
            except BaseException:
                lease.release()
                raise
        except BaseException:
            lock.release()
            raise
        return writer

    def _check_caught_up(self, site: str, now: datetime) -> None:
        """Raise `SchemaMismatch` for a catalogue that lacks some of the site; a store that is away is asked later."""
        from storage.archive.belonging import check_caught_up

        try:
            check_caught_up(self.store, self.rows, self.catalogue, site, now)
        except StoreUnavailable as error:
            self.outage.failed(str(error), now)

    def reach(self) -> None:
        """Return once the store has answered; raises `StoreUnavailable`, or `FormatTooNew`, which no waiting mends."""
        try:
            check_format(self.store)
        except ObjectMissing:
            raise StoreUnavailable(VANISHED.format(self.store.address)) from None

    def seal_apart(self, place: Place, now: datetime) -> None:
        """Seal a closed segment with connections of its own, as another thread than the writer's must."""
        from storage.archive.sealing import seal
        from storage.archive.spool import spooling
        from storage.catalogue.changing import changing_at

        with opening.reading(self.catalogue) as rows, spooling(self.spool):
            catalogue = changing_at(self.catalogue)
            try:
                seal(replace(self, rows=rows, recorder=self.recorder.on(catalogue)), place, now=now)
            finally:
                catalogue.dispose()

    def open_segment(self, site: Site, now: datetime) -> OpenSegment:
        """Open a new segment in the site's spool, under a name that was never used."""
        from storage.archive.journal import Journal
        from storage.archive.spool import OpenSegment, sync_entries
        from storage.warc.segment import Segment

        folder = self._folder(site.name)
        folder.mkdir(parents=True, exist_ok=True)
        place = self._next_place(site.name, folder, now)
        segment = Segment(place.warc, site=site.name, software=self._told_of(site), now=now)
        journal = Journal(place.journal)
        sync_entries(folder)  # what the catalogue knows of, a power cut must not take
        self.recorder.open_segment(name=place.name, site=site.name, opened=rfc3339(now))
        return OpenSegment(place=replace(place, tally=segment.tally), segment=segment, journal=journal)

    def _next_place(self, site: str, folder: Path, now: datetime) -> Place:
        """Return a place under a new name, behind those in the spool by name too: so they are committed and sealed.

        A clock that was set back since they were opened names none before them.
        """
        from storage.archive.spool import Place, leftovers
        from storage.leases import machine

        stamps = [place.name.removeprefix(f"{site}-").split("-") for place in leftovers(folder, site)]
        last = max(((stamp, serial) for stamp, serial, *_ in stamps if (stamp + serial).isdecimal()), default=("", ""))
        stamp = max(f"{now.astimezone(UTC):%Y%m%d%H%M%S}", last[0])
        for serial in count(int(last[1]) + 1 if stamp == last[0] else 0):
            place = Place(site=site, name=f"{site}-{stamp}-{serial:05d}-{machine()}", folder=folder)
            if not place.exists and reading.segment(self.rows, place.name) is None:
                return place
        raise AssertionError

    def member(self, capture: Capture | Row) -> bytes:
        """Return a capture's record as it lies in its segment, gzipped; raises `ObjectMissing`.

        While the store is away it is not asked: raises `StoreUnavailable` for what lies only there.
        """
        row = capture if isinstance(capture, Mapping) else capture.row()
        if self.is_out_of_reach(row):
            raise StoreUnavailable(f"segment {row['segment']} lies in the store {self.store.address}, which is away")
        try:
            try:
                return member(self.store, self.spool, self.rows, row)
            except ObjectMissing:
                self.reach()  # where nothing at all is there, its disk was unmounted
                raise
        except StoreUnavailable as error:
            self.outage.failed(str(error), datetime.now(UTC))
            raise

    def is_out_of_reach(self, capture: Row) -> bool:
        """Return whether a capture's record lies in the store alone, and that is known to be away."""
        return self.outage.shut and not self._spooled(capture).exists()

    def _spooled(self, capture: Row) -> Path:
        return self.spool / str(capture["site"]) / f"{capture['segment']}.warc.gz"

    def record(self, capture: Capture | Row) -> Record:
        """Return a capture's WARC record."""
        from storage.warc.reading import only_record

        return only_record(self.member(capture))

    def _told_of(self, site: Site) -> dict[str, str]:
        """Return what a segment's warcinfo says: of the program, and of how it behaves towards this site."""
        from news.policy import pace

        between = pace(site)
        rate = f"{60 / between:g}" if between else "no limit"
        return {**self.software, "isPartOf": site.name, "requests-per-minute": rate}

    def _folder(self, site: str) -> Path:
        return self.spool / site


def member(store: Store, spool: Path, rows: Rows, capture: Mapping[str, Any]) -> bytes:
    """Return the gzip member of a capture's record, from the spool while its segment is open, else from the store."""
    place: Path = spool / capture["site"] / f"{capture['segment']}.warc.gz"
    try:
        with place.open("rb") as stream:
            stream.seek(capture["offset"])
            return stream.read(int(capture["length"]))
    except FileNotFoundError:
        pass
    sealed = reading.segment(rows, capture["segment"])
    if sealed is None or sealed["warc_key"] is None:
        raise ObjectMissing(f"segment {capture['segment']} lies neither in the spool nor in the store")
    return store.read_range(sealed["warc_key"], capture["offset"], capture["length"])
