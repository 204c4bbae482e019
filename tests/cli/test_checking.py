"""`verify` and `rebuild` as commands: what they print and how they end."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import FERRY, PIER, QUAY, Stoppress
from tests.storage.making import config_in, written


def test_a_clean_archive_verifies(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("verify", "--json").json
    assert told["findings"] == []
    assert told["checked"]["segments"] == 3
    assert "as it should be" in stoppress("verify", "--sample", "2").out


def test_a_damaged_archive_does_not(archive: Path, stoppress: Stoppress) -> None:
    victim = min(archive.glob("archive/articles/*/*/*.json"))
    victim.write_bytes(b"{}")
    (finding,) = [
        row for row in stoppress("verify", "--json", status=1).json["findings"] if victim.name in row["object"]
    ]
    assert set(finding) >= {"object", "problem", "advice"}
    said = stoppress("verify", status=1).out
    assert victim.name in said
    assert "to do: " in said


def test_a_rebuilt_catalogue_gives_the_same_histories(archive: Path, stoppress: Stoppress) -> None:
    asked = [("history", url, "--json") for url in (FERRY, PIER, QUAY)] + [("articles", "--json")]
    before = [stoppress(*command).out for command in asked]
    (archive / "archive/catalogue.db").unlink()
    assert "built anew" in stoppress("rebuild").out
    assert [stoppress(*command).out for command in asked] == before
    assert stoppress("rebuild", "--json").json["kept"].startswith(str(archive))


def test_a_rebuild_waits_for_no_writer(archive: Path, stoppress: Stoppress) -> None:
    with written(config_in(archive)):
        assert "being crawled" in stoppress("rebuild", status=4).err


def test_a_rebuild_that_had_to_leave_something_out_says_so(archive: Path, stoppress: Stoppress) -> None:
    victim = min(archive.glob("archive/articles/*/*/*.json"))
    victim.unlink()
    said = stoppress("rebuild", status=1)
    assert victim.name in said.err
    assert "stoppress verify" in said.err
