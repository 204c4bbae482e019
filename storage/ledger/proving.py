"""One record or object proved alone: its leaf, the path from it to the root, and the signed manifest that has the root.

Whoever is given this and the bytes needs nothing else of the archive but its public key: docs/evidence.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from news.errors import ObjectCorrupt, ObjectMissing
from news.serial import digest_of
from storage.catalogue.opening import Rows
from storage.ledger.keys import KeyRing, signed_bytes
from storage.ledger.leaves import ENDING, root_of, unpacked
from storage.ledger.owed import MANIFEST
from storage.ledger.tree import leaf_hash, path
from storage.objects import Store, get_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proves a record or an object.

    `leaf` is its canonical JSON, `index` its place from 0 among `leaves`, `path` hexadecimal hashes from the leaf's
    sibling upwards. `signed` is the manifest as `signature` (base64) covers it, which `public_key` (base64) verifies;
    these three are None where the manifest is not signed. `timestamps` are keys beside the manifest.
    """

    leaf: str
    index: int
    leaves: int
    path: tuple[str, ...]
    root: str
    manifest: str
    manifest_sha256: str
    signed: str
    signature: str | None
    key: str | None
    public_key: str | None
    timestamps: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return it as `verify --prove --json` prints it."""
        return asdict(self)


def prove(store: Store, what: str, ring: KeyRing, rows: Rows | None = None) -> Proof:
    """Return the proof of a record, by its id with or without `<urn:uuid:...>`, or of an object, by its key.

    `rows`, a catalogue, saves reading other segments' leaves. Raises `ObjectMissing` where no tree has a leaf for it,
    `ObjectCorrupt` where its leaves don't give the manifest's root.
    """
    name, wanted = ("key", what) if "/" in what else ("record", _record_id(what))
    for key in _candidates(store, name, wanted, rows):
        manifest = json.loads(get_bytes(store, key))
        leaves = _leaves(store, key, manifest)
        index = next((at for at, leaf in enumerate(leaves) if json.loads(leaf).get(name) == wanted), None)
        if index is not None:
            return _proof(store, key, leaves, index, ring)
    raise ObjectMissing(f"no manifest in {store.address} has a leaf for {wanted}; run `stoppress verify --ledger`")


def _proof(store: Store, key: str, leaves: list[bytes], index: int, ring: KeyRing) -> Proof:
    content = get_bytes(store, key)
    manifest = json.loads(content)
    if root_of(leaves) != manifest["root"]:
        raise ObjectCorrupt(f"the leaves beside {key} don't give its root; run `stoppress verify --ledger`")
    known = ring.find(manifest["key"]) if "key" in manifest else None
    stem = f"{key.removesuffix('.json')}."
    return Proof(
        leaf=leaves[index].decode(),
        index=index,
        leaves=len(leaves),
        path=tuple(step.hex() for step in path([leaf_hash(leaf) for leaf in leaves], index)),
        root=manifest["root"],
        manifest=key,
        manifest_sha256=digest_of(content),
        signed=signed_bytes(manifest).decode(),
        signature=manifest.get("signature"),
        key=manifest.get("key"),
        public_key=known.public.text if known else None,
        timestamps=tuple(item.key for item in store.list(stem) if item.key.endswith(".tsr")),
    )


def _leaves(store: Store, key: str, manifest: Mapping[str, Any]) -> list[bytes]:
    """Return a manifest's leaves, none where it was sealed before there were any or they can't be read."""
    try:
        return unpacked(get_bytes(store, key.removesuffix(MANIFEST) + ENDING)) if manifest.get("root") else []
    except (ObjectMissing, ValueError):
        return []


def _candidates(store: Store, name: str, wanted: str, rows: Rows | None) -> Iterator[str]:
    """Yield the keys of all manifests, those first that are most likely to be the right one."""
    likely = []
    if wanted.startswith("warc/"):
        folder, _, file = wanted.rpartition("/")
        likely = [f"{folder}/{file.partition('.')[0]}{MANIFEST}"]
    elif rows is not None:
        table, column = ("captures", "record_id") if name == "record" else ("revisions", "key")
        found = rows(
            f"SELECT s.warc_key FROM {table} t JOIN segments s ON s.name = t.segment WHERE t.{column} = :wanted",  # noqa: S608  names of ours
            wanted=wanted,
        )
        likely = [row["warc_key"].removesuffix(".warc.gz") + MANIFEST for row in found if row["warc_key"]]
    there = [item.key for item in store.list("warc/") if item.key.endswith(MANIFEST)]
    yield from (key for key in likely if key in there)
    yield from (key for key in reversed(there) if key not in likely)


def _record_id(said: str) -> str:
    return f"<urn:uuid:{said.strip('<>').removeprefix('urn:uuid:')}>"
