"""The daemon and its ticks, as an operator runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsroom import Newsroom
from scheduler.tick import budget_of, plan
from storage.archive.access import open_archive, open_reading
from storage.catalogue.rows import page_row
from tests.conftest import Run, found_archive, run_in, site_config
from tests.storage.making import SITE, config_in, minutes, page

FAST = '[daemon]\ntick_seconds = 1\nhurry = 3000\n[crawler]\nrequisites = "none"\n'


@contextmanager
def daemon(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "run", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], kind: str, seconds: float = 60) -> dict[str, object]:
    assert process.stdout is not None
    until = time.monotonic() + seconds
    for line in process.stdout:
        event = json.loads(line)
        if event["kind"] == kind:
            return dict(event)
        assert time.monotonic() < until, f"no {kind}"
    pytest.fail(f"the daemon ended without a {kind}")


@pytest.mark.e2e
def test_the_daemon_catches_an_edit_and_closes_cleanly(tmp_path: Path, room: Newsroom) -> None:
    (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=FAST))
    found_archive(tmp_path)
    with daemon(tmp_path) as process:
        wait_for(process, "new")
        url = room.url_of(room.articles()[0].slug)
        while not known(tmp_path, url):
            time.sleep(0.3)
        room.stealth_edit(url, add="One sentence that nobody announced.")
        edit = wait_for(process, "edit")
        assert edit["page"] == url
        assert edit["classes"] == ["stealth", "body"]
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert '"kind": "stopped"' in out
    assert not list((tmp_path / "archive" / "spool").rglob("*.warc.gz"))
    run_in(tmp_path, "verify")


def known(folder: Path, url: str) -> bool:
    return run_in(folder, "history", url, "--json", status=None).status == 0


@pytest.mark.e2e
def test_the_daemon_outlives_its_worker(tmp_path: Path, room: Newsroom) -> None:
    (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=FAST))
    found_archive(tmp_path)
    with daemon(tmp_path) as process:
        wait_for(process, "new")
        os.kill(worker_of(process.pid), signal.SIGKILL)
        time.sleep(1)
        url = room.publish("Ferry returns after a night at sea", BODY, slug="ferry-returns-after-night")
        deadline = time.monotonic() + 60
        while not known(tmp_path, url):
            assert time.monotonic() < deadline
            time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
    run_in(tmp_path, "verify")


BODY = """The island ferry tied up at Saltmere at dawn on Sunday after a night adrift in a flat calm.

Its 40 passengers were given soup by the crew of the pilot boat, which had nothing else on board.

Nobody was hurt, and the ferry will sail again when its engine has been looked at, the company said."""


def worker_of(parent: int) -> int:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            return int(stat.parent.name)
    pytest.fail("the daemon has no worker")


@pytest.mark.e2e
def test_a_tick_looks_at_what_is_due_and_no_more(stoppress: Run, room: Newsroom) -> None:
    first = stoppress("tick", "--json").json
    assert first[0]["outcomes"]["new"] == len(room.articles())
    second = stoppress("tick", "--json").json
    assert second[0]["looks"] == 0


def test_a_plan_keeps_to_the_sites_budget(tmp_path: Path) -> None:
    from dataclasses import replace

    config = config_in(tmp_path)
    slow = replace(SITE, requests_per_minute=10)
    found = [
        page_row(url=page(f"s-{number}"), site=SITE.name, source="front", first_seen=stamp(number))
        for number in range(50)
    ]
    with open_archive(config) as archive:
        archive.recorder.add_pages(
            [{name: row[name] for name in ("url", "site", "source", "first_seen")} for row in found]
        )
    now = minutes(60)
    with open_reading(config) as (_, rows):
        round_ = plan(rows, slow, now, config=config)
        assert len(round_.pages) == budget_of(slow, config.daemon.tick_seconds) == 10
        assert round_.discover
        assert round_.deep
        assert next(row["url"] for row in round_.pages) == page("s-49")
        fewer = plan(rows, slow, now, config=config, waiting=[row["url"] for row in round_.pages[:8]])
        assert len(fewer.pages) == 2


def stamp(number: int) -> str:
    from news.serial import rfc3339

    return rfc3339(datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=number))
