"""The archive as a whole: its store, its catalogue, its spool, and what is asked of them together.

Whoever only asks pays for no WARC library: what writing needs is imported where it is used.
"""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.errors import FormatTooNew, ObjectCorrupt, ObjectMissing, StoreUnavailable
from news.model import Site
from news.serial import FORMAT, canonical, rfc3339
from storage.catalogue import opening, reading
from storage.catalogue.addresses import shown
from storage.catalogue.opening import Row, Rows
from storage.ledger.terms import Ledger
from storage.objects import Store, get_bytes, open_store, put_bytes

if TYPE_CHECKING:
    from storage.archive.spool import OpenSegment
    from storage.archive.writer import SiteWriter
    from storage.catalogue.recording import Recorder
    from storage.config import Config
    from storage.warc.reading import Record
    from storage.warc.segment import Capture

log = logging.getLogger(__name__)

HEADER = "stoppress.json"
NO_ARCHIVE = "there is no archive at {0}: run `stoppress init` to make one there"


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

    def writer(self, site: Site) -> SiteWriter:
        """Take the site's lock, bring in what an earlier writer left in the spool, and return its writer."""
        from news.sites import load_reader
        from storage.archive.recovery import recover
        from storage.archive.spool import SpoolLock
        from storage.archive.writer import SiteWriter

        lock = SpoolLock(self._folder(site.name), site.name)
        try:
            writer = SiteWriter(self, site, load_reader(site.reader), lock)
            recover(self, writer)
        except BaseException:
            lock.release()
            raise
        return writer

    def open_segment(self, site: Site, now: datetime) -> OpenSegment:
        """Open a new segment in the site's spool, under a name that was never used."""
        from storage.archive.journal import Journal
        from storage.archive.spool import OpenSegment, Place, sync_entries
        from storage.warc.segment import Segment

        folder = self._folder(site.name)
        folder.mkdir(parents=True, exist_ok=True)
        serial = 0
        while True:
            name = f"{site.name}-{now.astimezone(UTC):%Y%m%d%H%M%S}-{serial:05d}-{_host()}"
            place = Place(site=site.name, name=name, folder=folder)
            if not place.warc.exists() and not place.journal.exists() and reading.segment(self.rows, name) is None:
                break
            serial += 1
        segment = Segment(place.warc, site=site.name, software=self._told_of(site), now=now)
        journal = Journal(place.journal)
        sync_entries(folder)  # what the catalogue knows of, a power cut must not take
        self.recorder.open_segment(name=name, site=site.name, opened=rfc3339(now))
        return OpenSegment(place=place, segment=segment, journal=journal)

    def member(self, capture: Capture | Row) -> bytes:
        """Return a capture's record as it lies in its segment, gzipped; raises `ObjectMissing`."""
        row = capture if isinstance(capture, Mapping) else capture.row()
        return member(self.store, self.spool, self.rows, row)

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


def create(config: Config, now: datetime, *, new_key: bool = False) -> list[str]:
    """Make the store's header, key, catalogue and spool where they are missing; return what was done, in words."""
    from storage.ledger.founding import first_key, replace_key, settle_key

    store = open_store(config.archive.store, config.s3)
    done = []
    try:
        header = check_format(store)
        done.append(f"store {store.address} is there already (format {header['format']})")
        done.append((replace_key if new_key else settle_key)(config.key_file, store, now))
    except ObjectMissing:
        public, made = first_key(config.key_file, store.address)
        header = {"format": FORMAT, "created": rfc3339(now), "writer": "stoppress", "public_key": public.text}
        put_bytes(store, HEADER, canonical(header))
        done += [f"store {store.address} made (format {FORMAT})", made]
    there = opening.exists(config.archive.catalogue)
    opening.create(config.archive.catalogue)
    done.append(f"catalogue {shown(config.archive.catalogue)} {'is up to date' if there else 'made'}")
    try:
        Path(config.archive.spool).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"the spool {config.archive.spool} can't be made: {error.strerror}") from error
    return done


def check_format(store: Store) -> dict[str, Any]:
    """Return the store's header; raises `ObjectMissing` without one, `FormatTooNew` for one of a later program."""
    try:
        header = json.loads(get_bytes(store, HEADER))
        found = int(header["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(
            f"{HEADER} in {store.address} can't be read: {error}; restore it before anything else"
        ) from error
    if found > FORMAT:
        raise FormatTooNew(
            f"the store {store.address} has format {found}, this program reads {FORMAT}: use a newer Stop Press; "
            "nothing was changed"
        )
    return dict(header)


@contextmanager
def open_reading(config: Config) -> Iterator[tuple[Store, Rows]]:
    """Open an archive for questions: its store, checked, and its catalogue."""
    store = open_store(config.archive.store, config.s3)
    try:
        check_format(store)
    except ObjectMissing:
        raise StoreUnavailable(NO_ARCHIVE.format(store.address)) from None
    with opening.reading(config.archive.catalogue) as rows:
        yield store, rows


@contextmanager
def open_archive(config: Config, *, software: Mapping[str, str] | None = None) -> Iterator[Archive]:
    """Open an archive for writing, after checking store, format and schema."""
    from news.policy import LADDER, next_due
    from storage.catalogue.changing import changing_at
    from storage.catalogue.recording import Recorder

    with open_reading(config) as (store, rows):
        for warning in store.warnings():
            log.warning("%s", warning)
        catalogue = changing_at(config.archive.catalogue)
        try:
            yield Archive(
                store=store,
                address=config.archive.store,
                spool=Path(config.archive.spool),
                rows=rows,
                recorder=Recorder(catalogue, partial(next_due, ladder=LADDER.hurried(config.daemon.hurry))),
                software=software or {},
                max_body_bytes=int(config.crawler.max_body_megabytes * 1_000_000),
                ledger=ledger_of(config),
            )
        finally:
            catalogue.dispose()


def ledger_of(config: Config) -> Ledger:
    """Return what the configuration says of the ledger."""
    said = config.ledger
    return Ledger(key=config.key_file, authorities=said.timestamp_authorities, certificates=said.timestamp_certificates)


def _host() -> str:
    """Return this machine's name as it may stand in a segment's name."""
    return re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower()).strip("-")[:32] or "host"
