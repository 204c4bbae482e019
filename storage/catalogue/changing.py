"""Changes to a catalogue, each a transaction of plain SQL with `:named` parameters that SQLite and PostgreSQL share.

SQLite is changed through the standard library and PostgreSQL through its driver, as they are read: a crawl worker then
never loads SQLAlchemy, which takes 17 MB and a quarter of a second, and a commit costs a third less.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from news.errors import StoreUnavailable
from storage.catalogue.addresses import file_of, on_server
from storage.catalogue.opening import BUSY_SECONDS, Row

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

Values = Sequence[Mapping[str, Any]]
T = TypeVar("T")


class Interrupted(StoreUnavailable):
    """The connection was lost, or the server gave another's transaction precedence: the same may be tried again."""


class Change(Protocol):
    """An open transaction."""

    def run(self, sql: str, rows: Values) -> None:
        """Run the statement for each of the rows."""

    def among(self, sql: str, keys: Sequence[str], *, held: bool = False) -> list[Row]:
        """Return the rows that the statement finds, its `{keys}` being these; `held` ones nobody else changes now."""


class Changing(Protocol):
    """A catalogue that takes changes."""

    def change(self) -> AbstractContextManager[Change]:
        """Open a transaction, committed at the end or undone; raises `StoreUnavailable` where it can't be."""

    def dispose(self) -> None:
        """Let go of the catalogue."""


def changing_at(address: str) -> Changing:
    """Return the catalogue at this address, to be changed."""
    return _Served(address) if on_server(address) else _Sqlite(file_of(address))


def count_anew(catalogue: Changing, address: str) -> None:
    """Let a server count its rows now: after many at once it would go on planning as for few of them for minutes.

    SQLite plans without counts. Raises `StoreUnavailable` where the server can't do it.
    """
    if on_server(address):
        with catalogue.change() as change:
            change.run("ANALYZE", [{}])


def retried(catalogue: Changing, do: Callable[[Change], T]) -> T:
    """Return what `do` gives in a transaction, in a second one where the server was lost in the first.

    Whether a commit that was cut short took place can't be known: `do` must be such that it may be done twice.
    """

    def once() -> T:
        with catalogue.change() as change:
            return do(change)

    try:
        return once()
    except Interrupted as error:
        log.warning("catalogue interrupted, trying once more error=%s", error)
        return once()


class _Sqlite:
    """A file, opened at its first change, that writes ahead (WAL), waits for others and syncs at each commit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def change(self) -> Iterator[Change]:
        try:
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield _SqliteChange(connection)
            except BaseException:
                if connection.in_transaction:  # SQLite undoes some of its own accord, as where the disk is full
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise _refused(error) from error

    def dispose(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # a spool goes once its rows are here to stay
            connection.row_factory = sqlite3.Row
            self._connection = connection
        return self._connection


class _SqliteChange:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, rows: Values) -> None:
        if rows:
            self._connection.executemany(sql, rows)

    def among(self, sql: str, keys: Sequence[str], *, held: bool = False) -> list[Row]:
        del held  # who changes a file is alone with it
        if not keys:
            return []
        found = self._connection.execute(sql.format(keys=f"({','.join('?' * len(keys))})"), keys)
        return [dict(row) for row in found]


class _Served:
    """A catalogue on a server, which lets many write at once; connected at its first change."""

    def __init__(self, address: str) -> None:
        from storage.catalogue.serving import Server

        self._server = Server(address, for_changes=True)

    @contextmanager
    def change(self) -> Iterator[Change]:
        connection = self._server.connection
        with self._server.telling(), connection.transaction():
            yield _ServedChange(connection)

    def dispose(self) -> None:
        self._server.close()


class _ServedChange:
    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        self._connection = connection

    def run(self, sql: str, rows: Values) -> None:
        from storage.catalogue.serving import driven

        if rows:
            with self._connection.cursor() as cursor:
                cursor.executemany(driven(sql), rows)

    def among(self, sql: str, keys: Sequence[str], *, held: bool = False) -> list[Row]:
        from storage.catalogue.serving import driven

        if not keys:
            return []
        asked = driven(sql.format(keys="(SELECT unnest(CAST(:keys AS TEXT[])))")) + (" FOR UPDATE" if held else "")
        return list(self._connection.execute(asked, {"keys": list(keys)}))


def _refused(error: Exception) -> StoreUnavailable:
    said = str(getattr(error, "orig", None) or error).splitlines()[0]
    return StoreUnavailable(f"the catalogue can't take the commit: {said}; the spool keeps it")
