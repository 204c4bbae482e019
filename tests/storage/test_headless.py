"""A store that lost its stoppress.json is told as that, and gets another only from whoever holds the archive's key."""

from __future__ import annotations

from pathlib import Path

import pytest

from news.errors import ObjectCorrupt, ObjectMissing, StoreUnavailable
from storage.archive.access import ledger_of, open_archive
from storage.archive.founding import create
from storage.config import Config
from storage.objects import open_store
from storage.restoring import restore
from storage.verify.whole import Places, verify
from tests.storage.making import START, config_in, html, look, minutes, page, written


@pytest.fixture
def headless(tmp_path: Path) -> Config:
    config = config_in(tmp_path)
    create(config, START)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(1))
        writer.commit()
        writer.seal(minutes(2))
    header = Path(config.archive.store, "stoppress.json")
    header.rename(tmp_path / "copy.json")
    return config


def test_told_as_lost_not_as_never_made(headless: Config) -> None:
    with pytest.raises(StoreUnavailable, match=r"run `stoppress restore stoppress\.json`"), open_archive(headless):
        pass


def test_made_anew_with_the_archives_key(headless: Config) -> None:
    said = create(headless, minutes(5))
    assert "a new one in place of the one that was lost" in said[0]
    archive = headless.archive
    store = open_store(archive.store, headless.s3)
    places = Places(store=store, catalogue=archive.catalogue, spool=Path(archive.spool), ledger=ledger_of(headless))
    assert not verify(places).findings


def test_not_made_anew_without_the_archives_key(headless: Config) -> None:
    headless.key_file.unlink()
    with pytest.raises(StoreUnavailable, match="key is not at"):
        create(headless, minutes(5))
    assert not Path(headless.archive.store, "stoppress.json").exists()
    assert not headless.key_file.exists()


def test_not_made_anew_with_another_key(headless: Config, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = config_in(tmp_path / "other")
    create(other, START)
    headless.key_file.write_bytes(other.key_file.read_bytes())
    with pytest.raises(StoreUnavailable, match="the newest manifest names"):
        create(headless, minutes(5))
    assert not Path(headless.archive.store, "stoppress.json").exists()


def test_brought_back_from_a_copy(headless: Config, tmp_path: Path) -> None:
    store = open_store(headless.archive.store, headless.s3)
    with pytest.raises(ObjectMissing, match=r"stoppress restore stoppress\.json --from FILE"):
        restore(store, headless.archive.catalogue, "stoppress.json")
    done = restore(store, headless.archive.catalogue, "stoppress.json", copy=tmp_path / "copy.json")
    assert done.done
    assert done.proof.by == "the key that its manifests are signed with"
    assert Path(headless.archive.store, "stoppress.json").read_bytes() == (tmp_path / "copy.json").read_bytes()
    with open_archive(headless):
        pass


def test_a_damaged_one_steps_aside_for_its_copy(headless: Config, tmp_path: Path) -> None:
    header = Path(headless.archive.store, "stoppress.json")
    header.write_bytes(b"{")
    store = open_store(headless.archive.store, headless.s3)
    restore(store, headless.archive.catalogue, "stoppress.json", copy=tmp_path / "copy.json")
    assert header.read_bytes() == (tmp_path / "copy.json").read_bytes()
    assert [item.key for item in store.list("damaged/")]


@pytest.mark.parametrize("whose", ["another archive's", "nobody's"])
def test_not_brought_back_from_what_is_no_copy(headless: Config, tmp_path: Path, whose: str) -> None:
    (tmp_path / "other").mkdir()
    other = config_in(tmp_path / "other")
    create(other, START)
    wrong = Path(other.archive.store, "stoppress.json")
    if whose == "nobody's":
        wrong.write_bytes(b"[]")
    store = open_store(headless.archive.store, headless.s3)
    with pytest.raises(ObjectCorrupt, match=r"no header of an archive|another archive's header"):
        restore(store, headless.archive.catalogue, "stoppress.json", copy=wrong)
    assert not Path(headless.archive.store, "stoppress.json").exists()


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"format": "one"}'])
def test_a_check_names_a_header_that_is_gone_or_can_not_be_read_and_checks_the_rest(
    headless: Config, content: bytes | None
) -> None:
    if content is not None:
        Path(headless.archive.store, "stoppress.json").write_bytes(content)
    (revision,) = Path(headless.archive.store).glob("articles/*/*/*.json")
    revision.write_bytes(b"{}")
    archive = headless.archive
    store = open_store(archive.store, headless.s3)
    places = Places(store=store, catalogue=archive.catalogue, spool=Path(archive.spool), ledger=ledger_of(headless))
    found = {one.object: one for one in verify(places).findings if one.level == "problem"}
    assert set(found) == {"stoppress.json", revision.relative_to(archive.store).as_posix()}
    assert "stoppress restore stoppress.json" in found["stoppress.json"].advice


def test_a_check_of_what_is_no_archive_says_so(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    Path(config.archive.store, "stoppress.json").unlink()
    places = Places(
        store=open_store(config.archive.store, config.s3), catalogue=config.archive.catalogue, spool=tmp_path
    )
    with pytest.raises(StoreUnavailable, match="run `stoppress init`"):
        verify(places)
