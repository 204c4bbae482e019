"""What the tree of a segment is made of: a leaf for each WARC record and each object, as canonical JSON, sorted.

A record's leaf is `{"block", "head", "record"}`: the SHA-256 of its block and of its WARC header, and its id. An
object's is its line in the manifest, `{"key", "sha256", "size"}`. The leaves lie in the store as lines, gzipped, so
that a record can be proved when another of its segment is gone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from news.errors import ObjectCorrupt
from news.serial import canonical
from storage.ledger.records import Digested, digested
from storage.ledger.tree import leaf_hash, root
from storage.warc import members
from storage.warc.tally import Tally

ENDING = ".leaves.gz"
MENDED = "the next start mends it, and keeps what is there aside"
GZIP = 16 + zlib.MAX_WBITS
_PLAIN = re.compile(r"[!#-\[\]-~]*").fullmatch
"""Whether a text needs no escapes: then its JSON is written as it stands, in a third of the time."""


def record_leaf(record: Digested) -> bytes:
    """Return the leaf of a WARC record."""
    if _PLAIN(record.name):
        return _told_leaf((record.name, record.head_digest, record.block_digest))
    return canonical({"block": record.block_digest, "head": record.head_digest, "record": record.name})


def _told_leaf(record: tuple[str, str, str]) -> bytes:
    """Return the leaf of a record of ours, whose id and digests need no escapes, as canonical JSON has it."""
    name, head, block = record
    return f'{{"block":"{block}","head":"{head}","record":"{name}"}}'.encode()


def object_leaf(row: Mapping[str, Any]) -> bytes:
    """Return the leaf of an object, from its line in the manifest."""
    key, sha256, size = row["key"], row["sha256"], row["size"]
    if type(key) is type(sha256) is str and type(size) is int and _PLAIN(key) and _PLAIN(sha256):
        return f'{{"key":"{key}","sha256":"{sha256}","size":{size}}}'.encode()
    return canonical({name: row[name] for name in ("key", "sha256", "size")})


def record_leaves(warc: Path, digest: str, tally: Tally | None = None) -> list[bytes]:
    """Return the leaves of a segment's records; `digest` is that of its file as it lies there now.

    What its writer noted of them is what it wrote; where nothing was noted they are gone through again. Raises
    `ObjectCorrupt` for a file that is not what was written: it is to be mended, not sealed.
    """
    if tally is not None and not tally.lost:
        if tally.file_digest != digest:
            raise ObjectCorrupt(f"{warc} does not hold what was written to it: {MENDED}")
        return [_told_leaf(told) for told in tally.records()]
    try:
        with warc.open("rb") as stream:
            return [record_leaf(record) for record in digested(stream)]
    except ObjectCorrupt as error:
        raise ObjectCorrupt(f"{warc} was damaged in the spool ({error}): {MENDED}") from error


def leaves_of(records: Iterable[bytes], objects: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """Return the leaves of a segment's records and of the objects sealed with it, in the tree's order: bytewise."""
    return sorted([*records, *map(object_leaf, objects)])


def root_of(leaves: Iterable[bytes]) -> str:
    """Return the tree's root as `sha256:<hex>`."""
    return f"sha256:{root([leaf_hash(leaf) for leaf in leaves]).hex()}"


def packed(leaves: Iterable[bytes]) -> bytes:
    """Return the leaves as they lie in the store; the same leaves give the same bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    return b"".join([*(packer.compress(leaf + b"\n") for leaf in leaves), packer.flush()])


def unpacked(content: bytes) -> list[bytes]:
    """Return the leaves that `packed` packed; raises `ValueError` for what is none of it."""
    try:
        return members.unpacked(content).splitlines()
    except zlib.error as error:
        raise ValueError(str(error)) from error
