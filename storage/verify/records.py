"""A segment's records, each found in its own gzip member and held against the digests that it carries."""

from __future__ import annotations

import zlib
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha1, sha256
from io import BytesIO
from typing import BinaryIO

from news.errors import ObjectCorrupt
from storage.warc.http1 import ResponseParser
from storage.warc.members import GZIP
from storage.warc.reading import Record, records

CHUNK = 1 << 16
"""Small, since what a chunk holds behind a member's end is copied for each member in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record as it lies in its segment; `problems` says in words what is wrong with it."""

    record: Record
    offset: int
    length: int
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
    for offset, content, length in _members(stream):
        held = list(records(BytesIO(content)))
        if len(held) != 1:
            raise ObjectCorrupt(f"the gzip member at byte {offset} holds {len(held)} records, not one")
        yield Found(record=held[0], offset=offset, length=length, problems=tuple(_problems(held[0])))


def _members(stream: Hashed) -> Iterator[tuple[int, bytes, int]]:
    """Yield `(offset, content, length)` of each gzip member."""
    start = at = 0
    parts: list[bytes] = []
    inflater = zlib.decompressobj(GZIP)
    while chunk := stream.read(CHUNK):
        while chunk:
            try:
                parts.append(inflater.decompress(chunk))
            except zlib.error as error:
                raise ObjectCorrupt(f"the gzip member at byte {start} can't be read: {error}") from error
            rest = inflater.unused_data if inflater.eof else b""
            at += len(chunk) - len(rest)
            if inflater.eof:
                yield start, b"".join(parts), at - start
                start, parts, inflater = at, [], zlib.decompressobj(GZIP)
            chunk = rest
    if at != start:
        raise ObjectCorrupt(f"the gzip member at byte {start} breaks off")


def _problems(record: Record) -> Iterator[str]:
    if record.get("Content-Length") != str(len(record.block)):
        yield f"its block is {len(record.block)} bytes long, not {record.get('Content-Length')}"
    stated = record.get("WARC-Block-Digest")
    if stated and not _is_digest_of(stated, record.block):
        yield "its block is not what its block digest says"
    payload = record.get("WARC-Payload-Digest")
    entity = _entity(record.block) if record.type == "response" and payload else None
    if payload and entity is not None and not _is_digest_of(payload, entity):
        yield "its payload is not what its payload digest says"


def _entity(block: bytes) -> bytes | None:
    """Return an answer's entity as the standard digests it: transfer coding removed, content coding kept.

    None for what is no HTTP answer, whose payload no standard defines.
    """
    parts: list[bytes] = []
    parser = ResponseParser(entity=parts.append)
    parser.feed(block)
    parser.close()
    return b"".join(parts) if parser.head else None


def _is_digest_of(stated: str, content: bytes) -> bool:
    """Return whether a digest field fits; one of an algorithm that we don't compute is taken as it is."""
    name, _, value = stated.partition(":")
    if name.lower() == "sha256":
        digest = sha256(content)
    elif name.lower() == "sha1":
        digest = sha1(content)  # noqa: S324  what other tools write
    else:
        return True
    return value.lower() == digest.hexdigest() or value.upper().rstrip("=") == b32encode(
        digest.digest()
    ).decode().rstrip("=")
