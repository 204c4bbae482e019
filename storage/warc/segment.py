"""An open segment: a WARC/1.1 file that grows by whole exchanges, one gzip member a record (ISO 28500:2017).

Blocks are the bytes that crossed the wire, written as they are and never parsed. Only typed values of ours go into
record headers, so that no server can forge one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from news.serial import digest_of, rfc3339
from storage.warc.exchange import Exchange
from storage.warc.http1 import Head
from storage.warc.members import MemberWriter
from storage.warc.reading import Record
from storage.warc.tally import Tally
from storage.warc.telling import PEM_TEXT, WARC_FIELDS, Witness, info_block, tls_block, witness_block

VERSION = "WARC/1.1"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
CHUNK = 1 << 16
AT_HAND = 1 << 18
"""Bytes up to which a block is written in one piece, and an answer's record kept for whoever reads it next."""

MOST_AT_HAND = 8
ANSWER = "application/http;msgtype=response"
STRAYS = "application/octet-stream"
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A capture as the index knows it: one response or revisit record, and where in which segment it lies.

    `at` is the record's WARC-Date; `offset` and `length` are those of its gzip member, in bytes. `page` is the address
    that was looked for when a redirect led here.
    """

    record_id: str
    request_id: str
    site: str
    segment: str
    offset: int
    length: int
    url: str
    page: str
    at: str
    kind: str
    record_type: str
    status: int | None
    media_type: str | None
    payload_digest: str | None
    block_digest: str
    refers_to: str | None = None
    truncated: str | None = None
    evidence: tuple[tuple[str, str], ...] = ()

    def row(self) -> dict[str, Any]:
        """Return the capture as plain values for the journal and the catalogue."""
        row: dict[str, Any] = {name: getattr(self, name) for name in _COLUMNS}  # 4 microseconds, asdict takes 110
        row["evidence"] = [list(pair) for pair in self.evidence]
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Capture:
        """Return the capture that `row` wrote."""
        return cls(**{**row, "evidence": tuple((name, value) for name, value in row.get("evidence", ()))})


_COLUMNS = tuple(field.name for field in fields(Capture))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefersTo:
    """The capture that a revisit record stands on, and by which of the standard's profiles it does."""

    record_id: str
    url: str
    at: str
    payload_digest: str
    profile: str = NOT_MODIFIED


class Segment:
    """A WARC file of one site that takes exchanges until it is closed."""

    def __init__(self, path: Path, *, site: str, software: Mapping[str, str], now: datetime) -> None:
        self.path = path
        self.site = site
        self.name = path.name.removesuffix(".warc.gz")
        self.opened = now
        self._file = path.open("xb", buffering=0)  # a buffer would hold on to bytes that a full disk refused
        self.tally = Tally()
        self._member = MemberWriter(self._file, self.tally.wrote)
        self._size = 0
        self._at_hand: dict[str, Record] = {}
        self._info_id = _record_id()
        self._told_tls: set[str] = set()
        self._write_info(software, now)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    def written(self, record_id: str) -> Record | None:
        """Return an answer's record as it was just written, once; None when it is no longer at hand."""
        return self._at_hand.pop(record_id, None)

    def append(self, exchange: Exchange, *, refers_to: RefersTo | None = None) -> Capture | None:
        """Append what was sent and what came back; return where the answer lies, or None where none came.

        An answer that `refers_to` an earlier capture becomes a revisit: a 304 with the literal answer as its block, one
        whose payload was seen before with its head as its block. On a failed write the file is cut back to its last
        whole record and the error raised again.
        """
        before = self.size
        try:
            return self._append(exchange, refers_to)
        except OSError:
            self._cut(before)
            raise

    def append_witnesses(self, capture: Capture, witnesses: Sequence[Witness], now: datetime) -> None:
        """Append a metadata record to a capture that names by record id what led to it."""
        before = self.size
        fields = [
            ("WARC-Type", "metadata"),
            ("WARC-Record-ID", _record_id()),
            ("WARC-Date", rfc3339(now)),
            ("WARC-Target-URI", capture.url),
            ("WARC-Warcinfo-ID", self._info_id),
            ("WARC-Refers-To", capture.record_id),
        ]
        try:
            self._write_short(fields, witness_block(witnesses), WARC_FIELDS)
        except OSError:
            self._cut(before)
            raise

    def append_member(self, member: bytes) -> int:
        """Append a record that was made elsewhere, as a gzip member of its own; return where it begins."""
        before = self.size
        self.tally.lost = True  # what it holds is for the seal to find
        try:
            self._member.append_made(member)
        except OSError:
            self._cut(before)
            raise
        self._size = before + len(member)
        return before

    def sync(self) -> None:
        """Put all that was written on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Put all on the disk and let go of the file."""
        self.sync()
        self._file.close()

    def _append(self, exchange: Exchange, refers_to: RefersTo | None) -> Capture | None:
        request_id, said = _record_id(), self._said_of(exchange)
        if exchange.response is None or exchange.response_length == 0:
            self._write_request(exchange, request_id, said)
            self._tell_tls(exchange, said, request_id)
            return None
        record_id, offset = _record_id(), self.size
        record_type = "revisit" if refers_to else "response"
        fields = [("WARC-Type", record_type), ("WARC-Record-ID", record_id), *said]
        digest = self._write_answer(exchange.response, exchange, fields, refers_to)
        length = self.size - offset
        around: Fields = [("WARC-Concurrent-To", record_id)]
        self._write_request(exchange, request_id, said, around)
        if exchange.interim:
            fields = [("WARC-Type", "metadata"), ("WARC-Record-ID", _record_id()), *said]
            self._write_short(fields, exchange.interim, ANSWER, around)
        if exchange.strays:
            fields = [("WARC-Type", "metadata"), ("WARC-Record-ID", _record_id()), *said]
            self._write_short(fields, exchange.strays, STRAYS, around)
        self._tell_tls(exchange, said, record_id)
        return Capture(
            record_id=record_id,
            request_id=request_id,
            site=self.site,
            segment=self.name,
            offset=offset,
            length=length,
            url=exchange.url,
            page=exchange.page or exchange.url,
            at=said[0][1],
            kind=exchange.kind,
            record_type=record_type,
            status=exchange.head.status if exchange.head else None,
            media_type=media_type(exchange.head),
            payload_digest=refers_to.payload_digest if refers_to else exchange.payload_digest,
            block_digest=digest,
            refers_to=refers_to.record_id if refers_to else None,
            truncated=exchange.truncated,
            evidence=evidence(exchange.head),
        )

    def _write_answer(self, block: BinaryIO, exchange: Exchange, fields: Fields, refers_to: RefersTo | None) -> str:
        """Write an answer, or of one that repeats another's payload its head; return the digest of what was written."""
        length = exchange.response_length
        block.seek(0)
        if refers_to and refers_to.profile == IDENTICAL:
            length = exchange.head_length
            block = BytesIO(block.read(length))  # with the empty line that ends it
        about = _about(exchange, refers_to)
        if length > AT_HAND:
            return self._write_long(fields, block, length, ANSWER, about)
        content = block.read(length)
        digest, fields = self._write_short(fields, content, ANSWER, about)
        self._at_hand[fields[1][1]] = Record(offset=None, fields=tuple(fields), block=content)
        if len(self._at_hand) > MOST_AT_HAND:  # for some are never read
            del self._at_hand[next(iter(self._at_hand))]
        return digest

    def _write_request(self, exchange: Exchange, request_id: str, said: Fields, around: Fields | None = None) -> None:
        fields = [("WARC-Type", "request"), ("WARC-Record-ID", request_id), *said]
        self._write_short(fields, exchange.request, "application/http;msgtype=request", around)

    def _tell_tls(self, exchange: Exchange, said: Fields, record_id: str) -> None:
        """Write what is known of a connection's TLS, once a connection in each segment."""
        tls = exchange.tls
        if tls is None or tls.connection in self._told_tls:
            return
        fields = [("WARC-Type", "metadata"), ("WARC-Record-ID", _record_id()), *said]
        self._write_short(fields, tls_block(tls), PEM_TEXT, [("WARC-Concurrent-To", record_id)])
        self._told_tls.add(tls.connection)

    def _write_info(self, software: Mapping[str, str], now: datetime) -> None:
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", self._info_id),
            ("WARC-Date", rfc3339(now)),
            ("WARC-Filename", self.path.name),
        ]
        self._write_short(fields, info_block(software), WARC_FIELDS)

    def _said_of(self, exchange: Exchange) -> Fields:
        """Return the fields that all records of an exchange have, its date the first of them."""
        fields = [
            ("WARC-Date", rfc3339(exchange.started)),
            ("WARC-Target-URI", exchange.url),
            ("WARC-Warcinfo-ID", self._info_id),
        ]
        if exchange.ip_address:
            fields.append(("WARC-IP-Address", exchange.ip_address))
        fields += [("WARC-Protocol", protocol) for protocol in exchange.protocols]
        if exchange.cipher:
            fields.append(("WARC-Cipher-Suite", exchange.cipher))
        return fields

    def _write_short(
        self, fields: Fields, block: bytes, content_type: str, about: Fields | None = None
    ) -> tuple[str, Fields]:
        """Write a record in one piece; return its block's digest, and all its fields."""
        digest = digest_of(block)
        whole = _whole(fields, digest, about, content_type, len(block))
        head = _head(whole)
        self._size += self._member.write_whole(b"".join((head, block, b"\r\n\r\n")))
        self.tally.add(fields[1][1], head, digest)
        return digest, whole

    def _write_long(self, fields: Fields, block: BinaryIO, length: int, content_type: str, about: Fields) -> str:
        """Write a record piece by piece, its block being gone through twice; return that block's digest."""
        digest = _block_digest(block)
        head = _head(_whole(fields, digest, about, content_type, length))
        block.seek(0)
        self._member.write(head)
        while piece := block.read(CHUNK):
            self._member.write(piece)
        self._member.write(b"\r\n\r\n")
        self._member.flush()
        self._size = self._file.tell()
        self.tally.add(fields[1][1], head, digest)
        return digest

    def _cut(self, size: int) -> None:
        """Take a half-written record back, so that what follows it can be read."""
        self.tally.lost = True
        self._member.discard()
        self._file.truncate(size)
        self._file.seek(size)
        self._size = size


def media_type(head: Head | None) -> str | None:
    """Return the media type that a head states, lower-case and without parameters, or None."""
    said = head.get("content-type") if head else None
    return said.partition(";")[0].strip().lower() or None if said else None


def evidence(head: Head | None) -> tuple[tuple[str, str], ...]:
    """Return what the server said of the answer's time and age, in its own words (design.md, section 5)."""
    if head is None:
        return ()
    return tuple((name, value) for name in ("Date", "Age", "Last-Modified", "ETag") if (value := head.get(name)))


def _about(exchange: Exchange, refers_to: RefersTo | None) -> Fields:
    """Return what is said of an answer's payload, and of what became of the rest of it."""
    fields: Fields = []
    if refers_to:
        fields += [
            ("WARC-Profile", refers_to.profile),
            ("WARC-Refers-To", refers_to.record_id),
            ("WARC-Refers-To-Target-URI", refers_to.url),
            ("WARC-Refers-To-Date", refers_to.at),
            ("WARC-Payload-Digest", refers_to.payload_digest),
        ]
    elif exchange.payload_digest:
        fields.append(("WARC-Payload-Digest", exchange.payload_digest))
    if exchange.truncated:
        fields.append(("WARC-Truncated", exchange.truncated))
    return fields


def _whole(fields: Fields, digest: str, about: Fields | None, content_type: str, length: int) -> Fields:
    """Return a record's fields with what its block adds to them."""
    block = [("Content-Type", content_type), ("Content-Length", str(length))]
    return [*fields, ("WARC-Block-Digest", digest), *(about or ()), *block]


def _head(fields: Fields) -> bytes:
    """Return a record's header, to the empty line that ends it (section 4)."""
    said = "".join([f"{name}: {value}\r\n" for name, value in fields])
    return f"{VERSION}\r\n{said}\r\n".encode()


def _record_id() -> str:
    """Return a new record's id, a random UUID (RFC 9562, section 5.4) in half the time that `uuid` takes."""
    drawn = os.urandom(16).hex()
    return f"<urn:uuid:{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{_VARIANT[drawn[16]]}{drawn[17:20]}-{drawn[20:]}>"


def _block_digest(block: BinaryIO) -> str:
    digest = sha256()
    while chunk := block.read(CHUNK):
        digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"
