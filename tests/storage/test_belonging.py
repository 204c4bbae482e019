"""A catalogue that is not the store's index, or knows less than the store: nothing is written on top of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from news.errors import ConfigError, SchemaMismatch
from storage.archive import open_archive
from storage.archive.access import open_reading
from storage.archive.founding import TO_REBUILD, create
from storage.catalogue import opening
from storage.config import Config
from storage.objects import open_store
from storage.rebuild import rebuild
from storage.verify.whole import Places, verify
from tests.catalogues import change, each_catalogue, lose
from tests.storage.making import SITE, START, config_in, html, look, minutes, page, written

pytestmark = each_catalogue


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An archive with two sealed segments."""
    return sealed(config_in(tmp_path), "Ferry to run all winter", "Ferry to run until May")


def sealed(config: Config, *headlines: str) -> Config:
    with written(config) as (_, writer):
        for number, headline in enumerate(headlines):
            look(writer, page("ferry"), html(headline), minutes(10 * number))
            writer.seal(minutes(10 * number + 1))
    return config


def places(config: Config) -> Places:
    store = open_store(config.archive.store, config.s3)
    return Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))


def test_an_empty_catalogue_of_a_store_that_is_not_empty_is_to_be_rebuilt_before_anything_is_written(
    config: Config,
) -> None:
    lose(config.archive.catalogue)
    assert TO_REBUILD in create(config, minutes(30))
    with pytest.raises(SchemaMismatch, match="knows nothing of warc/gazette/"), open_archive(config):
        pass
    with pytest.raises(SchemaMismatch), open_reading(config):
        pass
    rebuild(places(config), config)
    assert TO_REBUILD not in create(config, minutes(40))
    sealed(config, "Ferry to run all winter", "Ferry to run until May", "Ferry sold")
    assert [one.problem for one in verify(places(config)).findings if one.level == "problem"] == []


def test_the_catalogue_of_another_archive_is_refused(config: Config, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = sealed(config_in(tmp_path / "other"), "Pier mended")
    wrong = config.archive.model_copy(update={"catalogue": other.archive.catalogue})
    for way in (open_archive, open_reading):
        with pytest.raises(ConfigError, match="is the index of another archive"), way(replace(config, archive=wrong)):
            pass
    with pytest.raises(ConfigError, match="is the index of another archive"):
        create(replace(config, archive=wrong), minutes(30))
    with opening.reading(other.archive.catalogue) as rows:
        assert [row["address"] for row in rows("SELECT address FROM stores")] == [str(Path(other.archive.store))]


def test_a_store_that_was_moved_keeps_its_catalogue(config: Config, tmp_path: Path) -> None:
    moved = config.archive.model_copy(update={"store": str(tmp_path / "moved")})
    shutil.copytree(config.archive.store, tmp_path / "moved")
    with open_reading(replace(config, archive=moved)):
        pass


def test_a_catalogue_that_is_older_than_the_store_takes_no_more_captures(config: Config) -> None:
    with opening.reading(config.archive.catalogue) as rows:
        newest = rows("SELECT name FROM segments ORDER BY name DESC LIMIT 1")[0]["name"]
    for table, column in (("segments", "name"), ("captures", "segment"), ("observations", "segment")):
        change(config.archive.catalogue, f"DELETE FROM {table} WHERE {column} = ?", newest)
    with open_archive(config) as archive, pytest.raises(SchemaMismatch, match="older than the store"):
        archive.writer(SITE)
    if not config.archive.catalogue.startswith("sqlite"):
        lose(config.archive.catalogue)
    rebuild(places(config), config)
    with open_archive(config) as archive:
        archive.writer(SITE).close()


def test_a_new_archive_and_a_first_crawl_that_was_not_sealed_are_nothing_odd(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    create(config, START)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
    create(config, START)
    with open_archive(config) as archive:
        archive.writer(SITE).close()
