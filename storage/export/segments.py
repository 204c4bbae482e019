"""Segments read for copying: records found with their gzip members as they lie there, in the spool or in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from news.errors import ObjectCorrupt, ObjectMissing
from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows
from storage.ledger.records import Fields, digested, field
from storage.objects import Store

AHEAD = 1 << 18
"""Bytes that are read at once where a record's end is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record's gzip member, byte for byte, with the fields of its header and where it begins in its segment."""

    segment: str
    offset: int
    content: bytes
    fields: Fields

    def get(self, name: str) -> str | None:
        """Return the first field of that name, in any case, or None."""
        return field(self.fields, name)

    @property
    def type(self) -> str:
        """The record's WARC-Type."""
        return self.get("WARC-Type") or "unknown"

    @property
    def names(self) -> set[str]:
        """The record's id, and those of the records that it was made with or tells of."""
        wanted = ("warc-record-id", "warc-concurrent-to", "warc-refers-to")
        return {value for name, value in self.fields if name.lower() in wanted}


class SegmentFile:
    """A segment's WARC file, wherever it lies; raises `ObjectMissing` where it lies nowhere."""

    def __init__(self, store: Store, spool: Path, rows: Rows, site: str, name: str) -> None:
        self.name = name
        self._store = store
        self._path = spool / site / f"{name}.warc.gz"
        self._key: str | None = None
        self._held = (0, b"")
        try:
            self.size = self._path.stat().st_size
        except FileNotFoundError:
            sealed = reading.segment(rows, name)
            if sealed is None or sealed["warc_key"] is None:
                raise ObjectMissing(
                    f"segment {name} lies neither in the spool nor in the store; run `stoppress verify`"
                ) from None
            self._key, self.size = sealed["warc_key"], int(sealed["bytes"])

    def member(self, offset: int, length: int) -> Member:
        """Return the record that lies there; raises `ObjectCorrupt` where none does."""
        found = next(self._members_in(offset, self._read(offset, length)), None)
        if found is None or len(found.content) != length:
            raise ObjectCorrupt(f"no record lies at byte {offset} of {self.name}; run `stoppress verify`")
        return found

    def first(self) -> Member:
        """Return the segment's warcinfo record."""
        found = next(self.between(0, min(self.size, AHEAD)), None)
        if found is None:
            raise ObjectCorrupt(f"{self.name} does not begin with a record; run `stoppress verify`")
        return found

    def between(self, start: int, end: int) -> Iterator[Member]:
        """Yield the records that lie whole between two bytes; the first begins at `start`."""
        yield from self._members_in(start, self._read(start, min(end, self.size) - start))

    def all(self) -> Iterator[Member]:
        """Yield every record; of a segment that is being written, those that are whole."""
        with closing(self._open()) as stream:
            kept = _Kept(stream)
            try:
                for record in digested(kept):
                    content = kept.take(record.offset, record.length)
                    yield Member(segment=self.name, offset=record.offset, content=content, fields=record.fields)
            except ObjectCorrupt:
                if self._key is not None:
                    raise

    def _members_in(self, start: int, content: bytes) -> Iterator[Member]:
        try:
            for record in digested(BytesIO(content)):
                lies = slice(record.offset, record.offset + record.length)
                yield Member(
                    segment=self.name, offset=start + record.offset, content=content[lies], fields=record.fields
                )
        except ObjectCorrupt:
            return  # cut off within a record

    def _read(self, offset: int, length: int) -> bytes:
        begins, held = self._held
        if not begins <= offset <= offset + length <= begins + len(held):
            held = self._read_range(offset, min(max(length, AHEAD), self.size - offset))
            begins, self._held = offset, (offset, held)
        return held[offset - begins : offset - begins + length]

    def _read_range(self, offset: int, length: int) -> bytes:
        if self._key is not None:
            return self._store.read_range(self._key, offset, length)
        with self._path.open("rb") as stream:
            stream.seek(offset)
            return stream.read(length)

    def _open(self) -> BinaryIO:
        return self._store.open(self._key) if self._key is not None else self._path.open("rb")


class _Kept:
    """A stream that holds what was read from it until it is taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = bytearray()
        self._begins = 0

    def read(self, size: int, /) -> bytes:
        chunk = self._stream.read(size)
        self._held += chunk
        return chunk

    def take(self, offset: int, length: int) -> bytes:
        end = offset + length - self._begins
        taken = bytes(self._held[offset - self._begins : end])
        del self._held[:end]
        self._begins += end
        return taken


Opened = Callable[[str, str], SegmentFile]


def opener(store: Store, spool: Path, rows: Rows) -> Opened:
    """Return a function that gives the segment of a site by name, the last one at hand."""
    last: dict[str, SegmentFile] = {}

    def opened(site: str, name: str) -> SegmentFile:
        if name not in last:
            last.clear()
            last[name] = SegmentFile(store, spool, rows, site, name)
        return last[name]

    return opened


def by_segment(captures: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Return captures by `(site, segment)`, in the order in which they lie."""
    found = dict[tuple[str, str], list[Row]]()
    for row in sorted(captures, key=lambda row: (row["site"], row["segment"], row["offset"])):
        found.setdefault((row["site"], row["segment"]), []).append(row)
    return found
