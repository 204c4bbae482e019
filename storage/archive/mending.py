"""What a disk has changed in the spool, mended from what is whole: the file's other records, and the catalogue.

A commit puts records and lines on the disk before the catalogue is told of them, so what the catalogue knows and the
spool can't show is no torn end: the disk lost it. What is damaged is first kept aside, in `damaged`, for good; then all
that is whole is put in its place. Steps may be repeated: lines and records are matched by id, never by place.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from storage.archive import journal
from storage.archive.journal import Line
from storage.archive.refilling import alias_lines, capture_line, filled, laid_lines, look_lines
from storage.archive.spool import DAMAGED, Place, keep_aside, sync_entries
from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows
from storage.catalogue.statements import COLUMNS
from storage.warc.indexing import ANSWERS
from storage.warc.repairing import Member, keep_members, whole_members, without_gaps

log = logging.getLogger(__name__)

MOVING = ("offset", "length", "request_id")
"""What a capture's line tells and mending changes."""


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
            case "alias" if self.rows:
                asked = "SELECT 1 AS there FROM aliases WHERE url = :url AND article_id = :id AND since = :at"
                return bool(self.rows(asked, url=line["url"], id=line["article_id"], at=line["at"]))
        links = [link["digest"] for link in line.get("revisions", ())]
        asked = "SELECT 1 AS there FROM revisions WHERE digest = :digest"
        return bool(links and self.rows and all(self.rows(asked, digest=digest) for digest in links))

    def agrees(self, line: Line) -> bool:
        """Return whether the catalogue says nothing else than a line."""
        if line["t"] == "capture":
            return _same(line, self.captures.get(line["record_id"]), "captures")
        if line["t"] == "look":
            return _same(line["observation"], self.looks.get(line["observation"]["id"]), "observations")
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

    What no catalogue knows may all have been committed. Whole records behind a torn end of what was not are no loss.
    """
    members, sure = whole_members(place.warc, _lengths(place, known)), _record_ids(known)
    behind = members[len(without_gaps(members)) :]
    lost = sure - {member.name for member in members} - _told_damaged(place)
    if not lost and not any(known.rows is None or member.name in sure for member in behind):
        return
    keep_aside(place.warc, place.journal)
    log.error("records in the spool were damaged by its disk segment=%s kept=%s", place.name, place.folder / DAMAGED)
    if behind:
        keep_members(place.warc, members)
        sync_entries(place.folder)


def mend_journal(place: Place, known: Committed, members: Sequence[Member]) -> None:
    """Make the journal tell of the segment's records where they lie, and again what of its lines the disk has changed.

    Of what no catalogue knows, nothing is told behind the first line that can't be read: a power cut leaves such too.
    """
    raws = list(journal.raw_lines(place.journal))
    lines = [line if line and known.agrees(line) else None for line in map(journal.fitting, raws)]
    last = max((at for at, line in enumerate(lines, start=1) if line and known.knows(line)), default=0)
    lost = list(_lost(known, place, _read(lines), raws if None in lines else ()))
    last = _end_of_lost(lines, last, len(lost))
    sure, rest = _read(lines[:last]), _read(takewhile(bool, lines[last:]))
    unread = last > len(sure)
    told = [*_placed(filled(lines[:last], raws[:last], lost), members, known), *_moved(rest, members)]
    cut = known.rows is None and len(_read(lines)) > len(sure) + len(rest)
    if cut or lost or unread or len(told) > len(sure) + len(rest) or _damaged_in(told) != _damaged_in(sure):
        keep_aside(place.journal)
        log.error("lines in the spool were damaged by its disk segment=%s told again=%d", place.name, len(lost))
    if unread or told != [*sure, *rest]:
        journal.rewrite(place.journal, told)
        sync_entries(place.folder)


def _end_of_lost(lines: Sequence[Line | None], last: int, lost: int) -> int:
    """Return where the lines end that had been committed, if so many are lost: that many can't be read by then."""
    unread = [at for at, line in enumerate(lines, start=1) if line is None][:lost]
    return max([last, *unread[-1:]])


def _lost(known: Committed, place: Place, lines: Sequence[Line], raws: Iterable[bytes]) -> Iterator[Line]:
    """Yield lines for what the catalogue knows of the segment, and none of these tells.

    `raws` are all lines as they stand there, where some can't be read: those may have told of more than its rows do.
    """
    if known.rows is None:
        return
    told = {line["record_id"] for line in lines if line["t"] in ("capture", "damaged")}
    yield from (capture_line(row) for name, row in known.captures.items() if name not in told)
    seen = {line["observation"]["id"] for line in lines if line["t"] == "look"}
    yield from look_lines(known.rows, [row for name, row in known.looks.items() if name not in seen])
    unread = [raw for raw in raws if journal.fitting(raw) is None]
    if unread:
        yield from (line for line in alias_lines(known.rows, place.name) if line not in lines)
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


def _read(lines: Iterable[Line | None]) -> list[Line]:
    return [line for line in lines if line is not None]


def _same(line: Mapping[str, Any], row: Row | None, table: str) -> bool:
    """Return whether a row says what a line does, pairs being JSON in it."""
    names = [name for name in COLUMNS[table] if name not in MOVING]
    said = {name: json.dumps(line[name]) if name in ("evidence", "signals") else line[name] for name in names}
    return row is None or all(said[name] == row[name] for name in names)
