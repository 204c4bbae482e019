"""What the tree of a segment is made of: a leaf for each WARC record and each object, as canonical JSON, sorted.

A record's leaf is `{"block", "head", "record"}`: the SHA-256 of its block and of its WARC header, and its id. An
object's is its line in the manifest, `{"key", "sha256", "size"}`. The leaves lie in the store as lines, gzipped, so
that a record can be proved when another of its segment is gone.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from news.errors import ObjectCorrupt
from news.serial import canonical
from storage.ledger.records import Digested, digested
from storage.ledger.tree import leaf_hash, root
from storage.warc import members
from storage.warc.tally import Tally

log = logging.getLogger(__name__)

ENDING = ".leaves.gz"
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


def leaves_of(warc: Path, objects: Sequence[Mapping[str, Any]], tally: Tally | None = None) -> list[bytes]:
    """Return the leaves of a segment and of the objects sealed with it, in the tree's order: sorted bytewise.

    The first object is the segment. What its writer noted of its records holds where the file has these bytes and no
    others; else they are gone through again. A segment that was damaged in the spool is sealed with the records before
    the damage, which is told; `verify` finds it.
    """
    if tally is not None and not tally.lost and tally.file_digest == objects[0]["sha256"]:
        return sorted([*map(_told_leaf, tally.records()), *map(object_leaf, objects)])
    found: list[bytes] = []
    try:
        with warc.open("rb") as stream:
            found.extend(record_leaf(record) for record in digested(stream))
    except ObjectCorrupt as error:
        log.error("a damaged segment is sealed as it is segment=%s: %s", warc.name, error)  # noqa: TRY400  told in full
    return sorted([*found, *map(object_leaf, objects)])


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
