"""Every planted fault is found and named; an archive that is what it says has no finding."""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import gzip
import json
import os
import pickle
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from news.errors import ObjectCorrupt, StoreUnavailable
from news.serial import canonical, digest_of
from storage.archive import journal, sealing
from storage.archive.access import ledger_of
from storage.catalogue import opening
from storage.config import Config
from storage.objects import DirectoryStore, MemoryStore, Store, put_bytes
from storage.rebuild import rebuild
from storage.restoring import restore
from storage.verify import whole, working
from storage.verify.findings import Finding
from storage.verify.manifests import Manifest, read_manifest
from storage.verify.reports import Chained, SegmentReport
from storage.verify.resuming import Finished
from storage.verify.segments import check_segment
from storage.verify.spools import laid_anew, owner_alive, spooled
from storage.verify.whole import Places, Report, verify
from storage.warc.members import inflated
from tests.catalogues import KINDS, Built, built_once, change, copied, lose
from tests.storage.making import HOME, config_in, html, look, minutes, page, redirect, written
from tests.storage.test_directory import failing

CORRECTED = "The season ticket will cost no more than it does now."


def build(config: Config) -> None:
    """Three segments: new pages, edits with an end and a move, and looks that found nothing new."""
    with written(config) as (_, writer):
        for slug in ("ferry", "pier", "quay"):
            look(writer, page(slug), html(f"The {slug} this winter"), minutes(0))
        writer.seal(minutes(1))
        look(writer, page("ferry"), html("The ferry this winter", CORRECTED), minutes(10))
        look(writer, page("pier"), b"gone", minutes(11), status="404 Not Found")
        redirect(writer, page("quay"), page("old-quay"), html("The quay this winter"), minutes(12))
        writer.seal(minutes(13))
        look(writer, page("ferry"), html("The ferry this winter", CORRECTED), minutes(20))
        look(writer, page("pier"), html("The pier this winter"), minutes(21))
        writer.seal(minutes(22))


@pytest.fixture(scope="module", params=KINDS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    with built_once(request.param, tmp_path_factory.mktemp("built"), build) as found:
        yield found


@pytest.fixture
def config(built: Built, tmp_path: Path) -> Iterator[Config]:
    with copied(built, tmp_path) as config:
        yield config


def places(config: Config) -> Places:
    store = DirectoryStore(Path(config.archive.store))
    spool = Path(config.archive.spool)
    return Places(store=store, catalogue=config.archive.catalogue, spool=spool, ledger=ledger_of(config))


def check(config: Config, **options: int) -> Report:
    return verify(places(config), **options)  # type: ignore[arg-type]


def files(config: Config, pattern: str) -> list[Path]:
    return sorted(Path(config.archive.store).glob(pattern))


def key_of(config: Config, path: Path) -> str:
    return path.relative_to(config.archive.store).as_posix()


def told(config: Config) -> str:
    """All findings as one text."""
    return "\n".join(f"{finding.object}: {finding.problem}" for finding in check(config).findings)


def ask(config: Config, statement: str, *values: object) -> None:
    change(config.archive.catalogue, statement, *values)


def test_a_clean_archive_has_no_finding(config: Config) -> None:
    report = check(config)
    assert report.findings == []
    assert report.checked["manifests"] == report.checked["segments"] == 3
    assert report.checked["revisions"] == len(files(config, "articles/*/*/*.json"))
    assert report.checked["captures"] == report.checked["cdxj_lines"] == 9


@pytest.mark.parametrize(("lies", "level"), [("here", None), ("elsewhere", "note"), ("nowhere", "problem")])
def test_a_seal_that_broke_off_before_the_catalogue_was_told_is_wrong_once_no_spool_holds_it(
    config: Config, lies: str, level: str | None
) -> None:
    name = files(config, "warc/**/*.warc.gz")[-1].name.removesuffix(".warc.gz")
    ask(config, "UPDATE segments SET sealed = NULL, warc_key = NULL, manifest = NULL WHERE name = ?", name)
    spool = "/elsewhere" if lies == "elsewhere" else str(Path(config.archive.spool).resolve())
    ask(config, "UPDATE leases SET spool = ?", spool)
    if lies == "here":
        folder = Path(config.archive.spool) / name.partition("-")[0]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.journal.jsonl").write_bytes(b"")
    found = [(one.problem, one.level) for one in check(config).findings if one.object == f"catalogue: segments {name}"]
    problem = "the store has its manifest, the catalogue does not know that it was sealed"
    assert found == ([(problem, level)] if level else [])


def test_a_revision_that_is_gone_from_the_store_is_told_once(config: Config) -> None:
    victim = files(config, "articles/*/*/*.json")[0]
    victim.unlink()
    about = [one for one in check(config).findings if one.object == key_of(config, victim)]
    assert [one.problem.partition(";")[0] for one in about] == ["missing"]


def test_an_empty_archive_has_no_finding(tmp_path: Path) -> None:
    assert check(config_in(tmp_path)).findings == []


def test_a_sample_reads_some_segments_and_every_manifest(config: Config) -> None:
    report = check(config, sample=1)
    assert report.findings == []
    assert (report.checked["segments"], report.checked["manifests"]) == (1, 3)


def test_other_processes_find_the_same(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    files(config, "warc/**/*.cdxj")[0].write_bytes(b"")
    alone = {finding.object for finding in check(config).findings}
    monkeypatch.setattr(working, "WORTH_PROCESSES", 0)
    assert {finding.object for finding in check(config).findings} == alone


def killed(*_: object, **__: object) -> SegmentReport:
    """Stand for a check in another process, which the system ends for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_process_that_is_killed_leaves_its_segments_to_this_one(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "WORTH_PROCESSES", 0)
    monkeypatch.setattr(working, "_cores", lambda: 2)
    monkeypatch.setattr(working, "check_by_key", killed)
    report = check(config)
    assert report.findings == []
    assert report.checked["segments"] == 3


def test_a_manifest_that_changes_while_it_is_checked_is_named(config: Config) -> None:
    before = next(item for item in manifests_of(config) if isinstance(item, Manifest))
    store = pickle.dumps(DirectoryStore(Path(config.archive.store)))
    assert working.check_by_key(store, before, catalogue=None).findings == []
    Path(config.archive.store, before.key).write_bytes(b"{}")
    (gone,) = working.check_by_key(store, before, catalogue=None).findings
    other = dataclasses.replace(next(item for item in manifests_of(config) if isinstance(item, Manifest)), digest="x")
    (changed,) = working.check_by_key(store, other, catalogue=None).findings
    assert (gone.object, changed.object) == (before.key, other.key)


def test_a_process_that_checks_has_one_store_for_all_its_segments(config: Config) -> None:
    packed = pickle.dumps(DirectoryStore(Path(config.archive.store)))
    assert working.unpacked(packed) is working.unpacked(bytes(packed))


@pytest.mark.parametrize(
    "pattern",
    ["warc/**/*.warc.gz", "warc/**/*.cdxj", "warc/**/*.jsonl.gz", "articles/*/*/*.json", "warc/**/*.manifest.json"],
)
@pytest.mark.parametrize("spoil", ["flip", "cut", "grow", "empty", "remove"])
def test_every_damaged_object_is_named(config: Config, pattern: str, spoil: str) -> None:
    for victim in files(config, pattern):
        whole_bytes = victim.read_bytes()
        middle = len(whole_bytes) // 2
        match spoil:
            case "flip":
                victim.write_bytes(whole_bytes[:middle] + bytes([whole_bytes[middle] ^ 1]) + whole_bytes[middle + 1 :])
            case "cut":
                victim.write_bytes(whole_bytes[:-1])
            case "grow":
                victim.write_bytes(whole_bytes + b"\n")
            case "empty":
                victim.write_bytes(b"")
            case "remove":
                victim.unlink()
        name = key_of(config, victim)
        if pattern.endswith("manifest.json") and spoil == "remove":
            name = victim.name.removesuffix(".manifest.json")
        assert name in told(config)
        victim.write_bytes(whole_bytes)
    assert check(config).findings == []


@pytest.mark.parametrize("ending", [".warc.gz", ".cdxj", ".jsonl.gz", ".leaves.gz", ".manifest.json", ".json"])
def test_an_object_that_can_not_be_read_is_named_and_the_rest_is_checked(config: Config, ending: str) -> None:
    victim = files(config, f"articles/*/*/*{ending}" if ending == ".json" else f"warc/**/*{ending}")[-1]
    victim.unlink()
    victim.symlink_to("/proc/self/mem")  # EIO
    other = files(config, "warc/**/*.cdxj")[0]
    other.write_bytes(b"")
    found = check(config).findings
    assert [one.object for one in found if "Input/output error" in one.problem] == [key_of(config, victim)]
    assert key_of(config, other) in {one.object for one in found}


def test_an_object_that_can_not_be_read_comes_back_from_a_copy(config: Config, tmp_path: Path) -> None:
    victim = files(config, "articles/*/*/*.json")[0]
    copy = victim.rename(tmp_path / "copy.json")
    victim.symlink_to("/proc/self/mem")
    restore(places(config).store, config.archive.catalogue, key_of(config, victim), copy=copy)
    assert check(config).findings == []


class WrongChecksum(DirectoryStore):
    """A service that can't give one object as it took it."""

    bad = ""

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        if key == self.bad:
            raise ObjectCorrupt(f"{key}: the bytes that came are not those that the service took a checksum of")
        return super().open(key, version=version)


@pytest.mark.parametrize("pattern", ["warc/**/*.warc.gz", "warc/**/*.manifest.json", "articles/*/*/*.json"])
def test_an_object_that_the_service_gives_with_a_wrong_checksum_is_named(config: Config, pattern: str) -> None:
    store = WrongChecksum(Path(config.archive.store))
    store.bad = key_of(config, files(config, pattern)[0])
    found = verify(dataclasses.replace(places(config), store=store)).findings
    assert store.bad in {one.object for one in found if "a checksum of" in one.problem}


def test_a_store_that_goes_away_ends_the_check(config: Config) -> None:
    class Gone(DirectoryStore):
        def open(self, key: str, *, version: str | None = None) -> BinaryIO:
            if key.startswith("articles/"):
                Path(self.root, "stoppress.json").unlink(missing_ok=True)
                Path(self.root, "stoppress.json").symlink_to("/proc/self/mem")
                raise StoreUnavailable("no connection")
            return super().open(key, version=version)

    with pytest.raises(StoreUnavailable):
        verify(dataclasses.replace(places(config), store=Gone(Path(config.archive.store))))


def test_a_sample_of_none_of_it_still_misses_no_missing_object(config: Config) -> None:
    victims = [files(config, "articles/*/*/*.json")[0], *files(config, "warc/**/*.cdxj")]
    for victim in victims:
        victim.unlink()
    found = {finding.object for finding in check(config, sample=1).findings}
    assert {key_of(config, victim) for victim in victims} <= found


def test_a_record_changed_with_its_digests_left_alone_is_named(config: Config) -> None:
    victim = files(config, "warc/**/*.warc.gz")[0]
    content = gzip.decompress(victim.read_bytes())
    record = content.index(b"WARC-Type: response")
    changed = content[:record] + content[record:].replace(b"council voted", b"council slept", 1)
    victim.write_bytes(b"".join(gzip.compress(b"WARC/1.1\r\n" + part) for part in changed.split(b"WARC/1.1\r\n")[1:]))
    said = told(config)
    assert "its block is not what its block digest says" in said
    assert "its payload is not what its payload digest says" in said
    assert "its SHA-256 is not the manifest's" in said


def test_a_revision_put_in_is_stray(config: Config) -> None:
    real = json.loads(files(config, "articles/*/*/*.json")[0].read_text())
    forged = canonical({**real, "article": {**real["article"], "headline": "Something never said"}})
    at = real["seen_first"].replace("-", "").replace(":", "")
    folder = files(config, "articles/*/*/*.json")[0].parent
    inserted = folder / f"{at}-{digest_of(forged).removeprefix('sha256:')[:32]}.json"
    inserted.write_bytes(forged)
    assert f"{key_of(config, inserted)}: no manifest lists it" in told(config)


def test_a_segment_put_in_is_stray(config: Config) -> None:
    real = files(config, "warc/**/*.warc.gz")[0]
    inserted = real.with_name(real.name.replace("-00000-", "-00009-"))
    shutil.copy(real, inserted)
    assert f"{key_of(config, inserted)}: no manifest lists it" in told(config)


def test_what_a_lost_manifest_proved_is_not_told_to_be_taken_out(config: Config) -> None:
    manifest = files(config, "warc/**/*.manifest.json")[1]
    listed = [item["key"] for item in json.loads(manifest.read_text())["objects"]]
    manifest.unlink()
    advice = {finding.object: finding.advice for finding in check(config).findings}
    assert listed
    for key in listed:
        assert advice[key].startswith("leave it where it is")
        if key.startswith("warc/"):
            assert f"stoppress restore {key_of(config, manifest)}" in advice[key]


def test_a_manifest_with_its_segment_taken_out_breaks_the_chain(config: Config) -> None:
    first, second, _ = files(config, "warc/**/*.manifest.json")
    segment = second.name.removesuffix(".manifest.json")
    for path in second.parent.glob(f"{segment}.*"):
        path.unlink()
    said = told(config)
    assert f"the manifest of {segment}, which came before, is missing" in said
    assert f"catalogue: segments {segment}" in said
    assert first.exists()


def test_the_newest_segment_taken_out_is_known_from_the_catalogue(config: Config) -> None:
    last = files(config, "warc/**/*.manifest.json")[-1]
    segment = last.name.removesuffix(".manifest.json")
    for path in last.parent.glob(f"{segment}.*"):
        path.unlink()
    assert f"catalogue: segments {segment}: the catalogue knows this segment, but it lies neither" in told(config)
    (advice,) = {finding.advice for finding in check(config).findings if finding.object.endswith(segment)}
    assert f"run `stoppress restore {key_of(config, last)}`" in advice
    assert f"Its captures remain where {key_of(config, last).replace('.manifest.json', '.warc.gz')}" in advice


def test_a_manifest_rewritten_whole_breaks_the_chain(config: Config) -> None:
    first = files(config, "warc/**/*.manifest.json")[0]
    manifest = json.loads(first.read_text())
    first.write_bytes(canonical({**manifest, "sealed": "2020-01-01T00:00:00.000000Z"}))
    assert f"{key_of(config, first)}: changed after it was sealed" in told(config)


def reseal(config: Config, victim: Path, content: bytes) -> None:
    """Put other bytes into an object and into its manifest, as one who covers his tracks in that segment would."""
    victim.write_bytes(content)
    manifest_file = victim.with_name(victim.name.partition(".")[0] + ".manifest.json")
    manifest = json.loads(manifest_file.read_text())
    for item in manifest["objects"]:
        if item["key"] == key_of(config, victim):
            item |= {"sha256": digest_of(content), "size": len(content)}
    manifest_file.write_bytes(canonical(manifest))


Spoil = Callable[[list[str]], list[str]]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda lines: lines[1:], "has no line for capture"),
        (lambda lines: list(reversed(lines)), "not sorted"),
        (lambda lines: [lines[0].replace('"offset": "', '"offset": "1'), *lines[1:]], "leads to no capture"),
        (lambda lines: [lines[0].replace("http://", "https://"), *lines[1:]], "tells another url than its capture"),
        (lambda lines: [lines[0].replace(")/", ")/a", 1), *lines[1:]], "tells another key than its capture"),
        (lambda lines: [lines[0].replace(" 2026", " 2025", 1), *lines[1:]], "tells another time than its capture"),
        (lambda lines: [*lines, "zzz"], "is no line of an index"),
    ],
)
def test_an_index_that_leads_elsewhere_is_named(config: Config, spoil: Spoil, problem: str) -> None:
    victim = files(config, "warc/**/*.cdxj")[0]
    reseal(config, victim, "".join(f"{line}\n" for line in spoil(victim.read_text().splitlines())).encode())
    said = told(config)
    assert f"{key_of(config, victim)}: " in said
    assert problem in said


def events_without(lines: list[str], kind: str) -> list[str]:
    victim = next(number for number, line in enumerate(lines) if json.loads(line)["t"] == kind)
    return lines[:victim] + lines[victim + 1 :]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [("capture", "which its events do not tell of"), ("look", "looks, the manifest says")],
)
def test_events_that_leave_something_out_are_named(config: Config, kind: str, problem: str) -> None:
    victim = files(config, "warc/**/*.jsonl.gz")[0]
    lines = events_without(gzip.decompress(victim.read_bytes()).decode().splitlines(), kind)
    reseal(config, victim, gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    assert problem in told(config)


def test_a_look_without_its_capture_is_named(config: Config) -> None:
    victim = files(config, "warc/**/*.jsonl.gz")[0]
    rows = [json.loads(line) for line in gzip.decompress(victim.read_bytes()).splitlines()]
    look = next(row for row in rows if row["t"] == "look")
    look["observation"]["record_id"] = "<urn:uuid:00000000-0000-0000-0000-000000000000>"
    reseal(config, victim, gzip.compress(b"".join(json.dumps(row).encode() + b"\n" for row in rows)))
    assert "which no segment holds" in told(config)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ('UPDATE captures SET "offset" = "offset" + 1 WHERE record_type = \'response\'', "another offset"),
        ("UPDATE captures SET payload_digest = 'sha256:00'", "another payload_digest"),
        ("DELETE FROM captures", "the catalogue lacks it"),
        ("UPDATE observations SET outcome = 'unchanged' WHERE outcome = 'gone'", "another outcome"),
        ("DELETE FROM revisions WHERE previous IS NOT NULL", "catalogue: revisions"),
        ("UPDATE revisions SET object = SUBSTR(object, 2)", "its copy in the catalogue is not the store's"),
        ("UPDATE revisions SET classes = '[\"declared\"]' WHERE previous IS NOT NULL", "another classes"),
        ("UPDATE revisions SET headline = 'Another'", "another headline"),
        ("UPDATE revisions SET declared_by = '[\"stamp\"]', not_before = 'x'", "another declared_by, not_before"),
        ("UPDATE revisions SET content_digest = 'sha256:00', reader = 'other/1'", "another content_digest, reader"),
        ("DELETE FROM articles", "catalogue: articles"),
        ("UPDATE captures SET truncated = 'length'", "another truncated"),
        ("UPDATE segments SET warc_key = 'warc/x'", "another warc_key"),
        ("UPDATE segments SET sealed = '2026-01-01T00:00:00.000000Z'", "another sealed"),
        ("DELETE FROM segments", "the catalogue does not know it"),
        ("UPDATE segments SET manifest = 'sha256:00'", "the catalogue knows another manifest"),
        ("DELETE FROM aliases", "catalogue: aliases"),
        (
            "INSERT INTO segments (name, site, opened) VALUES ('gazette-x', 'gazette', 'x')",
            "catalogue: segments gazette-x",
        ),
        (
            (
                "INSERT INTO revisions SELECT 'sha256:00', article_id, site, 'articles/x', previous, classes, "
                "declared_by, content_digest, reader, seen_first, seen_last, not_before, headline, published, updated, "
                "record_id, segment, object, superseded FROM revisions LIMIT 1"
            ),
            "the catalogue has this revision, but neither the store nor the spool does",
        ),
    ],
)
def test_a_catalogue_that_tells_other_things_than_the_store_is_named(
    config: Config, statement: str, problem: str
) -> None:
    ask(config, statement)
    assert problem in told(config)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE aliases SET article_id = '0'", "aliases {HOME}news/old-quay/: the catalogue tells another article_id"),
        ("UPDATE revisions SET superseded = 1", "the catalogue tells another superseded than the store"),
        ("UPDATE revisions SET seen_last = '2020-01-01T00:00:00.000000Z'", "another seen_last"),
        ("UPDATE articles SET headline = 'FORGED', url = 'https://x/'", "another url, headline"),
        ("UPDATE articles SET revisions = 9, last_look = NULL", "another revisions, last_look"),
        ("UPDATE pages SET article_id = NULL, looks = 0", "another article_id, looks"),
        ("DELETE FROM pages", "catalogue: pages {HOME}news/ferry/: the catalogue lacks it"),
        ("DELETE FROM changes", "catalogue: changes sha256:"),
        ("UPDATE changes SET article_id = '0'", "another article_id, site, at than its revision"),
        (
            "INSERT INTO aliases SELECT 'http://x/', 'x', id, 'x' FROM articles WHERE SUBSTR(url, 28, 5) = 'ferry'",
            "aliases http://x/: ",
        ),
        (
            (
                "INSERT INTO articles SELECT 'ffff', site, 'http://forged', headline, published, updated, revisions, "
                "last_change, last_look FROM articles LIMIT 1"
            ),
            "catalogue: articles ffff: the catalogue has it, nothing in the store says so",
        ),
        ("UPDATE captures SET evidence = '[[1, 2]]'", "another evidence"),
        ("UPDATE observations SET signals = '[[1, 2]]'", "another signals"),
    ],
)
@pytest.mark.parametrize("beside", ["nobody", "a writer"])
def test_whatever_follows_from_the_looks_is_held_against_the_store(
    config: Config, statement: str, problem: str, beside: str
) -> None:
    with written(config) as (_, writer):
        if beside == "a writer":
            look(writer, page("quay"), html("The quay this winter", "It is open."), minutes(30))
            look(writer, page("jetty"), html("The jetty this winter"), minutes(31))
            writer.commit()
        assert check(config).problems == 0
        ask(config, statement)
        assert problem.replace("{HOME}", HOME) in told(config)


def test_versions_that_the_catalogue_does_not_know_are_counted(config: Config) -> None:
    memory = MemoryStore()
    for item in places(config).store.list(""):
        if item.key.startswith(("stoppress.json", "keys/", "warc/", "articles/")):
            put_bytes(memory, item.key, Path(config.archive.store, item.key).read_bytes())
    kept = dataclasses.replace(places(config), store=memory)
    (lacking,) = verify(kept).findings
    assert (lacking.object, "which version was put of 22 objects" in lacking.problem) == ("catalogue: versions", True)
    if not config.archive.catalogue.startswith("sqlite:///"):
        lose(config.archive.catalogue)
    rebuild(kept, config)
    assert verify(kept).findings == []
    ask(config, "DELETE FROM versions WHERE key LIKE ?", "articles/%")
    (lacking,) = verify(kept).findings
    assert "of 7 objects" in lacking.problem


def test_a_check_of_the_catalogue_is_told_in_progress_and_counts_its_rows(config: Config) -> None:
    seen = list[tuple[int, int]]()
    report = verify(places(config), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(1, 7)]
    assert report.checked["catalogue_rows"] > 10


def test_a_catalogue_that_is_not_there_is_told_and_the_store_checked_all_the_same(config: Config) -> None:
    lose(config.archive.catalogue)
    report = check(config)
    assert [finding.object for finding in report.findings] == ["catalogue"]
    assert report.checked["segments"] == 3


@pytest.fixture
def writing(config: Config) -> Iterator[Config]:
    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(30))
        writer.commit()
        yield config


def test_a_living_writers_spool_is_pending(writing: Config) -> None:
    report = check(writing)
    assert report.findings == []
    assert report.checked["pending_segments"] == 1


def test_a_revision_put_in_beside_a_living_writer_is_stray(writing: Config) -> None:
    planted = files(writing, "articles/*/*/*.json")[0].with_name(f"20260302T090000.000000Z-{'0' * 32}.json")
    planted.write_bytes(b"{}")
    assert [finding.object for finding in check(writing).findings] == [key_of(writing, planted)]


@pytest.mark.parametrize("alive", [True, False])
def test_what_a_seal_had_put_when_it_stopped_is_on_its_way(
    config: Config, monkeypatch: pytest.MonkeyPatch, alive: bool
) -> None:
    def stopped(*_: object) -> None:
        raise StoreUnavailable("away")

    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(30))
        monkeypatch.setattr(sealing, "_leaves", stopped)
        with pytest.raises(StoreUnavailable):
            writer.seal(minutes(31))
        monkeypatch.undo()
        if alive:
            assert check(config).findings == []
    assert check(config).problems == 0


def test_what_another_machine_has_put_and_not_sealed_yet_is_on_its_way(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(30))
        writer.commit()
        with opening.reading(config.archive.catalogue) as rows:
            (known,) = rows("SELECT key, object FROM revisions WHERE headline LIKE 'The jetty%'")
        put_bytes(places(config).store, known["key"], inflated(known["object"]))
        elsewhere = dataclasses.replace(places(config), spool=Path(config.archive.spool, "elsewhere"))
        assert verify(elsewhere).problems == 0
    planted = "articles/gazette/0a1b/20260302T090000.000000Z-00ff.json"
    put_bytes(places(config).store, planted, b"{}")
    assert [one.object for one in verify(elsewhere).findings if one.level == "problem"] == [planted]


def test_what_lies_in_the_store_and_is_of_no_kind_of_ours_is_a_note(config: Config) -> None:
    Path(config.archive.store, "evil").mkdir()
    Path(config.archive.store, "evil", "x").write_bytes(b"1")
    (found,) = check(config).findings
    assert (found.object, found.level) == ("evil/x", "note")


def test_a_folder_of_others_that_can_not_be_read_hinders_no_check(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(config.archive.store, "lost+found").mkdir()
    monkeypatch.setattr(os, "scandir", failing(os.scandir, "lost+found", errno.EACCES))
    (found,) = check(config).findings
    assert ("lost+found" in found.problem, found.level) == (True, "note")


def test_a_dead_writers_spool_is_a_note(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(30))
        writer.commit()
    report = check(config)
    (finding,) = report.findings
    assert (finding.level, report.problems) == ("note", 0)
    assert finding.object.startswith("spool: gazette/gazette-")
    assert "stoppress" in finding.advice


def test_a_check_that_broke_off_is_resumed_where_it_stopped(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = files(config, "warc/**/*.cdxj")[0]
    victim.write_bytes(victim.read_bytes()[1:])
    before = sorted(finding.row().items() for finding in check(config).findings)
    read: list[str] = []
    real = check_segment

    def interrupted(store: Store, manifest: Manifest, *, catalogue: str | None) -> SegmentReport:
        read.append(manifest.segment)
        if len(read) == 3:
            raise KeyboardInterrupt
        return real(store, manifest, catalogue=catalogue)

    monkeypatch.setattr(working, "check_segment", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check(config)
    state = Path(config.archive.spool, "verified.jsonl")
    clean = [name for name in read[:2] if name not in key_of(config, victim)]
    assert len(state.read_text().splitlines()) == len(clean)
    done = check(config, resume=True)
    assert len(read) == 3 + 3 - len(clean)
    assert done.checked["resumed_segments"] == len(clean)
    assert done.checked["segments"] == 3
    assert sorted(finding.row().items() for finding in done.findings) == before
    assert not state.exists()


def test_there_is_nothing_to_resume_where_no_check_broke_off(config: Config) -> None:
    for _ in range(2):
        report = check(config, resume=True)
        assert report.findings == []
        assert "resumed_segments" not in report.checked or report.checked["resumed_segments"] == 0


def test_what_was_found_whole_long_ago_is_read_again(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Path(config.archive.spool, "verified.jsonl")
    finished = Finished(left.parent, now=minutes(0), resume=False, held="here")
    manifest = next(item for item in manifests_of(config) if isinstance(item, Manifest))
    finished.add(manifest, SegmentReport(counts={"segments": 1}), minutes(0))
    with left.open("a") as torn:
        torn.write('{"manifest": "sha2')
    assert list(Finished(left.parent, now=minutes(60), resume=True, held="here").earlier) == [manifest.digest]
    assert Finished(left.parent, now=minutes(60 * 24 * 8), resume=True, held="here").earlier == {}
    finished.add(manifest, SegmentReport(findings=[Finding(object="x", problem="y", advice="z")]), minutes(0))
    assert check(config, resume=True).checked["resumed_segments"] == 0
    assert not left.exists()


def test_what_another_store_or_catalogue_was_found_to_be_is_not_taken_over(config: Config) -> None:
    left = Path(config.archive.spool, "verified.jsonl")
    finished = Finished(left.parent, now=minutes(0), resume=False, held="archive catalogue")
    manifest = next(item for item in manifests_of(config) if isinstance(item, Manifest))
    finished.add(manifest, SegmentReport(counts={"segments": 1}), minutes(0))
    same, other = (Finished(left.parent, now=minutes(1), resume=True, held=held) for held in ("archive catalogue", "x"))
    assert list(same.earlier) == [manifest.digest]
    assert list(other.earlier) == []


def test_a_spool_that_takes_no_state_hinders_no_check(config: Config) -> None:
    elsewhere = dataclasses.replace(places(config), spool=Path("/nowhere/at/all"))
    assert verify(elsewhere).findings == []


def manifests_of(config: Config) -> list[Manifest | Finding]:
    store = DirectoryStore(Path(config.archive.store))
    return [read_manifest(store, key_of(config, path)) for path in files(config, "warc/**/*.manifest.json")]


def test_a_reread_lays_a_chain_that_is_no_fork(config: Config) -> None:
    """Revisions that a reread laid beside the chain that was there are known by its line among the events."""
    report = check(config)
    one = Chained(key="articles/a/b/1", digest="sha256:1", article="a/b", reader="r/1", previous=None)
    other = dataclasses.replace(one, key="articles/a/b/2", digest="sha256:2")
    present = {one.key, other.key}
    forked = list(whole._revision_findings([one, other], present, whole=True))
    assert ["both are an article's first" in finding.problem for finding in forked] == [True]
    relaid = dataclasses.replace(other, relaid=True)
    assert list(whole._revision_findings([one, relaid], present, whole=True)) == []
    assert report.findings == []


@pytest.mark.parametrize("url", [{}, {"url": "http://127.0.0.1:8080/news/ferry/"}])
def test_revisions_of_a_chain_laid_anew_are_seen_in_the_spool(tmp_path: Path, url: dict[str, str]) -> None:
    (tmp_path / "gazette").mkdir()
    lines = [
        {"t": "look", "observation": {"detail": '"t":"reread"'}},
        {"t": "reread", "revisions": [{"digest": "sha256:1"}, {"digest": "sha256:2"}], **url},
    ]
    (tmp_path / "gazette" / "gazette-x.journal.jsonl").write_bytes(b"".join(map(journal.encode, lines)))
    assert laid_anew(tmp_path) == {"sha256:1", "sha256:2"}


def test_a_spool_is_owned_while_its_lock_is_held(tmp_path: Path) -> None:
    (tmp_path / "gazette").mkdir()
    (tmp_path / "gazette" / "gazette-x.warc.gz").write_bytes(b"123")
    assert not owner_alive(tmp_path / "gazette")
    with (tmp_path / "gazette" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (segment,) = spooled(tmp_path)
    assert (segment.site, segment.name, segment.size, segment.alive) == ("gazette", "gazette-x", 3, True)
    assert not spooled(tmp_path)[0].alive
    assert spooled(tmp_path / "nowhere") == ()
