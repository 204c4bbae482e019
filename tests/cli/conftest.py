"""The command line in process, in a folder with an archive made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from storage.config import Config
from tests.catalogues import KINDS, Built, built_once, copied
from tests.storage.making import html, look, minutes, page, redirect, written

FERRY, PIER, QUAY, OLD_QUAY = (page(slug) for slug in ("ferry", "pier", "quay", "old-quay"))
CORRECTED = "The season ticket will cost no more than it does now."


@dataclass(frozen=True)
class Said:
    """What a command wrote and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Stoppress = Callable[..., Said]


@pytest.fixture(scope="session", params=KINDS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """An archive, its catalogue of either kind, with an edit, an end, a return and a move, in three segments."""
    with built_once(request.param, tmp_path_factory.mktemp("built"), build) as found:
        yield found


def build(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, FERRY, html("The ferry this winter"), minutes(0))
        look(writer, PIER, html("The pier this winter"), minutes(0.5))
        look(writer, QUAY, html("The quay this winter"), minutes(1))
        writer.seal(minutes(2))
        look(writer, FERRY, html("The ferry this winter", CORRECTED), minutes(10))
        look(writer, PIER, b"no more", minutes(11), status="404 Not Found")
        redirect(writer, QUAY, OLD_QUAY, html("The quay this winter"), minutes(12))
        writer.seal(minutes(13))
        look(writer, FERRY, html("The ferry this winter", CORRECTED), minutes(20))
        look(writer, page("jetty"), html("The jetty this winter"), minutes(21))
        writer.seal(minutes(22))


@pytest.fixture
def archive(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own with that archive; commands run there."""
    with copied(built, tmp_path):
        monkeypatch.chdir(tmp_path)
        yield tmp_path


@pytest.fixture
def stoppress(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Stoppress:
    """Run a command in the current folder."""
    monkeypatch.delenv("STOPPRESS_CONFIG", raising=False)

    def call(*arguments: str, status: int | None = 0) -> Said:
        capsys.readouterr()
        ended = run(list(arguments))
        written = capsys.readouterr()
        assert status in (None, ended), written.err
        return Said(status=ended, out=written.out, err=written.err)

    return call
