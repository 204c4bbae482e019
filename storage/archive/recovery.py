"""Recovery is replay: what a dead writer left in the spool is repaired, completed, committed and sealed.

A torn last record is cut, never filled. Captures whose look was never committed are looked at again from their records,
by the same path as live ones. Every step may be repeated.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812  its name in the library

from news.errors import ObjectCorrupt
from news.revising import judge
from news.serial import instant
from news.urls import normalise
from storage.archive import journal
from storage.archive.look import Look, NotModified, Redirected, Seen
from storage.archive.sealing import seal
from storage.archive.spool import Place, leftovers
from storage.catalogue import reading
from storage.warc.indexing import captures_in
from storage.warc.repairing import cut_torn_record
from storage.warc.segment import Capture

if TYPE_CHECKING:
    from storage.archive.archive import Archive
    from storage.archive.writer import SiteWriter

log = logging.getLogger(__name__)


def recover(archive: Archive, writer: SiteWriter) -> list[str]:
    """Bring every segment in this site's spool into the store; return their names."""
    names = []
    for place in leftovers(archive.spool / writer.site.name, writer.site.name):
        log.info("recovering segment=%s", place.name)
        orphans = _repair(archive, place)
        seal(archive, place, now=datetime.now(UTC))
        _look_again(writer, orphans)
        names.append(place.name)
    return names


def _repair(archive: Archive, place: Place) -> list[Capture]:
    """Make file and journal whole and the catalogue agree; return captures of pages that no look speaks of."""
    if not place.warc.exists():
        place.journal.unlink(missing_ok=True)
        return []
    place.journal.touch()
    cut = cut_torn_record(place.warc) + journal.cut_torn_line(place.journal)
    if cut:
        log.warning("cut a torn end segment=%s bytes=%d", place.name, cut)
    _complete(archive, place)
    lines = list(journal.read(place.journal))
    opened = {"t": "segment", "name": place.name, "site": place.site, "opened": _opened(place)}
    archive.recorder.apply([opened, *lines])
    spoken = {line["observation"]["record_id"] for line in lines if line["t"] == "look"}
    captures = [
        Capture.from_row({name: value for name, value in line.items() if name != "t"})
        for line in lines
        if line["t"] == "capture"
    ]
    return [capture for capture in captures if capture.kind == "page" and capture.record_id not in spoken]


def _complete(archive: Archive, place: Place) -> None:
    """Give each answer in the file that the journal does not know its line; drop lines whose record was cut."""
    size = place.warc.stat().st_size
    lines = [line for line in journal.read(place.journal) if line["t"] != "capture" or line["offset"] < size]
    known = {line["record_id"] for line in lines if line["t"] == "capture"}
    found = [
        {"t": "capture", **capture.row()}
        for capture in captures_in(place.warc, site=place.site)
        if capture.record_id not in known
    ]
    found = [{**line, "kind": _kind(archive, line["url"])} for line in found]
    journal.rewrite(place.journal, [*lines, *found])


def _kind(archive: Archive, url: str) -> str:
    return "page" if reading.page(archive.rows, normalise(url)) else "unknown"


def _look_again(writer: SiteWriter, captures: list[Capture]) -> None:
    """Turn captures without a look into looks, in order of time, as the crawl that made them would have."""
    for capture in sorted(captures, key=lambda capture: capture.at):
        try:
            look = _look(writer, capture)
        except (ObjectCorrupt, ZlibError):
            log.exception("capture can't be read record=%s segment=%s", capture.record_id, capture.segment)
            continue
        if look is not None:
            writer.observe(look)
    writer.commit()


def _look(writer: SiteWriter, capture: Capture) -> Look | None:
    if capture.status is None or capture.truncated:
        return None
    base = Look(page=capture.page, at=instant(capture.at), why="recovery", result=NotModified(), capture=capture)
    if capture.status == 304:
        return base
    if 300 <= capture.status < 400:
        return None
    seen = judge(writer.document(capture), writer.site, writer.reader)
    if capture.page == capture.url:
        return replace(base, result=Seen(verdict=seen, address=capture.url))
    return replace(base, result=Redirected(to=capture.url, verdict=seen))


def _opened(place: Place) -> str:
    stamp = place.name.removeprefix(f"{place.site}-")[:14]
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
