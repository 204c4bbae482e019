"""`make run`, as it goes where there is no terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

DEMO = [sys.executable, "-m", "cli.demo"]


def environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("STOPPRESS_")}
    return {**ours, "PYTHONWARNINGS": ""}


def play(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DEMO, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def running_in(folder: Path) -> Iterator[str]:
    """The command lines of processes that work in this folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                yield (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it ended meanwhile, or is somebody else's


def test_the_demo_ends_by_itself_and_shows_what_was_caught(tmp_path: Path) -> None:
    played = play(tmp_path, "--rounds", "2", "--every", "0.5")
    assert played.returncode == 0, played.stdout + played.stderr
    assert "\x1b" not in played.stdout
    assert "the desk corrects an arrest count and a rank without a word" in played.stdout
    assert re.search(r"caught   stealth, body .*\+2 -1 words", played.stdout)
    assert "The desk did 2 things; the archive caught 2 of them, 1 of which" in played.stdout
    assert "[-12-]{+21+} people" in played.stdout
    assert "first seen" in played.stdout
    warc = re.search(r"^  (demo/archive-1/warc/\S+\.warc\.gz)", played.stdout, re.MULTILINE)
    assert warc is not None
    assert (tmp_path / warc[1]).stat().st_size > 100_000
    assert list(running_in(tmp_path)) == []


def test_the_commands_that_it_names_work_and_a_second_demo_leaves_the_first_archive_alone(tmp_path: Path) -> None:
    for number in (1, 2):
        played = play(tmp_path, "--rounds", "2", "--every", "0.5")
        assert f"Its archive: demo/archive-{number}/" in played.stdout
    named = re.findall(r"^  \.venv/bin/stoppress (.*)$", played.stdout, re.MULTILINE)
    assert len(named) >= 2
    assert not any("URL" in command for command in named)
    for command in named:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *command.split()],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert sorted(path.name for path in (tmp_path / "demo").glob("archive-*")) == ["archive-1", "archive-2"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_that_is_stopped_ends_its_children_and_seals_what_it_has(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        DEMO, cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        next(line for line in demo.stdout if "the desk corrects" in line)
        demo.send_signal(number)
        told = demo.stdout.read()
        assert demo.wait(timeout=60) in (0, 1)  # 1: it was stopped before all that the desk did was caught
    assert "The evidence" in told
    time.sleep(0.2)
    assert list(running_in(tmp_path)) == []
    assert list(tmp_path.glob("demo/archive-1/warc/**/*.manifest.json"))
    assert not list(tmp_path.glob("demo/archive-1/spool/*/*.warc.gz"))


def test_a_real_site_is_not_asked_without_a_contact(tmp_path: Path) -> None:
    played = play(tmp_path, "--site", "lbc")
    assert played.returncode == 2
    assert "make run SITE=lbc CONTACT=https://" in played.stderr
    assert not list(tmp_path.iterdir())
