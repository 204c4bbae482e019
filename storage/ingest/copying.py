"""The records of a scanned file brought into a site's segments: what was told of them first, then they themselves.

An answer is told of in the journal only when all that belongs to it is on the disk: an import that was killed leaves
answers that are whole, and behind them some that nobody speaks of, which recovery cuts. Given again it copies those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

from news.serial import digest_of, rfc3339
from storage.archive.writer import SiteWriter
from storage.catalogue import reading
from storage.catalogue.opening import Rows
from storage.ingest.content import Content
from storage.ingest.records import RawRecord, raw_records
from storage.ingest.scanning import Answer, Scan
from storage.warc.members import MemberWriter
from storage.warc.segment import Capture
from storage.warc.telling import WARC_FIELDS, warc_fields

Progress = Callable[[int, int], None]
TOGETHER = 500
"""Records that share a commit."""


@dataclass(slots=True, kw_only=True)
class Copied:
    """What came of copying: new captures, those that were there, ids that stand for other bytes here.

    `orphans` counts revisits that were left out, since what they repeat is neither here nor in the files, `redacted`
    copies of captures that are here whole.
    """

    taken: int = 0
    there: int = 0
    orphans: int = 0
    redacted: int = 0
    clashing: list[str] = field(default_factory=list)


class Copier:
    """Copies into one site's segments, a new one whenever the open one is `full`.

    `originals` leads from a revisit to the record that it stands on, `payloads` from a record to its payload's digest.
    """

    def __init__(
        self,
        rows: Rows,
        writer: SiteWriter,
        originals: Mapping[str, str],
        payloads: Mapping[str, str | None],
        *,
        full: int,
    ) -> None:
        self._rows = rows
        self._writer = writer
        self._originals = originals
        self._payloads = payloads
        self._full = full
        self._told: tuple[str, str] | None = None
        self._untold: list[Capture] = []

    def copy(self, found: Scan, *, progress: Progress | None) -> Copied:
        """Copy what the site has in a file and the archive has not; committed when it returns."""
        copied = Copied()
        mine = self._mine(found, copied)
        new = {one.number: one for one in mine.values() if self._is_new(one, copied)}
        wanted = {number: answer for number, answer in found.companions.items() if answer in new}
        if not new:
            return copied
        infos, held = dict[int, bytes](), dict[int, list[bytes]]()
        last = {answer: max(number, answer) for number, answer in sorted(wanted.items())}
        together = 0
        with closing(Content(found.path)) as content:
            for number, raw in enumerate(raw_records(found.path, content), start=1):
                if number in found.infos and raw.whole:
                    infos[number] = raw.packed(found.path)
                elif number in new:
                    self._begin(found, infos, may_seal=number > together)
                    together = max(together, last.get(number, number))
                    self._append(new[number], raw, found, held.pop(number, []))
                    copied.taken += 1
                elif number in wanted:
                    self._accompany(wanted[number], number, raw, found, held)
                if number >= together and len(self._untold) >= TOGETHER:
                    self._tell()
                if progress and number % 200 == 0:
                    progress(number, found.records)
        self._tell()
        return copied

    def _tell(self) -> None:
        """Tell of what was copied, and commit it; nothing is told of before all that belongs to it is on the disk."""
        if self._untold:
            self._writer.sync()
        for capture in self._untold:
            self._writer.write({"t": "capture", **capture.row()}, datetime.now(UTC))
        self._untold.clear()
        self._writer.commit()

    def _mine(self, found: Scan, copied: Copied) -> dict[str, Answer]:
        """Return the site's answers by id; of one id in one file the first counts, and one that differs is told."""
        mine = dict[str, Answer]()
        for one in found.answers:
            if one.site == self._writer.site.name and not mine.setdefault(one.record_id, one).is_same(one):
                copied.clashing.append(one.record_id)
        return mine

    def _is_new(self, one: Answer, copied: Copied) -> bool:
        known = reading.capture(self._rows, one.record_id)
        if known is None:
            orphan = one.type == "revisit" and one.status != 304 and one.record_id not in self._originals
            copied.orphans += orphan
            return not orphan
        if one.is_of(known):
            copied.there += 1
        elif one.is_redacted_copy_of(known):
            copied.redacted += 1
        else:
            copied.clashing.append(one.record_id)
        return False

    def _begin(self, found: Scan, infos: Mapping[int, bytes], *, may_seal: bool) -> None:
        """Say in the open segment, once for each file, where what follows is from.

        An answer and the records that belong to it lie in one segment.
        """
        now = datetime.now(UTC)
        if may_seal and self._writer.is_full(self._full):
            self._tell()
            self._writer.seal(now)
        told = (self._writer.segment_name(now), found.sha256)
        if told == self._told:
            return
        self._told = told
        line = {"t": "import", "file": found.path.name, "sha256": found.sha256, "bytes": found.size}
        self._writer.write({**line, "at": rfc3339(now)}, now)
        self._writer.commit()  # by this line recovery knows that the records behind it are others'
        for member in infos.values():
            self._writer.append_member(member, now)

    def _append(self, one: Answer, raw: RawRecord, found: Scan, before: list[bytes]) -> None:
        """Append an answer, and behind it the records that stood before it in its file, and where it is from."""
        now, member = datetime.now(UTC), raw.packed(found.path)
        segment, offset = self._writer.append_member(member, now)
        for each in (*before, _provenance(one, found, now)):
            self._writer.append_member(each, now)
        self._untold.append(self._capture(one, segment=segment, offset=offset, length=len(member)))

    def _accompany(self, answer: int, number: int, raw: RawRecord, found: Scan, held: dict[int, list[bytes]]) -> None:
        member = raw.packed(found.path)
        if number < answer:
            held.setdefault(answer, []).append(member)
        else:
            self._writer.append_member(member, datetime.now(UTC))

    def _capture(self, one: Answer, *, segment: str, offset: int, length: int) -> Capture:
        refers_to = self._originals.get(one.record_id)
        said = self._payload_of(refers_to) if refers_to else None
        return Capture(
            record_id=one.record_id,
            request_id=one.asks or "",
            site=one.site,
            segment=segment,
            offset=offset,
            length=length,
            url=one.url,
            page=one.page,
            at=one.at,
            kind="import",
            record_type=one.type,
            status=one.status,
            media_type=one.media_type,
            payload_digest=one.payload_digest if one.type == "response" else said or one.said_digest,
            block_digest=one.block_digest,
            refers_to=refers_to or (one.repeats[0] if one.repeats else None),
            truncated=one.truncated,
            evidence=one.evidence,
        )

    def _payload_of(self, record_id: str) -> str | None:
        if record_id in self._payloads:
            return self._payloads[record_id]
        known = reading.capture(self._rows, record_id)
        return known["payload_digest"] if known else None


def _provenance(one: Answer, found: Scan, now: datetime) -> bytes:
    """Return the metadata record that says from which file an answer was taken, as a gzip member."""
    block = warc_fields(
        [
            ("imported-file", found.path.name),
            ("imported-sha256", found.sha256),
            ("imported-bytes", str(found.size)),
            ("imported-at", rfc3339(now)),
        ]
    )
    fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid4()}>"),
        ("WARC-Date", rfc3339(now)),
        ("WARC-Refers-To", one.record_id),
        ("WARC-Block-Digest", digest_of(block)),
        ("Content-Type", WARC_FIELDS),
        ("Content-Length", str(len(block))),
    ]
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
    out = BytesIO()
    MemberWriter(out).write_whole(f"{head}\r\n".encode() + block + b"\r\n\r\n")
    return out.getvalue()
