"""The whole main job with the store in a bucket of SeaweedFS, beside the same job with the store in a directory."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from newsroom import Newsroom
from tests.conftest import Finished, run_in, site_config
from tests.s3server import Service, seaweed
from tests.storage.stores import enter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

VOLATILE = ("seen_first", "seen_last", "not_before", "capture", "confirmed")


class Archive:
    """An archive in a folder of its own, and the command line in it."""

    def __init__(self, folder: Path, room: Newsroom, top: str) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "stoppress.toml").write_text(site_config(room.url, top=top))

    def __call__(self, *arguments: str, **options: Any) -> Finished:
        return run_in(self.folder, *arguments, **options)

    def histories(self, urls: list[str]) -> list[str]:
        """Return what `history --json` prints of each, from one process: starting one takes longer than answering."""
        program = "import sys; from cli.main import run; [run(['history', url, '--json']) for url in sys.argv[1:]]"
        done = subprocess.run(
            [sys.executable, "-c", program, *urls], cwd=self.folder, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        return done.stdout.splitlines()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    found = seaweed(tls=True)
    enter(found, monkeypatch)
    return found


def test_the_main_job_comes_to_the_same_in_a_bucket_as_in_a_directory(
    service: Service, room: Newsroom, tmp_path: Path
) -> None:
    bucket = service.bucket()
    s3 = f'endpoint_url = "{service.endpoint}"\naddressing_style = "path"\n'
    remote = Archive(tmp_path / "remote", room, f'[archive]\nstore = "s3://{bucket}/the/news"\n[s3]\n{s3}')
    local = Archive(tmp_path / "local", room, "")
    made = remote("init", "--json").json
    assert made["store"] == {
        "versions": True,
        "object_lock": False,
        "create_once": True,
        "create_once_in_parts": True,
    }
    assert made["warnings"] == []
    local("init")
    urls = crawl_and_edit(room, [remote, local])

    before = remote.histories(urls)
    assert [steady(told) for told in before] == [steady(told) for told in local.histories(urls)]
    assert [len(json.loads(told)["revisions"]) for told in before] == [2, 2, 2, 2, 1]
    verified = remote("verify", "--json").json
    assert verified["findings"] == []
    assert verified["checked"]["segments"] == 2

    shown = remote("show", urls[0], "--format", "warc", "-o", str(tmp_path / "shown.warc.gz"))
    assert shown.status == 0
    assert gzip.decompress((tmp_path / "shown.warc.gz").read_bytes()).startswith(b"WARC/1.1\r\n")
    assert remote("extract", str(tmp_path / "shown.warc.gz")).json["headline"]

    (remote.folder / "archive" / "catalogue.db").unlink()
    assert remote("rebuild", "--json").json["problems"] == []
    assert remote.histories(urls) == before
    assert remote("verify", "--json").json["findings"] == []

    victim = forge(service, bucket)
    told = remote("verify", "--json", status=1).json["findings"]
    assert {finding["object"] for finding in told} == {victim}
    assert remote("restore", victim, "--dry-run", "--json").json["action"] == "bring-back"
    assert "brought back" in remote("restore", victim).out
    assert remote("verify", "--json").json["findings"] == []
    assert not list((remote.folder / "archive").rglob("*.warc.gz"))


def crawl_and_edit(room: Newsroom, archives: list[Archive]) -> list[str]:
    """Let every archive see the site before and after some edits; return the edited articles' addresses."""
    for archive in archives:
        archive("crawl", "harbour", "--limit", "5")
    seen = archives[0]("articles", "--json").json
    urls = [row["url"] for row in seen]
    assert sorted(urls) == sorted(row["url"] for row in archives[1]("articles", "--json").json)
    room.stealth_edit(urls[0], add="The figure was 21, not 12, according to the harbour office.")
    room.declared_edit(urls[1], add="Officials said on Sunday that 14 more people had come forward.")
    room.headline_edit(urls[2], "A headline that nobody announced")
    room.takedown(urls[3])
    for archive in archives:
        archive("crawl", "harbour", *urls, "--no-discover")
    return urls


def steady(told: str) -> dict[str, Any]:
    """Return what of a history does not depend on when it was seen and where its records lie."""
    history = json.loads(told)
    revisions = [{name: value for name, value in row.items() if name not in VOLATILE} for row in history["revisions"]]
    return {**history, "revisions": revisions}


def forge(service: Service, bucket: str) -> str:
    """Overwrite a revision behind the archive's back; return its key."""
    client = service.client()
    listed = client.list_objects_v2(Bucket=bucket, Prefix="the/news/articles/")["Contents"]
    name: str = min(item["Key"] for item in listed)
    client.put_object(Bucket=bucket, Key=name, Body=b'{"headline": "Nothing happened"}')
    return name.removeprefix("the/news/")
