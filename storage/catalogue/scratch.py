"""A catalogue to compare with, never to keep: in a file that SQLite makes and takes away, 8 MB of it in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Self

from storage.catalogue.changing import Change, Values
from storage.catalogue.opening import Row
from storage.catalogue.statements import COLUMNS
from storage.objects.ordering import keeping_notes

TABLES = ("pages", "articles", "aliases", "observations", "revisions")
KEYS = {table: COLUMNS[table][0] for table in TABLES}
_MET = "met"
"""A column more in each table: whether the row was found in the catalogue that is compared."""


class Scratch:
    """A catalogue's tables as far as looks, aliases and revisions fill them; it takes a `Recorder`'s changes."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        file.row_factory = sqlite3.Row
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA cache_size = -8000")
        for table in TABLES:
            columns = ", ".join(COLUMNS[table])
            file.execute(f"CREATE TABLE {table} ({columns}, {_MET}, PRIMARY KEY ({KEYS[table]})) WITHOUT ROWID")
        file.execute("CREATE INDEX revisions_article ON revisions (article_id, seen_first)")

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        """Give an empty one, which is gone afterwards; raises `StoreUnavailable` where it finds no room."""
        with keeping_notes(), closing(sqlite3.connect("", isolation_level=None)) as file:
            yield cls(file)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Open a transaction."""
        with keeping_notes():
            self._file.execute("BEGIN")
            yield self
            self._file.execute("COMMIT")

    def dispose(self) -> None:
        """Do nothing: it is gone with its context."""

    def run(self, sql: str, rows: Values) -> None:
        """Run the statement for each of the rows."""
        if rows:
            self._file.executemany(sql, rows)

    def among(self, sql: str, keys: Sequence[str], *, held: bool = False) -> list[Row]:
        """Return the rows that the statement finds, its `{keys}` being these."""
        del held
        if not keys:
            return []
        marks = ",".join("?" * len(keys))
        return [dict(row) for row in self._file.execute(sql.format(keys=f"({marks})"), keys)]

    def meet(self, table: str, keys: Sequence[str]) -> dict[str, Row]:
        """Return by key the rows that are there, and note that these keys were met."""
        found = self.among(f"SELECT * FROM {table} WHERE {KEYS[table]} IN {{keys}}", keys)  # noqa: S608  ours
        self.run(f"UPDATE {table} SET {_MET} = 1 WHERE {KEYS[table]} = :of", [{"of": key} for key in keys])  # noqa: S608
        return {row[KEYS[table]]: row for row in found}

    def left(self, table: str) -> Iterator[Row]:
        """Yield the rows whose keys were never met."""
        yield from map(dict[str, Any], self._file.execute(f"SELECT * FROM {table} WHERE {_MET} IS NULL"))  # noqa: S608
