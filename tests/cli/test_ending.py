"""How commands end that are cut short: by Ctrl-C, or by what they write to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import cli
from tests.cli.conftest import Stoppress


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        (("import", "x.warc.gz"), "what was taken in is kept: give the command again for the rest"),
        (("export", "jsonl"), "nothing was put in place"),
        (("crawl", "gazette"), "what was captured is kept"),
        (("verify",), None),
    ],
)
def test_ctrl_c_says_what_stands(
    stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], kept: str | None
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupted)
    said = stoppress(*command, status=130)
    assert " ".join(said.err.split()) == (f"stoppress: interrupted; {kept}" if kept else "stoppress: interrupted")


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("command", [("export", "jsonl", "-o", "-"), ("export", "warc", "-o", "-"), ("articles",)])
def test_a_full_disk_behind_stdout_is_told_with_status_4(
    archive: Path, command: tuple[str, ...], *, buffered: bool
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment |= {} if buffered else {"PYTHONUNBUFFERED": "1"}
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "cli.main", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=archive,
            env=environment,
            check=False,
        )
    assert ended.stderr.decode() == "stoppress: the output can't be written: No space left on device\n"
    assert ended.returncode == 4
