"""The archive as a whole: its store, its catalogue, its spool, and what is asked of them together.

Whoever only asks pays for no WARC library: what writing needs is imported where it is used.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.errors import FormatTooNew, ObjectCorrupt, ObjectMissing, StoreUnavailable
from news.model import Site
from news.serial import FORMAT, canonical, rfc3339
from storage.archive.outage import Outage
from storage.archive.room import Room
from storage.catalogue import opening, reading
from storage.catalogue.addresses import shown
from storage.catalogue.opening import Row, Rows
from storage.ledger.terms import Ledger
from storage.objects import Store, get_bytes, open_store, put_bytes

if TYPE_CHECKING:
    from storage.archive.spool import OpenSegment, Place
    from storage.archive.writer import SiteWriter
    from storage.catalogue.changing import Changing
    from storage.catalogue.recording import Recorder
    from storage.config import Config
    from storage.warc.reading import Record
    from storage.warc.segment import Capture

log = logging.getLogger(__name__)

HEADER = "stoppress.json"
NO_ARCHIVE = "there is no archive at {0}: run `stoppress init` to make one there"
HEADLESS = (
    "{0} holds an archive, but its stoppress.json is missing: run `stoppress restore stoppress.json`, with --from FILE "
    "where the store keeps no versions"
)
VANISHED = (
    "the store {0} holds no archive just now, though this catalogue is the index of one there: is its disk mounted, "
    "does archive.store name the right place?"
)


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

        What was left is committed, and sealed too unless `sealing` says otherwise or the store can't be reached.
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


def create(
    config: Config, now: datetime, *, new_key: bool = False, progress: opening.Progress | None = None
) -> list[str]:
    """Make the store's header, key, catalogue and spool where they are missing; return what was done, in words.

    `progress` is told how far an older catalogue has been brought to today's schema.
    """
    from storage.catalogue.changing import changing_at
    from storage.ledger.founding import check_founder, first_key, replace_key, settle_key

    store = open_store(config.archive.store, config.s3)
    done = []
    try:
        header = check_format(store)
        done.append(f"store {store.address} is there already (format {header['format']})")
        done.append((replace_key if new_key else settle_key)(config.key_file, store, now))
    except ObjectMissing:
        lost = holds_archive(store)
        if lost:
            check_founder(config.key_file, store, HEADLESS.format(store.address))
        public, made = first_key(config.key_file, store.address)
        header = {"format": FORMAT, "created": rfc3339(now), "writer": "stoppress", "public_key": public.text}
        put_bytes(store, HEADER, canonical(header))
        how = "has a stoppress.json again, a new one in place of the one that was lost" if lost else "made"
        done += [f"store {store.address} {how} (format {FORMAT})", made]
    there = opening.exists(config.archive.catalogue)
    opening.create(config.archive.catalogue, progress=progress)
    catalogue = changing_at(config.archive.catalogue)
    try:
        _note_store(store, catalogue)
        _note_founding(store, catalogue)
    finally:
        catalogue.dispose()
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


def holds_archive(store: Store) -> bool:
    """Return whether captures or revisions lie in a store, whatever its header says."""
    return any(next(iter(store.list(prefix)), None) is not None for prefix in ("warc/", "articles/"))


def lacking(store: Store) -> str:
    """Return what to tell of a store without a header: that it lost it, or that no archive was ever made there."""
    return (HEADLESS if holds_archive(store) else NO_ARCHIVE).format(store.address)


@contextmanager
def open_reading(config: Config, *, may_be_away: bool = False) -> Iterator[tuple[Store, Rows]]:
    """Open an archive for questions: its store, checked, and its catalogue.

    A store that `may_be_away` need not answer, if the catalogue has been used with it before.
    """
    with _opened(config, may_be_away=may_be_away) as (store, rows, _):
        yield store, rows


@contextmanager
def _opened(config: Config, *, may_be_away: bool) -> Iterator[tuple[Store, Rows, StoreUnavailable | None]]:
    """Open store and catalogue; the third is why the store can't be used at the moment."""
    store = open_store(config.archive.store, config.s3)
    problem, empty = None, False
    try:
        check_format(store)
    except ObjectMissing:
        problem = StoreUnavailable(lacking(store))
        empty = problem.args[0] == NO_ARCHIVE.format(store.address)
    except StoreUnavailable as error:
        problem = error
    if problem and not may_be_away:
        raise problem
    with ExitStack() as held:
        try:
            rows = held.enter_context(opening.reading(config.archive.catalogue))
        except StoreUnavailable:
            if problem:
                raise problem from None
            raise
        if problem and not _is_known(rows, store):
            raise problem
        yield store, rows, StoreUnavailable(VANISHED.format(store.address)) if empty else problem


def _is_known(rows: Rows, store: Store) -> bool:
    return bool(rows("SELECT 1 AS known FROM stores WHERE address = :address", address=_place_of(store)))


def _place_of(store: Store) -> str:
    """Return a store's address as the catalogue knows it: a directory's from the root on."""
    return store.address if "://" in store.address else str(Path(store.address).absolute())


@contextmanager
def open_archive(
    config: Config, *, software: Mapping[str, str] | None = None, may_be_away: bool = False
) -> Iterator[Archive]:
    """Open an archive for writing, after checking store, format and schema; see `open_reading` for `may_be_away`."""
    from news.policy import LADDER, next_due
    from storage.catalogue.changing import changing_at
    from storage.catalogue.recording import Recorder

    with _opened(config, may_be_away=may_be_away) as (store, rows, problem):
        catalogue, outage = changing_at(config.archive.catalogue), Outage()
        try:
            if problem:
                outage.failed(str(problem), datetime.now(UTC))
            else:
                _greet(store, rows, catalogue)
            yield Archive(
                store=store,
                address=config.archive.store,
                spool=Path(config.archive.spool),
                rows=rows,
                recorder=Recorder(catalogue, partial(next_due, ladder=LADDER.hurried(config.daemon.hurry))),
                software=software or {},
                max_body_bytes=int(config.crawler.max_body_megabytes * 1_000_000),
                ledger=ledger_of(config),
                catalogue=config.archive.catalogue,
                outage=outage,
                room=room_of(config),
            )
        finally:
            catalogue.dispose()


def _greet(store: Store, rows: Rows, catalogue: Changing) -> None:
    """Tell what is not as it should be with a store that answered, and note that this catalogue is its index."""
    for warning in store.warnings():
        log.warning("%s", warning)
    if not _is_known(rows, store):
        _note_store(store, catalogue)


def _note_founding(store: Store, catalogue: Changing) -> None:
    """Note the versions of header and keys, where the store keeps versions; what is known already stays."""
    from storage.catalogue.statements import insert
    from storage.restoring import FOUNDED, unlisted_versions

    found = [{"key": key, "version": version} for key, version in unlisted_versions(store, FOUNDED).items()]
    with catalogue.change() as change:
        change.run(insert("versions", ("key", "version")), found)


def _note_store(store: Store, catalogue: Changing) -> None:
    from storage.catalogue.recording import Recorder

    Recorder(catalogue).note_store(_place_of(store), datetime.now(UTC))


def room_of(config: Config) -> Room:
    """Return what the configuration says of room in the spool."""
    said = config.archive
    floor = None if said.spool_free_megabytes is None else said.spool_free_megabytes * 1e6
    return Room(Path(said.spool), most=said.spool_megabytes * 1e6, least_free=floor)


def ledger_of(config: Config) -> Ledger:
    """Return what the configuration says of the ledger."""
    said = config.ledger
    return Ledger(key=config.key_file, authorities=said.timestamp_authorities, certificates=said.timestamp_certificates)
