"""Creating, opening and checking a catalogue. Alembic is only loaded where the schema is made or brought here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from news.errors import SchemaMismatch, StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Engine

SQLITE = "sqlite:///"
SCHEMA = "0001"
BUSY_SECONDS = 30

Row = Mapping[str, Any]


class Rows(Protocol):
    """Something that answers SQL with `:named` parameters."""

    def __call__(self, sql: str, /, **parameters: object) -> list[Row]:
        """Return the rows that the statement gives."""


@contextmanager
def reading(address: str) -> Iterator[Rows]:
    """Open a catalogue for questions only, after checking that its schema is ours.

    SQLite is asked through the standard library: the same statements, a third of a second sooner than by SQLAlchemy.
    """
    if address.startswith(SQLITE):
        yield from _reading_sqlite(address)
    else:
        yield from _reading_engine(address)


def create(address: str) -> None:
    """Make the catalogue, or bring an older one to this program's schema; an up-to-date one is left as it is."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        if address.startswith(SQLITE):
            Path(address.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
        engine = engine_at(address)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        engine.dispose()
    except CommandError as error:
        raise SchemaMismatch(
            f"the catalogue {address} has a schema that this program does not know ({error}): use the Stop Press that "
            "made it, or move it away and run `stoppress rebuild`"
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise _unreachable(address, error) from error


def engine_at(address: str) -> Engine:
    """Return an engine whose SQLite connections write ahead (WAL), wait for each other and sync at each commit."""
    from sqlalchemy import create_engine, event

    if not address.startswith(SQLITE):
        return create_engine(address, pool_pre_ping=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # a spool goes once its rows are here to stay

    return engine


def exists(address: str) -> bool:
    """Return whether a catalogue's file is there; one on a server is taken to be."""
    return not address.startswith(SQLITE) or Path(address.removeprefix(SQLITE)).is_file()


def _reading_sqlite(address: str) -> Iterator[Rows]:
    path = Path(address.removeprefix(SQLITE))
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


def _reading_engine(address: str) -> Iterator[Rows]:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    engine = engine_at(address)
    try:
        with engine.connect() as connection:

            def rows(sql: str, /, **parameters: object) -> list[Row]:
                return [dict(row) for row in connection.execute(text(sql), parameters).mappings()]

            _check_schema(rows, address)
            yield rows
    except SQLAlchemyError as error:
        raise _unreachable(address, error) from error
    finally:
        engine.dispose()


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
        raise SchemaMismatch(f"the catalogue {address} has schema {said}, newer than this program's {SCHEMA}: upgrade")
    raise SchemaMismatch(
        f"the catalogue {address} has schema {said}, this program needs {SCHEMA}: "
        "run `stoppress init`, which brings it here"
    )


def missing(address: str) -> str:
    """Return what to say of a catalogue that is not there."""
    return (
        f"there is no catalogue at {address}: run `stoppress init` for a new archive, "
        "or `stoppress rebuild` to make it anew from an archive's store"
    )


def _unreachable(address: str, error: Exception) -> StoreUnavailable:
    said = str(getattr(error, "orig", None) or error).splitlines()[0]
    return StoreUnavailable(f"the catalogue {address} can't be used: {said}")
