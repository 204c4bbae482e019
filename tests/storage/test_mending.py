"""What a disk changes in the spool is mended: all that it left whole is kept, and what it lost is told by name."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from news.errors import ObjectCorrupt, StoreUnavailable
from storage.archive import journal, mending, open_archive, recovery
from storage.archive.room import bytes_in
from storage.archive.spool import DAMAGED, leftovers
from storage.catalogue.recording import Recorder
from storage.config import Config
from storage.verify.whole import verify
from storage.warc import repairing
from storage.warc.indexing import answers_in
from storage.warc.repairing import cut_torn_record, keep_members, whole_members, without_gaps
from tests.catalogues import each_catalogue
from tests.storage.making import SITE, config_in, html, look, minutes, page, written
from tests.storage.test_rebuild import built_anew, told
from tests.storage.test_verify import places

pytestmark = each_catalogue

LOOKS = 6


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An archive whose process died with six committed looks in its spool."""
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        for number in range(LOOKS):
            look(writer, page(f"p{number}"), html(f"Story {number}"), minutes(number))
            writer.commit()
    return config


def folder(config: Config) -> Path:
    return Path(config.archive.spool) / SITE.name


def spooled(config: Config, ending: str) -> Path:
    (path,) = folder(config).glob(f"*{ending}")
    return path


def captures(config: Config) -> list[dict[str, Any]]:
    with open_archive(config) as archive:
        return [dict(row) for row in archive.rows('SELECT * FROM captures ORDER BY "offset"')]


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def damage_record(config: Config, number: int) -> str:
    """Change a byte within a capture's record; return its id."""
    row = captures(config)[number]
    flip(spooled(config, ".warc.gz"), row["offset"] + row["length"] // 2)
    return str(row["record_id"])


def damage_line(config: Config, number: int) -> None:
    lines = spooled(config, ".journal.jsonl").read_bytes().splitlines(keepends=True)
    lines[number] = b"\x00" + lines[number][1:]
    spooled(config, ".journal.jsonl").write_bytes(b"".join(lines))


def recovered(config: Config) -> None:
    with written(config) as (_, writer):
        writer.seal(minutes(60))


def events(config: Config) -> list[dict[str, Any]]:
    (path,) = Path(config.archive.store, "warc").rglob("*.jsonl.gz")
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def problems(config: Config) -> list[str]:
    return [finding.problem for finding in verify(places(config)).findings if finding.level == "problem"]


@pytest.mark.parametrize("number", [0, 2, LOOKS - 1])
def test_one_changed_byte_in_a_record_costs_that_record_alone(config: Config, number: int) -> None:
    lost = damage_record(config, number)
    recovered(config)
    (segment,) = Path(config.archive.store, "warc").rglob("*.warc.gz")
    left = {row["record_id"]: row["offset"] for row in captures(config)}
    assert dict(answers_in(segment)) == left
    assert len(left) == LOOKS - 1
    with open_archive(config) as archive:
        assert len(archive.rows("SELECT 1 AS one FROM observations")) == LOOKS
        for row in captures(config):
            assert b"HTTP/1.1 200 OK" in archive.record(row).block
    assert problems(config) == []
    notes = [finding.problem for finding in verify(places(config)).findings]
    assert len(notes) == 2  # its look and its revision
    assert all(lost in note for note in notes)
    before = told(config)
    assert not built_anew(config).problems
    assert told(config) == before


def test_what_the_disk_lost_is_told_among_the_events_and_stands_in_no_index(config: Config) -> None:
    lost = damage_record(config, 2)
    recovered(config)
    (event,) = [line for line in events(config) if line["t"] == "damaged"]
    assert (event["record_id"], event["url"]) == (lost, page("p2"))
    assert (folder(config) / event["kept"]).exists()
    (index,) = Path(config.archive.store).rglob("*.cdxj")
    assert len(index.read_text().splitlines()) == LOOKS - 1


def test_damaged_files_are_kept_as_they_were_and_counted_and_no_segments(config: Config) -> None:
    damage_record(config, 2)
    damaged = spooled(config, ".warc.gz").read_bytes()
    name = spooled(config, ".warc.gz").name
    recovered(config)
    kept = folder(config) / DAMAGED
    assert (kept / name).read_bytes() == damaged
    assert sorted(path.name for path in kept.iterdir()) == sorted([name, name.replace(".warc.gz", ".journal.jsonl")])
    assert leftovers(folder(config), SITE.name) == []
    assert bytes_in(Path(config.archive.spool)) >= len(damaged)


def test_a_request_that_the_disk_lost_is_told_and_its_answer_stays(config: Config) -> None:
    row = captures(config)[1]
    flip(spooled(config, ".warc.gz"), row["offset"] + row["length"] + 40)
    recovered(config)
    assert [line["record_id"] for line in events(config) if line["t"] == "damaged"] == [row["request_id"]]
    assert len(captures(config)) == LOOKS
    assert problems(config) == []


@pytest.mark.parametrize("numbers", [[2], [0, 5, 6], [2 * LOOKS - 1], range(2 * LOOKS)])
def test_journal_lines_that_can_not_be_read_are_told_again_from_the_catalogue(
    config: Config, numbers: list[int]
) -> None:
    for number in numbers:
        damage_line(config, number)
    recovered(config)
    assert problems(config) == []
    before = told(config)
    assert built_anew(config).counts["looks"] == LOOKS
    assert told(config) == before
    assert list((folder(config) / DAMAGED).glob("*.journal.jsonl"))


def test_a_revision_that_the_disk_changed_in_the_journal_is_told_again(config: Config) -> None:
    path = spooled(config, ".journal.jsonl")
    path.write_bytes(path.read_bytes().replace(b"Members heard", b"Members heart", 1))
    before = told(config)["histories"]
    recovered(config)
    assert problems(config) == []
    assert [json.loads(one)["revisions"] for one in told(config)["histories"]] == [
        json.loads(one)["revisions"] for one in before
    ]


@pytest.mark.parametrize("change", [(b'"outcome":"new"', b'"outcome":"nev"'), (b'"status":200', b'"status":300')])
def test_a_line_that_says_otherwise_than_the_catalogue_knew_at_its_commit_is_told_again(
    config: Config, change: tuple[bytes, bytes]
) -> None:
    path = spooled(config, ".journal.jsonl")
    path.write_bytes(path.read_bytes().replace(*change, 1))
    recovered(config)
    assert problems(config) == []


def test_a_changed_first_record_and_a_changed_line_at_once_cost_the_record_alone(config: Config) -> None:
    lost = damage_record(config, 0)
    damage_line(config, 3)
    recovered(config)
    assert len(captures(config)) == LOOKS - 1
    assert all(lost in problem for problem in problems(config))


@pytest.mark.parametrize("place", [(mending, "sync_entries"), (journal, "rewrite"), (Recorder, "captures_anew")])
@pytest.mark.parametrize("after", [True, False])
def test_a_mending_that_is_cut_short_is_done_again(
    config: Config, monkeypatch: pytest.MonkeyPatch, place: tuple[object, str], *, after: bool
) -> None:
    lost = damage_record(config, 1)
    whole: Callable[..., object] = getattr(*place)

    def broken_off(*given: object) -> None:
        if after:
            whole(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(*place, broken_off)
        with pytest.raises(KeyboardInterrupt):
            recovered(config)
    recovered(config)
    assert [line["record_id"] for line in events(config) if line["t"] == "damaged"] == [lost]
    assert len(captures(config)) == LOOKS - 1
    assert all(lost in problem for problem in problems(config))


def test_what_a_killed_writer_left_torn_is_cut_and_nothing_is_kept_aside(config: Config) -> None:
    warc = spooled(config, ".warc.gz")
    with warc.open("ab") as stream:
        stream.write(gzip.compress(b"WARC/1.1\r\n" + os.urandom(400))[:-9])
    recovered(config)
    assert not (folder(config) / DAMAGED).exists()
    assert problems(config) == []


def test_a_record_at_the_end_that_was_committed_is_no_torn_end(config: Config) -> None:
    lost = captures(config)[-1]
    os.truncate(spooled(config, ".warc.gz"), lost["offset"] + 20)
    recovered(config)
    assert {line["record_id"] for line in events(config) if line["t"] == "damaged"} == {lost["record_id"]}
    assert (folder(config) / DAMAGED).exists()


def test_a_seal_that_meets_a_changed_line_names_it_and_the_next_start_mends_it(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with open_archive(config) as archive:
        writer = archive.writer(SITE)
        for number in range(3):
            look(writer, page(f"p{number}"), html(f"Story {number}"), minutes(number))
        writer.commit()
        damage_line(config, 2)
        with pytest.raises(ObjectCorrupt, match=r"line 3 of .*journal\.jsonl"):
            writer.seal(minutes(5))
        writer.close()
    recovered(config)
    assert problems(config) == []
    assert len(events(config)) == 6


def test_a_rebuild_without_a_catalogue_keeps_whole_records_behind_a_damaged_one(config: Config) -> None:
    damage_record(config, 1)
    recovery.repair(leftovers(folder(config), SITE.name)[0])
    assert len(list(answers_in(spooled(config, ".warc.gz")))) == LOOKS - 1
    assert (folder(config) / DAMAGED).exists()


def member(content: bytes) -> bytes:
    return gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x>\r\n\r\n" + content, 1)


def test_a_member_within_a_damaged_one_is_not_taken_for_a_record(tmp_path: Path) -> None:
    path, inner = tmp_path / "one.warc.gz", member(b"planted")
    stored = zlib.compressobj(0, zlib.DEFLATED, 31)
    outer = stored.compress(b"WARC/1.1\r\n\r\n" + inner) + stored.flush()
    path.write_bytes(outer[:-6] + bytes([outer[-6] ^ 1]) + outer[-5:] + member(b"next"))
    found = whole_members(path, {0: len(outer)})
    assert [one.offset for one in found] == [len(outer)]


def test_a_body_of_members_within_members_costs_some_times_its_length_and_not_its_square(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested = b"\x1f\x8b\x08\x00" + bytes(5) + b"\x03" + b"\x00\xff\xff\x00\x00WARC/1.1"
    path = tmp_path / "one.warc.gz"
    path.write_bytes(nested * 20_000)
    inflated, look_at = list[int](), repairing._member_at

    def counting(*given: Any, **said: Any) -> Any:
        found = look_at(*given, **said)
        inflated.append(found[1])
        return found

    monkeypatch.setattr(repairing, "_member_at", counting)
    assert whole_members(path) == []
    assert sum(inflated) < 2 * repairing.MOST_INFLATED * path.stat().st_size


def test_whole_members_are_kept_and_a_torn_end_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    parts = [member(bytes([number]) * 5000) for number in range(4)]
    path.write_bytes(b"".join(parts))
    flip(path, len(parts[0]) + 60)
    found = whole_members(path)
    assert len(found) == 3
    assert len(without_gaps(found)) == 1
    keep_members(path, found)
    assert path.read_bytes() == b"".join([parts[0], *parts[2:]])
    with path.open("ab") as stream:
        stream.write(parts[0][:-3])
    assert cut_torn_record(path) == len(parts[0]) - 3


def test_the_catalogue_that_can_not_be_told_is_told_at_the_next_start(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage_record(config, 1)

    def refuse(*_: object) -> None:
        raise StoreUnavailable("the catalogue is away")

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "captures_anew", refuse)
        with pytest.raises(StoreUnavailable):
            recovered(config)
    recovered(config)
    assert len(captures(config)) == LOOKS - 1
