"""The catalogue held against one that is built anew from the store, row by row; what is on its way is left out.

A row may differ for what a writer committed since: then its article or page has a look in a segment that was not
played, or revisions that were not. That is asked after the difference was seen, so nothing comes in between.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from news.errors import StoreError
from storage.archive import journal
from storage.catalogue.differing import change_rows
from storage.catalogue.opening import Row, Rows
from storage.catalogue.recording import Recorder
from storage.catalogue.scratch import KEYS, Scratch
from storage.catalogue.statements import COLUMNS, EARLIER, STATE
from storage.objects import Store, get_bytes
from storage.playing import Line, Played, play, sealed_lines
from storage.verify.findings import REBUILD, Finding
from storage.verify.index import paged
from storage.verify.inventory import Inventory
from storage.verify.manifests import ENDING, Manifest
from storage.verify.reports import MOST
from storage.verify.spools import RELAID
from storage.warc.members import unpacked_lines

if TYPE_CHECKING:
    from storage.verify.whole import Places

COMPARED = {
    "articles": COLUMNS["articles"],
    "aliases": COLUMNS["aliases"],
    "pages": ("url", *(name for name in STATE if name not in ("published", "next_due"))),
    "revisions": ("digest", "article_id", "seen_last", "superseded"),
    "observations": ("id", "article_id", "url", "signals"),
}
"""What follows from the looks alone. When a page was published and is due also hangs on discovery and policy."""

PLAYED = ("look", "alias", "reread")
TOGETHER = 500
LACKS = "the catalogue lacks it, the store has it"
SURPLUS = "the catalogue has it, nothing in the store says so"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many rows were compared, None where the store has not all that they follow from; and what was found."""

    rows: int | None
    findings: list[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    table: str
    key: str
    article: str | None
    url: str | None
    problem: str

    def finding(self) -> Finding:
        return Finding(object=f"catalogue: {self.table} {self.key}", problem=self.problem, advice=REBUILD)


def compared(
    places: Places, rows: Rows, manifests: Sequence[Manifest], inventory: Inventory, progress: Progress
) -> Compared:
    """Build a catalogue from what these manifests list, and hold the one there is against it.

    `progress` is told how many segments were played. Where something can't be played nothing is compared: the catalogue
    would know more than the store, and be right.
    """
    with Scratch.opened() as scratch:
        played = Played()
        recorder = Recorder(scratch, lambda _, at: at, changes=False)
        ordered = sorted(manifests, key=lambda manifest: (manifest.sealed, manifest.segment))
        for done, manifest in enumerate(ordered, start=1):
            lines = sealed_lines(places.store, inventory.whole(manifest), played)
            play(recorder, (_slim(line) for line in lines if line["t"] in PLAYED), played)
            if played.problems:
                return Compared(rows=None, findings=[])
            progress(done)
        comparison = _Comparison(places, rows, scratch, inventory, set(_in_turn(ordered)))
        found = [finding for table in COMPARED for finding in _first(comparison.findings(table))]
        return Compared(rows=comparison.rows, findings=[*found, *_first(change_findings(rows))])


def change_findings(rows: Rows) -> Iterator[Finding]:
    """Yield revisions of which the catalogue does not tell what they changed, and changes that are no revision's."""
    for row in paged(rows, _UNTOLD, "digest"):
        if change_rows([row], lambda digests: _earlier(rows, digests)):
            yield Finding(object=f"catalogue: changes {row['digest']}", problem=LACKS, advice=REBUILD)
    for row in paged(rows, _UNFIT, "digest"):
        problem = "the catalogue tells another article_id, site, at than its revision has, or it has none"
        yield Finding(object=f"catalogue: changes {row['digest']}", problem=problem, advice=REBUILD)


_UNTOLD = """
    SELECT * FROM revisions r WHERE digest > :after AND previous IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM changes d WHERE d.digest = r.digest) ORDER BY digest LIMIT :most
"""
_UNFIT = """
    SELECT d.digest FROM changes d WHERE d.digest > :after AND NOT EXISTS (
      SELECT 1 FROM revisions r
      WHERE r.digest = d.digest AND r.article_id = d.article_id AND r.site = d.site AND r.seen_first = d.at
    ) ORDER BY d.digest LIMIT :most
"""


class _Comparison:
    def __init__(
        self, places: Places, rows: Rows, scratch: Scratch, inventory: Inventory, segments: Collection[str]
    ) -> None:
        self._places, self._rows, self._scratch = places, rows, scratch
        self._inventory, self._segments = inventory, segments
        self.rows = 0

    def findings(self, table: str) -> Iterator[Finding]:
        """Yield where a table tells other things than the store."""
        waiting = self._differences(table)
        while batch := list(islice(waiting, TOGETHER)):
            relaid = _relaid(self._places, self._inventory)
            yield from (one.finding() for one in batch if not self._is_under_way(one, relaid))

    def _differences(self, table: str) -> Iterator[_Difference]:
        key, names = KEYS[table], COMPARED[table]
        asked = f"SELECT {', '.join(names)} FROM {table} WHERE {key} > :after ORDER BY {key} LIMIT :most"  # noqa: S608
        told = paged(self._rows, asked, key)
        while batch := list(islice(told, TOGETHER)):
            self.rows += len(batch)
            right = self._scratch.meet(table, [row[key] for row in batch])
            for row in batch:
                problem = _problem(table, row, right.get(row[key]), names)
                if problem:
                    yield _difference(table, row, problem)
        for row in self._scratch.left(table):
            yield _difference(table, row, LACKS)

    def _is_under_way(self, one: _Difference, relaid: Collection[str]) -> bool:
        """Return whether something that was not played may have made the difference."""
        if one.article in relaid or (one.url and self._looked_since("url", one.url)):
            return True
        return bool(one.article) and (self._looked_since("article_id", one.article) or self._revised_since(one.article))

    def _looked_since(self, column: str, value: str | None) -> bool:
        asked = f"SELECT DISTINCT segment FROM observations WHERE {column} = :value"  # noqa: S608  ours
        return any(row["segment"] not in self._segments for row in self._rows(asked, value=value))

    def _revised_since(self, article: str | None) -> bool:
        digests = [
            row["digest"] for row in self._rows("SELECT digest FROM revisions WHERE article_id = :id", id=article)
        ]
        parts = (digests[at : at + TOGETHER] for at in range(0, len(digests), TOGETHER))
        there = (self._scratch.among("SELECT digest FROM revisions WHERE digest IN {keys}", part) for part in parts)
        return sum(map(len, there)) < len(digests)


def _in_turn(ordered: Iterable[Manifest]) -> Iterator[str]:
    """Yield the segments that were committed in the order in which they were sealed, by their names and times.

    Where a site went to another machine and came back before all was sealed, looks were committed in another order than
    they are played in; what they came to is left out. Manifests come in the order in which they were sealed.
    """
    opened: dict[str, str] = defaultdict(str)
    sealed: dict[str, dict[str, str]] = defaultdict(dict)
    for manifest in ordered:
        stamp, _, by = manifest.segment.removeprefix(f"{manifest.site}-").partition("-")
        machine = by.partition("-")[2]
        others = [at for other, at in sealed[manifest.site].items() if other != machine]
        if stamp >= max(opened[manifest.site], *others, ""):
            yield manifest.segment
        opened[manifest.site] = max(opened[manifest.site], stamp)
        sealed[manifest.site][machine] = "".join(filter(str.isdecimal, manifest.sealed))[:14]


def _slim(line: Line) -> Line:
    """Return a line without its revision's bytes, of which a comparison needs none."""
    if line["t"] == "look" and line.get("revision"):
        return {**line, "content": b"-", "digest": line["observation"]["revision"]}
    return line


def _problem(table: str, row: Row, right: Row | None, names: Sequence[str]) -> str | None:
    if right is not None:
        wrong = [name for name in names if row[name] != right[name] and _kept(row[name]) != _kept(right[name])]
        return f"the catalogue tells another {', '.join(wrong)} than the store" if wrong else None
    found_only = table == "pages" and not row["looks"] and row["article_id"] is None
    return None if found_only or table == "revisions" else SURPLUS  # revisions are told by who knows what is stored


def _kept(value: Any) -> Any:
    """Return a text as PostgreSQL can hold it."""
    return value.encode(errors="replace").replace(b"\0", "\ufffd".encode()) if isinstance(value, str) else value


def _difference(table: str, row: Row, problem: str) -> _Difference:
    article = row["id"] if table == "articles" else row["article_id"]
    return _Difference(table=table, key=row[KEYS[table]], article=article, url=row.get("url"), problem=problem)


def _relaid(places: Places, inventory: Inventory) -> set[str]:
    """Return the articles whose chains were laid anew in the spool here, or in what was sealed since we looked.

    Another machine's are known by the revisions that they brought.
    """
    found = set[str]()
    for path in places.spool.glob("*/*.journal.jsonl"):
        with suppress(FileNotFoundError):  # sealed meanwhile
            lines = [journal.fitting(raw) for raw in journal.raw_lines(path) if RELAID in raw]
            found |= {line["article_id"] for line in lines if line}
    for item in places.store.list("warc/"):
        if item.key.endswith(ENDING) and item.key not in inventory:
            found |= _relaid_in(places.store, f"{item.key.removesuffix(ENDING)}.jsonl.gz")
    return found


def _relaid_in(store: Store, events: str) -> set[str]:
    with suppress(StoreError, ValueError, KeyError, zlib.error):
        lines: Iterable[Mapping[str, Any]] = map(json.loads, unpacked_lines(get_bytes(store, events)))
        return {line["article_id"] for line in lines if line["t"] == "reread"}
    return set()


def _earlier(rows: Rows, digests: Sequence[str]) -> dict[str, Row]:
    names = {f"d{number}": digest for number, digest in enumerate(digests)}
    keys = f"({', '.join(f':{name}' for name in names)})"
    return {row["digest"]: row for row in rows(EARLIER.format(keys=keys), **names)} if names else {}


def _first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings of one kind, of many the first and how many more there are."""
    waiting = iter(findings)
    told = list(islice(waiting, MOST))
    last = next(waiting, None)
    if last is not None:
        problem = f"and {1 + sum(1 for _ in waiting)} more like the ones before, the next: {last.problem}"
        told.append(Finding(object=last.object, problem=problem, advice=last.advice))
    return told
