"""The archive handed on and others' captures taken in through the command line, as a user does both."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsroom import Newsroom
from tests.conftest import Run, found_archive, run_in, site_config
from tests.storage.waczcheck import faults

pytestmark = pytest.mark.e2e

Take = Callable[[Path, str], Path]


def by_wget(folder: Path, url: str) -> Path:
    """What `wget` archives of a page."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("wget is not installed")
    command = [wget, "-q", "--no-proxy", "-O", "page.html", "--warc-file=wget", url]
    subprocess.run(command, cwd=folder, check=True, timeout=60)
    return folder / "wget.warc.gz"


CAPTURE = """
import sys
from warcio.capture_http import capture_http
import requests
with capture_http(sys.argv[1]):
    requests.get(sys.argv[2], timeout=30).raise_for_status()
"""
"""In a process of its own: warcio records only what is imported after it."""


def by_warcio(folder: Path, url: str) -> Path:
    """What warcio's `capture_http` archives of a page."""
    path = folder / "captured.warc.gz"
    subprocess.run([sys.executable, "-W", "ignore", "-c", CAPTURE, str(path), url], check=True, timeout=60)
    return path


@pytest.mark.parametrize("take", [by_wget, by_warcio])
def test_a_page_that_another_tool_captured_is_as_good_as_our_own(
    take: Take, stoppress: Run, room: Newsroom, tmp_path: Path
) -> None:
    story = room.articles()[0]
    url = room.url_of(story.slug)
    path = take(tmp_path, url)
    taken = stoppress("import", str(path), "--json").json
    assert taken["problems"] == []
    (site,) = taken["sites"]
    assert site["looks"] == {"new": 1}
    (imported,) = stoppress("history", url, "--json").json["revisions"]
    assert imported["headline"] == story.headline
    stoppress("crawl", "harbour", url)
    (only,) = stoppress("history", url, "--json").json["revisions"]
    assert only["content_digest"] == imported["content_digest"]
    assert only["capture"]["record_id"] == imported["capture"]["record_id"]
    shown = stoppress("show", url, "--format", "warc", "-o", str(tmp_path / "proof.warc.gz"))
    assert shown.status == 0
    assert (tmp_path / "proof.warc.gz").read_bytes() != b""
    assert stoppress("verify", "--json").json["findings"] == []
    again = stoppress("import", str(path), "--json").json
    assert (again["sites"][0]["captures"], again["sites"][0]["looks"]) == (0, {})
    before = stoppress("history", url, "--json").out
    stoppress("rebuild")
    assert stoppress("history", url, "--json").out == before


def test_what_one_archive_exports_another_takes_in_with_the_same_history(room: Newsroom, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "stoppress.toml").write_text(site_config(room.url))
        found_archive(folder)
    story = room.articles()[0]
    url = room.url_of(story.slug)
    run_in(here, "crawl", "harbour", url)
    room.headline_edit(url, "Another headline altogether")
    run_in(here, "crawl", "harbour", url)
    told = run_in(here, "export", "warc", url, "-o", "story.warc.gz", "--json").json
    assert told["output"] == "story.warc.gz"
    run_in(there, "import", str(here / "story.warc.gz"))
    names = ("classes", "declared_by", "content_digest", "seen_first", "not_before", "reader", "published", "updated")
    one, other = (
        [{name: row[name] for name in names} for row in run_in(folder, "history", url, "--json").json["revisions"]]
        for folder in (here, there)
    )
    assert len(one) == 2
    assert one == other
    assert run_in(there, "verify", "--json").json["findings"] == []
    back = run_in(here, "import", "story.warc.gz", "--json").json
    assert (back["sites"][0]["captures"], back["sites"][0]["looks"]) == (0, {})


def test_every_format_is_written_and_said(stoppress: Run, room: Newsroom, tmp_path: Path) -> None:
    url = room.url_of(room.articles()[0].slug)
    stoppress("crawl", "harbour", url)
    for format_ in ("warc", "wacz", "jsonl", "parquet", "cdxj"):
        done = stoppress("export", format_, "-o", format_)
        assert done.out.startswith(f"{format_}: ")
        assert (tmp_path / format_).exists()
        taken = stoppress("export", format_, "-o", format_, status=2)
        assert "is there already" in taken.err
        stoppress("export", format_, "-o", format_, "--force")
    assert faults(tmp_path / "wacz") == []
    lines = stoppress("export", "jsonl", url, "-o", "-")
    assert json.loads(lines.out)["url"] == url
    assert "stdout: 1 revision\n" in lines.err


def test_a_name_is_made_where_none_is_given(stoppress: Run, room: Newsroom, tmp_path: Path) -> None:
    story = room.articles()[0]
    stoppress("crawl", "harbour", room.url_of(story.slug))
    told = stoppress("export", "wacz", room.url_of(story.slug), "--json").json
    assert told["output"].startswith(f"harbour-{story.slug}-2")
    assert (tmp_path / told["output"]).exists()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("parquet", "-o", "-"), 2, "parquet can't go to stdout"),
        (("jsonl", "--redact"), 2, "--redact is for warc and wacz"),
        (("warc", "--text"), 2, "--text is for wacz"),
        (("csv",), 2, "is not one of 'warc'"),
        (("warc", "--site", "nosuch"), 2, 'there is no site "nosuch"'),
        (("warc", "--site", "lbc"), 2, "nothing of site lbc is archived yet"),
        (("warc", "http://127.0.0.1:1/no/"), 1, "no article is known at"),
        (("jsonl", "--since", "someday"), 2, "--since"),
    ],
)
def test_what_can_not_be_exported_is_said(stoppress: Run, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = stoppress("export", *arguments, status=status)
    assert said in done.err


def test_what_can_not_be_imported_is_said(stoppress: Run, room: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>")
    done = stoppress("import", "page.html", status=1)
    assert "no WARC record begins at byte 0" in done.err
    assert "does not exist" in stoppress("import", "nosuch.warc.gz", status=2).err
    assert "--all-hosts needs --site" in stoppress("import", "page.html", "--all-hosts", status=2).err
    assert 'no site "nosuch"' in stoppress("import", "page.html", "--site", "nosuch", status=2).err
