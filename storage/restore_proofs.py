"""What proves an object's right bytes: digests that its name, its manifest, the catalogue or a signature stands for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from news.errors import ObjectCorrupt, ObjectMissing, StoreUnavailable
from news.serial import digest_of
from storage.catalogue import reading
from storage.catalogue.opening import Rows
from storage.ledger.founding import held_ring
from storage.ledger.keys import HEADER, STATEMENTS, KeyRing, PublicKey
from storage.objects import Store, get_bytes, stream_digest
from storage.verify.manifests import ENDING, Manifest, read_manifest, told_manifest, vouched
from storage.verify.timestamps import TIMESTAMP

LONGEST_HEADER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an object's SHA-256 is or begins with, `sha256:<hex>`, and what says so."""

    sha256: str
    by: str

    def fits(self, digest: str) -> bool:
        """Return whether content of this digest is the right one."""
        return digest.startswith(self.sha256)


class _Unproved(ObjectMissing):
    """Nothing proves a manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """What can prove an object: the store, the catalogue's rows if there is one, and a `copy` where one is given."""

    store: Store
    rows: Rows | None
    copy: Path | None
    private_key: Path | None

    def of(self, key: str) -> Proof:
        """Return what proves an object's content; raises `ObjectMissing` where nothing does.

        For a header in a store without versions that is the copy, where it bears the key that signed the manifests.
        """
        if key.startswith("articles/") and key.endswith(".json"):
            return Proof(sha256=f"sha256:{key.removesuffix('.json').rpartition('-')[2]}", by="its name")
        if key == HEADER and self.copy is not None and not self.store.versions(key):
            return _proof_by_key(self.store, self.copy)
        if key == HEADER or key.startswith(STATEMENTS) or (key.startswith("warc/") and key.endswith(TIMESTAMP)):
            return proof_by_first(self.store, key)
        if key.startswith("warc/") and key.endswith(ENDING):
            return self._of_manifest(key)
        if key.startswith("warc/"):
            return self._in_manifest(key)
        raise ObjectMissing(f"{key} is no key of an archive's object: `stoppress verify` names those that are damaged")

    def _in_manifest(self, key: str) -> Proof:
        folder, _, name = key.rpartition("/")
        manifest = f"{folder}/{name.partition('.')[0]}{ENDING}"
        try:
            content = get_bytes(self.store, manifest)
        except ObjectMissing:
            raise ObjectMissing(f"{key}: its manifest is missing: run `stoppress restore {manifest}` first") from None
        by = "its manifest"
        try:
            if not self._of_manifest(manifest).fits(digest_of(content)):
                raise ObjectMissing(f"{key}: its manifest was changed: run `stoppress restore {manifest}` first")
        except _Unproved as error:
            if self._ring().keys:
                raise ObjectMissing(f"{key}: {error}") from None
            by = "its manifest, though no key stands for that,"
        listed: Mapping[str, str] = {item["key"]: item["sha256"] for item in json.loads(content)["objects"]}
        if key not in listed:
            raise ObjectMissing(f"{key}: {manifest} does not list it, so nothing proves what it held")
        return Proof(sha256=listed[key], by=by)

    def _of_manifest(self, key: str) -> Proof:
        name = key.rpartition("/")[2].removesuffix(ENDING)
        known = reading.segment(self.rows, name) if self.rows is not None else None
        if known is not None and known["manifest"]:
            return Proof(sha256=known["manifest"], by="the catalogue")
        ring = self._ring()
        found = self._by_those_after(key, name, ring) or self._by_signature(key, ring)
        if found is None:
            signed = "it is not signed with the archive's key, and no manifest" if ring.keys else "no manifest"
            raise _Unproved(
                f"nothing proves what {key} held: the catalogue does not know it, {signed} that can be believed was "
                "sealed after it. Look at its versions or a copy by hand"
            )
        return found

    def _by_signature(self, key: str, ring: KeyRing) -> Proof | None:
        """Return the proof that a manifest's own signature is, of what lies there, of the copy or the first version."""
        for content in self._states(key):
            manifest = told_manifest(key, content, ring)
            if isinstance(manifest, Manifest) and manifest.signed_by and not manifest.doubt:
                return Proof(sha256=manifest.digest, by=f"its own signature, by {manifest.signed_by},")
        return None

    def _states(self, key: str) -> Iterator[bytes]:
        """Yield what an object was and is, oldest first, and the copy."""
        versions = [state for state in reversed(self.store.versions(key)) if not state.deleted]
        for state in versions:
            with self.store.open(key, version=state.version) as stream:
                yield stream.read()
        if not versions:
            with suppress(ObjectMissing):
                yield get_bytes(self.store, key)
        if self.copy is not None:
            with opened(self.copy) as stream:
                yield stream.read()

    def _by_those_after(self, key: str, name: str, ring: KeyRing) -> Proof | None:
        """Return the proof that a later manifest is: in an archive with a key, one that a signature stands for."""
        site = "/".join(key.split("/")[:2]) + "/"
        keys = [item.key for item in self.store.list(site) if item.key.endswith(ENDING) and item.key != key]
        found = [read_manifest(self.store, other, ring=ring) for other in keys]
        others = [one for one in found if isinstance(one, Manifest)]
        believed = vouched(others)
        for other in others:
            good = not ring.keys or (other.segment, other.digest) in believed
            if good and other.previous and other.previous[0] == name:
                how = "which a signature stands for," if ring.keys else "though no key stands for that,"
                return Proof(sha256=other.previous[1], by=f"the manifest after it, {other.key}, {how}")
        return None

    def _ring(self) -> KeyRing:
        """Return the archive's keys; raises `ObjectMissing` where its header, which they begin with, is of no use."""
        try:
            return held_ring(self.private_key, self.store)
        except (ObjectMissing, ValueError, KeyError, TypeError, AttributeError):
            raise ObjectMissing(
                f"{HEADER} in {self.store.address}, which names the archive's key, is missing or can't be read: run "
                f"`stoppress restore {HEADER}` first"
            ) from None


def proof_by_first(store: Store, key: str) -> Proof:
    """Return the proof that an object's first version is; raises `ObjectMissing` where it has none."""
    first = next((state for state in reversed(store.versions(key)) if not state.deleted), None)
    if first is None:
        how = f"give a copy of it: stoppress restore {key} --from FILE" if key == HEADER else "copy it back by hand"
        raise ObjectMissing(f"nothing proves what {key} in {store.address} held, as it keeps no versions: {how}")
    with store.open(key, version=first.version) as stream:
        return Proof(sha256=stream_digest(stream)[0], by="its first version")


def _proof_by_key(store: Store, copy: Path) -> Proof:
    """Return what a copy of the header is; raises `ObjectCorrupt` for one that is not this archive's."""
    with opened(copy) as stream:
        content = stream.read(LONGEST_HEADER)
    try:
        key = PublicKey(json.loads(content)["public_key"]).name
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(f"{copy} is no header of an archive: {error!r}") from error
    signed = {_signed_with(store, item.key) for item in store.list("warc/") if item.key.endswith(ENDING)} - {None}
    if signed and key not in signed:
        raise ObjectCorrupt(f"{copy} is another archive's header: no manifest in {store.address} is signed with {key}")
    return Proof(sha256=digest_of(content), by="the key that its manifests are signed with" if signed else "the copy")


def _signed_with(store: Store, manifest: str) -> str | None:
    try:
        return str(json.loads(get_bytes(store, manifest))["key"])
    except (ValueError, KeyError, TypeError):
        return None


def opened(copy: Path) -> BinaryIO:
    """Return the copy as a stream; raises `StoreUnavailable` where it can't be read."""
    try:
        return copy.open("rb")
    except OSError as error:
        raise StoreUnavailable(f"{copy} can't be read: {error.strerror}") from error
