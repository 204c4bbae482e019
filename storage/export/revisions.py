"""A revision as one flat row: the same names in JSON lines and in Parquet (docs/how-to/export.md describes them)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from storage.catalogue import histories
from storage.catalogue.opening import Row, Rows
from storage.export.choosing import Chosen, chosen_revisions, revisions_by_time

Progress = Callable[[int, int], None]


def rows_by_article(rows: Rows, chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Yield the rows of the revisions that were chosen, article by article."""
    return (revision_row(number, row) for number, row in chosen_revisions(rows, chosen))


def rows_by_time(rows: Rows, chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Yield the same by site and first sight."""
    return (revision_row(number, row) for number, row in revisions_by_time(rows, chosen))


def revision_row(number: int, row: Row) -> dict[str, Any]:
    """Return a revision's row; instants are RFC 3339, what is missing is None or an empty list."""
    kept = histories.stored_json(row)
    told = histories.revision_json(row, number)
    article = kept["article"] or {}
    text = "\n\n".join(block["text"].strip() for block in article.get("body", ()))
    return {
        "article_id": row["article_id"],
        "site": row["site"],
        "article_url": row["article_url"],
        "url": kept["url"],
        "number": number,
        "classes": told["classes"],
        "declared_by": told["declared_by"],
        "confirmed": told["confirmed"],
        **{name: article.get(name) for name in ("headline", "kicker", "standfirst")},
        "authors": article.get("authors", []),
        **{name: article.get(name) for name in ("section", "language")},
        **_stamp("published", told["published"]),
        **_stamp("updated", told["updated"]),
        "body": text if kept["article"] else None,
        "words": len(text.split()) if kept["article"] else None,
        "pictures": [_chosen(picture, ("url", "alt", "caption", "credit")) for picture in article.get("pictures", ())],
        "links": [_chosen(link, ("role", "text", "url")) for link in article.get("links", ())],
        "tags": article.get("tags", []),
        "paid": bool(article.get("paid")),
        "content_digest": row["content_digest"],
        "digest": row["digest"],
        "previous": row["previous"],
        **{name: row[name] for name in ("seen_first", "not_before", "seen_last", "reader")},
        "imported": row["kind"] == "import",
        **{name: row[name] for name in ("record_id", "request_id", "captured_at", "capture_url")},
        **{name: row[name] for name in ("segment", "offset", "length", "payload_digest", "block_digest")},
    }


def write_jsonl(rows: Rows, chosen: Chosen, stream: BinaryIO, *, total: int, progress: Progress | None) -> int:
    """Write one JSON object a line for each revision; return how many."""
    done = 0
    for row in rows_by_article(rows, chosen):
        stream.write(_line(row))
        done += 1
        if progress and done % 100 == 0:
            progress(done, total)
    return done


def _line(row: dict[str, Any]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, which UTF-8 can't carry
        return json.dumps(row).encode() + b"\n"


def instant_of(text: str | None) -> datetime | None:
    """Return an RFC 3339 text's instant."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _stamp(kind: str, stamp: dict[str, Any] | None) -> dict[str, Any]:
    return {f"{kind}_{name}": stamp[name] if stamp else None for name in histories.STAMP}


def _chosen(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in names}
