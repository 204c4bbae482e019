"""A segment's records held against the digests that they carry, as they stream by."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any, BinaryIO

from news.serial import rfc3339
from storage.ledger.leaves import record_leaf
from storage.ledger.records import Digested, Fields, Tap, digested
from storage.warc.dates import warc_date
from storage.warc.http1 import ResponseParser

PAYLOAD = "its payload is not what its payload digest says"
"""Of a record that was taken in from elsewhere this says nothing: many tools digest the framed bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record as it lies in its segment, with its leaf; `problems` says in words what is wrong with it."""

    name: str
    type: str
    offset: int
    length: int
    url: str | None
    at: str | None
    block_digest: str | None
    payload_digest: str | None
    block_sha256: str
    leaf: bytes
    problems: tuple[str, ...]


class Hashed:
    """A stream that is hashed and counted as it is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = sha256()
        self.size = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        chunk = self._stream.read(size)
        self._digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def finish(self) -> tuple[str, int]:
        """Read on to the end; return `sha256:<hex>` and the size of all."""
        while self.read(1 << 20):
            pass
        return f"sha256:{self._digest.hexdigest()}", self.size


def found_in(stream: Hashed) -> Iterator[Found]:
    """Yield the records of a segment; raises `ObjectCorrupt` where a member can't be read."""
    watches: list[_Watch] = []

    def taps(fields: Fields) -> tuple[Tap, ...]:
        watches.append(_Watch(fields))
        return watches[-1].taps

    for record in digested(stream, taps):
        yield _found(record, watches.pop())


class _Watch:
    """What is computed of a block beside its SHA-256: a digest that it states by another name, and its payload's."""

    def __init__(self, fields: Fields) -> None:
        self.fields = {name.lower(): value for name, value in reversed(fields)}  # of several the first
        self.taps: tuple[Tap, ...] = ()
        self._payload = _hash_for(self.fields.get("warc-payload-digest"))
        self._block = _hash_for(self.fields.get("warc-block-digest"))
        self._parser: ResponseParser | None = None
        if self._payload is not None and self.fields.get("warc-type") == "response":
            self._parser = ResponseParser(entity=self._payload.update)
            self.taps += (self._parser.feed,)
        if self._block is not None and self._block.name != "sha256":
            self.taps += (self._block.update,)

    def problems(self, record: Digested) -> Iterator[str]:
        length, block = self.fields.get("content-length"), self.fields.get("warc-block-digest")
        if (length or "").lstrip("0") != str(record.block_length).lstrip("0"):
            yield f"its block is {record.block_length} bytes long, not {length}"
        if block and self._block is not None:
            is_now = self._block.digest() if self._block.name != "sha256" else _raw(record.block_digest)
            if not _says(block, is_now):
                yield "its block is not what its block digest says"
        if self._parser is None or self._payload is None:
            return
        self._parser.close()
        if self._parser.head and not _says(self.fields.get("warc-payload-digest") or "", self._payload.digest()):
            yield PAYLOAD


def _found(record: Digested, watch: _Watch) -> Found:
    return Found(
        name=record.name,
        type=watch.fields.get("warc-type") or "unknown",
        offset=record.offset,
        length=record.length,
        url=(watch.fields.get("warc-target-uri") or "").strip("<>") or None,
        at=_instant(watch.fields.get("warc-date")),
        block_digest=watch.fields.get("warc-block-digest"),
        payload_digest=watch.fields.get("warc-payload-digest"),
        block_sha256=record.block_digest,
        leaf=record_leaf(record),
        problems=tuple(watch.problems(record)),
    )


def _instant(said: str | None) -> str | None:
    at = warc_date(said)
    return rfc3339(at) if at else None


def _hash_for(stated: str | None) -> Any:
    """Return a new hash of the algorithm that a digest field names, or None for one that we don't compute."""
    match (stated or "").partition(":")[0].lower():
        case "sha256":
            return sha256()
        case "sha1":
            return sha1()  # noqa: S324  what other tools write
    return None


def _says(stated: str, digest: bytes) -> bool:
    """Return whether a digest field, in hexadecimal or base 32, says this digest."""
    value = stated.partition(":")[2]
    return value.lower() == digest.hex() or value.upper().rstrip("=") == b32encode(digest).decode().rstrip("=")


def _raw(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))
