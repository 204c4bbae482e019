"""The writing side's statements, in the SQL that SQLite and PostgreSQL share; each is run for many rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

COLUMNS = {
    "pages": (
        "url", "site", "same", "article_id", "source", "found_in", "title", "published", "first_seen", "last_look",
        "last_full", "last_outcome", "last_change", "looks", "changes", "failures", "unconfirmed", "next_due",
        "retry_at", "etag", "last_modified", "validated",
    ),
    "articles": (
        "id", "site", "url", "headline", "published", "updated", "revisions", "last_change", "last_look",
    ),
    "aliases": ("url", "same", "article_id", "since"),
    "captures": (
        "record_id", "request_id", "site", "segment", "offset", "length", "url", "page", "at", "kind", "record_type",
        "status", "media_type", "payload_digest", "block_digest", "refers_to", "truncated", "evidence",
    ),
    "observations": (
        "id", "site", "url", "article_id", "at", "outcome", "reason", "detail", "why", "signals", "record_id",
        "segment", "revision",
    ),
    "revisions": (
        "digest", "article_id", "site", "key", "previous", "classes", "declared_by", "content_digest", "reader",
        "seen_first", "seen_last", "not_before", "headline", "published", "updated", "record_id", "segment", "object",
        "superseded",
    ),
    "changes": ("id", "digest", "article_id", "site", "at", "places", "removed", "added", "score", "significance"),
    "segments": ("name", "site", "opened", "sealed", "warc_key", "bytes", "manifest"),
    "versions": ("key", "version"),
    "leases": ("site", "token", "holder", "host", "boot", "pid", "spool", "taken", "until"),
    "stores": ("address", "since"),
}  # fmt: skip
"""The columns of `schema`, by table: the writing side never loads SQLAlchemy, in which that is written."""

STATE = (
    "article_id", "published", "last_look", "last_full", "last_outcome", "last_change", "looks", "changes", "failures",
    "unconfirmed", "next_due", "retry_at", "etag", "last_modified", "validated",
)  # fmt: skip
"""The columns of a page that a look may change."""

KNOWN_PAGES = "SELECT * FROM pages WHERE url IN {keys}"
KNOWN_URLS = "SELECT url AS key FROM pages WHERE url IN {keys}"
KNOWN_LOOKS = "SELECT id AS key FROM observations WHERE id IN {keys}"
KNOWN_REVISIONS = "SELECT digest AS key FROM revisions WHERE digest IN {keys}"
EARLIER = "SELECT digest, previous, content_digest, object FROM revisions WHERE digest IN {keys}"

FILL_PUBLISHED = "UPDATE pages SET published = :published WHERE url = :of AND published IS NULL"
PAGE_STATE = f"UPDATE pages SET {', '.join(f'{name} = :{name}' for name in STATE)} WHERE url = :of"  # noqa: S608  ours

_REVISED = "UPDATE articles SET revisions = revisions + 1, last_change = :at, last_look = :at"
REVISED = f"{_REVISED} WHERE id = :of"
REVISED_WITH_ARTICLE = f"{_REVISED}, headline = :headline, published = :published, updated = :updated WHERE id = :of"

SEEN_ARTICLE = "UPDATE articles SET last_look = :at WHERE id = :of AND COALESCE(last_look, '') < :at"
SEEN_REVISION = """
    UPDATE revisions SET seen_last = :at
    WHERE article_id = :of AND superseded = 0 AND seen_last < :at AND seen_first = (
        SELECT MAX(r.seen_first) FROM revisions r
        WHERE r.article_id = :of AND r.seen_first <= :at AND r.superseded = 0
    )
"""

SUPERSEDED = "UPDATE revisions SET superseded = 1 WHERE article_id = :of"
STANDING = "UPDATE revisions SET superseded = 0, seen_last = :seen_last WHERE digest = :of"
RESIGNALLED = "UPDATE observations SET signals = :signals WHERE id = :of"
REREAD = """
    UPDATE articles SET revisions = :revisions, headline = :headline, published = :published, updated = :updated,
      last_change = :last_change
    WHERE id = :of
"""

SEALED = """
    UPDATE segments SET sealed = :sealed, warc_key = :warc_key, bytes = :bytes, manifest = :manifest WHERE name = :of
"""
DROPPED = "DELETE FROM segments WHERE name = :of"
CAPTURES_FORGOTTEN = "DELETE FROM captures WHERE segment = :of"
VERSION_FORGOTTEN = "DELETE FROM versions WHERE key = :of"


@lru_cache(maxsize=64)
def insert(table: str, names: Sequence[str]) -> str:
    """Return the statement that inserts rows of these columns and passes over those whose key is there."""
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"  # noqa: S608  names of ours
