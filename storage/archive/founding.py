"""An archive's beginning: header, key, catalogue and spool, made where they are missing."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from news.errors import ObjectMissing, SchemaMismatch, StoreError, StoreUnavailable
from news.serial import FORMAT, canonical, rfc3339
from storage.archive.access import note_store
from storage.archive.belonging import check_index
from storage.archive.header import HEADER, HEADLESS, check_format, holds_archive
from storage.archive.owing import note_owed
from storage.catalogue import opening, reading
from storage.catalogue.addresses import shown
from storage.objects import Store, open_store, put_bytes

if TYPE_CHECKING:
    from storage.catalogue.changing import Changing
    from storage.config import Config


TO_REBUILD = "the store holds an archive that this catalogue knows nothing of yet: `stoppress rebuild` fills it"


def create(
    config: Config, now: datetime, *, new_key: bool = False, progress: opening.Progress | None = None
) -> list[str]:
    """Make the store's header, key, catalogue and spool where they are missing; return what was done, in words.

    `progress` is told how far an older catalogue has been brought to today's schema. The last is `TO_REBUILD` where the
    catalogue is empty and the store is not; raises `ConfigError` for another archive's catalogue.
    """
    from storage.catalogue.changing import changing_at
    from storage.ledger.founding import check_founder, first_key, replace_key, settle_key

    store = open_store(config.archive.store, config.s3)
    done = []
    try:
        header = check_format(store)
        done.append(f"store {store.address} is there already (format {header['format']})")
        sealed = _last_sealed(config.archive.catalogue)
        done.append((replace_key if new_key else settle_key)(config.key_file, store, now, sealed))
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
    done.append(f"catalogue {shown(config.archive.catalogue)} {'is up to date' if there else 'made'}")
    try:
        Path(config.archive.spool).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"the spool {config.archive.spool} can't be made: {error.strerror}") from error
    done += note_owed(store, config.ledger.timestamp_authorities, Path(config.archive.spool))
    with opening.reading(config.archive.catalogue) as rows:
        try:
            check_index(store, rows, config.archive.catalogue)
        except SchemaMismatch:  # and it stays unused until then: every other command says so too
            return [*done, TO_REBUILD]
    catalogue = changing_at(config.archive.catalogue)
    try:
        note_store(store, catalogue)
        _note_founding(store, catalogue)
    finally:
        catalogue.dispose()
    return done


def _last_sealed(catalogue: str) -> str | None:
    """Return when the newest manifest says that it was sealed, None where the catalogue can't tell."""
    with suppress(StoreError), opening.reading(catalogue) as rows:
        return reading.last_sealed(rows)
    return None


def _note_founding(store: Store, catalogue: Changing) -> None:
    """Note the versions of header and keys, where the store keeps versions; what is known already stays."""
    from storage.catalogue.statements import insert
    from storage.restoring import FOUNDED, unlisted_versions

    found = [{"key": key, "version": version} for key, version in unlisted_versions(store, FOUNDED).items()]
    with catalogue.change() as change:
        change.run(insert("versions", ("key", "version")), found)
