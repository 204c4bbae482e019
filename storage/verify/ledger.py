"""The ledger checked, from manifests and leaves alone: signatures, keys, roots, and the ends of chains.

What ties the manifests of a site together is in `manifests`; what they say of records is checked with the segments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from news.errors import ConfigError, ObjectMissing
from news.serial import digest_of
from storage.catalogue.opening import Row, Rows
from storage.ledger.keys import HEADER, KeyRing, Signer, load_signer
from storage.ledger.leaves import ENDING, object_leaf, root_of, unpacked
from storage.ledger.terms import Ledger
from storage.objects import Store, get_bytes
from storage.verify.findings import INSPECT, KEEP, REBUILD, RESTORE, UNSIGNED, Finding
from storage.verify.manifests import ENDING as MANIFEST
from storage.verify.manifests import Manifest, gone_advice, key_of_segment, vouched

UNREADABLE = "mend archive.key; until then segments are sealed unsigned, and a store with another key is not noticed"

Witness = Mapping[str, Mapping[str, str]]
"""Heads of chains as an earlier report told them: `{site: {"segment", "sha256"}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest manifest of a site's chain; whoever keeps it elsewhere can tell later whether it is still there."""

    segment: str
    sha256: str
    sealed: str
    manifests: int

    def row(self) -> dict[str, str | int]:
        """Return it as `verify --ledger --json` prints it."""
        return {
            "segment": self.segment,
            "sha256": self.sha256,
            "sealed": self.sealed,
            "manifests": self.manifests,
        }


def heads(manifests: Iterable[Manifest]) -> dict[str, Head]:
    """Return the newest manifest of each site."""
    chains: dict[str, list[Manifest]] = defaultdict(list)
    for manifest in manifests:
        chains[manifest.site].append(manifest)
    newest = {site: max(chain, key=lambda one: (one.sealed, one.segment)) for site, chain in chains.items()}
    return {
        site: Head(segment=one.segment, sha256=one.digest, sealed=one.sealed, manifests=len(chains[site]))
        for site, one in sorted(newest.items())
    }


def held_signer(ledger: Ledger) -> tuple[Signer | None, list[Finding]]:
    """Return the private key that is at hand, None without one, and what is wrong with its file."""
    try:
        return (load_signer(ledger.key) if ledger.key else None), []
    except ConfigError as error:
        return None, [Finding(object=str(ledger.key), problem=str(error), advice=UNREADABLE, level="note")]


def key_findings(ring: KeyRing, held: Signer | None) -> Iterator[Finding]:
    """Yield what is wrong with the store's keys, and with the one that is `held` here."""
    for key, doubt in ring.doubts:
        yield Finding(object=key, problem=f"it introduces no key of this archive: {doubt}", advice=INSPECT)
    for known in ring.keys:
        if known.doubt:
            advice = "nothing, if the old key was lost: whoever holds the new one vouches for it"
            yield Finding(object=known.object, problem=known.doubt, advice=advice, level="note")
    current = ring.current
    if held and current is None:
        yield Finding(
            object=HEADER,
            problem=f"the store names no key, and {held.name} is at hand",
            advice="if this archive never had a key, run `stoppress init`, which gives it this one; if it had, the "
            f"store was changed: {KEEP}",
        )
    if current and held and held.name != current.public.name:
        yield Finding(
            object=current.object,
            problem=f"the store's key is {current.public.name}, the one at hand is {held.name}",
            advice="name the right file as archive.key; if this is the right one, the store was changed: " + KEEP,
        )


def signature_findings(manifests: Sequence[Manifest], ring: KeyRing) -> Iterator[Finding]:
    """Yield the manifests of one site that are signed wrongly, and those that are not signed.

    An unsigned one is a note where a signed one after it has its SHA-256, or where the archive had no key yet. Else it
    is a problem: the key was not at hand since then, or the signature was taken off, and nobody can tell which.
    """
    ordered = sorted(manifests, key=lambda manifest: (manifest.sealed, manifest.segment))
    for manifest in ordered:
        if manifest.doubt:
            yield Finding(object=manifest.key, problem=manifest.doubt, advice=RESTORE)
    unsigned = [manifest for manifest in ordered if not manifest.signed_by]
    early = [manifest for manifest in unsigned if not _had_key(ring, manifest)]
    late = [manifest for manifest in unsigned if _had_key(ring, manifest)]
    known = vouched(ordered)
    yield from _early_findings(early, ring)
    yield from _late_findings([manifest for manifest in late if (manifest.segment, manifest.digest) in known])
    yield from _unvouched_findings([manifest for manifest in late if (manifest.segment, manifest.digest) not in known])


def _had_key(ring: KeyRing, manifest: Manifest) -> bool:
    """Return whether the archive had a key when this was sealed: from its beginning, or since a later `init`."""
    return bool(ring.keys) and (ring.keys[0].object == HEADER or manifest.sealed >= ring.keys[0].since)


def _early_findings(manifests: Sequence[Manifest], ring: KeyRing) -> Iterator[Finding]:
    if manifests:
        problem = f"{_run(manifests)}, not signed: the archive had no key"
        coming = "what is sealed next is signed and vouches for them"
        advice = coming if ring.current else "run `stoppress init`: it makes a key"
        yield Finding(object=manifests[0].key, problem=problem, advice=advice, level="note")


def _late_findings(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    if manifests:
        problem = f"{_run(manifests)}, not signed: sealed without the key; a signed one after them vouches for them"
        advice = "nothing, if the key was away then. Was it not, their signatures were taken off: " + KEEP
        yield Finding(object=manifests[0].key, problem=problem, advice=advice, level="note")


def _unvouched_findings(manifests: Sequence[Manifest]) -> Iterator[Finding]:
    if manifests:
        problem = f"{_run(manifests)}, not signed, though the archive had a key; no signed one after vouches for them"
        yield Finding(object=manifests[0].key, problem=problem, advice=UNSIGNED)


def _run(manifests: Sequence[Manifest]) -> str:
    return f"{counted(len(manifests))} of {manifests[0].site}, up to {manifests[-1].segment}"


def leaf_findings(store: Store, manifest: Manifest, records: Collection[bytes] | None = None) -> Iterator[Finding]:
    """Yield where the tree's leaves are not what the manifest says; `records` are those of the segment as it is now."""
    item = manifest.part(ENDING)
    if manifest.root is None or item is None:
        return
    try:
        content = get_bytes(store, item.key)
    except ObjectMissing:
        return  # told with all that is missing
    if (len(content), digest_of(content)) != (item.size, item.sha256):
        yield Finding(object=item.key, problem="its SHA-256 is not the manifest's", advice=RESTORE)
        return
    try:
        leaves = unpacked(content)
    except ValueError as error:
        yield Finding(object=item.key, problem=f"can't be read: {error}", advice=RESTORE)
        return
    if root_of(leaves) != manifest.root or len(leaves) != manifest.leaves:
        problem = f"the root over its {len(leaves)} leaves is not the manifest's"
        yield Finding(object=item.key, problem=problem, advice=RESTORE)
        return
    yield from _differing(manifest, item.key, set(leaves), records)


def _differing(
    manifest: Manifest, key: str, leaves: set[bytes], records: Collection[bytes] | None
) -> Iterator[Finding]:
    of_objects = {object_leaf(one.row()): one for one in manifest.objects if one.key != key}
    for leaf in of_objects.keys() - leaves:
        problem = f"the tree that {manifest.segment} was signed with has no leaf for it"
        yield Finding(object=of_objects[leaf].key, problem=problem, advice=RESTORE)
    of_records = leaves - of_objects.keys()
    if records is None:
        surplus = [leaf for leaf in of_records if leaf.startswith(b'{"key"')]
    else:
        surplus = list(of_records - set(records))
        for leaf in set(records) - of_records:
            problem = f"the tree that was signed has no leaf for this record of it: {leaf.decode()}"
            yield Finding(object=f"{manifest.stem}.warc.gz", problem=problem, advice=RESTORE)
    for leaf in surplus:
        problem = f"it has a leaf for what is no longer there: {leaf.decode('utf-8', 'replace')}"
        yield Finding(object=key, problem=problem, advice=RESTORE)


def known_findings(rows: Rows, manifests: Iterable[Manifest], *, lacking: Store | None = None) -> Iterator[Finding]:
    """Yield where the catalogue saw another manifest sealed, and those that are `lacking` in the store."""
    found = {manifest.segment: manifest for manifest in manifests}
    for row in rows("SELECT * FROM segments WHERE sealed IS NOT NULL ORDER BY site, sealed"):
        manifest = found.get(row["name"])
        if manifest is None and lacking is not None and not sealed_meanwhile(lacking, row):
            yield Finding(
                object=f"catalogue: segments {row['name']}",
                problem=f"it was sealed {row['sealed']}; its manifest is gone from the store",
                advice=gone_advice(key_of_segment(row["site"], row["name"])),
            )
        elif manifest is not None and manifest.digest != row["manifest"]:
            yield Finding(
                object=manifest.key,
                problem="the catalogue knows another manifest of this segment: one of them was changed",
                advice=f"{RESTORE}; if the store is right, {REBUILD}",
            )


def sealed_meanwhile(store: Store, row: Row) -> bool:
    """Return whether the store has the manifest of a segment that was not there when the check began."""
    key = (row["warc_key"] or "").removesuffix(".warc.gz") + MANIFEST
    return any(item.key == key for item in store.list(key))


def witness_findings(witness: Witness, manifests: Iterable[Manifest]) -> Iterator[Finding]:
    """Yield the heads of chains that the store no longer has."""
    digests = {manifest.digest for manifest in manifests}
    for site, head in sorted(witness.items()):
        if head["sha256"] not in digests:
            yield Finding(
                object=f"{site}: {head['segment']}",
                problem=f"the witness saw its manifest {head['sha256']}; it was taken out of the store or replaced",
                advice=KEEP,
            )


def counted(number: int) -> str:
    """Return so many manifests, in words."""
    return f"{number} manifest{'s' if number > 1 else ''}"
