"""From the spool into the store, in the order of design.md, section 3: segment, revisions, indexes, then the manifest.

A segment exists in the store when its manifest does, so the manifest comes last, and only then does the spool go. Every
object is read back and compared. Any step may be repeated: objects are named so that the same seal writes the same.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from news.errors import ObjectCorrupt
from news.serial import FORMAT, canonical, digest_of
from storage.archive import journal
from storage.archive.manifest import folder_of, key_of, manifest_of
from storage.archive.spool import Place
from storage.catalogue.rows import revision_key
from storage.cdx import in_order, index_line, replays
from storage.ledger.leaves import ENDING as LEAVES
from storage.ledger.leaves import leaves_of, packed, root_of
from storage.objects import Store, stream_digest
from storage.unsigned import note_seal
from storage.warc.segment import Capture

if TYPE_CHECKING:
    from storage.archive.archive import Archive

Line = journal.Line

GZIP = 16 + zlib.MAX_WBITS
TOGETHER = 128
"""Revisions that are put at a time: enough to share the wait for the disk, few enough to be held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An object that the seal wrote, as its manifest proves it."""

    key: str
    sha256: str
    size: int
    version: str | None = None

    def row(self) -> dict[str, Any]:
        """Return the manifest's line for it."""
        return {"key": self.key, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Revision:
    """A revision on its way into the store: its key, its digest, its canonical JSON."""

    key: str
    sha256: str
    content: bytes


@dataclass(slots=True)
class _Told:
    """What a journal says, as far as the seal needs it at the end; its revisions lie in the store by then."""

    captures: int = 0
    index: list[str] = field(default_factory=list)
    revisions: list[Sealed] = field(default_factory=list)
    events: bytes = b""
    looks: int = 0

    def taken_index(self) -> bytes:
        """Return the index in order; its lines are let go of, since the seal is where a worker holds most."""
        lines, self.index = self.index, []
        return in_order(lines).encode()


def seal(archive: Archive, place: Place, *, now: datetime) -> None:
    """Bring a closed segment of the spool into the store; afterwards the spool no longer holds it.

    Without the ledger's key it is sealed unsigned; what timestamp authorities don't answer in seconds is asked again.
    Raises `StoreUnavailable` when the store can't take it: the spool then keeps everything.
    """
    if next(journal.read(place.journal), None) is None:
        archive.recorder.drop_segment(place.name)
        place.remove()
        return
    prefix = folder_of(place)
    with place.warc.open("rb") as stream:
        objects = [_store(archive.store, f"{prefix}/{place.name}.warc.gz", stream)]
    told = _tell(archive.store, place)
    objects += told.revisions
    objects.append(_store(archive.store, f"{prefix}/{place.name}.cdxj", BytesIO(told.taken_index())))
    objects.append(_store(archive.store, f"{prefix}/{place.name}.jsonl.gz", BytesIO(told.events)))
    leaves, tree = _leaves(place, objects)
    objects.append(_store(archive.store, f"{prefix}/{place.name}{LEAVES}", BytesIO(leaves)))
    proved = {
        "format": FORMAT,
        "site": place.site,
        "segment": place.name,
        "objects": [item.row() for item in objects],
        "captures": told.captures,
        "looks": told.looks,
        **tree,
    }
    manifest, sealed = manifest_of(archive, place, proved, now)
    archive.recorder.hold_lease(datetime.now(UTC))  # or two machines would put two manifests after the same one
    proof = _store(archive.store, key_of(place), BytesIO(manifest))
    archive.recorder.sealed(
        name=place.name,
        sealed=sealed,
        warc_key=objects[0].key,
        size=objects[0].size,
        manifest=proof.sha256,
        versions={item.key: item.version for item in (*objects, proof) if item.version},
    )
    note_seal(place.folder, signed="signature" in json.loads(manifest), now=now)
    if archive.ledger.authorities:
        from storage.ledger.timestamps import take_timestamps

        if versions := take_timestamps(archive.store, archive.ledger, place.folder, proof.key):
            archive.recorder.note_versions(versions)
    place.remove()


def _tell(store: Store, place: Place) -> _Told:
    """Go through the journal once, line by line: held together, its revisions took 100 MB for 3,000 pages."""
    told, packer, packed = _Told(), zlib.compressobj(6, zlib.DEFLATED, GZIP), list[bytes]()
    waiting: list[_Revision] = []
    for raw in journal.read_raw(place.journal):
        line, event, revisions = _taken_apart(raw)
        waiting += revisions
        if len(waiting) >= TOGETHER:
            told.revisions += _store_revisions(store, waiting)
            waiting.clear()
        if line["t"] == "capture":
            told.captures += 1
            told.index += _index_line(place, Capture.from_row(_without_type(line)))
        told.looks += line["t"] == "look"
        packed.append(packer.compress(event))
    told.revisions += _store_revisions(store, waiting)
    told.events = b"".join([*packed, packer.flush()])
    return told


def _leaves(place: Place, objects: Sequence[Sealed]) -> tuple[bytes, dict[str, object]]:
    """Return the segment's leaves as they are kept, and what the manifest says of them."""
    leaves = leaves_of(place.warc, [item.row() for item in objects], place.tally)
    return packed(leaves), {"leaves": len(leaves), "root": root_of(leaves)}


def _index_line(place: Place, capture: Capture) -> list[str]:
    return [index_line(capture, f"{place.name}.warc.gz")] if replays(capture) else []


def _taken_apart(raw: bytes) -> tuple[Line, bytes, list[_Revision]]:
    """Return a journal's line, what the events keep of it, and the revisions in it."""
    event, content = journal.parted(raw)
    line: Line = json.loads(event)
    if content is not None:
        seen = line["observation"]
        if digest_of(content) == seen["revision"]:
            key = revision_key({**seen, "seen_first": seen["at"]}, seen["revision"])
            return line, event, [_Revision(key=key, sha256=seen["revision"], content=content)]
        line = json.loads(raw)
    found = [line["revision"]] if line.get("revision") else [link["object"] for link in line.get("revisions", ())]
    return line, journal.encode(_reference(line)) if found else event, [_revision(revision) for revision in found]


def _revision(revision: Line) -> _Revision:
    content = canonical(revision)
    digest = digest_of(content)
    return _Revision(key=revision_key(revision, digest), sha256=digest, content=content)


def _store_revisions(store: Store, revisions: Sequence[_Revision]) -> list[Sealed]:
    """Put revisions together, read each back, and return what the manifest says of them."""
    stored = store.put_all((revision.key, revision.content) for revision in revisions)
    kept = store.get_all(revision.key for revision in revisions)
    for revision, content in zip(revisions, kept, strict=True):
        if content != revision.content:
            raise _reads_otherwise(store, revision.key)
    return [
        Sealed(key=one.key, sha256=one.sha256, size=len(one.content), version=put.version)
        for one, put in zip(revisions, stored, strict=True)
    ]


def _store(store: Store, key: str, content: Any) -> Sealed:
    """Put an object, read it back, and return what the manifest says of it."""
    digest, size = stream_digest(content)
    content.seek(0)
    put = store.put(key, content)
    with store.open(key) as stored:
        if stream_digest(stored) != (digest, size):
            raise _reads_otherwise(store, key)
    return Sealed(key=key, sha256=digest, size=size, version=put.version)


def _reads_otherwise(store: Store, key: str) -> ObjectCorrupt:
    return ObjectCorrupt(f"{key} reads back from {store.address} with other bytes than were put; the spool is kept")


def _reference(line: Line) -> Line:
    """A revision lies in the store under its own key; the events name it by its digest, which is in the observation."""
    if line["t"] == "reread":
        links = [{name: value for name, value in link.items() if name != "object"} for link in line["revisions"]]
        return {**line, "revisions": links}
    return {name: value for name, value in line.items() if name != "revision"}


def _without_type(line: Line) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "t"}
