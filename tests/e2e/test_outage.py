"""A store that is away and a disk that fills up, as an operator meets them: told, waited out, nothing lost."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from newsroom import Newsroom
from tests.conftest import run_in, site_config

pytestmark = pytest.mark.e2e


def test_a_crawl_goes_on_without_its_store_and_says_what_it_kept(tmp_path: Path, room: Newsroom) -> None:
    where = f'store = "{tmp_path}/store"\ncatalogue = "sqlite:///{tmp_path}/catalogue.db"\nspool = "{tmp_path}/spool"'
    (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=f"[archive]\n{where}\n"))
    run_in(tmp_path, "init")
    url = room.url_of(room.articles()[0].slug)
    run_in(tmp_path, "crawl", "harbour", url)
    (tmp_path / "store").rename(tmp_path / "unmounted")
    room.stealth_edit(url, add="One sentence that nobody announced.")
    done = run_in(tmp_path, "crawl", "harbour", url, status=4)
    assert "1 changed" in done.out
    assert "1 segment" in done.err
    assert "go in with the next crawl" in done.err
    told = run_in(tmp_path, "status", "--json").json
    assert told["sites"][0]["waiting"]["segments"] == 1
    assert [alarm["kind"] for alarm in told["alarms"]] == ["store-unreachable"]
    assert len(run_in(tmp_path, "history", url, "--json").json["revisions"]) == 2
    assert not (tmp_path / "store").exists()
    (tmp_path / "unmounted").rename(tmp_path / "store")
    assert len(run_in(tmp_path, "crawl", "harbour", url, "--json").json["segments"]) == 2
    assert not list((tmp_path / "spool").rglob("*.warc.gz"))
    assert run_in(tmp_path, "verify", "--json").json["findings"] == []


def test_a_tick_with_nothing_due_brings_in_what_waits_and_says_so_while_it_can_not(
    tmp_path: Path, room: Newsroom
) -> None:
    where = f'store = "{tmp_path}/store"\ncatalogue = "sqlite:///{tmp_path}/catalogue.db"\nspool = "{tmp_path}/spool"'
    (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=f"[archive]\n{where}\n"))
    run_in(tmp_path, "init")
    url = room.url_of(room.articles()[0].slug)
    run_in(tmp_path, "tick")
    (tmp_path / "store").rename(tmp_path / "unmounted")
    room.stealth_edit(url, add="One sentence that nobody announced.")
    run_in(tmp_path, "crawl", "harbour", url, status=4)
    assert "1 segment" in run_in(tmp_path, "tick", status=4).err
    (tmp_path / "unmounted").rename(tmp_path / "store")
    told = run_in(tmp_path, "tick", "--json").json[0]
    assert (told["looks"], len(told["segments"])) == (0, 1)
    assert not list((tmp_path / "spool").rglob("*.warc.gz"))
    assert run_in(tmp_path, "verify", "--json").json["findings"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to mount a small file system")
def test_a_full_disk_under_the_catalogue_is_told_in_a_line_and_loses_nothing(tmp_path: Path, room: Newsroom) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts no tmpfs")
    try:
        where = f'store = "{tmp_path}/store"\ncatalogue = "sqlite:///{disk}/catalogue.db"\nspool = "{tmp_path}/spool"'
        (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=f"[archive]\n{where}\n"))
        run_in(tmp_path, "init")
        free = os.statvfs(disk)
        (disk / "other").write_bytes(bytes((free.f_bavail - 1) * free.f_bsize))
        done = run_in(tmp_path, "crawl", "harbour", status=4)
        assert "Traceback" not in done.err
        assert "catalogue" in done.err
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run_in(tmp_path, "crawl", "harbour")
        assert len(run_in(tmp_path, "articles", "--json").json) == 35
        run_in(tmp_path, "verify")
    finally:
        subprocess.run(["umount", str(disk)], check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to mount a small file system")
def test_looks_are_refused_before_the_disk_is_full_and_made_once_there_is_room(tmp_path: Path, room: Newsroom) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts no tmpfs")
    try:
        where = f'store = "{tmp_path}/store"\nspool = "{disk}/spool"\nspool_free_megabytes = 1.35'
        (tmp_path / "stoppress.toml").write_text(site_config(room.url, top=f"[archive]\n{where}\n"))
        run_in(tmp_path, "init")
        done = run_in(tmp_path, "crawl", "harbour", status=4)
        assert "put off" in done.err
        assert "archive.spool_free_megabytes" in done.err
        assert "failed" not in done.out
        seen = len(run_in(tmp_path, "articles", "--json").json)
        assert 0 < seen < 35
        (disk / "other").write_bytes(bytes(600_000))
        assert "spool-full" in {alarm["kind"] for alarm in run_in(tmp_path, "status", "--json").json["alarms"]}
        log = len(list(room.log))
        assert "are to stay free" in run_in(tmp_path, "crawl", "harbour", status=4).err
        assert len(list(room.log)) == log
        (disk / "other").unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run_in(tmp_path, "crawl", "harbour", "--limit", "40")
        assert len(run_in(tmp_path, "articles", "--json").json) == 35
        run_in(tmp_path, "verify")
    finally:
        subprocess.run(["umount", str(disk)], check=False)
