"""Commit, seal and recovery: what was committed is never lost, and nothing comes twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from news.errors import FormatTooNew, ObjectCorrupt, SchemaMismatch, SiteBusy, StoreUnavailable
from storage.archive import Archive, open_archive
from storage.archive.access import open_reading
from storage.archive.founding import create
from storage.catalogue import reading
from storage.config import Config
from storage.objects import DirectoryStore, get_bytes, put_bytes
from storage.warc.indexing import captures_in
from storage.warc.reading import records
from storage.warc.segment import NOT_MODIFIED, RefersTo
from tests.catalogues import change, each_catalogue, lose
from tests.storage.making import SITE, config_in, exchange, html, look, minutes, page, redirect, written

pytestmark = each_catalogue

SHEEP = (
    "Six sheep have been named groundstaff of the year by the village cricket club that employs them.",
    "The flock keeps the outfield short and has never asked for a rise, its captain told the annual dinner.",
    "A seventh was let go in June after an incident at deep square leg that nobody would describe.",
    "The cup is made of tin and was filled with oats.",
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_in(tmp_path)


def classes(config: Config, url: str) -> list[list[str]]:
    with open_reading(config) as (_, rows):
        article = reading.article_at(rows, url)
        assert article is not None
        return [json.loads(row["classes"]) for row in reading.chain(rows, article["id"])]


def spooled(config: Config) -> list[Path]:
    return sorted(Path(config.archive.spool).rglob("*.warc.gz"))


@pytest.mark.parametrize("segments", [1, 2])
def test_a_chain_laid_anew_is_not_laid_again_over_what_came_after_it(config: Config, segments: int) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(10))
        look(writer, page("ferry"), html("Ferry to be sold"), minutes(0))  # late, as after a clock was set back
        if segments == 2:
            writer.commit()
            writer.set_aside()
        look(writer, page("ferry"), html("Ferry sold"), minutes(20))
    told = classes(config, page("ferry"))
    assert len(told) == 3
    for _ in range(2):
        with open_archive(config) as archive:
            archive.writer(SITE, sealing=False).close()
        assert classes(config, page("ferry")) == told
    with written(config) as (_, writer):
        writer.seal(minutes(30))
    assert classes(config, page("ferry")) == told


def test_a_committed_look_is_in_the_history_before_it_is_sealed(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.commit()
        assert classes(config, page("ferry")) == [[]]
        assert spooled(config)


def test_a_seal_empties_the_spool_and_leaves_a_manifest(config: Config) -> None:
    with written(config) as (archive, writer):
        look(writer, page("ferry"), html(), minutes(0))
        name = writer.seal(minutes(1))
        assert not spooled(config)
        keys = [item.key for item in archive.store.list("warc/")]
        assert f"warc/gazette/2026/03/02/{name}.manifest.json" in keys
        assert len(list(archive.store.list("articles/gazette/"))) == 1


def test_manifests_form_a_chain(config: Config) -> None:
    with written(config) as (archive, writer):
        for number in range(3):
            look(writer, page("ferry"), html(f"Headline {number}"), minutes(number))
            writer.seal(minutes(number + 0.5))
        manifests = [
            json.loads(get_bytes(archive.store, item.key))
            for item in archive.store.list("warc/")
            if item.key.endswith(".manifest.json")
        ]
    manifests.sort(key=lambda manifest: manifest["sealed"])
    assert manifests[0]["previous"] is None
    for before, after in pairwise(manifests):
        assert after["previous"]["segment"] == before["segment"]


def test_a_changed_text_makes_a_revision_and_an_unchanged_one_does_not(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        look(writer, page("ferry"), html(), minutes(10))
        look(writer, page("ferry"), html("Ferry to run", "It sails at nine."), minutes(20))
        writer.commit()
    assert classes(config, page("ferry")) == [[], ["stealth", "headline", "body"]]


def test_gone_is_told_once_and_back_with_what_changed(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        look(writer, page("ferry"), b"gone", minutes(10), status="404 Not Found")
        look(writer, page("ferry"), b"gone", minutes(20), status="410 Gone")
        look(writer, page("ferry"), html("Ferry cut", "It stops in May."), minutes(30))
        writer.commit()
    assert classes(config, page("ferry")) == [[], ["gone"], ["stealth", "headline", "body", "back"]]


def test_an_article_that_moved_goes_on_under_its_new_address(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        redirect(writer, page("ferry"), page("ferry-all-winter"), html(), minutes(10))
        look(writer, page("ferry-all-winter"), html("Ferry cut after all"), minutes(20))
        writer.commit()
    assert classes(config, page("ferry-all-winter")) == [[], ["moved"], ["stealth", "headline"]]


def test_a_redirect_to_another_story_merges_nothing(config: Config) -> None:
    other = html("Sheep win cup", sentences=SHEEP)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        redirect(writer, page("ferry"), page("sheep"), other, minutes(10))
        writer.commit()
    assert classes(config, page("ferry")) == [[], ["moved"]]
    assert classes(config, page("sheep")) == [[]]


def test_two_new_looks_at_one_page_in_one_commit_make_one_first_revision(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        look(writer, page("ferry"), html(), minutes(0.01))
        writer.commit()
    assert classes(config, page("ferry")) == [[]]


def test_a_second_writer_is_told_who_writes(config: Config) -> None:
    with written(config) as (archive, _), pytest.raises(SiteBusy, match=str(os.getpid())):
        archive.writer(SITE)


def test_a_segment_with_looks_alone_is_sealed_too(config: Config) -> None:
    from storage.archive import Failed, Look

    with written(config) as (archive, writer):
        refusal = Failed(outcome="blocked", reason="robots")
        writer.observe(Look(page=page("secret"), at=minutes(0), why="test", result=refusal))
        name = writer.seal(minutes(1))
        (item,) = (item for item in archive.store.list("warc/") if item.key.endswith(".jsonl.gz"))
        assert name in item.key


def abandon(config: Config, *, cut: int = 0) -> None:
    """Write and commit two looks and append a third exchange, then be killed without a seal."""
    script = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from storage.config import load_config
from tests.storage.making import *
config = load_config(Path({str(config.file)!r}), {{}})
with open_archive(config) as archive:
    writer = archive.writer(SITE)
    look(writer, page("ferry"), html(), minutes(0))
    look(writer, page("pier"), html("Pier to be mended"), minutes(1))
    writer.commit()
    writer.append(exchange(page("ferry"), html("Ferry cut"), minutes(2)))
    os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (warc,) = spooled(config)
    if cut:
        os.truncate(warc, warc.stat().st_size - cut)


@pytest.mark.parametrize("cut", [0, 5, 300])
def test_a_killed_writers_spool_is_taken_up(config: Config, cut: int) -> None:
    abandon(config, cut=cut)
    with written(config) as (_, writer):
        writer.seal(minutes(5))
    assert not spooled(config)
    assert classes(config, page("pier")) == [[]]
    wanted = [[], ["stealth", "headline"]] if cut < 300 else None
    assert wanted is None or classes(config, page("ferry")) == wanted
    for segment in Path(config.archive.store).rglob("*.warc.gz"):
        with segment.open("rb") as stream:
            assert next(iter(records(stream))).type == "warcinfo"
        assert all(capture.length > 0 for capture in captures_in(segment, site="gazette"))


def test_recovery_needs_neither_catalogue_rows_nor_the_last_journal_line(config: Config) -> None:
    abandon(config)
    (journal,) = Path(config.archive.spool).rglob("*.journal.jsonl")
    content = journal.read_bytes()
    journal.write_bytes(content[: len(content) - 40])
    with written(config) as (_, writer):
        writer.seal(minutes(5))
    assert classes(config, page("ferry")) == [[], ["stealth", "headline"]]


@pytest.mark.parametrize("asked", [True, False])
def test_a_304_that_nobody_asked_for_says_nothing_after_a_kill_either(config: Config, *, asked: bool) -> None:
    with written(config) as (_, writer):
        first = look(writer, page("ferry"), html(), minutes(0))
        digest = first.payload_digest or ""
        of = RefersTo(
            record_id=first.record_id, url=first.url, at=first.at, payload_digest=digest, profile=NOT_MODIFIED
        )
        unread = exchange(page("ferry"), b"", minutes(5), status="304 Not Modified")
        writer.append(unread, refers_to=of if asked else None)
    with written(config) as (archive, writer):
        writer.seal(minutes(6))
        told = archive.rows("SELECT outcome, reason FROM observations ORDER BY at")
    expected = ("not-modified", None) if asked else ("failed", "http-304")
    assert [(row["outcome"], row["reason"]) for row in told] == [("new", None), expected]


def test_recovery_twice_is_recovery_once(config: Config, tmp_path: Path) -> None:
    abandon(config)
    shutil.copytree(config.archive.spool, tmp_path / "kept")
    with written(config):
        pass
    before = tree(config)
    shutil.copytree(tmp_path / "kept", config.archive.spool, dirs_exist_ok=True)
    with written(config):
        pass
    assert {key: before[key] for key in before} == {key: value for key, value in tree(config).items() if key in before}
    assert classes(config, page("ferry")) == [[], ["stealth", "headline"]]


def tree(config: Config) -> dict[str, bytes]:
    root = Path(config.archive.store)
    return {str(path.relative_to(root)): path.read_bytes() for path in (root / "warc").rglob("*") if path.is_file()}


def test_a_stored_object_is_never_overwritten(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    put_bytes(store, "a/b", b"one")
    put_bytes(store, "a/b", b"one")
    with pytest.raises(ObjectCorrupt, match="nothing was overwritten"):
        put_bytes(store, "a/b", b"two")
    assert get_bytes(store, "a/b") == b"one"
    assert [item.key for item in store.list("")] == ["a/b"]


def test_a_store_of_a_newer_format_is_left_alone(config: Config) -> None:
    header = Path(config.archive.store) / "stoppress.json"
    header.write_text(json.dumps({"format": 2}))
    with pytest.raises(FormatTooNew, match="format 2"), open_reading(config):
        pass
    with pytest.raises(FormatTooNew):
        create(config, minutes(0))


def test_a_schema_that_is_not_ours_is_named(config: Config) -> None:
    change(config.archive.catalogue, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(SchemaMismatch, match="stoppress init"), open_archive(config):
        pass
    with pytest.raises(SchemaMismatch, match="stoppress rebuild"):
        create(config, minutes(0))


def test_a_missing_catalogue_is_not_made_behind_the_operators_back(config: Config) -> None:
    lose(config.archive.catalogue)
    with pytest.raises(StoreUnavailable, match="stoppress rebuild"), open_archive(config):
        pass


def test_a_full_disk_fails_the_exchange_and_keeps_what_was_there(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written(config) as (archive, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.commit()
        (warc,) = spooled(config)
        size = warc.stat().st_size
        fill(archive, writer, monkeypatch)
        with pytest.raises(StoreUnavailable, match="Free space"):
            writer.append(exchange(page("pier"), os.urandom(200_000), minutes(1)))
        monkeypatch.undo()
        assert warc.stat().st_size == size
        look(writer, page("pier"), html("Pier"), minutes(2))
        writer.seal(minutes(3))
    assert classes(config, page("pier")) == [[]]


def fill(archive: Archive, writer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the segment's file take 10 kB more and then no byte."""
    import errno

    segment = writer._open.segment
    left = 10_000
    member = segment._member

    class Full:
        def write(self, content: bytes) -> int:
            nonlocal left
            if not left:
                raise OSError(errno.ENOSPC, "No space left on device")
            written = real.write(content[:left])
            left -= written
            return written

        def flush(self) -> None:
            real.flush()

    real = member._out
    monkeypatch.setattr(member, "_out", Full())


def test_a_new_reader_version_is_no_new_edition(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import dataclass, replace

    from news.sites import load_reader
    from storage.archive import SiteWriter

    old = load_reader("generic")

    @dataclass
    class Newer:
        name: str = "generic"
        version: int = 99

        def read(self, document: Any, site: Any) -> Any:
            article = old.read(document, site)
            return replace(article, headline=article.headline.upper())

        def follows(self, url: str, site: Any) -> bool:
            return True

    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.commit()
        assert isinstance(writer, SiteWriter)
        writer.reader = Newer()
        look(writer, page("ferry"), html(), minutes(10))
        writer.commit()
        assert classes(config, page("ferry")) == [[]]
        look(writer, page("ferry"), html("Ferry cut"), minutes(20))
        writer.commit()
    assert classes(config, page("ferry")) == [[], ["stealth", "headline"]]


def test_an_old_address_that_still_leads_to_a_living_article_says_nothing_of_it(config: Config) -> None:
    with written(config) as (_, writer):
        redirect(writer, page("old-name"), page("ferry"), html(), minutes(0))
        for number in range(1, 4):
            redirect(writer, page("old-name"), page("ferry"), html(), minutes(number))
            look(writer, page("ferry"), html(), minutes(number + 0.5))
        look(writer, page("old-name"), b"gone", minutes(5), status="404 Not Found")
        look(writer, page("ferry"), html("Ferry cut"), minutes(6))
        writer.commit()
    assert classes(config, page("ferry")) == [[], ["stealth", "headline"]]
    assert classes(config, page("old-name")) == classes(config, page("ferry"))


def test_the_second_page_of_a_story_is_no_edit_of_the_first(config: Config) -> None:
    canonical = f'<link rel="canonical" href="{page("ferry")}">'.encode()
    second = html(sentences=SHEEP).replace(b"<head>", b"<head>" + canonical)
    with written(config) as (_, writer):
        for number in range(3):
            look(writer, page("ferry"), html(), minutes(number))
            look(writer, f"{page('ferry')}?page=2", second, minutes(number + 0.5))
        writer.commit()
    assert classes(config, page("ferry")) == [[]]
    assert classes(config, f"{page('ferry')}?page=2") == [[]]


def test_a_copy_under_another_address_confirms_and_never_edits(config: Config) -> None:
    canonical = f'<link rel="canonical" href="{page("ferry")}">'.encode()
    copy = html().replace(b"<head>", b"<head>" + canonical)
    odd = html("Ferry to run all winter", "Sent to you by our machine.").replace(b"<head>", b"<head>" + canonical)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        look(writer, page("copy-of-ferry"), copy, minutes(1))
        look(writer, page("copy-of-ferry"), odd, minutes(2))
        look(writer, page("ferry"), html(), minutes(3))
        writer.commit()
    assert classes(config, page("copy-of-ferry")) == [[]]
    with open_reading(config) as (_, rows):
        article = reading.article_at(rows, page("copy-of-ferry"))
        assert article is not None
        assert article["url"] == page("ferry")


def test_an_article_that_moved_and_came_back_is_back(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        redirect(writer, page("ferry"), page("ferry-two"), html(), minutes(10))
        look(writer, page("ferry"), html(), minutes(20))
        writer.commit()
    assert classes(config, page("ferry")) == [[], ["moved"], ["back"]]


@pytest.mark.parametrize(
    ("planted", "why"),
    [
        (b'{"sealed": "2026-03-02T09:01:00.000000Z"}', "another captures, format, leaves"),
        (b'{"sealed": ', "no manifest"),
        (b"{}", "no manifest"),
    ],
)
def test_what_stands_where_a_manifest_is_to_go_and_proves_nothing_keeps_the_segment_in_the_spool(
    config: Config, planted: bytes, why: str
) -> None:
    with written(config) as (archive, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.commit()
        (warc,) = spooled(config)
        key = f"warc/gazette/2026/03/02/{warc.name.removesuffix('.warc.gz')}.manifest.json"
        put_bytes(archive.store, key, planted)
        with pytest.raises(ObjectCorrupt, match=f"no seal of ours put it there: it .*{why}"):
            writer.seal(minutes(1))
    assert spooled(config) == [warc]
    Path(config.archive.store, key).unlink()
    with written(config) as (_, writer):
        writer.seal(minutes(2))
    assert spooled(config) == []


@pytest.mark.parametrize("forged", [True, False])
def test_a_manifest_that_a_seal_left_is_taken_up_where_its_signature_is_good(config: Config, forged: bool) -> None:
    with written(config) as (archive, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.set_aside()
        aside = {path: path.read_bytes() for path in (Path(config.archive.spool) / "gazette").glob("gazette-*")}
        writer.seal(minutes(1))
        (key,) = (item.key for item in archive.store.list("warc/") if item.key.endswith(".manifest.json"))
        before = Path(config.archive.store, key).read_bytes()
        for path, content in aside.items():
            path.write_bytes(content)
    if forged:
        row = json.loads(before) | {"sealed": "2026-03-02T08:00:00.000000Z"}
        Path(config.archive.store, key).write_bytes(json.dumps(row).encode())
        with pytest.raises(ObjectCorrupt, match="no key of this archive signed it"), written(config) as (_, writer):
            writer.seal(minutes(5))
        return
    with written(config) as (_, writer):
        writer.seal(minutes(5))
    assert Path(config.archive.store, key).read_bytes() == before
    assert spooled(config) == []
