"""The ways into an archive: for questions, and for writing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from news.errors import ObjectMissing, StoreUnavailable
from storage.archive.archive import Archive
from storage.archive.belonging import check_index
from storage.archive.header import NO_ARCHIVE, VANISHED, check_format, lacking
from storage.archive.outage import Outage
from storage.archive.room import Room
from storage.catalogue import opening
from storage.catalogue.opening import Rows
from storage.ledger.terms import Ledger
from storage.objects import Store, open_store

if TYPE_CHECKING:
    from storage.catalogue.changing import Changing
    from storage.config import Config

log = logging.getLogger(__name__)


@contextmanager
def open_reading(config: Config, *, may_be_away: bool = False) -> Iterator[tuple[Store, Rows]]:
    """Open an archive for questions: its store, checked, and its catalogue.

    A store that `may_be_away` need not answer, if the catalogue has been used with it before.
    """
    with _opened(config, may_be_away=may_be_away) as (store, rows, _):
        yield store, rows


@contextmanager
def open_archive(
    config: Config, *, software: Mapping[str, str] | None = None, may_be_away: bool = False
) -> Iterator[Archive]:
    """Open an archive for writing, after checking store, format and schema; see `open_reading` for `may_be_away`."""
    from news.policy import LADDER, next_due
    from storage.archive.spool import shared
    from storage.catalogue.changing import changing_at
    from storage.catalogue.recording import Recorder

    with shared(Path(config.archive.spool)), _opened(config, may_be_away=may_be_away) as (store, rows, problem):
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
        if not _is_known(rows, store):
            if problem:
                raise problem
            check_index(store, rows, config.archive.catalogue)
        yield store, rows, StoreUnavailable(VANISHED.format(store.address)) if empty else problem


def _is_known(rows: Rows, store: Store) -> bool:
    return bool(rows("SELECT 1 AS known FROM stores WHERE address = :address", address=_place_of(store)))


def _place_of(store: Store) -> str:
    """Return a store's address as the catalogue knows it: a directory's from the root on."""
    return store.address if "://" in store.address else str(Path(store.address).absolute())


def _greet(store: Store, rows: Rows, catalogue: Changing) -> None:
    """Tell what is not as it should be with a store that answered, and note that this catalogue is its index."""
    for warning in store.warnings():
        log.warning("%s", warning)
    if not _is_known(rows, store):
        note_store(store, catalogue)


def note_store(store: Store, catalogue: Changing) -> None:
    """Note in a catalogue that it is this store's index."""
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
