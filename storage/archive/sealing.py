"""From the spool into the store, in the order of design.md, section 3: segment, revisions, indexes, then the manifest.

A segment exists in the store when its manifest does, so the manifest comes last, and only then does the spool go. Every
object is read back and compared. Any step may be repeated: objects are named so that the same seal writes the same.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from news.errors import ObjectCorrupt, ObjectMissing
from news.serial import FORMAT, canonical, digest_of, rfc3339
from storage.archive import journal
from storage.archive.spool import Place
from storage.catalogue import reading
from storage.catalogue.rows import revision_key
from storage.cdx import cdxj
from storage.objects import Store, get_bytes, stream_digest
from storage.warc.segment import Capture

if TYPE_CHECKING:
    from storage.archive.archive import Archive

Line = journal.Line

GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An object that the seal wrote, as its manifest proves it."""

    key: str
    sha256: str
    size: int

    def row(self) -> dict[str, Any]:
        """Return the manifest's line for it."""
        return {"key": self.key, "sha256": self.sha256, "size": self.size}


@dataclass(slots=True)
class _Told:
    """What a journal says, as far as the seal needs it at the end; its revisions lie in the store by then."""

    captures: list[Capture] = field(default_factory=list)
    revisions: list[Sealed] = field(default_factory=list)
    events: bytes = b""
    looks: int = 0


def seal(archive: Archive, place: Place, *, now: datetime) -> None:
    """Bring a closed segment of the spool into the store; afterwards the spool no longer holds it.

    Raises `StoreUnavailable` when the store can't take it: the spool then keeps everything.
    """
    if next(journal.read(place.journal), None) is None:
        archive.recorder.drop_segment(place.name)
        place.remove()
        return
    prefix = folder(place)
    with place.warc.open("rb") as stream:
        objects = [_store(archive.store, f"{prefix}/{place.name}.warc.gz", stream)]
    told = _tell(archive.store, place)
    objects += told.revisions
    index = cdxj(told.captures, filename=f"{place.name}.warc.gz").encode()
    objects.append(_store(archive.store, f"{prefix}/{place.name}.cdxj", BytesIO(index)))
    objects.append(_store(archive.store, f"{prefix}/{place.name}.jsonl.gz", BytesIO(told.events)))
    manifest_key = f"{prefix}/{place.name}.manifest.json"
    counts = {"captures": len(told.captures), "looks": told.looks}
    manifest = _written(archive.store, manifest_key) or _manifest(archive, place, objects, counts, now)
    proof = _store(archive.store, manifest_key, BytesIO(manifest))
    archive.recorder.sealed(
        name=place.name,
        sealed=json.loads(manifest)["sealed"],
        warc_key=objects[0].key,
        size=objects[0].size,
        manifest=proof.sha256,
    )
    place.remove()


def _tell(store: Store, place: Place) -> _Told:
    """Go through the journal once, line by line: held together, its revisions took 100 MB for 3,000 pages."""
    told, packer, packed = _Told(), zlib.compressobj(6, zlib.DEFLATED, GZIP), list[bytes]()
    for line in journal.read(place.journal):
        if line["t"] == "capture":
            told.captures.append(Capture.from_row(_without_type(line)))
        elif line.get("revision"):
            told.revisions.append(_store_revision(store, line["revision"]))
        told.looks += line["t"] == "look"
        packed.append(packer.compress(journal.encode(_reference(line))))
    told.events = b"".join([*packed, packer.flush()])
    return told


def folder(place: Place) -> str:
    """Return the store's folder of a segment, by the day in its name."""
    day = place.name.removeprefix(f"{place.site}-")
    return f"warc/{place.site}/{day[:4]}/{day[4:6]}/{day[6:8]}"


def _manifest(
    archive: Archive,
    place: Place,
    objects: Sequence[Sealed],
    counts: Mapping[str, int],
    now: datetime,
) -> bytes:
    before = reading.last_manifest(archive.rows, place.site, besides=place.name)
    return canonical(
        {
            "format": FORMAT,
            "site": place.site,
            "segment": place.name,
            "sealed": rfc3339(now),
            "previous": {"segment": before["name"], "sha256": before["manifest"]} if before else None,
            "objects": [item.row() for item in objects],
            **counts,
        }
    )


def _written(store: Store, key: str) -> bytes | None:
    """Return the manifest that an earlier, interrupted seal of this segment wrote, or None."""
    try:
        return get_bytes(store, key)
    except ObjectMissing:
        return None


def _store_revision(store: Store, revision: Line) -> Sealed:
    content = canonical(revision)
    return _store(store, revision_key(revision, digest_of(content)), BytesIO(content))


def _store(store: Store, key: str, content: Any) -> Sealed:
    """Put an object, read it back, and return what the manifest says of it."""
    digest, size = stream_digest(content)
    content.seek(0)
    store.put(key, content)
    with store.open(key) as stored:
        if stream_digest(stored) != (digest, size):
            raise ObjectCorrupt(
                f"{key} reads back from {store.address} with other bytes than were put; the spool is kept"
            )
    return Sealed(key=key, sha256=digest, size=size)


def _reference(line: Line) -> Line:
    """A revision lies in the store under its own key; the events name it by its digest, which is in the observation."""
    return {name: value for name, value in line.items() if name != "revision"}


def _without_type(line: Line) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "t"}
