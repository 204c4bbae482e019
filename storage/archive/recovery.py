"""Recovery is replay: what a dead writer left in the spool is repaired, completed, committed and sealed.

A torn last record is cut, never filled; what the disk has changed is mended, see `mending`. Captures whose look was
never committed are looked at again from their records, by the same path as live ones. Every step may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812  its name in the library

from news.errors import ObjectCorrupt, SpoolUnavailable, StoreUnavailable
from news.revising import judge
from news.serial import instant
from news.urls import normalise
from storage.archive import journal
from storage.archive.look import Look, NotModified, Redirected, Seen, unasked_304
from storage.archive.manifest import folder_of
from storage.archive.mending import MOVING, Committed, committed, mend_journal, mend_records
from storage.archive.outage import nothing_waits
from storage.archive.spool import Place, leftovers, spooling, sync_entries
from storage.catalogue import reading
from storage.leases import machine
from storage.warc.indexing import answers_in, captures_in
from storage.warc.repairing import cut_from, cut_torn_record, whole_members
from storage.warc.segment import Capture

if TYPE_CHECKING:
    from storage.archive.archive import Archive
    from storage.archive.writer import SiteWriter

log = logging.getLogger(__name__)


def recover(archive: Archive, writer: SiteWriter, *, overtaken: bool = False) -> list[str]:
    """Make every segment in this site's spool whole and known, and let the writer seal it; return their names.

    The store is asked nothing that can wait. A segment that is sealed is not gone through again, so its captures are
    looked at before that, where nobody did: now, or, while the store is away, once it is back. `overtaken` says that
    another may have written the site since: looks that were never committed are then made again from their captures.
    So are those of a segment that was put here from another machine's disk, or that this catalogue does not know.
    """
    folder = archive.spool / writer.site.name
    with spooling(archive.spool):
        places = [
            _taken_up(archive, place, overtaken=overtaken)
            for place in leftovers(folder, writer.site.name)
            if _kept(place)
        ]
        writer.unread += _played(archive, places)
        writer.waiting += places
        if not places:
            nothing_waits(folder)
        if not archive.outage.away:
            try:
                writer.look_again()
            except SpoolUnavailable:
                raise
            except StoreUnavailable as error:
                archive.outage.failed(str(error), datetime.now(UTC))
    return [place.name for place in places]


def _taken_up(archive: Archive, place: Place, *, overtaken: bool) -> Place:
    """Return where a segment lies that was made whole, its journal rid of what has to be found anew."""
    log.info("recovering segment=%s", place.name)
    repair(place, committed(archive.rows, place))
    _follow(archive, place)
    if overtaken or _is_of_elsewhere(archive, place):
        if reading.segment(archive.rows, place.name) is None and _was_being_sealed(archive, place):
            place = _under_another_name(archive, place)
        _forget_uncommitted(archive, place)
    return place


def _was_being_sealed(archive: Archive, place: Place) -> bool:
    """Return whether a seal has put looks of this segment into the store, where no others can take their place."""
    if archive.outage.away:
        return False
    try:
        return any(archive.store.list(f"{folder_of(place)}/{place.name}.jsonl.gz"))
    except StoreUnavailable as error:
        archive.outage.failed(str(error), datetime.now(UTC))
        return False


def _under_another_name(archive: Archive, place: Place) -> Place:
    """Return a segment of a new name with what this one holds: its looks are to be found anew, so it can't go on.

    The journal is there before the records are, and a journal without records is nothing.
    """
    other = archive.next_place(place.site, place.folder, datetime.now(UTC))
    log.warning("segment goes on under another name segment=%s name=%s", place.name, other.name)
    kept = [line for line in journal.read(place.journal) if line["t"] in ("capture", "import", "damaged")]
    other.journal.touch()
    journal.rewrite(other.journal, [{**line, "segment": other.name} if "segment" in line else line for line in kept])
    place.warc.rename(other.warc)
    sync_entries(place.folder)
    place.remove()
    return other


def _kept(place: Place) -> bool:
    """Return whether the segment's file is there; a journal alone is what a killed removal left, and goes."""
    if place.warc.exists():
        return True
    place.remove()
    return False


def repair(place: Place, known: Committed | None = None) -> None:
    """Make a dead writer's segment and journal whole, and put both on the disk: its cache may go with the power.

    Records are on the disk before the lines of a commit are, so from the first line on that tells of a record which
    was cut off, nothing was committed; what `known` says was committed, and is not whole, the disk has damaged.
    """
    known = known or Committed()
    place.journal.touch()
    cut = cut_torn_record(place.warc, mend=lambda: mend_records(place, known))
    members = whole_members(place.warc)
    mend_journal(place, known, members)
    cut += journal.cut_torn_line(place.journal)
    if cut:
        log.warning("cut a torn end segment=%s bytes=%d", place.name, cut)
    held = {member.name for member in members}
    proved = sum(1 for _ in takewhile(lambda line: _proved(line, held), journal.read(place.journal)))
    journal.cut_after(place.journal, proved)
    _cut_untold(place)
    sync_entries(place.folder)


def _follow(archive: Archive, place: Place) -> None:
    """Let the catalogue tell of each capture that it knows where that lies by now, and of none that the disk lost."""
    told = {line["record_id"]: line for line in journal.read(place.journal) if line["t"] == "capture"}
    for name, row in committed(archive.rows, place).captures.items():
        line = told.get(name, {})
        if any(line.get(what) != row[what] for what in MOVING):
            archive.recorder.captures_anew(place.name, list(told.values()))
            return


def _cut_untold(place: Place) -> None:
    """Cut what a killed import had begun to copy: it is told of once all that belongs to it is there, and not before.

    The next import copies it from its file; made up from the record alone, it would lack its request and its origin.
    """
    lines = list(journal.read(place.journal))
    if not any(line["t"] == "import" for line in lines):
        return
    told = {line["record_id"] for line in lines if line["t"] == "capture"}
    untold = next((offset for name, offset in answers_in(place.warc) if name not in told), None)
    if untold is not None:
        log.warning("cut an unfinished import segment=%s bytes=%d", place.name, cut_from(place.warc, untold))


def _forget_uncommitted(archive: Archive, place: Place) -> None:
    """Take out of a journal what was found at looks that no commit made known: it stood on what may have changed.

    A commit takes all that the journal holds by then, so what is known ends with the last line that is.
    """
    lines = list(journal.read(place.journal))
    known = next((count for count in range(len(lines), 0, -1) if _is_known(archive, lines[count - 1])), 0)
    kept = [*lines[:known], *(line for line in lines[known:] if not _stands_on_history(line))]
    if len(kept) < len(lines):
        log.warning("looks are made again segment=%s lines=%d", place.name, len(lines) - len(kept))
        journal.rewrite(place.journal, kept)
        sync_entries(place.folder)


def _is_of_elsewhere(archive: Archive, place: Place) -> bool:
    """Return whether a segment was put here from another machine's disk, or this catalogue was built without it."""
    return reading.segment(archive.rows, place.name) is None or not place.name.endswith(f"-{machine()}")


def _stands_on_history(line: journal.Line) -> bool:
    """Return whether a line says what was found by holding a capture against what was known then."""
    return line["t"] == "reread" or (line["t"] == "look" and line["observation"]["record_id"] is not None)


def _is_known(archive: Archive, line: journal.Line) -> bool:
    """Return whether the catalogue has what a journal's line says."""
    if line["t"] == "capture":
        return reading.capture(archive.rows, line["record_id"]) is not None
    if line["t"] == "look":
        return bool(archive.rows("SELECT 1 FROM observations WHERE id = :id", id=line["observation"]["id"]))
    digests = [link["digest"] for link in line.get("revisions", ())]
    return bool(digests) and all(
        archive.rows("SELECT 1 FROM revisions WHERE digest = :digest", digest=digest) for digest in digests
    )


def _played(archive: Archive, places: Sequence[Place]) -> list[Capture]:
    """Make the catalogue agree with these segments; return captures of pages that no look speaks of."""
    spoken, captures = set[str](), list[Capture]()
    for number, place in enumerate(places):
        _complete(archive, place)
        lines = list(_without_chains_laid_before(archive, place, places[number + 1 :]))
        opened = {"t": "segment", "name": place.name, "site": place.site, "opened": _opened(place)}
        archive.recorder.apply([opened, *lines])
        spoken |= {line["observation"]["record_id"] for line in lines if line["t"] == "look"}
        captures += [
            Capture.from_row({name: value for name, value in line.items() if name != "t"})
            for line in lines
            if line["t"] == "capture" and line["kind"] == "page"
        ]
    silent = (capture for capture in captures if capture.record_id not in spoken)
    return [capture for capture in silent if not reading.looked_at(archive.rows, capture.record_id)]


def _without_chains_laid_before(archive: Archive, place: Place, later: Sequence[Place]) -> Iterator[journal.Line]:
    """Yield a journal's lines without chains that looks in later segments stand on: laid again, they would lack those.

    A commit that made looks in a later segment known made all known that was written before it. A later one may be
    sealed by now; but names tell what is later only while no clock was set back, so a chain that the catalogue does not
    know, revision by revision, is laid.
    """
    behind = any(_has_looks(archive, other) for other in later)
    for line in journal.read(place.journal):
        if line["t"] != "reread" or not (behind or (_is_known(archive, line) and _has_looks_behind(archive, place))):
            yield line


def _has_looks(archive: Archive, place: Place) -> bool:
    """Return whether a commit made looks in this segment known."""
    return bool(archive.rows("SELECT 1 FROM observations WHERE segment = :name LIMIT 1", name=place.name))


def _has_looks_behind(archive: Archive, place: Place) -> bool:
    """Return whether the catalogue knows looks in a segment of a later name."""
    asked = "SELECT name FROM segments WHERE site = :site AND EXISTS (SELECT 1 FROM observations WHERE segment = name)"
    return any(row["name"] > place.name for row in archive.rows(asked, site=place.site))


def _complete(archive: Archive, place: Place) -> None:
    """Give each answer in the file that the journal does not know its line."""
    lines = list(journal.read(place.journal))
    known = {line["record_id"] for line in lines if line["t"] == "capture"}
    found = [
        {"t": "capture", **capture.row()}
        for capture in captures_in(place.warc, site=place.site)
        if capture.record_id not in known
    ]
    found = [{**line, "kind": _kind(archive, line["url"])} for line in found]
    if found:
        journal.rewrite(place.journal, [*lines, *found])
        sync_entries(place.folder)


def _proved(line: journal.Line, held: Collection[str]) -> bool:
    """Return whether the records that a capture's line tells of are there; a look's line comes after its capture's."""
    if line["t"] != "capture":
        return True
    return line["record_id"] in held and (not line["request_id"] or line["request_id"] in held)


def _kind(archive: Archive, url: str) -> str:
    return "page" if reading.page(archive.rows, normalise(url)) else "unknown"


def look_again_at(writer: SiteWriter, captures: list[Capture]) -> None:
    """Turn captures without a look into looks, in order of time, as the crawl that made them would have.

    Those that were looked at go from the list; where the store can't be asked the others stay, and its error is raised.
    """
    captures.sort(key=lambda capture: capture.at)
    while captures:
        capture = captures[0]
        try:
            look = look_again(writer, capture)
        except (ObjectCorrupt, ZlibError):
            log.exception("capture can't be read record=%s segment=%s", capture.record_id, capture.segment)
            look = None
        if look is not None:
            _observe_once(writer, look, capture, captures)
        captures.remove(capture)
    writer.commit()


def _observe_once(writer: SiteWriter, look: Look, capture: Capture, captures: list[Capture]) -> None:
    """Observe a look; its capture leaves the list where it was written down and only its commit was refused."""
    try:
        writer.observe(look)
    except StoreUnavailable:
        if writer.holds_look_at(capture):
            captures.remove(capture)
        raise


def look_again(writer: SiteWriter, capture: Capture) -> Look | None:
    """Return the look that a capture is the record of, judged by today's reader; None for one that shows no page."""
    if capture.status is None or capture.truncated:
        return None
    base = Look(page=capture.page, at=instant(capture.at), why="recovery", result=NotModified(), capture=capture)
    if capture.status == 304:
        return base if capture.refers_to else replace(base, result=unasked_304(capture.url))
    if 300 <= capture.status < 400:
        return None
    seen = judge(writer.document(capture), writer.site, writer.reader)
    if capture.page == capture.url:
        return replace(base, result=Seen(verdict=seen, address=capture.url))
    return replace(base, result=Redirected(to=capture.url, verdict=seen))


def _opened(place: Place) -> str:
    stamp = place.name.removeprefix(f"{place.site}-")[:14]
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
