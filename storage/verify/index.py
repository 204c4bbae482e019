"""The catalogue held against the store: for a segment what its events say, and what belongs to no segment at all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from news.errors import ObjectMissing
from news.serial import digest_of
from storage.catalogue.opening import Row, Rows
from storage.objects import Store
from storage.verify.findings import REBUILD, Finding
from storage.verify.ledger import sealed_meanwhile
from storage.verify.manifests import Manifest, gone_advice, key_of_segment

Line = Mapping[str, Any]

LOST = "it was never sealed, or its segment was lost: look for it in a copy of the spool or the store"
CAPTURE = (
    "site", "segment", "offset", "length", "url", "page", "at", "kind", "record_type", "status",
    "payload_digest", "block_digest",
)  # fmt: skip
LOOK = ("site", "url", "article_id", "at", "outcome", "reason", "record_id", "revision")


def index_findings(
    rows: Rows, manifest: Manifest, lines: Sequence[Line], revisions: Mapping[str, tuple[str, Line]]
) -> Iterator[Finding]:
    """Yield where the catalogue tells other things of a sealed segment than the store."""
    name = manifest.segment
    known = rows("SELECT * FROM segments WHERE name = :name", name=name)
    if not known:
        yield Finding(object=_row("segments", name), problem="the catalogue does not know it", advice=REBUILD)
        return
    yield from _captures(rows, name, [line for line in lines if line["t"] == "capture"])
    yield from _looks(rows, name, [line["observation"] for line in lines if line["t"] == "look"])
    yield from _revisions(rows, revisions)
    yield from _aliases(rows, [line for line in lines if line["t"] == "alias"])


def unsealed_findings(
    rows: Rows, store: Store, *, sealed: Collection[str], pending: Collection[str], present: Collection[str]
) -> Iterator[Finding]:
    """Yield what the catalogue knows that lies neither in the store nor in the spool."""
    sites = {row["name"]: row["site"] for row in rows("SELECT name, site FROM segments WHERE sealed IS NOT NULL")}
    told = {row["name"] for row in rows("SELECT name FROM segments")}
    told |= {row["segment"] for row in rows("SELECT DISTINCT segment FROM captures")}
    for name in sorted(told - set(sealed) - set(pending)):
        if any(sealed_meanwhile(store, row) for row in rows("SELECT * FROM segments WHERE name = :name", name=name)):
            continue
        yield Finding(
            object=_row("segments", name),
            problem="the catalogue knows this segment, but it lies neither in the store nor in the spool",
            advice=gone_advice(key_of_segment(sites[name], name)) if name in sites else LOST,
        )
    waiting = _waiting(rows, pending)
    for row in rows("SELECT digest, key FROM revisions ORDER BY key"):
        if row["key"] not in present and row["digest"] not in waiting and not _is_there(store, row["key"]):
            problem = "the catalogue has this revision, but neither the store nor the spool does"
            yield Finding(object=row["key"], problem=problem, advice=LOST)


def _waiting(rows: Rows, pending: Collection[str]) -> set[str]:
    """Return the digests of the revisions that are still in the spool."""
    asked = "SELECT revision FROM observations WHERE segment = :name AND revision IS NOT NULL"
    return {row["revision"] for name in pending for row in rows(asked, name=name)}


def _is_there(store: Store, key: str) -> bool:
    try:
        store.open(key).close()
    except ObjectMissing:
        return False
    return True


def _captures(rows: Rows, segment: str, lines: Sequence[Line]) -> Iterator[Finding]:
    known = {row["record_id"]: row for row in rows("SELECT * FROM captures WHERE segment = :name", name=segment)}
    for line in lines:
        row = known.pop(line["record_id"], None)
        yield from _difference("captures", line["record_id"], line, row, CAPTURE)
    yield from _surplus("captures", known)


def _looks(rows: Rows, segment: str, lines: Sequence[Line]) -> Iterator[Finding]:
    known = {row["id"]: row for row in rows("SELECT * FROM observations WHERE segment = :name", name=segment)}
    for line in lines:
        row = known.pop(line["id"], None)
        yield from _difference("observations", line["id"], line, row, LOOK)
    yield from _surplus("observations", known)


def _revisions(rows: Rows, revisions: Mapping[str, tuple[str, Line]]) -> Iterator[Finding]:
    for digest, (key, revision) in revisions.items():
        found = rows("SELECT * FROM revisions WHERE digest = :digest", digest=digest)
        told = {
            "key": key,
            "article_id": revision["article_id"],
            "site": revision["site"],
            "previous": revision["previous"],
            "classes": json.dumps(revision["classes"]),
            "seen_first": revision["seen_first"],
            "record_id": revision["capture"]["record_id"],
            "segment": revision["capture"]["segment"],
        }
        yield from _difference("revisions", digest, told, found[0] if found else None, tuple(told))
        if found and _content_digest(found[0]["object"]) != digest:
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
    wrong = [name for name in names if name in told and row[name] != told[name]]
    if wrong:
        problem = f"the catalogue tells another {', '.join(wrong)} than the store"
        yield Finding(object=_row(table, key), problem=problem, advice=REBUILD)


def _surplus(table: str, known: Mapping[str, Row]) -> Iterator[Finding]:
    for key in known:
        problem = "the catalogue says that it is in this segment, the store does not"
        yield Finding(object=_row(table, key), problem=problem, advice=REBUILD)


def _content_digest(stored: bytes) -> str | None:
    try:
        return digest_of(zlib.decompress(stored))
    except zlib.error:
        return None


def _row(table: str, key: str) -> str:
    return f"catalogue: {table} {key}"
