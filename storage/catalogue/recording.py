"""The catalogue's writing side: journal lines in, rows out, one transaction a commit. Any line may come twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from news.errors import StoreUnavailable
from news.policy import PageState, next_due
from news.serial import instant, rfc3339
from news.urls import same_page_key
from storage.catalogue import schema
from storage.catalogue.rows import page_row, revision_row
from storage.catalogue.states import page_state

Line = Mapping[str, Any]
Values = dict[str, Any]
Due = Callable[[PageState, datetime], datetime]

LOOKED_WELL = ("new", "changed", "unchanged", "not-modified")
CHANGED = ("new", "changed")


class Recorder:
    """Writes the index. `due` is the policy: when a page in this state is to be looked at again."""

    def __init__(self, engine: Engine, due: Due = next_due) -> None:
        self.engine = engine
        self._due = due

    def apply(self, lines: Iterable[Line]) -> None:
        """Bring the catalogue to what these journal lines say, in one transaction; raises `StoreUnavailable`."""
        try:
            with self.engine.begin() as connection:
                for line in lines:
                    self._apply(connection, line)
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreUnavailable(f"the catalogue can't take the commit: {said}; the spool keeps it") from error

    def add_pages(self, pages: Iterable[Values]) -> int:
        """Make pages known that were not; return how many were new. Better dates and titles fill gaps."""
        added = 0
        with self.engine.begin() as connection:
            for page in pages:
                row = page_row(**page)
                if self._insert(connection, schema.pages, row):
                    added += 1
                elif row["published"]:
                    known = schema.pages.c
                    fill = update(schema.pages).where(known.url == row["url"], known.published.is_(None))
                    connection.execute(fill.values(published=row["published"]))
        return added

    def open_segment(self, *, name: str, site: str, opened: str) -> None:
        """Note that a segment is open, so that its serial is not given twice."""
        self.apply([{"t": "segment", "name": name, "site": site, "opened": opened}])

    def sealed(self, *, name: str, sealed: str, warc_key: str, size: int, manifest: str) -> None:
        """Note that a segment lies in the store, proved by its manifest."""
        self.apply(
            [{"t": "sealed", "name": name, "sealed": sealed, "warc_key": warc_key, "bytes": size, "manifest": manifest}]
        )

    def drop_segment(self, name: str) -> None:
        """Forget a segment that came to nothing."""
        with self.engine.begin() as connection:
            connection.execute(schema.segments.delete().where(schema.segments.c.name == name))

    def _apply(self, connection: Connection, line: Line) -> None:
        match line["t"]:
            case "capture":
                row = {name: value for name, value in line.items() if name != "t"}
                row["evidence"] = json.dumps(row["evidence"])
                self._insert(connection, schema.captures, row)
            case "look":
                self._look(connection, line)
            case "alias":
                self._alias(connection, line)
            case "segment":
                self._insert(connection, schema.segments, {name: line[name] for name in ("name", "site", "opened")})
            case "sealed":
                values = {name: line[name] for name in ("sealed", "warc_key", "bytes", "manifest")}
                connection.execute(update(schema.segments).where(schema.segments.c.name == line["name"]).values(values))

    def _look(self, connection: Connection, line: Line) -> None:
        seen = dict(line["observation"])
        seen["signals"] = json.dumps(seen["signals"])
        if not self._insert(connection, schema.observations, seen):
            return
        if line.get("article"):
            self._insert(connection, schema.articles, {**line["article"], "revisions": 0})
        if line.get("revision"):
            self._revision(connection, line["revision"])
        self._seen_again(connection, seen)
        self._page(connection, seen, line.get("page") or {})

    def _revision(self, connection: Connection, revision: Line) -> None:
        row = revision_row(revision)
        if not self._insert(connection, schema.revisions, row):
            return
        articles = schema.articles
        told = {"last_change": row["seen_first"], "last_look": row["seen_first"]}
        if row["headline"] is not None:
            told |= {name: row[name] for name in ("headline", "published", "updated")}
        more = update(articles).where(articles.c.id == row["article_id"])
        connection.execute(more.values(revisions=articles.c.revisions + 1, **told))

    def _seen_again(self, connection: Connection, seen: Values) -> None:
        """A look that found the state of the newest revision moves that revision's last sight."""
        if seen["article_id"] is None or seen["outcome"] not in (*LOOKED_WELL, "gone", "moved"):
            return
        articles, revisions = schema.articles.c, schema.revisions.c
        connection.execute(
            update(schema.articles).where(articles.id == seen["article_id"]).values(last_look=seen["at"])
        )
        newest = (
            select(func.max(revisions.seen_first))
            .where(revisions.article_id == seen["article_id"], revisions.seen_first <= seen["at"])
            .scalar_subquery()
        )
        mine = update(schema.revisions).where(
            revisions.article_id == seen["article_id"], revisions.seen_first == newest
        )
        connection.execute(mine.where(revisions.seen_last < seen["at"]).values(seen_last=seen["at"]))

    def _page(self, connection: Connection, seen: Values, said: Line) -> None:
        known = connection.execute(select(schema.pages).where(schema.pages.c.url == seen["url"])).mappings().first()
        if known is None:
            start = page_row(
                url=seen["url"], site=seen["site"], source=said.get("source", "user"), first_seen=seen["at"]
            )
            self._insert(connection, schema.pages, start)
            known = connection.execute(select(schema.pages).where(schema.pages.c.url == seen["url"])).mappings().one()
        state = self._after(dict(known), seen, said)
        connection.execute(update(schema.pages).where(schema.pages.c.url == seen["url"]).values(state))

    def _after(self, page: Values, seen: Values, said: Line) -> Values:
        outcome, at = seen["outcome"], seen["at"]
        page |= {
            name: said[name] for name in ("etag", "last_modified", "validated", "retry_at", "published") if name in said
        }
        page["article_id"] = seen["article_id"] or page["article_id"]
        page["last_look"], page["last_outcome"] = at, outcome
        page["last_full"] = page["last_full"] if outcome == "not-modified" else at
        page["looks"] += 1
        page["changes"] += seen["revision"] is not None
        page["last_change"] = at if seen["revision"] else page["last_change"]
        page["failures"] = page["failures"] + 1 if outcome in ("failed", "blocked") else 0
        page["unconfirmed"] = int(seen["revision"] is not None)
        page["next_due"] = rfc3339(self._due(page_state(page), instant(at)))
        return page

    def _alias(self, connection: Connection, line: Line) -> None:
        row = {
            "url": line["url"],
            "same": same_page_key(line["url"]),
            "article_id": line["article_id"],
            "since": line["at"],
        }
        self._insert(connection, schema.aliases, row)

    def _insert(self, connection: Connection, table: Table, row: Values) -> bool:
        """Insert a row unless its key is there; return whether it was new."""
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        return connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing()).rowcount > 0
