"""What today's reader says of each archived page, segment by segment on all cores, kept until the rereading is done.

The verdicts wait in a file beside the spool, so a rereading that was cut short goes on where it stopped. They hold for
one state of the reading code only: its fingerprint stands in the file's name.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import news
from news.errors import ObjectCorrupt, ObjectMissing
from news.model import Site
from news.revising import Gone, Present, Verdict, judge
from news.serial import article_from_json, article_json
from news.sites import load_reader
from storage.archive.archive import member
from storage.catalogue import opening, reading
from storage.catalogue.opening import Row, Rows
from storage.objects import Store
from storage.warc.reading import Record, document, only_record, records

Progress = Callable[[int, int], None]
Judged = tuple[str, bytes]

UNREADABLE = "record-unreadable"
WORTH_PROCESSES = 400
"""Pages from which it pays to start other processes: each takes a second to start, and reads a page in a few ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the captures lie and how their site is read; plain values, for other processes."""

    store: Store
    spool: Path
    catalogue: str
    site: Site
    max_body_bytes: int


class Verdicts:
    """The verdicts of one site's rereading, by record id."""

    def __init__(self, spool: Path, site: Site) -> None:
        self._path = spool / f".reread-{site.name}-{fingerprint()}.db"
        for old in spool.glob(f".reread-{site.name}-*.db"):
            if old != self._path:
                old.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._path)
        self._database.execute("PRAGMA synchronous=OFF")  # what a power cut takes is judged again
        self._database.execute("CREATE TABLE IF NOT EXISTS verdicts (record_id TEXT PRIMARY KEY, verdict BLOB)")

    def of(self, record_id: str) -> Verdict | None:
        """Return the verdict on a record, or None where there is none yet."""
        found = self._database.execute("SELECT verdict FROM verdicts WHERE record_id = ?", (record_id,)).fetchone()
        return _unpacked(found[0]) if found else None

    def known(self) -> set[str]:
        """Return the ids of the records that were judged."""
        return {row[0] for row in self._database.execute("SELECT record_id FROM verdicts")}

    def add(self, judged: Iterable[Judged]) -> None:
        """Keep these."""
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?)", judged)

    def close(self, *, done: bool) -> None:
        """Let go; once all is `done` the verdicts are of no more use."""
        self._database.close()
        if done:
            self._path.unlink(missing_ok=True)


def fill(verdicts: Verdicts, source: Source, wanted: Mapping[str, Sequence[str]], progress: Progress | None) -> None:
    """Judge the wanted records, by segment, that were not judged yet."""
    known = verdicts.known()
    todo = {segment: [one for one in ids if one not in known] for segment, ids in wanted.items()}
    todo = {segment: ids for segment, ids in todo.items() if ids}
    total = sum(map(len, wanted.values()))
    done = total - sum(map(len, todo.values()))
    for judged in _judged(source, todo):
        verdicts.add(judged)
        done += len(judged)
        if progress:
            progress(done, total)


def fingerprint() -> str:
    """Return 16 hex digits that name the state of all code that reads and decides."""
    digest = sha256()
    home = Path(next(iter(news.__path__)))
    for path in sorted(home.rglob("*.py")):
        digest.update(path.relative_to(home).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _judged(source: Source, todo: Mapping[str, Sequence[str]]) -> Iterator[list[Judged]]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(todo) < 2 or cores < 2 or sum(map(len, todo.values())) < WORTH_PROCESSES:
        for segment, ids in todo.items():
            yield judge_segment(source, segment, ids)
        return
    with ProcessPoolExecutor(min(cores, 16, len(todo)), mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(judge_segment, source, segment, ids) for segment, ids in todo.items()]
        for job in as_completed(jobs):
            yield job.result()


def judge_segment(source: Source, segment: str, ids: Sequence[str]) -> list[Judged]:
    """Return what today's reader says of these records of a segment; of one that can't be read, that."""
    reader, left, judged = load_reader(source.site.reader), set(ids), list[Judged]()
    with opening.reading(source.catalogue) as rows:
        try:
            with closing(_stream(source, rows, segment)) as stream:
                for record in records(stream):
                    if record.record_id in left:
                        left.remove(record.record_id)
                        judged.append((record.record_id, _packed(_verdict(source, rows, record, reader))))
                    if not left:
                        break
        except (ObjectCorrupt, ObjectMissing) as error:
            judged += [(one, _packed(_unread(error))) for one in left]
            left = set()
    missing = ObjectMissing(f"segment {segment} does not hold it")
    return judged + [(one, _packed(_unread(missing))) for one in left]


def _stream(source: Source, rows: Rows, segment: str) -> BinaryIO:
    open_yet = source.spool / source.site.name / f"{segment}.warc.gz"
    if open_yet.exists():
        return open_yet.open("rb")
    row = reading.segment(rows, segment)
    if row is None or row["warc_key"] is None:
        raise ObjectMissing(f"segment {segment} lies neither in the spool nor in the store")
    return source.store.open(row["warc_key"])


def _verdict(source: Source, rows: Rows, record: Record, reader: Any) -> Verdict:
    try:
        found = document(record, max_bytes=source.max_body_bytes, body_of=_original(source, rows, record))
    except (ObjectCorrupt, ObjectMissing, zlib.error) as error:
        return _unread(error)
    if found is None:
        return _unread(ObjectCorrupt("the record holds no HTTP answer"))
    return judge(found, source.site, reader)


def _original(source: Source, rows: Rows, record: Record) -> Record | None:
    """Return the record whose body a revisit repeats, as the catalogue knows it: others name it by address and date."""
    if record.type != "revisit":
        return None
    known: Row | None = reading.capture(rows, record.record_id or "")
    row: Row | None = reading.original(rows, known["refers_to"] if known else record.get("WARC-Refers-To"))
    return only_record(member(source.store, source.spool, rows, row)) if row else None


def _unread(error: Exception) -> Verdict:
    return Verdict(sight=None, outcome="failed", reason=UNREADABLE, detail=str(error))


def _packed(verdict: Verdict) -> bytes:
    row: dict[str, Any] = {"outcome": verdict.outcome, "reason": verdict.reason, "detail": verdict.detail}
    match verdict.sight:
        case Present(article=article):
            row["article"] = article_json(article)
        case Gone(status=status):
            row["gone"] = status
    return zlib.compress(json.dumps(row).encode(), 1)


def _unpacked(content: bytes) -> Verdict:
    row = json.loads(zlib.decompress(content))
    said = {name: row[name] for name in ("outcome", "reason", "detail")}
    if "article" in row:
        return Verdict(sight=Present(article=article_from_json(row["article"])), **said)
    return Verdict(sight=Gone(status=row["gone"]) if "gone" in row else None, **said)
