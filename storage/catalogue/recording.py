"""The catalogue's writing side: journal lines in, rows out, one transaction a commit. Any line may come twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table
from sqlalchemy.exc import SQLAlchemyError

from news.errors import StoreUnavailable
from news.policy import PageState, next_due
from news.serial import instant, rfc3339
from news.urls import same_page_key
from storage.catalogue import schema, statements
from storage.catalogue.rows import page_row, revision_row
from storage.catalogue.states import page_state

Line = Mapping[str, Any]
Values = dict[str, Any]
Due = Callable[[PageState, datetime], datetime]

LOOKED_WELL = ("new", "changed", "unchanged", "not-modified")
BATCH = 500
"""Rows at a time: few enough for one statement's parameters."""


class Recorder:
    """Writes the index. `due` is the policy: when a page in this state is to be looked at again."""

    def __init__(self, engine: Engine, due: Due = next_due) -> None:
        self.engine = engine
        self._due = due
        self._inserts = statements.inserts(engine)

    def apply(self, lines: Iterable[Line]) -> None:
        """Bring the catalogue to what these journal lines say, in one transaction; raises `StoreUnavailable`."""
        try:
            with self.engine.begin() as connection:
                for batch in _batches(lines):
                    self._apply(connection, batch)
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreUnavailable(f"the catalogue can't take the commit: {said}; the spool keeps it") from error

    def add_pages(self, pages: Iterable[Values]) -> int:
        """Make pages known that were not; return how many were new. Better dates and titles fill gaps."""
        rows = [page_row(**page) for page in pages]
        with self.engine.begin() as connection:
            return sum(self._add(connection, rows[at : at + BATCH]) for at in range(0, len(rows), BATCH))

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

    def _add(self, connection: Connection, rows: Sequence[Values]) -> int:
        known = _known(connection, statements.KNOWN_URLS, [row["url"] for row in rows])
        new: dict[str, Values] = {}
        for row in rows:
            if row["url"] not in known:
                first = new.setdefault(row["url"], row)
                first["published"] = first["published"] or row["published"]
        self._insert(connection, schema.pages, list(new.values()))
        dated = [row for row in rows if row["url"] in known and row["published"]]
        fill = [{"of": row["url"], "published": row["published"]} for row in dated]
        _run(connection, statements.FILL_PUBLISHED, fill)
        return len(new)

    def _apply(self, connection: Connection, batch: Sequence[Line]) -> None:
        """Write lines of which no two looks are at one page or article: their order means nothing then."""
        of = {kind: [line for line in batch if line["t"] == kind] for kind in ("capture", "alias", "segment", "sealed")}
        captures = [{**line, "evidence": json.dumps(line["evidence"])} for line in of["capture"]]
        self._insert(connection, schema.captures, captures)
        self._looks(connection, [line for line in batch if line["t"] == "look"])
        self._insert(connection, schema.aliases, [_alias(line) for line in of["alias"]])
        self._insert(connection, schema.segments, of["segment"])
        _run(connection, statements.SEALED, [{**line, "of": line["name"]} for line in of["sealed"]])

    def _looks(self, connection: Connection, lines: Sequence[Line]) -> None:
        known = _known(connection, statements.KNOWN_LOOKS, [line["observation"]["id"] for line in lines])
        new = [line for line in lines if line["observation"]["id"] not in known]
        seen = [{**line["observation"], "signals": json.dumps(line["observation"]["signals"])} for line in new]
        self._insert(connection, schema.observations, seen)
        articles = [{**line["article"], "revisions": 0} for line in new if line.get("article")]
        self._insert(connection, schema.articles, articles)
        revised = self._revise(connection, [line["revision"] for line in new if line.get("revision")])
        _see_again(connection, [look for look in seen if (look["article_id"], look["at"]) not in revised])
        self._pages(connection, seen, [line.get("page") or {} for line in new])

    def _revise(self, connection: Connection, revisions: Sequence[Line]) -> set[tuple[str, str]]:
        """Add revisions; return article and first sight of those that were new: they need not be seen again."""
        every = [revision_row(revision) for revision in revisions]
        known = _known(connection, statements.KNOWN_REVISIONS, [row["digest"] for row in every])
        rows = [row for row in every if row["digest"] not in known]
        self._insert(connection, schema.revisions, rows)
        told = [{**row, "of": row["article_id"], "at": row["seen_first"]} for row in rows]
        bare = [row for row in told if row["headline"] is None]
        _run(connection, statements.REVISED, [{"of": row["of"], "at": row["at"]} for row in bare])
        _run(connection, statements.REVISED_WITH_ARTICLE, [row for row in told if row["headline"] is not None])
        return {(row["article_id"], row["seen_first"]) for row in rows}

    def _pages(self, connection: Connection, seen: Sequence[Values], said: Sequence[Line]) -> None:
        urls = [look["url"] for look in seen]
        rows = connection.execute(statements.KNOWN_PAGES, {"keys": urls}).mappings() if urls else ()
        known: dict[str, Values] = {row["url"]: dict(row) for row in rows}
        both = list(zip(seen, said, strict=True))
        new = [_first_page(look, told) for look, told in both if look["url"] not in known]
        self._insert(connection, schema.pages, new)
        known |= {page["url"]: _chosen(page, schema.pages.c.keys()) for page in new}
        states = [{**self._after(known[look["url"]], look, told), "of": look["url"]} for look, told in both]
        _run(connection, statements.PAGE_STATE, [_chosen(page, ("of", *statements.STATE)) for page in states])

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

    def _insert(self, connection: Connection, table: Table, rows: Sequence[Line]) -> None:
        """Insert rows, those passed over whose key is there; what a row does not name is null."""
        names = [column.name for column in table.columns if any(column.name in row for row in rows)]
        _run(connection, self._inserts[table], [_chosen(row, names) for row in rows])


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Cut lines where a look comes to a page or article that was looked at since the last cut."""
    batch, touched = list[Line](), set[str]()
    for line in lines:
        look = line["observation"] if line["t"] == "look" else {}
        about = {look[name] for name in ("id", "url", "article_id") if look.get(name)}
        if touched & about or len(batch) >= BATCH:
            yield batch
            batch, touched = [], set()
        batch.append(line)
        touched |= about
    yield batch


def _run(connection: Connection, statement: Any, rows: Sequence[Line]) -> None:
    if rows:
        connection.execute(statement, rows)


def _known(connection: Connection, statement: Select[Any], keys: Sequence[str]) -> frozenset[str]:
    """Return those of the keys that the statement finds."""
    return frozenset(connection.execute(statement, {"keys": keys}).scalars()) if keys else frozenset()


def _chosen(row: Line, names: Iterable[str]) -> Values:
    return {name: row.get(name) for name in names}


def _see_again(connection: Connection, looks: Iterable[Values]) -> None:
    """A look that found the state of the newest revision moves that revision's last sight."""
    outcomes = (*LOOKED_WELL, "gone", "moved")
    well = [
        {"of": look["article_id"], "at": look["at"]}
        for look in looks
        if look["article_id"] is not None and look["outcome"] in outcomes
    ]
    _run(connection, statements.SEEN_ARTICLE, well)
    _run(connection, statements.SEEN_REVISION, well)


def _first_page(look: Values, told: Line) -> Values:
    source, found_in = told.get("source", "user"), told.get("found_in")
    return page_row(url=look["url"], site=look["site"], source=source, first_seen=look["at"], found_in=found_in)


def _alias(line: Line) -> Values:
    return {
        "url": line["url"],
        "same": same_page_key(line["url"]),
        "article_id": line["article_id"],
        "since": line["at"],
    }
