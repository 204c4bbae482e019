"""A WARC file of copied records: a warcinfo record that names the origin, then each record as the archive has it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from typing import Any, Protocol
from uuid import uuid4

from news.serial import digest_of, rfc3339
from storage.catalogue.opening import Row
from storage.catalogue.rows import stored_capture
from storage.cdx import cdxj
from storage.export.redacting import FIELD, redacted
from storage.export.segments import Member
from storage.warc.members import MemberWriter
from storage.warc.telling import CONFORMS_TO, WARC_FIELDS, info_block

Copied = Iterable[tuple[Member, Row | None]]


class Out(Protocol):
    """What bytes are written to."""

    def write(self, content: bytes, /) -> Any:
        """Take the next bytes."""


@dataclass(slots=True, kw_only=True)
class Written:
    """What was written: records by type, how many were redacted of which fields, the file's size and SHA-256.

    `index` has a CDXJ line for each answer that replays, in the file's order; `replayed` their addresses and instants.
    """

    records: Counter[str] = field(default_factory=Counter)
    redacted: Counter[str] = field(default_factory=Counter)
    rewritten: int = 0
    size: int = 0
    sha256: str = ""
    index: list[str] = field(default_factory=list)
    replayed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """Return it as `export --json` prints it."""
        return {
            "records": dict(sorted(self.records.items())),
            "bytes": self.size,
            "sha256": self.sha256,
            "redacted_records": self.rewritten,
            "redacted_fields": dict(sorted(self.redacted.items())),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an exported file says of itself: the program, the archive's public key if it has one, what was chosen."""

    software: str
    chosen: str
    sites: tuple[str, ...]
    now: datetime
    archive: str | None = None
    operator: str | None = None

    def fields(self, *, redact: bool) -> dict[str, str]:
        """Return the fields of the warcinfo record."""
        said = {
            "software": self.software,
            "format": "WARC File Format 1.1",
            "conformsTo": CONFORMS_TO,
            "isPartOf": ", ".join(self.sites),
            "description": f"Export of {self.chosen}. Records are copied as they lie in the archive"
            + (f", but for those with the field {FIELD}" if redact else ""),
        }
        named = {"operator": self.operator, "archive-key": self.archive}
        return said | {name: value for name, value in named.items() if value}


def write_warc(records: Copied, out: Out, origin: Origin, *, filename: str, redact: bool) -> Written:
    """Write the records; return what was written."""
    writer = _Writer(out, filename)
    writer.add(_warcinfo(origin, filename, redact=redact), None)
    for member, capture in records:
        kept, names = redacted(member) if redact else (member, ())
        writer.written.rewritten += bool(names)
        writer.written.redacted.update(names)
        writer.add(kept, capture)
    writer.written.sha256 = f"sha256:{writer.digest.hexdigest()}"
    return writer.written


class _Writer:
    def __init__(self, out: Out, filename: str) -> None:
        self.written = Written()
        self.digest = hashlib.sha256()
        self._out = out
        self._filename = filename

    def add(self, member: Member, capture: Row | None) -> None:
        offset, length = self.written.size, len(member.content)
        self._out.write(member.content)
        self.digest.update(member.content)
        self.written.size += length
        self.written.records[member.type] += 1
        if capture is None:
            return
        line = cdxj([replace(stored_capture(capture), offset=offset, length=length)], filename=self._filename)
        if line:
            self.written.index.append(line)
            self.written.replayed[capture["record_id"]] = (capture["url"], capture["at"])


def _warcinfo(origin: Origin, filename: str, *, redact: bool) -> Member:
    block = info_block(origin.fields(redact=redact))
    fields: Mapping[str, str] = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": f"<urn:uuid:{uuid4()}>",
        "WARC-Date": rfc3339(origin.now),
        "WARC-Filename": filename,
        "WARC-Block-Digest": digest_of(block),
        "Content-Type": WARC_FIELDS,
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    out = BytesIO()
    MemberWriter(out).write_whole(f"{head}\r\n".encode() + block + b"\r\n\r\n")
    return Member(segment="", offset=0, content=out.getvalue(), fields=tuple(fields.items()))
