"""Records read back, and the documents that readers get from them: the one way from bytes to meaning."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator

from news.errors import ObjectCorrupt
from news.model import Document
from news.reading.decode import decode
from storage.warc.dates import warc_date
from storage.warc.http1 import Head, ResponseParser
from storage.warc.members import gunzipped

PIECE = 1 << 20
"""Bytes of a block that are taken apart at a time: in one piece, 50 MB would be held three times over."""

_CHUNK_SIZE = re.compile(rb"[ \t]*[0-9A-Fa-f]{1,15}[ \t]*(?:[;\r\n]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One WARC record, its block whole. `offset` is where it begins in its file; None in a lone member."""

    offset: int | None
    fields: tuple[tuple[str, str], ...]
    block: bytes

    def get(self, name: str) -> str | None:
        """Return the first field of that name, in any case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    @property
    def type(self) -> str:
        """The record's WARC-Type."""
        return self.get("WARC-Type") or "unknown"

    @property
    def record_id(self) -> str | None:
        """The record's WARC-Record-ID, in its angle brackets."""
        return self.get("WARC-Record-ID")

    @property
    def url(self) -> str | None:
        """The record's WARC-Target-URI, without the brackets that WARC/1.0 writers put around it."""
        said = self.get("WARC-Target-URI")
        return said.strip("<>") if said else None

    @property
    def at(self) -> datetime | None:
        """The record's WARC-Date."""
        return warc_date(self.get("WARC-Date"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer taken apart: its head, and its entity with the transfer coding removed."""

    head: Head
    entity: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What of a record a document is made of; `body` has its content coding on."""

    url: str
    at: datetime
    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes


def records(stream: BinaryIO) -> Iterator[Record]:
    """Yield the records of a WARC file, gzipped or not; raises `ObjectCorrupt` where it can't be read further."""
    try:
        for record in ArchiveIterator(stream, parse_http=False):
            yield Record(
                offset=record.stream_pos,
                fields=tuple((str(name), str(value)) for name, value in record.headers.items()),
                block=record.reader.read(),
            )
    except (ValueError, OSError, EOFError, RuntimeError) as error:
        raise ObjectCorrupt(f"the WARC file can't be read to its end: {error}") from error


def only_record(member: bytes) -> Record:
    """Return the record that these bytes, one gzip member, hold; raises `ObjectCorrupt`."""
    found = next(records(BytesIO(member)), None)
    if found is None:
        raise ObjectCorrupt("no WARC record lies at that place; run `stoppress verify`")
    return found


def answer(block: bytes, *, method: str = "GET") -> Answer | None:
    """Return a response block taken apart, or None when it does not begin with a status line.

    Some writers store the body without its chunk framing and leave the field that announces it; such a body is taken
    as it is.
    """
    entity = BytesIO()  # gives its buffer away without a copy
    parser = ResponseParser(method, entity.write)
    for start in range(0, len(block), PIECE):
        parser.feed(block[start : start + PIECE])
    parser.close()
    if parser.head is None:
        return None
    if not entity.tell() and parser.broken:
        body = block[parser.start + _head_end(block[parser.start :]) :]
        if not _CHUNK_SIZE.match(body):
            return Answer(head=parser.head, entity=body)
    return Answer(head=parser.head, entity=entity.getvalue())


def document(record: Record, *, max_bytes: int, body_of: Record | None = None) -> Document | None:
    """Return the decoded view of a response or resource record; None when it holds no HTTP answer or has no address.

    `body_of` is the record whose payload a revisit repeats.
    """
    taken = taken_apart(record, body_of=body_of)
    return decoded(taken, max_bytes=max_bytes) if taken else None


def taken_apart(record: Record, *, body_of: Record | None = None) -> Taken | None:
    """Return what `document` makes its view of, so that the record can be let go before that is made."""
    at = record.at or datetime.fromtimestamp(0, UTC)
    if record.url is None:
        return None
    if record.type == "resource":
        fields = (("Content-Type", record.get("Content-Type") or ""),)
        return Taken(url=record.url, at=at, status=200, fields=fields, body=record.block)
    taken = answer(record.block)
    if taken is None:
        return None
    original = answer(body_of.block) if body_of else None
    body = original.entity if original else taken.entity
    return Taken(url=record.url, at=at, status=taken.head.status, fields=taken.head.fields, body=body)


def decoded(taken: Taken, *, max_bytes: int) -> Document:
    """Return the decoded view of what was taken out of a record."""
    return decode(
        url=taken.url,
        status=taken.status,
        headers=taken.fields,
        body=taken.body,
        captured_at=taken.at,
        cap=max_bytes,
        gunzip=gunzipped,
    )


def looks_like_warc(path: Path) -> bool:
    """Return whether a file's content begins as WARC does, gzipped or plain."""
    with path.open("rb") as stream:
        start = stream.read(5)
    if start[:2] != b"\x1f\x8b":
        return start == b"WARC/"
    try:
        with gzip.open(path) as stream:
            return stream.read(5) == b"WARC/"
    except (OSError, EOFError):
        return False


def _head_end(block: bytes) -> int:
    ends = [at + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := block.find(mark)) >= 0]
    return min(ends, default=len(block))
