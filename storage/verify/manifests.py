"""The manifests of a store: what each proves, and the chain that none may be taken out of."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from news.errors import ObjectMissing, StoreError
from news.serial import FORMAT, canonical, digest_of
from storage.ledger.keys import KeyRing, signed_bytes
from storage.ledger.leaves import ENDING as LEAVES
from storage.objects import Store
from storage.verify.contents import content, unreadable
from storage.verify.findings import INSPECT, KEEP, RESTORE, UNLISTED, Finding

ENDING = ".manifest.json"
PARTS = (".warc.gz", ".cdxj", ".jsonl.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """An object as a manifest proves it."""

    key: str
    sha256: str
    size: int

    def row(self) -> dict[str, str | int]:
        """Return the manifest's line for it."""
        return {"key": self.key, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A segment's manifest; `digest` is of its own bytes, `previous` names the manifest before and its digest.

    `size` is that of its `objects` together, in bytes, which stands where they are left out.

    `root` is that of the tree over its `leaves`, None where it was sealed before there was a ledger. `signed_by` names
    the key that it says signed it; `doubt` says why that can't be believed, None where it can or was not asked.
    """

    key: str
    digest: str
    site: str
    segment: str
    sealed: str
    previous: tuple[str, str] | None
    objects: tuple[Proved, ...]
    size: int
    captures: int
    looks: int
    root: str | None = None
    leaves: int = 0
    signed_by: str | None = None
    doubt: str | None = None

    @property
    def stem(self) -> str:
        """What the keys of the segment's own objects begin with."""
        return self.key.removesuffix(ENDING)

    def part(self, ending: str) -> Proved | None:
        """Return the segment's own object with this ending, or None where the manifest lists none."""
        return next((item for item in self.objects if item.key == self.stem + ending), None)

    @property
    def revisions(self) -> tuple[Proved, ...]:
        """The revision objects that were sealed with the segment."""
        return tuple(item for item in self.objects if item.key.startswith("articles/"))


def read_manifest(store: Store, key: str, *, ring: KeyRing | None = None) -> Manifest | Finding:
    """Return the manifest under this key, its signature held against the keys of `ring`, or what is wrong with it."""
    found = content(store, key)
    if isinstance(found, ObjectMissing):
        return Finding(object=key, problem="the manifest is missing", advice=RESTORE)
    return unreadable(key, found) if isinstance(found, StoreError) else told_manifest(key, found, ring)


def told_manifest(key: str, content: bytes, ring: KeyRing | None) -> Manifest | Finding:
    """Return the manifest that these bytes are under this key, or what is wrong with it."""
    try:
        manifest = _manifest(key, content, ring)
    except (ValueError, KeyError, TypeError) as error:
        return Finding(object=key, problem=f"the manifest can't be read: {error}", advice=RESTORE)
    if manifest.stem.rpartition("/")[2] != manifest.segment or not key.startswith(f"warc/{manifest.site}/"):
        said = f"it says that it is {manifest.site}'s segment {manifest.segment}"
        problem = f"the manifest lies under another name: {said}"
        return Finding(object=key, problem=problem, advice=f"{RESTORE}. If none of ours ever lay there: {INSPECT}")
    return manifest


def chain_findings(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    """Yield where the manifests of one site do not hang together: each names the one before, and one begins.

    Each was sealed after the one before it.
    """
    known = {manifest.segment: manifest for manifest in manifests}
    ordered = sorted(manifests, key=lambda manifest: (manifest.sealed, manifest.segment))
    followed: dict[str | None, Manifest] = {}
    for manifest in ordered:
        yield from _link_findings(manifest, known)
        before = manifest.previous[0] if manifest.previous else None
        other = followed.setdefault(before, manifest)
        if other is not manifest:
            where = f"follow {before}" if before else "begin the site's chain"
            yield Finding(
                object=manifest.key,
                problem=f"the chain is broken: both {other.segment} and {manifest.segment} {where}",
                advice="if the catalogue was begun anew while the store was not, or two machines wrote, this is where; "
                f"else one was put in: {KEEP}",
            )


def vouched(manifests: Iterable[Manifest]) -> set[tuple[str, str]]:
    """Return segment and digest of each manifest that a good signature stands for: its own, or a later one's.

    A manifest has the SHA-256 of the one before it, so who signed it signed for that one too, and for all before.
    Manifests come with their signatures held against keys; those that are not there may be among what is returned.
    """
    known = {(manifest.segment, manifest.digest): manifest for manifest in manifests}
    waiting = [name for name, manifest in known.items() if manifest.signed_by and not manifest.doubt]
    found: set[tuple[str, str]] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            before = known[name].previous if name in known else None
            waiting += [before] if before else []
    return found


def missing_objects(manifest: Manifest, present: Container[str]) -> Iterator[Finding]:
    """Yield what the manifest lists and the store lacks, and what a segment needs and its manifest does not list."""
    for item in manifest.objects:
        if item.key not in present:
            yield Finding(object=item.key, problem=f"missing; {manifest.segment} was sealed with it", advice=RESTORE)
    for ending in (*PARTS, LEAVES) if manifest.root else PARTS:
        if manifest.part(ending) is None:
            yield Finding(object=manifest.key, problem=f"the manifest lists no {ending[1:]}", advice=RESTORE)


def listed(manifests: Iterable[Manifest]) -> set[str]:
    """Return every key that these manifests account for, their own included."""
    return {key for manifest in manifests for key in (manifest.key, *(item.key for item in manifest.objects))}


def key_of_segment(site: str, segment: str) -> str:
    """Return the key of a segment's manifest, by the day in its name."""
    day = segment.removeprefix(f"{site}-")
    return f"warc/{site}/{day[:4]}/{day[4:6]}/{day[6:8]}/{segment}{ENDING}"


def gone_advice(key: str) -> str:
    """Return what to do about a manifest that is gone from the store."""
    return UNLISTED.format(key=key, stem=key.removesuffix(ENDING))


def _link_findings(manifest: Manifest, known: Mapping[str, Manifest]) -> Iterator[Finding]:
    if manifest.previous is None:
        return
    name, digest = manifest.previous
    before = known.get(name)
    if before is None:
        yield Finding(
            object=manifest.key,
            problem=f"the chain is broken: the manifest of {name}, which came before, is missing",
            advice=gone_advice(key_of_segment(manifest.site, name)),
        )
    elif before.digest != digest:
        yield Finding(
            object=before.key, problem=f"changed after it was sealed: {manifest.segment} knows another", advice=RESTORE
        )
    elif manifest.sealed <= before.sealed:
        problem = f"the chain is out of order: sealed {manifest.sealed}, after {name}, which was sealed {before.sealed}"
        yield Finding(object=manifest.key, problem=problem, advice=RESTORE)


def _manifest(key: str, content: bytes, ring: KeyRing | None) -> Manifest:
    row: dict[str, Any] = json.loads(content)
    if content != canonical(row):
        raise ValueError("it is not the canonical JSON that a seal writes")
    if int(row["format"]) > FORMAT:
        raise ValueError(f"it has format {row['format']}, this program reads {FORMAT}")
    previous = row["previous"]
    return Manifest(
        key=key,
        digest=digest_of(content),
        site=row["site"],
        segment=row["segment"],
        sealed=row["sealed"],
        previous=(previous["segment"], previous["sha256"]) if previous else None,
        objects=tuple(Proved(key=item["key"], sha256=item["sha256"], size=item["size"]) for item in row["objects"]),
        size=sum(item["size"] for item in row["objects"]),
        captures=row["captures"],
        looks=row["looks"],
        root=row.get("root"),
        leaves=row.get("leaves", 0),
        signed_by=row.get("key"),
        doubt=_doubt(row, ring) if ring is not None and "key" in row else None,
    )


def _doubt(row: Mapping[str, Any], ring: KeyRing) -> str | None:
    key = ring.find(row["key"])
    if key is None:
        return f"signed with a key that is not this archive's: {row['key']}"
    if not key.public.signed(signed_bytes(row), row.get("signature")):
        return "its signature is not its content's: it was changed after it was sealed"
    if row.get("root") is None:
        return "signed without the root of what it seals"
    if key.until is not None and row["sealed"] >= key.until:
        return f"sealed {row['sealed']}, when its key {row['key']} had been replaced"
    return None
