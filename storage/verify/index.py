"""The catalogue held against the store: for a segment what its events say, and what belongs to no segment at all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from news.errors import ObjectMissing
from news.serial import digest_of
from storage.catalogue.opening import Row, Rows
from storage.objects import Store
from storage.verify.elsewhere import elsewhere_findings
from storage.verify.findings import REBUILD, Finding
from storage.verify.ledger import sealed_meanwhile
from storage.verify.manifests import Manifest, gone_advice, key_of_segment
from storage.verify.spools import laid_anew
from storage.warc.members import inflated

Line = Mapping[str, Any]

LOST = "it was never sealed, or its segment was lost: look for it in a copy of the spool or the store"
CAPTURE = (
    "site", "segment", "offset", "length", "url", "page", "at", "kind", "record_type", "status",
    "payload_digest", "block_digest", "media_type", "refers_to", "truncated", "request_id",
    "evidence",
)  # fmt: skip
NESTED = ("evidence",)
"""Columns that hold JSON."""
LOOK = ("site", "url", "article_id", "at", "outcome", "reason", "detail", "why", "record_id", "revision")
"""What of a look never changes; its signals do where its article's history is laid anew, see `anew`."""

_CAPTURES = f"""SELECT record_id, {", ".join(f'"{name}"' for name in CAPTURE)} FROM captures WHERE segment = :name"""  # noqa: S608
_LOOKS = f"SELECT id, {', '.join(LOOK)} FROM observations WHERE segment = :name"  # noqa: S608  ours
_REVISIONS = "SELECT digest, key FROM revisions WHERE digest > :after ORDER BY digest LIMIT :most"
TOGETHER = 50
PAGE = 2000
"""Rows that are asked for at a time of a table that may be longer than memory is wide."""


def index_findings(
    rows: Rows, manifest: Manifest, lines: Sequence[Line], revisions: Mapping[str, tuple[str, Line]]
) -> Iterator[Finding]:
    """Yield where the catalogue tells other things of a sealed segment than the store."""
    name = manifest.segment
    known = rows("SELECT * FROM segments WHERE name = :name", name=name)
    if not known:
        yield Finding(object=_row("segments", name), problem="the catalogue does not know it", advice=REBUILD)
        return
    segment = manifest.part(".warc.gz")
    told = {"site": manifest.site, "sealed": manifest.sealed} | ({"warc_key": segment.key} if segment else {})
    was_told = known[0]["sealed"] is not None  # `untold_findings` looks at those of which it was not
    yield from _difference("segments", name, told, known[0], tuple(told) if was_told else ("site",))
    yield from _captures(rows, name, [line for line in lines if line["t"] == "capture"])
    yield from _looks(rows, name, [line["observation"] for line in lines if line["t"] == "look"])
    yield from _revisions(rows, revisions)
    yield from _aliases(rows, [line for line in lines if line["t"] == "alias"])


def untold_findings(rows: Rows, spool: Path, *, sealed: Collection[str], pending: Collection[str]) -> Iterator[Finding]:
    """Yield the sealed segments of whose seal the catalogue was never told, which no recovery here will make up for.

    A seal puts the manifest, tells the catalogue, and then empties the spool. Another machine's may still be there,
    which makes it a note.
    """
    untold = {row["name"] for row in rows("SELECT name FROM segments WHERE sealed IS NULL")} & set(sealed)
    elsewhere = elsewhere_findings(rows, untold, spool)
    for name in sorted(untold - set(pending)):
        yield Finding(
            object=_row("segments", name),
            problem="the store has its manifest, the catalogue does not know that it was sealed",
            advice=REBUILD,
            level="note" if name in elsewhere else "problem",
        )


def unsealed_findings(
    rows: Rows,
    store: Store,
    spool: Path,
    *,
    sealed: Collection[str],
    pending: Collection[str],
    present: Container[str],
) -> Iterator[Finding]:
    """Yield what the catalogue knows that lies neither in the store nor in the spool; another machine may have it."""
    sites = {row["name"]: row["site"] for row in rows("SELECT name, site FROM segments WHERE sealed IS NOT NULL")}
    told = {row["name"] for row in rows("SELECT name FROM segments")}
    told |= {row["segment"] for row in rows("SELECT DISTINCT segment FROM captures")}
    absent = told - set(sealed) - set(pending)
    elsewhere = elsewhere_findings(rows, absent, spool)
    for name in sorted(absent):
        if any(sealed_meanwhile(store, row) for row in rows("SELECT * FROM segments WHERE name = :name", name=name)):
            continue
        yield elsewhere.get(name) or Finding(
            object=_row("segments", name),
            problem="the catalogue knows this segment, but it lies neither in the store nor in the spool",
            advice=gone_advice(key_of_segment(sites[name], name)) if name in sites else LOST,
        )
    spooled = {*pending, *elsewhere}
    waiting: set[str] | None = None
    for row in paged(rows, _REVISIONS, "digest"):
        if row["key"] in present:
            continue
        waiting = _waiting(rows, spooled) | laid_anew(spool) if waiting is None else waiting
        if row["digest"] in waiting or _is_there(store, row["key"]) or _laid_afar(rows, row["digest"], spool, spooled):
            continue
        problem = "the catalogue has this revision, but neither the store nor the spool does"
        yield Finding(object=row["key"], problem=problem, advice=LOST)


def _waiting(rows: Rows, pending: Collection[str]) -> set[str]:
    """Return the digests of the revisions that looks brought into the spool."""
    asked = "SELECT revision FROM observations WHERE segment = :name AND revision IS NOT NULL"
    return {row["revision"] for name in pending for row in rows(asked, name=name)}


def _laid_afar(rows: Rows, digest: str, spool: Path, spooled: Collection[str]) -> bool:
    """Return whether a revision may lie in another machine's spool: no look made it, so a chain laid anew did."""
    here = {path.name.partition(".")[0] for path in spool.glob("*/*.journal.jsonl")}
    afar = any(name not in here for name in spooled)
    return afar and not rows("SELECT 1 AS made FROM observations WHERE revision = :digest LIMIT 1", digest=digest)


def _is_there(store: Store, key: str) -> bool:
    try:
        store.open(key).close()
    except ObjectMissing:
        return False
    return True


def paged(rows: Rows, asked: str, key: str) -> Iterator[Row]:
    """Yield the rows of a table in the order of a unique column, so many at a time, `:after` the last one."""
    after = ""
    while page := rows(asked, after=after, most=PAGE):
        yield from page
        after = page[-1][key]


def _captures(rows: Rows, segment: str, lines: Sequence[Line]) -> Iterator[Finding]:
    known = {row["record_id"]: row for row in rows(_CAPTURES, name=segment)}
    for line in lines:
        row = known.pop(line["record_id"], None)
        yield from _difference("captures", line["record_id"], line, row, CAPTURE)
    yield from _surplus("captures", known)


def _looks(rows: Rows, segment: str, lines: Sequence[Line]) -> Iterator[Finding]:
    known = {row["id"]: row for row in rows(_LOOKS, name=segment)}
    for line in lines:
        row = known.pop(line["id"], None)
        yield from _difference("observations", line["id"], line, row, LOOK)
    yield from _surplus("observations", known)


def _revisions(rows: Rows, revisions: Mapping[str, tuple[str, Line]]) -> Iterator[Finding]:
    """Yield where revisions differ, a few dozen of which are asked for at a time: each row holds a whole one."""
    waiting = iter(revisions.items())
    while batch := dict(islice(waiting, TOGETHER)):
        names = {f"d{number}": digest for number, digest in enumerate(batch)}
        asked = f"SELECT * FROM revisions WHERE digest IN ({', '.join(f':{name}' for name in names)})"  # noqa: S608  ours
        found = {row["digest"]: row for row in rows(asked, **names)}
        yield from _articles(rows, {revision["article_id"] for _, revision in batch.values()})
        for digest, (key, revision) in batch.items():
            yield from _revision(digest, key, revision, found.get(digest))


def _articles(rows: Rows, ids: Collection[str]) -> Iterator[Finding]:
    names = {f"a{number}": article_id for number, article_id in enumerate(ids)}
    asked = f"SELECT id FROM articles WHERE id IN ({', '.join(f':{name}' for name in names)})"  # noqa: S608  ours
    known = {row["id"] for row in rows(asked, **names)}
    for article_id in sorted(set(ids) - known):
        problem = "the catalogue lacks it, the store has its revisions"
        yield Finding(object=_row("articles", article_id), problem=problem, advice=REBUILD)


def _revision(digest: str, key: str, revision: Line, found: Row | None) -> Iterator[Finding]:
    told = {"key": key, **revision["columns"]}
    yield from _difference("revisions", digest, told, found, tuple(told))
    if found and _content_digest(found["object"]) != digest:
        yield Finding(
            object=_row("revisions", digest), problem="its copy in the catalogue is not the store's", advice=REBUILD
        )


def _aliases(rows: Rows, lines: Sequence[Line]) -> Iterator[Finding]:
    for line in lines:
        if not rows("SELECT 1 AS there FROM aliases WHERE url = :url", url=line["url"]):
            problem = "the catalogue lacks it, the store has it"
            yield Finding(object=_row("aliases", line["url"]), problem=problem, advice=REBUILD)


def _difference(table: str, key: str, told: Line, row: Row | None, names: Sequence[str]) -> Iterator[Finding]:
    if row is None:
        yield Finding(object=_row(table, key), problem="the catalogue lacks it, the store has it", advice=REBUILD)
        return
    wrong = [name for name in names if name in told and row[name] != _column(name, told[name])]
    if wrong:
        problem = f"the catalogue tells another {', '.join(wrong)} than the store"
        yield Finding(object=_row(table, key), problem=problem, advice=REBUILD)


def _column(name: str, value: Any) -> Any:
    return json.dumps(value) if name in NESTED else value


def _surplus(table: str, known: Mapping[str, Row]) -> Iterator[Finding]:
    for key in known:
        problem = "the catalogue says that it is in this segment, the store does not"
        yield Finding(object=_row(table, key), problem=problem, advice=REBUILD)


def _content_digest(stored: bytes) -> str | None:
    try:
        return digest_of(inflated(stored))
    except (zlib.error, TypeError):  # a text there is none of ours
        return None


def _row(table: str, key: str) -> str:
    return f"catalogue: {table} {key}"
