"""The records that prove a revision, byte for byte as they lie in their segment, each a gzip member of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from news.errors import ObjectCorrupt, ObjectMissing
from news.serial import digest_of
from storage.catalogue import reading
from storage.catalogue.opening import Rows
from storage.objects import Store
from storage.warc.reading import Record, only_record

CHUNK = 1 << 16
GZIP = 16 + zlib.MAX_WBITS


def proof(store: Store, spool: Path, rows: Rows, capture: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the gzip members of a capture: its segment's warcinfo, the answer, and what was asked and said around it.

    An answer that repeats an earlier capture's body is followed by that capture's. Raises `ObjectMissing` when the
    segment lies nowhere and `ObjectCorrupt` when the answer is not the one recorded.
    """
    place = _Place(store, spool, rows, capture)
    yield place.member(0)
    yield from _around(place, capture)
    before = reading.original(rows, capture["refers_to"])
    if before is None:
        return
    if before["segment"] != capture["segment"]:
        place = _Place(store, spool, rows, before)
        yield place.member(0)
    yield from _around(place, before)


def _around(place: _Place, capture: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield an answer, and the records behind it that were made with it or speak of it."""
    answer = place.member(capture["offset"], capture["length"])
    if digest_of(only_record(answer).block) != capture["block_digest"]:
        raise ObjectCorrupt(
            f"record {capture['record_id']} in {capture['segment']} is not what was captured: run `stoppress verify`"
        )
    yield answer
    at = capture["offset"] + len(answer)
    while at < place.size:
        member = place.member(at)
        if not _belongs(only_record(member), capture):
            break
        yield member
        at += len(member)


def _belongs(record: Record, capture: Mapping[str, Any]) -> bool:
    spoken_of = record.get("WARC-Concurrent-To"), record.get("WARC-Refers-To")
    asked = record.record_id is not None and record.record_id == capture["request_id"]
    return asked or (record.type in ("request", "metadata") and capture["record_id"] in spoken_of)


class _Place:
    """A segment's file, in the spool while it is open, else in the store."""

    def __init__(self, store: Store, spool: Path, rows: Rows, capture: Mapping[str, Any]) -> None:
        self._store = store
        self._name = capture["segment"]
        self._path = spool / capture["site"] / f"{self._name}.warc.gz"
        self._key: str | None = None
        try:
            self.size = self._path.stat().st_size
        except FileNotFoundError:
            sealed = reading.segment(rows, self._name)
            if sealed is None or sealed["warc_key"] is None:
                raise ObjectMissing(
                    f"segment {self._name} lies neither in the spool nor in the store; run `stoppress verify`"
                ) from None
            self._key, self.size = sealed["warc_key"], int(sealed["bytes"])

    def member(self, offset: int, length: int | None = None) -> bytes:
        """Return the member that begins there; its end is found by reading it where it is not known."""
        if length is not None:
            return self._read(offset, length)
        inflater = zlib.decompressobj(GZIP)
        parts: list[bytes] = []
        at = offset
        while not inflater.eof and at < self.size:
            chunk = self._read(at, min(CHUNK, self.size - at))
            at += len(chunk)
            parts.append(chunk)
            try:
                inflater.decompress(chunk)
            except zlib.error as error:
                raise ObjectCorrupt(
                    f"{self._name} can't be read at byte {offset}: {error}; run `stoppress verify`"
                ) from error
        if not inflater.eof:
            raise ObjectCorrupt(f"{self._name} ends within the record at byte {offset}; run `stoppress verify`")
        whole = b"".join(parts)
        return whole[: len(whole) - len(inflater.unused_data)]

    def _read(self, offset: int, length: int) -> bytes:
        if self._key is not None:
            return self._store.read_range(self._key, offset, length)
        with self._path.open("rb") as stream:
            stream.seek(offset)
            return bytes(stream.read(length))
