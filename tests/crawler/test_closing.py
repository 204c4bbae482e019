"""A worker that is told to end finishes the look that is under way and begins no other; it runs our code alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import found_archive, run_in, site_config
from tests.crawler.crawling import outcomes, sized
from tests.crawler.wireserver import WireServer, answer
from tests.storage.making import html

PAGE = sized(html(), b"Content-Type: text/html; charset=utf-8")
SECONDS = 60


def worker(folder: Path, *urls: str) -> subprocess.Popen[str]:
    """A crawl worker with these pages ordered, whose orders go on: it would not end by itself."""
    started = subprocess.Popen(
        [sys.executable, "-m", "crawler", "--config", str(folder / "stoppress.toml")],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings"},
    )
    assert started.stdin is not None
    for number, url in enumerate(urls):
        started.stdin.write(json.dumps({"id": str(number), "order": "fetch", "site": "harbour", "url": url}) + "\n")
    started.stdin.flush()
    return started


def test_the_look_under_way_is_finished_and_sealed_and_no_other_is_begun(tmp_path: Path) -> None:
    paths = [f"/news/story-{number}-of-the-day/" for number in range(4)]
    slow = answer(PAGE[:300], PAGE[300:], pause=1.0)
    with WireServer(dict.fromkeys(paths, slow)) as server:
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic"))
        found_archive(tmp_path)
        process = worker(tmp_path, *(f"{server.url}{path}" for path in paths))
        try:
            given_up = time.monotonic() + SECONDS
            while not server.exchanges(paths[0]) and process.poll() is None and time.monotonic() < given_up:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
        assert (process.returncode, log) == (0, "")
        assert outcomes(tmp_path, server) == {paths[0]: ("new", None)}
        assert [exchanged.path for exchanged in server.log] == ["/robots.txt", paths[0]]
    (site,) = run_in(tmp_path, "status", "--json").json["sites"]
    assert (site["open_segments"], site["sealed_segments"]) == ([], 1)


def test_what_lies_in_the_working_directory_is_not_taken_for_code(tmp_path: Path) -> None:
    (tmp_path / "attr.py").write_text("raise SystemExit('not ours')")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "__init__.py").write_text("raise SystemExit('not ours')")
    with WireServer({"/news/story-of-the-day/": answer(PAGE)}) as server:
        url = f"{server.url}/news/story-of-the-day/"
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic"))
        command = Path(sys.executable).with_name("stoppress")
        for arguments in (("init",), ("crawl", "harbour", url)):
            done = subprocess.run(
                [command, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            assert (done.returncode, done.stderr) == (0, "")
        assert "1 new" in done.stdout
