"""What a disk has changed in the spool, mended from what is whole: the file's other records, and the catalogue.

A commit puts records and lines on the disk before the catalogue is told of them, so what the catalogue knows and the
spool can't show is no torn end: the disk lost it. What is damaged is first kept aside, in `damaged`, for good; then all
that is whole is put in its place. Steps may be repeated: lines and records are matched by id, never by place.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from storage.archive import journal
from storage.archive.journal import Line
from storage.archive.refilling import capture_line, in_time, laid_lines, look_lines
from storage.archive.spool import DAMAGED, Place, keep_aside, sync_entries
from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows
from storage.warc.indexing import ANSWERS
from storage.warc.repairing import Member, keep_members, whole_members, without_gaps

log = logging.getLogger(__name__)

CAPTURE = ("url", "page", "at", "kind", "record_type", "status", "payload_digest", "block_digest", "refers_to")
LOOK = ("site", "url", "article_id", "at", "outcome", "reason", "record_id", "revision")
"""What a line and its row in the catalogue both tell, and nothing changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a catalogue knows of a segment that is not sealed; `rows` is None where no catalogue knows the segment."""

    rows: Rows | None = None
    captures: Mapping[str, Row] = field(default_factory=dict)
    looks: Mapping[str, Row] = field(default_factory=dict)

    def knows(self, line: Line) -> bool:
        """Return whether the catalogue has what a journal's line of this segment says."""
        match line["t"]:
            case "capture" | "damaged":
                return line["record_id"] in self.captures
            case "look":
                return line["observation"]["id"] in self.looks
        links = [link["digest"] for link in line.get("revisions", ())]
        asked = "SELECT 1 AS there FROM revisions WHERE digest = :digest"
        return bool(links and self.rows and all(self.rows(asked, digest=digest) for digest in links))

    def agrees(self, line: Line) -> bool:
        """Return whether the catalogue says nothing else than a line."""
        if line["t"] == "capture":
            return _same(line, self.captures.get(line["record_id"]), CAPTURE)
        if line["t"] == "look":
            return _same(line["observation"], self.looks.get(line["observation"]["id"]), LOOK)
        return True


def committed(rows: Rows, place: Place) -> Committed:
    """Return what the catalogue knows of a segment in the spool."""
    segment = reading.segment(rows, place.name)
    if segment is None:
        return Committed()
    if segment["sealed"]:  # the store has all of it
        return Committed(rows=rows)
    captures = rows('SELECT * FROM captures WHERE segment = :name ORDER BY "offset"', name=place.name)
    looks = rows("SELECT * FROM observations WHERE segment = :name ORDER BY at", name=place.name)
    return Committed(
        rows=rows,
        captures={row["record_id"]: row for row in captures},
        looks={row["id"]: row for row in looks},
    )


def mend_records(place: Place, known: Committed) -> None:
    """Put a file of its whole records in the place of one in which records were damaged that had been committed.

    Without a catalogue that knows the segment all whole records stay; with one, those up to its last and what adjoins.
    """
    members = whole_members(place.warc, _lengths(place, known))
    whole = without_gaps(members)
    held, sure = {member.name for member in members}, _record_ids(known)
    behind = members[len(whole) :]
    if known.rows is not None:
        last = max((at for at, member in enumerate(behind) if member.name in sure), default=-1)
        behind = [*behind[: last + 1], *_adjoining(behind[last:])] if last >= 0 else []
    if not behind and not (sure - held - _told_damaged(place)):
        return  # a torn end, which is cut
    keep_aside(place.warc, place.journal)
    log.error("records in the spool were damaged by its disk segment=%s kept=%s", place.name, place.folder / DAMAGED)
    if behind:
        keep_members(place.warc, [*whole, *behind])
        sync_entries(place.folder)


def mend_journal(place: Place, known: Committed, members: Sequence[Member]) -> None:
    """Make the journal tell of the segment's records where they lie, and again what of its lines the disk has changed.

    Of what no catalogue knows, nothing is told behind the first line that can't be read: a power cut leaves such too.
    """
    raws = list(journal.raw_lines(place.journal))
    lines = [line if line and known.agrees(line) else None for line in map(journal.fitting, raws)]
    last = max((at for at, line in enumerate(lines, start=1) if line and known.knows(line)), default=0)
    sure, rest = _read(lines[:last]), _read(takewhile(bool, lines[last:]))
    unread = [raw for raw, line in zip(raws[:last], lines, strict=False) if line is None]
    lost = list(_lost(known, sure, unread))
    told = [*_placed(in_time(sure, lost), members, known), *_moved(rest, members)]
    cut = known.rows is None and len(_read(lines)) > len(sure) + len(rest)
    if cut or lost or unread or len(told) > len(sure) + len(rest) or _damaged_in(told) != _damaged_in(sure):
        keep_aside(place.journal)
        log.error("lines in the spool were damaged by its disk segment=%s told again=%d", place.name, len(lost))
    if unread or told != [*sure, *rest]:
        journal.rewrite(place.journal, told)
        sync_entries(place.folder)


def _lost(known: Committed, lines: Sequence[Line], unread: Iterable[bytes]) -> Iterator[Line]:
    """Yield lines for what the catalogue knows of the segment, and none of these tells."""
    if known.rows is None:
        return
    told = {line["record_id"] for line in lines if line["t"] in ("capture", "damaged")}
    yield from (capture_line(row) for name, row in known.captures.items() if name not in told)
    seen = {line["observation"]["id"] for line in lines if line["t"] == "look"}
    yield from look_lines(known.rows, [row for name, row in known.looks.items() if name not in seen])
    for raw in unread:
        yield from laid_lines(known.rows, raw)


def _placed(lines: Iterable[Line], members: Sequence[Member], known: Committed) -> Iterator[Line]:
    """Yield the lines, each capture's telling where its record lies, or that the disk has lost it."""
    names = {member.name for member in members}
    for line in _moved(lines, members):
        if line["t"] != "capture" or not known.knows(line):
            yield line
        elif line["record_id"] not in names:
            yield _damaged(line, line["record_id"])
        elif line["request_id"] and line["request_id"] not in names:
            yield {**line, "request_id": ""}
            yield _damaged(line, line["request_id"])
        else:
            yield line


def _damaged(line: Line, record_id: str) -> Line:
    """Return the event that tells of a record which the spool's disk has lost."""
    told = {name: line[name] for name in ("url", "at", "block_digest")}
    if record_id != line["record_id"]:
        told["block_digest"] = None
    kept = f"{DAMAGED}/{line['segment']}.warc.gz"
    return {"t": "damaged", "record_id": record_id, "capture": line["record_id"], **told, "kept": kept}


def _moved(lines: Iterable[Line], members: Sequence[Member]) -> Iterator[Line]:
    """Yield the lines, each capture's telling where its record lies now, if it does."""
    answers = dict[str, list[Member]]()
    for member in members:
        if member.type in ANSWERS:
            answers.setdefault(member.name, []).append(member)
    for line in lines:
        held = answers.get(line["record_id"], []) if line["t"] == "capture" else []
        if held and all((one.offset, one.length) != (line["offset"], line["length"]) for one in held):
            yield {**line, "offset": held[0].offset, "length": held[0].length}
        else:
            yield line


def _lengths(place: Place, known: Committed) -> dict[int, int]:
    """Return how long members are, by their offsets, as journal and catalogue tell."""
    told = [line for line in map(journal.fitting, journal.raw_lines(place.journal)) if line and line["t"] == "capture"]
    return {row["offset"]: row["length"] for row in (*told, *known.captures.values())}


def _record_ids(known: Committed) -> set[str]:
    """Return the ids of all records that were committed."""
    return {row[name] for row in known.captures.values() for name in ("record_id", "request_id") if row[name]}


def _damaged_in(lines: Iterable[Line]) -> set[str]:
    return {line["record_id"] for line in lines if line["t"] == "damaged"}


def _told_damaged(place: Place) -> set[str]:
    return _damaged_in(_read(map(journal.fitting, journal.raw_lines(place.journal))))


def _adjoining(members: Sequence[Member]) -> list[Member]:
    """Return those behind the first that follow it without a gap."""
    found = [members[0]]
    for member in members[1:]:
        if member.offset != found[-1].end:
            break
        found.append(member)
    return found[1:]


def _read(lines: Iterable[Line | None]) -> list[Line]:
    return [line for line in lines if line is not None]


def _same(line: Mapping[str, Any], row: Row | None, names: Iterable[str]) -> bool:
    return row is None or all(line.get(name) == row[name] for name in names)
