"""docs/add-a-site.md, followed to the letter in a copy of the checkout: its files written, its commands run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsroom import Newsroom

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/add-a-site.md").read_text()
ROOMS = sorted(place.parent for place in ROOT.glob("*/__init__.py"))
FILES = ("Makefile", "scrapy.cfg", "pyproject.toml")
STORY = "news/lighthouse-keeper-found-after-two-nights/"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    without = shutil.ignore_patterns("__pycache__")
    for room in ROOMS:
        shutil.copytree(room, tmp_path / room.name, ignore=without)
    for file in FILES:
        shutil.copy(ROOT / file, tmp_path)
    commands = tmp_path / ".venv/bin"
    commands.mkdir(parents=True)
    for name in ("python", "stoppress"):
        module = "" if name == "python" else " -m cli.main"
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{module} "$@"\n')
        (commands / name).chmod(0o755)
    return tmp_path


def follow(checkout: Path, address: str) -> list[str]:
    """Do what the page says, block by block; return what the commands printed."""
    said = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STOPPRESS_")}
    environment |= {"PYTHONPATH": str(checkout), "MAKEFLAGS": "INSTALL=:"}
    for kind, block in re.findall(r"^```(toml|sh|python)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        text = block.replace("http://127.0.0.1:8765/", address)
        if kind == "toml":
            (checkout / "stoppress.toml").write_text(text)
        elif kind == "python":
            (checkout / text.splitlines()[0].removeprefix("# ")).write_text(text)
        else:
            done = subprocess.run(
                ["sh", "-euc", text],
                cwd=checkout,
                env=environment,
                capture_output=True,
                text=True,
                timeout=240,
                check=False,
            )
            assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
            said.append(done.stdout)
    return said


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_page_can_be_followed_to_a_profile_that_reads_what_the_general_reader_could_not(checkout: Path) -> None:
    with Newsroom() as room:
        said = follow(checkout, room.url)
    case = checkout / "tests/fixtures/harbour/exclusive"
    assert {file.name for file in case.iterdir()} == {"page.html", "address.txt", "article.json", "capture.warc.gz"}
    assert json.loads((case / "article.json").read_text())["kicker"] == "Exclusive"
    assert any(re.search(r"\b[1-9]\d* passed", words) for words in said)
    assert json.loads(said[-1][said[-1].index("{") :])["article"]["kicker"] == "Exclusive"


def test_the_page_is_followed_whole() -> None:
    kinds = re.findall(r"^```(\w+)\n", PAGE, re.MULTILINE)
    assert set(kinds) == {"console", "toml", "sh", "python"}
    assert kinds.count("sh") >= 5
