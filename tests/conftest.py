"""What all tests share: an archive in a temporary folder, and the command line run in it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from newsroom import Newsroom
from tests.catalogues import KINDS, Catalogues, catalogues
from tests.storage import making


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: in the background a shell has it ignored, for them and theirs.

    What they print is as wide as it is anywhere: test runners set COLUMNS for their own.
    """
    os.environ.pop("COLUMNS", None)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Finished:
    """A command that ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Finished]

LONG = ("e2e", "replay", "", "scheduler", "crawler", "cli")
"""Folders of tests by how long a file takes: what is begun last should end soon."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files that take minutes be begun first, so that no worker is left alone with one at the end."""
    here = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        folder = item.path.parent.relative_to(here).parts[:1]
        name = folder[0] if folder else ""
        return LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=rank)


@pytest.fixture(params=KINDS)
def each_catalogue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogues]:
    """Archives made by hand have their catalogues in SQLite, then in PostgreSQL."""
    with catalogues(request.param) as found:
        monkeypatch.setattr(making, "catalogue_in", found)
        yield found


def run_in(
    folder: Path, *arguments: str, timeout: float = 90, status: int | None = 0, stdin: str | None = None
) -> Finished:
    """Run `stoppress` in a folder as a user would; fail unless it ends with the expected status."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("STOPPRESS_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        input=stdin,
        env={**ours, "PYTHONWARNINGS": ""},
        check=False,
    )
    if status is not None:
        assert done.returncode == status, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return Finished(status=done.returncode, out=done.stdout, err=done.stderr)


@cache
def _founded() -> Path:
    """An archive as `stoppress init` makes it, made once: starting Python and bringing up a schema takes a second."""
    folder = Path(tempfile.mkdtemp(prefix="stoppress-founded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "stoppress.toml").write_text(site_config("http://127.0.0.1/"))
    run_in(folder, "init")
    return folder


def found_archive(folder: Path) -> None:
    """Let a folder hold what `stoppress init` makes where nothing is configured but sites: store, catalogue and key."""
    made = _founded()
    shutil.copytree(made / "archive", folder / "archive")
    shutil.copy(made / "stoppress.key", folder)
    with closing(sqlite3.connect(folder / "archive" / "catalogue.db")) as catalogue, catalogue:
        catalogue.execute("UPDATE stores SET address = ?", (str(folder / "archive"),))


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


def site_config(url: str, *, name: str = "harbour", reader: str = "lbc", extra: str = "", top: str = "") -> str:
    return f"""{top}
[sites.{name}]
home = "{url}"
reader = "{reader}"
timezone = "Europe/London"
allow_private_addresses = true
{extra}
"""


@pytest.fixture
def stoppress(tmp_path: Path, room: Newsroom) -> Run:
    """The command line in a fresh archive of the newsroom."""
    (tmp_path / "stoppress.toml").write_text(site_config(room.url))
    found_archive(tmp_path)

    def run(*arguments: str, **options: Any) -> Finished:
        return run_in(tmp_path, *arguments, **options)

    return run
