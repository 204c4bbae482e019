"""`restore` and `init` as commands: what they print and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.restoring import within
from news.serial import digest_of
from tests.cli.conftest import Stoppress
from tests.s3server import seaweed
from tests.storage.stores import enter


def test_a_damaged_object_is_brought_back_from_a_copy(archive: Path, stoppress: Stoppress) -> None:
    victim = min(archive.glob("archive/articles/*/*/*.json"))
    key = victim.relative_to(archive / "archive").as_posix()
    right = victim.read_bytes()
    (archive / "copy.json").write_bytes(right)
    victim.write_bytes(b"{}")
    assert "--from FILE" in stoppress("restore", key, status=1).err
    assert stoppress("restore", key, "--json", status=1).json["done"] is False
    assert "is not" in stoppress("restore", key, "--from", "stoppress.toml", status=1).err
    planned = stoppress("restore", key, "--from", "copy.json", "--dry-run", "--json").json
    assert (planned["action"], planned["was"], planned["done"], planned["key"]) == ("replace", "wrong", False, key)
    assert "would be brought back" in stoppress("restore", key, "--from", "copy.json", "--dry-run").out
    assert planned["sha256"] == digest_of(right)
    assert victim.read_bytes() == b"{}"
    assert "brought back from the file given" in stoppress("restore", key, "--from", "copy.json").out
    assert victim.read_bytes() == right
    assert "holds what it should" in stoppress("restore", key).out
    assert stoppress("restore", f"archive/{key}", "--json").json["sha256"] == digest_of(right)
    assert stoppress("verify", "--json").json["findings"] == []


def test_what_is_no_object_ends_with_one(archive: Path, stoppress: Stoppress) -> None:
    assert "is no key of an archive's object" in stoppress("restore", "nothing", status=1).err


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("s3://bucket/news", "news/warc/lbc/a.cdxj"),
        ("s3://bucket/news/", "s3://bucket/news/warc/lbc/a.cdxj"),
        ("s3://bucket/news", "bucket/news/warc/lbc/a.cdxj"),
        ("s3://bucket/warc", "warc/warc/lbc/a.cdxj"),
        ("s3://bucket/warc", "warc/lbc/a.cdxj"),
        ("s3://bucket", "warc/lbc/a.cdxj"),
        ("archive", "archive/warc/lbc/a.cdxj"),
        ("archive/", "./archive/warc/lbc/a.cdxj"),
        ("/srv/archive", "/srv/archive/warc/lbc/a.cdxj"),
    ],
)
def test_a_key_may_be_told_as_a_console_or_a_shell_shows_it(store: str, told: str) -> None:
    assert within(store, told) == "warc/lbc/a.cdxj"


def test_init_tells_what_a_store_can_do(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("init", "--json").json
    assert told["store"] == {"create_once": True, "versions": False, "object_lock": False}
    assert told["warnings"] == []


def test_init_refuses_a_lock_that_a_bucket_does_not_allow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stoppress: Stoppress
) -> None:
    enter(seaweed(), monkeypatch)
    monkeypatch.chdir(tmp_path)
    bucket = seaweed().bucket()
    lines = (
        f'[archive]\nstore = "s3://{bucket}"\n[s3]\nendpoint_url = "{seaweed().endpoint}"\naddressing_style = "path"\n'
    )
    (tmp_path / "stoppress.toml").write_text(lines)
    assert f"bucket {bucket} made" in stoppress("init").out
    (tmp_path / "stoppress.toml").write_text(lines + "object_lock_days = 30\n")
    assert "allows no object lock" in stoppress("init", status=3).err
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "no-secret")
    stoppress("status")  # asks the catalogue alone, as long as that knows the store
    for command in ("init", "verify", "rebuild"):
        assert "the secret key is wrong" in stoppress(command, status=4).err
