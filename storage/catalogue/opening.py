"""Creating, opening and checking a catalogue. Alembic is only loaded where the schema is made or brought here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from news.errors import SchemaMismatch, StoreUnavailable
from storage.catalogue.addresses import SQLITE, file_of, on_server, psycopg_address, shown

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.catalogue.serving import Server

__all__ = ["SCHEMA", "SQLITE", "Row", "Rows", "create", "exists", "missing", "reading"]

SCHEMA = "0006"
BUSY_SECONDS = 30
MIGRATING = 0x5709_9235
"""PostgreSQL's advisory lock of those who bring a schema here."""

Row = Mapping[str, Any]
Progress = Callable[[int, int], None]


class Rows(Protocol):
    """Something that answers SQL with `:named` parameters."""

    def __call__(self, sql: str, /, **parameters: object) -> list[Row]:
        """Return the rows that the statement gives."""


@contextmanager
def reading(address: str) -> Iterator[Rows]:
    """Open a catalogue for questions only, after checking that its schema is ours.

    Each question sees what was committed before it, and holds no lock after. SQLite is asked through the standard
    library, PostgreSQL through its driver: a third of a second sooner than by SQLAlchemy.
    """
    yield from _reading_server(address) if on_server(address) else _reading_sqlite(address)


def create(address: str, *, progress: Progress | None = None) -> None:
    """Make the catalogue, or bring an older one to this program's schema; an up-to-date one is left as it is.

    It is one transaction: what is broken off leaves the catalogue as it was. `progress` is told how many of how many
    rows are made, where a migration makes many.
    """
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        if on_server(address):
            _check_server(address)
        else:
            file_of(address).parent.mkdir(parents=True, exist_ok=True)
        _migrate(address, progress)
    except CommandError as error:
        raise SchemaMismatch(
            f"the catalogue {shown(address)} has a schema that this program does not know ({error}): use the Stop "
            "Press that made it, or move it away and run `stoppress rebuild`"
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise _unreachable(address, error) from error


def _migrate(address: str, progress: Progress | None) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    served = on_server(address)
    engine = create_engine(psycopg_address(address)) if served else _sqlite_engine(address)
    try:
        with engine.begin() as connection:
            if served:  # two machines may be set up at once
                connection.execute(text("SELECT pg_advisory_xact_lock(:ours)"), {"ours": MIGRATING})
            config.attributes |= {"connection": connection, "progress": progress}
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _sqlite_engine(address: str) -> Engine:
    """Return an engine whose connections write ahead (WAL), wait for each other and sync at each commit.

    Transactions are begun here: the driver would begin none before tables are made, and half a migration would stay.
    """
    from sqlalchemy import Connection, create_engine, event

    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # a spool goes once its rows are here to stay

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def exists(address: str) -> bool:
    """Return whether a catalogue is there; raises `StoreUnavailable` where its server can't be asked."""
    if not on_server(address):
        return file_of(address).is_file()
    with closing(_server(address)) as server:
        return bool(server.rows("SELECT to_regclass('alembic_version') IS NOT NULL AS there")[0]["there"])


def _server(address: str) -> Server:
    from storage.catalogue.serving import Server

    return Server(address, for_changes=False)


def _check_server(address: str) -> None:
    """Raise `StoreUnavailable` where the server can't be asked or the database can't hold any text there is."""
    with closing(_server(address)) as server:
        encoding = server.rows("SHOW server_encoding")[0]["server_encoding"]
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"the catalogue {shown(address)} can't hold every text: its encoding is {encoding}. Make another database "
            "with `createdb --encoding=UTF8 --template=template0` and name that as archive.catalogue"
        )


def _reading_sqlite(address: str) -> Iterator[Rows]:
    path = file_of(address)
    if not path.is_file():
        raise StoreUnavailable(missing(address))
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{_mode(path)}", uri=True, timeout=BUSY_SECONDS)
    except sqlite3.Error as error:
        raise _unreachable(address, error) from error
    connection.row_factory = sqlite3.Row

    def rows(sql: str, /, **parameters: object) -> list[Row]:
        return [dict(row) for row in connection.execute(sql, parameters)]

    try:
        _check_schema(rows, address)
        yield rows
    except sqlite3.Error as error:
        raise _unreachable(address, error) from error
    finally:
        connection.close()


def _mode(path: Path) -> str:
    """Return how SQLite is to open the file: a copy on a read-only medium as it is, if nothing waits beside it."""
    if os.access(path.parent, os.W_OK):
        return "mode=rw"
    waiting = path.with_name(f"{path.name}-wal")
    if waiting.exists() and waiting.stat().st_size:
        raise StoreUnavailable(
            f"{path.parent} is read-only and {waiting.name} holds what was not yet written: copy both"
        )
    return "mode=ro&immutable=1"


def _reading_server(address: str) -> Iterator[Rows]:
    with closing(_server(address)) as server:
        _check_schema(server.rows, address)
        yield server.rows


def _check_schema(rows: Rows, address: str) -> None:
    try:
        found = [row["version_num"] for row in rows("SELECT version_num FROM alembic_version")]
    except Exception as error:
        if "alembic_version" not in str(error):
            raise
        raise StoreUnavailable(missing(address)) from error
    if found == [SCHEMA]:
        return
    said = found[0] if found else "none"
    if said > SCHEMA:
        raise SchemaMismatch(
            f"the catalogue {shown(address)} has schema {said}, newer than this program's {SCHEMA}: upgrade"
        )
    raise SchemaMismatch(
        f"the catalogue {shown(address)} has schema {said}, this program needs {SCHEMA}: "
        "run `stoppress init`, which brings it here"
    )


def missing(address: str) -> str:
    """Return what to say of a catalogue that is not there."""
    return (
        f"there is no catalogue at {shown(address)}: run `stoppress init` for a new archive, "
        "or `stoppress rebuild` to make it anew from an archive's store"
    )


def _unreachable(address: str, error: Exception) -> StoreUnavailable:
    why = getattr(error, "orig", None) or error
    if on_server(address):
        from storage.catalogue.serving import said_of

        said = said_of(why)
    else:
        said = str(why).splitlines()[0]
    return StoreUnavailable(f"the catalogue {shown(address)} can't be used: {said}")
