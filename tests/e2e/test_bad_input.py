"""What goes wrong outside: a clear message, the right exit status, nothing captured is lost, the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsroom import Newsroom
from tests.conftest import Run, found_archive, run_in, site_config

pytestmark = pytest.mark.e2e


def crawled(stoppress: Run, *arguments: str) -> dict[str, object]:
    report = stoppress("crawl", "harbour", "--json", *arguments).json
    assert isinstance(report, dict)
    return report


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_site_that_does_not_answer_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "stoppress.toml").write_text(site_config(f"http://127.0.0.1:{a_free_port()}/"))
    found_archive(tmp_path)
    done = run_in(tmp_path, "crawl", "harbour")
    assert "no connection to 127.0.0.1" in done.out
    (alarm,) = json.loads(run_in(tmp_path, "status", "--json").out)["alarms"]
    assert alarm["kind"] == "failing"
    assert "nobody answers: no connection to 127.0.0.1" in alarm["message"]


def test_errors_of_the_server_are_in_the_report_and_the_status_is_0(stoppress: Run, room: Newsroom) -> None:
    url = room.url_of(room.articles()[0].slug)
    room.misbehave(url, "status", status=500)
    report = crawled(stoppress, url)
    assert report["outcomes"] == {"failed": 1}
    assert report["failures"][0]["reason"] == "http-500"  # type: ignore[index]
    room.restore(url)
    assert crawled(stoppress, url)["outcomes"] == {"new": 1}


def test_a_host_that_asks_for_rest_is_given_it(stoppress: Run, room: Newsroom) -> None:
    url = room.url_of(room.articles()[0].slug)
    room.misbehave(url, "status", status=503, retry_after="2", times=1)
    started = time.monotonic()
    assert crawled(stoppress, url)["outcomes"] == {"new": 1}
    assert time.monotonic() - started > 2


@pytest.mark.parametrize("ill", ["bad-feed", "empty-feed", "hang-up", "empty"])
def test_a_broken_source_does_not_hide_the_others(stoppress: Run, room: Newsroom, ill: str) -> None:
    for path in ("/rss.xml", "/feed/", "/atom.xml", "/sitemap.xml"):
        room.misbehave(path, ill)
    report = crawled(stoppress, "--limit", "3")
    assert report["outcomes"] == {"new": 3}


@pytest.mark.parametrize(
    ("ill", "outcome"),
    [("consent", "blocked"), ("bot-wall", "blocked"), ("soft-404", "not-article"), ("paywall", "blocked")],
)
def test_a_wall_is_no_revision(stoppress: Run, room: Newsroom, ill: str, outcome: str) -> None:
    url = room.url_of(room.articles()[0].slug)
    crawled(stoppress, url)
    room.misbehave(url, ill)
    assert crawled(stoppress, url)["outcomes"] == {outcome: 1}
    assert len(stoppress("history", url, "--json").json["revisions"]) == 1


def test_a_layout_that_nobody_knows_is_an_alarm_and_no_revision(stoppress: Run, room: Newsroom) -> None:
    url = room.url_of(room.articles()[0].slug)
    crawled(stoppress, url)
    room.misbehave(url, "redesign")
    report = crawled(stoppress, url)
    assert report["failures"][0]["reason"] == "layout-changed"  # type: ignore[index]
    assert "layout" in json.dumps(stoppress("status", "--json").json["alarms"])


def test_a_redirect_loop_ends(stoppress: Run, room: Newsroom) -> None:
    url = room.url_of(room.articles()[0].slug)
    room.misbehave(url, "loop")
    report = crawled(stoppress, url)
    assert sum(report["outcomes"].values()) == 1  # type: ignore[attr-defined]
    assert "new" not in report["outcomes"]  # type: ignore[operator]


def test_a_page_that_is_no_article_is_observed_as_that(stoppress: Run, room: Newsroom) -> None:
    assert crawled(stoppress, f"{room.url}contact/")["outcomes"] == {"not-article": 1}


def test_an_address_of_another_host_is_refused(stoppress: Run) -> None:
    done = stoppress("crawl", "harbour", "https://example.org/news/story/", status=2)
    assert "none of the hosts of site harbour" in done.err


def test_an_unknown_site_is_named_with_the_nearest(stoppress: Run) -> None:
    done = stoppress("crawl", "harbor", status=2)
    assert "harbour" in done.err


def test_without_init_nothing_is_made(tmp_path: Path, room: Newsroom) -> None:
    (tmp_path / "stoppress.toml").write_text(site_config(room.url))
    done = run_in(tmp_path, "crawl", "harbour", status=4)
    assert "stoppress init" in done.err
    assert not (tmp_path / "archive").exists()


def test_a_site_on_the_public_web_needs_a_contact(tmp_path: Path) -> None:
    (tmp_path / "stoppress.toml").write_text('[sites.gazette]\nhome = "https://gazette.example/"\n')
    done = run_in(tmp_path, "sites", status=3)
    assert "contact" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_private_addresses_are_blocked_unless_they_are_allowed(tmp_path: Path, room: Newsroom) -> None:
    (tmp_path / "stoppress.toml").write_text(f'[sites.harbour]\nhome = "{room.url}"\n')
    found_archive(tmp_path)
    report = run_in(tmp_path, "crawl", "harbour", f"{room.url}news/x/", "--json").json
    assert report["outcomes"] == {"blocked": 1}
    assert report["failures"][0]["reason"] == "private-address"
    assert "allow_private_addresses" in report["failures"][0]["detail"]
    assert list(room.log) == []


def test_a_missing_catalogue_and_a_newer_store_are_status_4(stoppress: Run, tmp_path: Path) -> None:
    header = tmp_path / "archive" / "stoppress.json"
    said = header.read_text()
    header.write_text('{"format": 99}')
    assert "newer Stop Press" in stoppress("articles", status=4).err
    header.write_text(said)
    (tmp_path / "archive" / "catalogue.db").unlink()
    assert "rebuild" in stoppress("crawl", "harbour", status=4).err


def test_ctrl_c_in_the_middle_keeps_what_was_captured(tmp_path: Path) -> None:
    with Newsroom() as room:
        (tmp_path / "stoppress.toml").write_text(site_config(room.url, extra="requests_per_minute = 300"))
        found_archive(tmp_path)
        crawl = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "crawl", "harbour", "--no-discover", *addresses(room)],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        while not any(entry.path.startswith(("/news/", "/article/")) for entry in room.log):
            time.sleep(0.05)
        time.sleep(1)
        crawl.send_signal(signal.SIGINT)
        _, err = crawl.communicate(timeout=60)
        assert crawl.returncode == 130
        assert b"interrupted" in err
        before = len(run_in(tmp_path, "articles", "--json").json)
        assert 0 < before < 30
        run_in(tmp_path, "crawl", "harbour", "--no-discover", *addresses(room)[:3])
        assert run_in(tmp_path, "verify").status == 0


def addresses(room: Newsroom) -> list[str]:
    return [room.url_of(story.slug) for story in room.articles()]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to mount a small file system")
def test_a_full_disk_ends_the_crawl_with_status_4_and_keeps_what_was_there(tmp_path: Path, room: Newsroom) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts no tmpfs")
    try:
        top = f'[archive]\nstore = "{tmp_path}/store"\nspool = "{disk}/spool"\nspool_free_megabytes = 0\n'
        (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=top))
        run_in(tmp_path, "init")
        done = run_in(tmp_path, "crawl", "harbour", status=4)
        assert "Free space" in done.err
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run_in(tmp_path, "crawl", "harbour", "--limit", "40")
        assert len(run_in(tmp_path, "articles", "--json").json) == 35
        run_in(tmp_path, "verify")
    finally:
        subprocess.run(["umount", str(disk)], check=False)
