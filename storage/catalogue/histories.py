"""An article's history in the form that other programs rely on (design.md, section 8)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from news.confirming import confirmed
from news.serial import instant
from storage.catalogue import reading
from storage.catalogue.access import access_of
from storage.catalogue.moves import moves_json
from storage.catalogue.opening import Row, Rows
from storage.catalogue.rows import stored_revision

STAMP = ("at", "text", "source")


def history_json(rows: Rows, article: Row) -> dict[str, Any]:
    """Return the article with its revisions, oldest first, as `history --json` prints them."""
    return {
        "article": {
            "id": article["id"],
            "site": article["site"],
            "url": article["url"],
            "aliases": reading.aliases_of(rows, article),
            "access": access_of(rows, article["id"]),
            **moves_json(rows, article),
        },
        "revisions": _with_ties(rows, article, revisions_json(reading.timeline(rows, article["id"]))),
    }


def revisions_json(chain: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a chain of revision rows, oldest first, as `history --json` prints them."""
    return [revision_json(row, number) for number, row in enumerate(chain, start=1)]


def _with_ties(rows: Rows, article: Row, revisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of each correction which change it explains; only where there is one are the articles themselves read."""
    if not any("correction" in revision["classes"] for revision in revisions):
        return revisions
    from news.revising.correcting import Step, tie

    steps, spoken = list[Step](), None
    for revision, row in zip(revisions, reading.chain(rows, article["id"]), strict=True):
        shown = stored_revision(row).article
        steps.append(Step(number=revision["number"], before=spoken, after=shown))
        spoken = shown or spoken
        found = tie(steps) if "correction" in revision["classes"] else None
        if found is not None:
            said = {"notices": list(found.notices), "explains": found.explains, "by": list(found.by)}
            revision["correction"] = said
    return revisions


def revision_json(row: Row, number: int) -> dict[str, Any]:
    """Return one revision row, joined with its capture's, as `history --json` prints it."""
    return {
        "number": number,
        "classes": json.loads(row["classes"]),
        "declared_by": json.loads(row["declared_by"]),
        "confirmed": confirmed(instant(row["seen_first"]), instant(row["seen_last"])),
        "headline": row["headline"],
        "published": stamp(row["published"]),
        "updated": stamp(row["updated"]),
        "content_digest": row["content_digest"],
        "seen_first": row["seen_first"],
        "seen_last": row["seen_last"],
        "not_before": row["not_before"],
        "capture": {name: row[name] for name in ("record_id", "segment", "offset", "length", "payload_digest")},
        "reader": row["reader"],
        **({"significance": json.loads(row["significance"] or "null")} if "significance" in row else {}),
    }


def article_row_json(row: Row) -> dict[str, Any]:
    """Return an article's row as `articles --json` prints it."""
    names = ("id", "site", "url", "headline", "published", "updated", "revisions", "last_change", "last_look")
    return {name: stamp(row[name]) if name in ("published", "updated") else row[name] for name in names}


def stored_json(row: Row) -> Mapping[str, Any]:
    """Return a revision as the store keeps it, from the catalogue's copy."""
    found: Mapping[str, Any] = json.loads(zlib.decompress(row["object"]))
    return found


def stamp(text: str | None) -> dict[str, Any] | None:
    """Return `{"at", "text", "source"}` from a row's column, or None; in this order, whatever order the row has."""
    found: dict[str, Any] | None = json.loads(text) if text else None
    return {name: found[name] for name in (*STAMP, *sorted(found.keys() - set(STAMP)))} if found else None
