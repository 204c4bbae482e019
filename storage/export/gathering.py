"""All records that an export of WARC is to hold: for articles what proves and replays them, for sites every record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from news.serial import rfc3339
from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows
from storage.export.choosing import Chosen, captures_of_articles
from storage.export.requisites import requisites_of
from storage.export.segments import Member, Opened, SegmentFile, by_segment, opener
from storage.objects import Store
from storage.warc.dates import warc_date

Progress = Callable[[int, int], None]
WITHIN = 500
"""Answers after a capture among which what led to it is looked for: it is written when the look is."""


def gathered(
    store: Store, spool: Path, rows: Rows, chosen: Chosen, *, max_body_bytes: int, progress: Progress | None
) -> Iterator[tuple[Member, Row | None]]:
    """Yield the records that were chosen, each once, as they lie; an answer comes with its capture's row."""
    opened = opener(store, spool, rows)
    if not chosen.articles:
        yield from _of_sites(rows, opened, chosen, progress)
        return
    captures = [row for row in captures_of_articles(rows, chosen.articles) if chosen.holds(row["at"])]
    wanted = {row["record_id"]: row for row in captures}
    wanted |= {row["record_id"]: row for row in requisites_of(rows, opened, captures, max_body_bytes=max_body_bytes)}
    _add_originals(rows, wanted)
    yield from _of_captures(rows, opened, wanted, progress)


def _add_originals(rows: Rows, wanted: dict[str, Row]) -> None:
    """Add the captures that revisits repeat."""
    todo = [row["refers_to"] for row in wanted.values()]
    while todo:
        record_id = todo.pop()
        found = reading.capture(rows, record_id) if record_id and record_id not in wanted else None
        if found is not None:
            wanted[record_id] = found
            todo.append(found["refers_to"])


def _of_captures(
    rows: Rows, opened: Opened, wanted: dict[str, Row], progress: Progress | None
) -> Iterator[tuple[Member, Row | None]]:
    """Yield captures with what was written around them, and the captures that led to them."""
    told, todo = set[tuple[str, int]](), wanted
    done = 0
    while todo:
        led = dict[str, Row]()
        for (site, name), captures in by_segment(todo.values()).items():
            file = opened(site, name)
            for member, row in _around(rows, file, captures):
                if (name, member.offset) in told:
                    continue
                told.add((name, member.offset))
                led |= _witnesses(rows, member)
                yield member, row
            done += len(captures)
            if progress:
                progress(done, max(len(wanted), done))
        todo = {record_id: row for record_id, row in led.items() if record_id not in wanted}
        wanted = wanted | todo


def _around(rows: Rows, file: SegmentFile, captures: Sequence[Row]) -> Iterator[tuple[Member, Row | None]]:
    """Yield a segment's warcinfo, and these captures with that of their origin and the records that speak of them."""
    yield file.first(), None
    infos = _infos(file, captures)
    for capture in captures:
        member = file.member(capture["offset"], capture["length"])
        if (info := _origin(infos, member, capture)) is not None:
            yield info, None
        yield member, capture
        begins = capture["offset"] + capture["length"]
        most = WITHIN if capture["kind"] == "page" and capture["status"] == 200 else 1
        following = rows(
            'SELECT "offset", length FROM captures WHERE segment = :name AND "offset" >= :begins '
            'ORDER BY "offset" LIMIT :most',
            name=file.name,
            begins=begins,
            most=most,
        )
        gaps = _gaps(begins, following, None if len(following) == most else file.size)
        yield from ((member, None) for member in _speaking_of(file, capture, gaps))


def _infos(file: SegmentFile, captures: Sequence[Row]) -> list[Member]:
    """Return the warcinfo records up to the last of these captures that is another's, none where all are ours.

    The segment is read up to there: no index says where they lie.
    """
    last = max((capture["offset"] for capture in captures if capture["kind"] == "import"), default=0)
    before = takewhile(lambda member: member.offset < last, file.all()) if last else ()
    return [member for member in before if member.type == "warcinfo"]


def _origin(infos: Sequence[Member], member: Member, capture: Row) -> Member | None:
    """Return the warcinfo of the file that an imported capture was in: the one that it names, else the last before."""
    if capture["kind"] != "import":
        return None
    before, named = [info for info in infos if info.offset < member.offset], member.get("WARC-Warcinfo-ID")
    return next((info for info in before if info.get("WARC-Record-ID") == named), before[-1] if before else None)


def _gaps(begins: int, following: Sequence[Row], size: int | None) -> Iterator[tuple[int, int]]:
    """Yield where the records between answers lie, as far as answers are known, else up to `size`."""
    for row in following:
        yield begins, row["offset"]
        begins = row["offset"] + row["length"]
    if size is not None:
        yield begins, size


def _speaking_of(file: SegmentFile, capture: Row, gaps: Iterable[tuple[int, int]]) -> Iterator[Member]:
    """Yield the records in these gaps which speak of this capture, up to what led to it."""
    for start, end in gaps:
        for member in file.between(start, end):
            if not member.names.isdisjoint((capture["record_id"], capture["request_id"] or capture["record_id"])):
                yield member
                led = member.type == "metadata" and member.get("WARC-Refers-To") == capture["record_id"]
                if led and capture["kind"] != "import":
                    return


def _witnesses(rows: Rows, member: Member) -> dict[str, Row]:
    """Return the captures that a record names as what led to an answer."""
    if member.type != "metadata" or member.get("Content-Type") != "application/warc-fields":
        return {}
    from storage.warc.reading import only_record

    found = dict[str, Row]()
    for line in only_record(member.content).block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        row = reading.capture(rows, value.split()[0]) if name.startswith("witness-") and value.split() else None
        if row is not None:
            found[row["record_id"]] = row
    return found


def _of_sites(
    rows: Rows, opened: Opened, chosen: Chosen, progress: Progress | None
) -> Iterator[tuple[Member, Row | None]]:
    """Yield the records of whole sites, segment by segment; bounded in time, with what the chosen ones repeat."""
    for site in chosen.sites:
        originals = _originals(rows, site, chosen) if chosen.bounded else set()
        names = _segments(rows, site, chosen, originals)
        for done, name in enumerate(names, start=1):
            captures = {row["offset"]: row for row in rows("SELECT * FROM captures WHERE segment = :name", name=name)}
            yield from _within(opened(site, name).all(), captures, chosen, originals)
            if progress:
                progress(done, len(names))


def _within(
    members: Iterable[Member], captures: dict[int, Row], chosen: Chosen, originals: set[str]
) -> Iterator[tuple[Member, Row | None]]:
    for member in members:
        row = captures.get(member.offset)
        if member.type in ("response", "revisit") and row is None:
            continue  # written and not committed yet
        wanted = not chosen.bounded or member.type == "warcinfo" or chosen.holds(_at(member, row))
        if wanted or not originals.isdisjoint(member.names):
            yield member, row


def _at(member: Member, row: Row | None) -> str:
    if row is not None:
        return str(row["at"])
    at = warc_date(member.get("WARC-Date"))
    return rfc3339(at) if at else ""


def _segments(rows: Rows, site: str, chosen: Chosen, originals: set[str]) -> list[str]:
    if not chosen.bounded:
        return [
            row["name"] for row in rows("SELECT name FROM segments WHERE site = :site ORDER BY opened, name", site=site)
        ]
    found = {
        row["segment"]
        for row in rows(
            "SELECT DISTINCT segment FROM captures WHERE site = :site AND at >= :since AND at < :until",
            site=site,
            since=chosen.since or "",
            until=chosen.until or "9999",
        )
    }
    found |= {row["segment"] for one in originals if (row := reading.capture(rows, one)) is not None}
    return sorted(found)


def _originals(rows: Rows, site: str, chosen: Chosen) -> set[str]:
    """Return the captures outside of the span that those within repeat."""
    found = rows(
        "SELECT DISTINCT o.record_id, o.at FROM captures c JOIN captures o ON o.record_id = c.refers_to "
        "WHERE c.site = :site AND c.at >= :since AND c.at < :until",
        site=site,
        since=chosen.since or "",
        until=chosen.until or "9999",
    )
    return {row["record_id"] for row in found if not chosen.holds(row["at"])}
