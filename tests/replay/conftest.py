"""One store with a newsroom's article, a page answered by a 304, a page that came twice alike; and who replays it."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsroom import Newsroom
from tests.conftest import run_in, site_config
from tests.crawler.crawling import sized
from tests.crawler.wireserver import WireServer, answer
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
FRESH, AGAIN = "/news/ferry-not-modified/", "/news/ferry-sent-again/"


@dataclass(frozen=True)
class Kept:
    """The store, and what the tests ask of it."""

    folder: Path
    article: str
    headline: str
    gazette: str

    @property
    def segments(self) -> list[Path]:
        return sorted((self.folder / "archive" / "warc").rglob("*.warc.gz"))

    def captures(self, where: str) -> list[dict[str, str]]:
        """The rows of the catalogue's captures, oldest first."""
        with closing(sqlite3.connect(self.folder / "archive" / "catalogue.db")) as catalogue:
            catalogue.row_factory = sqlite3.Row
            rows = catalogue.execute(f"SELECT * FROM captures WHERE {where} ORDER BY at").fetchall()
        return [dict(row) for row in rows]


def digits(at: str) -> str:
    """An instant as replay tools spell it: 14 digits."""
    return "".join(filter(str.isdigit, at))[:14]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("replayed")
    not_modified = answer(b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n')
    script = {
        FRESH: [answer(sized(html("Ferry that did not change"), HTML, b'ETag: "one"')), not_modified],
        AGAIN: answer(sized(html("Ferry that came twice"), HTML)),
    }
    with Newsroom() as room, WireServer(script) as server:  # type: ignore[arg-type]
        gazette = site_config(f"{server.url}/", name="gazette", reader="generic")
        (folder / "stoppress.toml").write_text(site_config(room.url) + gazette)
        run_in(folder, "init")
        story = next(story for story in room.articles() if story.template == "new")
        run_in(folder, "crawl", "harbour", room.url_of(story.slug))
        for _ in range(2):
            run_in(folder, "crawl", "gazette", f"{server.url}{FRESH}", f"{server.url}{AGAIN}")
        headline = run_in(folder, "history", room.url_of(story.slug), "--json").json["revisions"][0]["headline"]
        yield Kept(folder=folder, article=room.url_of(story.slug), headline=headline, gazette=server.url)


def merged(kept: Kept) -> bytes:
    """All our indexes as one, as an operator merges them for pywb."""
    indexes = sorted(str(path) for path in kept.folder.rglob("*.cdxj"))
    done = subprocess.run(["sort", "-m", *indexes], capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def pywb_in(folder: Path) -> Path:
    """Build pywb's own environment in this folder unless it is there; skip when it can't be had."""
    wayback = folder / "bin" / "wayback"
    if not wayback.exists():
        steps = [
            [sys.executable, "-m", "venv", str(folder)],
            [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "pywb", "setuptools<81"],
        ]
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False, timeout=600)
            if done.returncode:
                wayback.unlink(missing_ok=True)
                pytest.skip(f"pywb can't be installed: {done.stderr[-300:]}")
    return wayback


@pytest.fixture(scope="session")
def pywb(kept: Kept, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a pywb that replays the store from our segments and our indexes, merged and nothing more."""
    wayback = pywb_in(Path(pytestconfig.cache.mkdir("pywb")))  # type: ignore[union-attr]
    folder = tmp_path_factory.mktemp("pywb")
    (folder / "index.cdxj").write_bytes(merged(kept))
    places = "".join(f"      - {place}/\n" for place in sorted({path.parent for path in kept.segments}))
    (folder / "config.yaml").write_text(
        f"collections:\n  all:\n    index_paths: {folder}/index.cdxj\n    archive_paths:\n{places}"
    )
    with serving([str(wayback), "-b", "127.0.0.1", "-p", "{port}"], folder) as address:
        yield f"{address}/all"


@pytest.fixture(scope="session")
def exported_pywb(kept: Kept, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a pywb that was started in what `export cdxj` wrote, and told nothing else."""
    wayback = pywb_in(Path(pytestconfig.cache.mkdir("pywb")))  # type: ignore[union-attr]
    folder = tmp_path_factory.mktemp("exported") / "replay"
    run_in(kept.folder, "export", "cdxj", "-o", str(folder))
    with serving([str(wayback), "-b", "127.0.0.1", "-p", "{port}"], folder) as address:
        yield f"{address}/all"


@contextmanager
def serving(command: list[str], folder: Path) -> Iterator[str]:
    """Run a server on a free port until the tests are through; `{port}` in its command is the port."""
    port = free_port()
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen([part.format(port=port) for part in command], cwd=folder, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/", running, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(20)


def wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if running.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} does not answer:\n{log.read_text()[-2000:]}")
