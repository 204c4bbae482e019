"""Both kinds of catalogue, each empty: tests that ask for `each_catalogue` run on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.catalogue import migrations
from storage.config import Config
from tests import pgserver
from tests.storage import making

KINDS = ("sqlite", "postgresql")
each_catalogue = pytest.mark.usefixtures("each_catalogue")
on_sqlite_only = pytest.mark.parametrize("each_catalogue", ["sqlite"], indirect=True)
"""For what only a file can be asked: kept beside the new one, found to be garbage."""


class Catalogues:
    """Catalogues of one kind, one for each folder; those on a server go at the end."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._served: dict[Path, str] = {}

    def __call__(self, folder: Path) -> str:
        """Return the address of a folder's catalogue."""
        if self.kind == "sqlite":
            return f"sqlite:///{folder}/archive/catalogue.db"
        if folder not in self._served:
            self._served[folder] = pgserver.new_catalogue()
        return self._served[folder]

    def copied(self, before: str, folder: Path) -> None:
        """Let a folder's catalogue hold what the one at this address does; a file is copied with its folder."""
        if self.kind == "postgresql":
            self._served[folder] = pgserver.copy_of(before)

    def drop(self) -> None:
        """Forget them all."""
        for address in self._served.values():
            pgserver.drop(address)


@contextmanager
def catalogues(kind: str) -> Iterator[Catalogues]:
    """Catalogues of a kind; the test is skipped where there is no server, which is a failure where all are required."""
    if kind == "postgresql" and pgserver.binaries() is None:
        pytest.skip(pgserver.ADVICE)
    found = Catalogues(kind)
    try:
        yield found
    finally:
        found.drop()


@dataclass(frozen=True)
class Built:
    """An archive that was made once, to be copied, and its catalogue."""

    folder: Path
    kind: str
    catalogue: str


@contextmanager
def built_once(kind: str, folder: Path, build: Callable[[Config], None]) -> Iterator[Built]:
    """An archive in this folder, its catalogue of this kind, as `build` makes it."""
    with catalogues(kind) as found:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(making, "catalogue_in", found)
            build(making.config_in(folder))
        yield Built(folder, kind, found(folder))


@contextmanager
def copied(built: Built, folder: Path) -> Iterator[Config]:
    """A copy of that archive in a folder of its own."""
    shutil.copytree(built.folder / "archive", folder / "archive")
    shutil.copy(built.folder / "stoppress.key", folder)
    with catalogues(built.kind) as found, pytest.MonkeyPatch.context() as patch:
        found.copied(built.catalogue, folder)
        patch.setattr(making, "catalogue_in", found)
        yield making.config_in(folder)


def change(address: str, statement: str, *values: object) -> None:
    """Change a catalogue behind the program's back; `?` stands for each value."""
    if address.startswith("sqlite:///"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(statement, values)
    else:
        pgserver.change(address, statement.replace("?", "%s"), values)


def lose(address: str) -> None:
    """Let a catalogue be gone: SQLite's file deleted, PostgreSQL's database as it was when it was made."""
    if address.startswith("sqlite:///"):
        for path in Path(address.removeprefix("sqlite:///")).parent.glob("catalogue.db*"):
            path.unlink()
    else:
        pgserver.empty(address)


def downgraded(address: str, schema: str) -> None:
    """Bring a catalogue back to an earlier schema by its own migrations."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(address)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, schema)
    engine.dispose()
