"""A segment's manifest as the seal writes it: what it proves, the one before it, its signature; or the one that a seal
which broke off left in the store, where it says the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from news.errors import ObjectCorrupt, ObjectMissing
from news.serial import digest_of, instant, rfc3339
from storage.archive.spool import Place, leftovers
from storage.catalogue import reading
from storage.ledger.founding import held_ring
from storage.ledger.keys import signed_bytes
from storage.ledger.signing import signed
from storage.objects import Store, get_bytes

if TYPE_CHECKING:
    from storage.archive.archive import Archive

Row = Mapping[str, Any]


def folder_of(place: Place) -> str:
    """Return the store's folder of a segment, by the day in its name."""
    day = place.name.removeprefix(f"{place.site}-")
    return f"warc/{place.site}/{day[:4]}/{day[4:6]}/{day[6:8]}"


def key_of(place: Place) -> str:
    """Return the key of a segment's manifest."""
    return f"{folder_of(place)}/{place.name}.manifest.json"


def manifest_of(archive: Archive, place: Place, proved: Row, now: datetime) -> tuple[bytes, str]:
    """Return the manifest that proves this of a segment, and when it says that the segment was sealed.

    `proved` is all that it says of the segment itself. One that an interrupted seal put is taken as it is; raises
    `ObjectCorrupt` for one that says anything else, which no seal of this segment wrote.
    """
    key = key_of(place)
    written = _written(archive.store, key)
    if written is not None:
        return written, str(_resumed(archive, key, written, proved)["sealed"])
    before = _manifest_before(archive, place)
    if before:  # a clock that was set back must not put the chain out of order
        now = max(now, instant(before["sealed"]) + timedelta(microseconds=1))
    previous = {"segment": before["name"], "sha256": before["manifest"]} if before else None
    row = {**proved, "sealed": rfc3339(now), "previous": previous}
    return signed(archive.store, archive.ledger.key, row), rfc3339(now)


def _manifest_before(archive: Archive, place: Place) -> Row | None:
    """Return the site's newest manifest: `name`, `sealed` and `manifest`, its digest.

    One in the store whose segment is still in the spool is newer than the catalogue knows: its seal broke off after it.
    """
    known = reading.last_manifest(archive.rows, place.site, besides=place.name)
    for other in reversed(leftovers(place.folder, place.site)):
        if other.name < place.name and (written := _written(archive.store, key_of(other))):
            sealed = _read(archive.store, key_of(other), written)["sealed"]
            if known is None or sealed > known["sealed"]:
                return {"name": other.name, "sealed": sealed, "manifest": digest_of(written)}
    return known


def _resumed(archive: Archive, key: str, written: bytes, proved: Row) -> Row:
    """Return the manifest that is there if it proves just this and its signature, where it has one, is good."""
    store = archive.store
    row = _read(store, key, written)
    other = sorted(name for name, said in proved.items() if row.get(name) != said)
    if other:
        raise _strange(store, key, f"it says another {', '.join(other)} than the segment in the spool")
    if "signature" in row:
        by = held_ring(archive.ledger.key, store).find(row.get("key", ""))
        if by is None or not by.public.signed(signed_bytes(row), row["signature"]):
            raise _strange(store, key, "no key of this archive signed it")
    return row


def _read(store: Store, key: str, written: bytes) -> Row:
    try:
        row: Row = json.loads(written)
        instant(row["sealed"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _strange(store, key, f"it is no manifest: {error!r}") from error
    return row


def _strange(store: Store, key: str, why: str) -> ObjectCorrupt:
    return ObjectCorrupt(
        f"{key} lies in {store.address} already, and no seal of ours put it there: {why}. The spool keeps the segment: "
        "keep a copy of that object, take it out of the store, then run `stoppress tick`"
    )


def _written(store: Store, key: str) -> bytes | None:
    try:
        return get_bytes(store, key)
    except ObjectMissing:
        return None
