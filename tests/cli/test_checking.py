"""`verify` and `rebuild` as commands: what they print and how they end."""

from __future__ import annotations

from pathlib import Path

from tests.catalogues import lose
from tests.cli.conftest import FERRY, PIER, QUAY, Stoppress
from tests.storage import making
from tests.storage.making import config_in, html, look, minutes, page, written


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


def test_a_dead_writers_spool_is_a_note_and_no_problem(archive: Path, stoppress: Stoppress) -> None:
    with written(config_in(archive)) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(600))
        writer.commit()
    said = stoppress("verify").out
    assert "note: spool: gazette/gazette-" in said
    assert "everything is as it should be; 1 note" in said
    (note,) = stoppress("verify", "--json").json["findings"]
    assert note["level"] == "note"


def test_the_ledger_alone_and_a_witness_of_it(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("verify", "--ledger", "--json")
    assert told.json["findings"] == []
    assert told.json["checked"]["signatures"] == 3
    (archive / "heads.json").write_text(told.out)
    assert "the ledger is as it should be" in stoppress("verify", "--ledger", "--witness", "heads.json").out
    newest = max(archive.glob("archive/warc/**/*.manifest.json"))
    newest.unlink()
    said = stoppress("verify", "--ledger", "--witness", "heads.json", status=1).out
    assert "it was taken out of the store or replaced" in said
    (archive / "heads.json").write_text("{}")
    assert 'holds no "heads"' in stoppress("verify", "--witness", "heads.json", status=2).err


def test_one_record_is_proved_by_its_id_and_an_object_by_its_key(archive: Path, stoppress: Stoppress) -> None:
    record = stoppress("history", FERRY, "--json").json["revisions"][0]["capture"]["record_id"]
    proof = stoppress("verify", "--prove", record, "--json").json
    assert record in proof["leaf"]
    assert proof["root"] in proof["signed"]
    assert "signed by sha256:" in stoppress("verify", "--prove", record).out
    key = min(archive.glob("archive/articles/*/*/*.json")).relative_to(archive / "archive").as_posix()
    assert key in stoppress("verify", "--prove", key).out
    assert "has a leaf for" in stoppress("verify", "--prove", "articles/none.json", status=1).err
    assert "don't go together" in stoppress("verify", "--prove", key, "--ledger", status=2).err
    lose(making.catalogue_in(archive))
    assert stoppress("verify", "--prove", record, "--json").json == proof


def test_a_new_key_signs_from_then_on(archive: Path, stoppress: Stoppress) -> None:
    assert "signed for it" in stoppress("init", "--new-key").out
    assert len(list(archive.glob("stoppress.key*"))) == 2
    assert "is the archive's" in stoppress("init").out
    assert stoppress("verify", "--ledger", "--json").json["findings"] == []


def test_a_key_that_others_can_read_is_told_in_one_line(archive: Path, stoppress: Stoppress) -> None:
    key = archive / "stoppress.key"
    assert stoppress("init").err == stoppress("verify", "--ledger").err == ""
    key.chmod(0o640)
    for command in (("init",), ("verify", "--ledger"), ("verify", "--ledger", "--json")):
        (line,) = stoppress(*command).err.splitlines()
        assert line.startswith("warning: archive.key: ")
        assert "(mode 0640)" in line
        assert "chmod 600 " in line
    assert "mode 0640" in stoppress("init", "--json").json["warnings"][0]


def test_a_file_that_is_no_key_is_called_that(archive: Path, stoppress: Stoppress) -> None:
    (archive / "stoppress.key").write_text("a shopping list")
    said = stoppress("init", status=3).err
    assert "stoppress.key is no private key" in said
    assert "cryptography" not in said


def test_a_rebuilt_catalogue_gives_the_same_histories(archive: Path, stoppress: Stoppress) -> None:
    asked = [("history", url, "--json") for url in (FERRY, PIER, QUAY)] + [("articles", "--json")]
    before = [stoppress(*command).out for command in asked]
    lose(making.catalogue_in(archive))
    assert "built anew" in stoppress("rebuild").out
    assert [stoppress(*command).out for command in asked] == before


def test_a_rebuild_keeps_the_old_file_and_leaves_a_server_s_catalogue_that_is_not_empty(
    archive: Path, stoppress: Stoppress
) -> None:
    if making.catalogue_in(archive).startswith("sqlite:///"):
        assert stoppress("rebuild", "--json").json["kept"].startswith(str(archive))
    else:
        said = stoppress("rebuild", status=4).err
        assert "is not empty: rebuild into an empty database" in said
        assert ":***@127.0.0.1" in said


def test_a_rebuild_waits_for_no_writer(archive: Path, stoppress: Stoppress) -> None:
    with written(config_in(archive)):
        assert "wait for it or stop it" in stoppress("rebuild", status=4).err


def test_a_rebuild_that_had_to_leave_something_out_says_so(archive: Path, stoppress: Stoppress) -> None:
    victim = min(archive.glob("archive/articles/*/*/*.json"))
    victim.unlink()
    lose(making.catalogue_in(archive))
    said = stoppress("rebuild", status=1)
    assert victim.name in said.err
    assert "stoppress verify" in said.err
