"""The writing side's statements, made once: what SQLAlchemy compiles for one row costs more than SQLite's work on it.

Each takes many rows at a time (`executemany`). In a profile of new articles a page's share of its commit was 17 ms with
a statement made for each row, and is 2 ms so.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.catalogue import schema

Values = dict[str, Any]

STATE = (
    "article_id", "published", "last_look", "last_full", "last_outcome", "last_change", "looks", "changes", "failures",
    "unconfirmed", "next_due", "retry_at", "etag", "last_modified", "validated",
)  # fmt: skip
"""The columns of a page that a look may change."""

_pages, _articles, _revisions = schema.pages.c, schema.articles.c, schema.revisions.c

KNOWN_PAGES = select(schema.pages).where(_pages.url.in_(bindparam("keys", expanding=True)))
KNOWN_URLS = select(_pages.url).where(_pages.url.in_(bindparam("keys", expanding=True)))
KNOWN_LOOKS = select(schema.observations.c.id).where(schema.observations.c.id.in_(bindparam("keys", expanding=True)))
KNOWN_REVISIONS = select(_revisions.digest).where(_revisions.digest.in_(bindparam("keys", expanding=True)))

FILL_PUBLISHED = (
    update(schema.pages)
    .where(_pages.url == bindparam("of"), _pages.published.is_(None))
    .values(published=bindparam("published"))
)
PAGE_STATE = update(schema.pages).where(_pages.url == bindparam("of")).values({name: bindparam(name) for name in STATE})

REVISED = (
    update(schema.articles)
    .where(_articles.id == bindparam("of"))
    .values(revisions=_articles.revisions + 1, last_change=bindparam("at"), last_look=bindparam("at"))
)
REVISED_WITH_ARTICLE = REVISED.values({name: bindparam(name) for name in ("headline", "published", "updated")})

SEEN_ARTICLE = update(schema.articles).where(_articles.id == bindparam("of")).values(last_look=bindparam("at"))
_newest = select(func.max(_revisions.seen_first)).where(
    _revisions.article_id == bindparam("of"), _revisions.seen_first <= bindparam("at")
)
SEEN_REVISION = (
    update(schema.revisions)
    .where(
        _revisions.article_id == bindparam("of"),
        _revisions.seen_first == _newest.scalar_subquery(),
        _revisions.seen_last < bindparam("at"),
    )
    .values(seen_last=bindparam("at"))
)

SEALED = (
    update(schema.segments)
    .where(schema.segments.c.name == bindparam("of"))
    .values({name: bindparam(name) for name in ("sealed", "warc_key", "bytes", "manifest")})
)


def inserts(engine: Engine) -> dict[Table, Any]:
    """Return for each table the statement that inserts rows and passes over those whose key is there."""
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    return {table: dialect.insert(table).on_conflict_do_nothing() for table in schema.metadata.sorted_tables}
