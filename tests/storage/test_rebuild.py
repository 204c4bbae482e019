"""The catalogue can be deleted and rebuilt: what people and programs are told stays the same."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from news.errors import SiteBusy
from storage import rebuild as rebuild_module
from storage.archive.access import open_archive, open_reading
from storage.catalogue import histories
from storage.config import Config
from storage.rebuild import Built, rebuild
from storage.verify.whole import verify
from tests.catalogues import each_catalogue, lose, on_sqlite_only
from tests.storage.making import SITE, config_in, html, look, minutes, page, written
from tests.storage.test_verify import build, places

pytestmark = each_catalogue

TABLES = {
    "captures": "record_id",
    "observations": "id",
    "aliases": "url",
    "pages": "url",
}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = config_in(tmp_path)
    build(config)
    return config


def told(config: Config) -> Mapping[str, Any]:
    """All that the catalogue says: histories as programs read them, and its tables."""
    with open_reading(config) as (_, rows):
        articles = rows("SELECT * FROM articles ORDER BY id")
        return {
            "histories": [json.dumps(histories.history_json(rows, article)) for article in articles],
            "articles": [json.dumps(histories.article_row_json(article)) for article in articles],
            "segments": rows("SELECT name, site, sealed, warc_key, bytes, manifest FROM segments ORDER BY name"),
            "seen": rows("SELECT digest, seen_last FROM revisions ORDER BY digest"),
            **{table: rows(f"SELECT * FROM {table} ORDER BY {key}") for table, key in TABLES.items()},
        }


def built_anew(config: Config) -> Built:
    """Rebuild; a server's catalogue has to be emptied first."""
    if not config.archive.catalogue.startswith("sqlite:///"):
        lose(config.archive.catalogue)
    return rebuild(places(config), config)


def catalogue(config: Config) -> Path:
    return Path(config.archive.catalogue.removeprefix("sqlite:///"))


def test_a_rebuilt_catalogue_says_what_the_old_one_said(config: Config) -> None:
    before = told(config)
    built = built_anew(config)
    assert told(config) == before
    assert built.problems == []
    assert built.counts == {"segments": 3, "captures": 9, "looks": 9, "aliases": 2, "revisions": 7}
    assert verify(places(config)).findings == []


def test_rebuilding_twice_changes_nothing(config: Config) -> None:
    built_anew(config)
    before = told(config)
    built_anew(config)
    assert told(config) == before


@on_sqlite_only
def test_the_old_catalogue_is_kept_and_named(config: Config) -> None:
    old = catalogue(config).read_bytes()
    built = built_anew(config)
    assert built.kept is not None
    assert Path(built.kept).read_bytes() == old
    assert Path(built.kept).parent == catalogue(config).parent


def test_a_catalogue_that_was_deleted_comes_back(config: Config) -> None:
    before = told(config)
    lose(config.archive.catalogue)
    assert rebuild(places(config), config).kept is None
    assert told(config) == before


@on_sqlite_only
def test_a_catalogue_that_is_garbage_is_replaced(config: Config) -> None:
    before = told(config)
    for path in catalogue(config).parent.glob("catalogue.db-*"):
        path.unlink()
    catalogue(config).write_bytes(b"no database at all" * 1000)
    built = built_anew(config)
    assert told(config) == before
    assert built.kept
    assert Path(built.kept).read_bytes().startswith(b"no database")


def test_what_a_dead_writer_committed_and_did_not_seal_is_not_forgotten(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html("The ferry stops"), minutes(30))
        look(writer, page("jetty"), html("The jetty this winter"), minutes(31))
        writer.commit()
    before = told(config)
    built_anew(config)
    assert told(config) == before
    with written(config) as (_, writer):
        look(writer, page("ferry"), html("The ferry stops"), minutes(40))
        writer.seal(minutes(41))
    assert verify(places(config)).findings == []


def test_a_site_that_is_being_written_is_left_alone(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(30))
        with pytest.raises(SiteBusy):
            rebuild(places(config), config)
    assert not list(catalogue(config).parent.glob("*.before-*"))


def test_an_archive_without_a_segment_gives_an_empty_catalogue(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    assert built_anew(config).counts["segments"] == 0
    assert told(config)["articles"] == []


def test_damaged_objects_are_left_out_and_told(config: Config) -> None:
    store = Path(config.archive.store)
    revision = min(store.glob("articles/*/*/*.json"))
    revision.write_bytes(b"{}")
    events = max(store.glob("warc/**/*.jsonl.gz"))
    events.write_bytes(b"")
    built = built_anew(config)
    said = "\n".join(built.problems)
    assert revision.name in said
    assert events.name.partition(".")[0] in said
    assert built.counts["revisions"] == 5
    with open_reading(config) as (_, rows):
        assert len(rows("SELECT * FROM segments WHERE sealed IS NOT NULL")) == 3


@pytest.mark.parametrize("pattern", ["articles/*/*/*.json", "warc/**/*.jsonl.gz", "warc/**/*.manifest.json"])
def test_an_object_that_can_not_be_read_is_left_out_and_told(config: Config, pattern: str) -> None:
    victim = min(Path(config.archive.store).glob(pattern))
    victim.unlink()
    victim.symlink_to("/proc/self/mem")  # EIO
    problems = [said for said in built_anew(config).problems if "Input/output error" in said]
    assert len(problems) == 1
    assert victim.name in problems[0]


def of_the_catalogue(path: Path) -> bool:
    """Whether a step concerns the catalogue that stands, and not the one that is being built."""
    return path.name.startswith("catalogue.db") and not path.name.startswith("catalogue.db.rebuilding-")


def said_in(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as opened:
        return {headline for (headline,) in opened.execute("SELECT headline FROM articles")}


STEPS = [*(("_sync", number) for number in range(1, 5)), ("rename", 1), ("unlink", 1), ("unlink", 2), ("replace", 1)]


@on_sqlite_only
@pytest.mark.parametrize(("name", "number"), STEPS)
def test_whenever_a_rebuild_is_cut_off_the_catalogue_that_stands_lacks_no_commit(
    config: Config, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    path, left = catalogue(config), count(1)
    place = rebuild_module if name == "_sync" else Path
    real = getattr(place, name)

    def step(of: Path, *rest: Any, **said: Any) -> Any:
        if (name == "_sync" or of_the_catalogue(of)) and built and next(left) == number:
            shutil.copytree(path.parent, path.parent.parent / "cut")
            raise KeyboardInterrupt
        return real(of, *rest, **said)

    built = list[int]()
    with closing(sqlite3.connect(path)) as held:
        held.execute("PRAGMA wal_autocheckpoint = 0")
        held.execute("UPDATE articles SET headline = 'the last commit'")
        held.commit()
        monkeypatch.setattr(place, name, step)
        with pytest.raises(KeyboardInterrupt):
            rebuild(places(config), config, progress=lambda done, _: built.append(done))
    left_behind = path.parent.parent / "cut"
    stands = [said_in(left_behind / path.name)] if (left_behind / path.name).exists() else []
    kept = [said_in(file) for file in left_behind.glob(f"{path.name}.before-*Z")]
    last, anew = {"the last commit"}, {f"The {slug} this winter" for slug in ("ferry", "pier", "quay")}
    assert (stands, kept) in (([last], []), ([], [last]), ([anew], [last]))


def test_a_site_that_nobody_knew_waits_for_a_rebuild_to_end(config: Config) -> None:
    refused = list[int]()

    def progress(done: int, _: int) -> None:
        with pytest.raises(SiteBusy, match="built anew"), open_archive(config) as archive:
            archive.writer(dataclasses.replace(SITE, name="bugle", home="http://127.0.0.1:8081/"))
        refused.append(done)

    if not config.archive.catalogue.startswith("sqlite:///"):
        lose(config.archive.catalogue)
    rebuild(places(config), config, progress=progress)
    assert refused == [0, 1, 2, 3]


def test_an_archive_that_is_open_for_writing_keeps_its_catalogue(config: Config) -> None:
    with open_archive(config), pytest.raises(SiteBusy, match="at work with the spool"):
        rebuild(places(config), config)


@on_sqlite_only
def test_nothing_is_left_beside_the_catalogue_when_a_rebuild_fails(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(config)
    monkeypatch.setattr("storage.rebuild.play", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        built_anew(config)
    assert told(config) == before
    assert {path.name for path in catalogue(config).parent.glob("catalogue.db*")} <= {
        "catalogue.db",
        "catalogue.db-wal",
        "catalogue.db-shm",
    }
