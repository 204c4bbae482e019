"""The catalogue's writing side takes lines by the batch, and means by it what it would mean line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from news.errors import StoreUnavailable
from storage.archive import journal
from storage.catalogue import opening, schema
from storage.catalogue.changing import changing_at
from storage.catalogue.recording import Recorder
from storage.catalogue.statements import COLUMNS, insert
from tests.catalogues import each_catalogue
from tests.storage import making
from tests.storage.making import config_in, html, look, minutes, page, redirect, written

pytestmark = each_catalogue

TABLES = ("pages", "articles", "aliases", "captures", "observations", "revisions", "segments")


def lines_of_an_eventful_hour(folder: Path) -> list[journal.Line]:
    config = config_in(folder)
    with written(config) as (archive, writer):
        for minute, extra in enumerate(["", "", "The pier will wait.", "", "A vote was lost."]):
            for slug in ("ferry", "pier", "fund"):
                look(writer, page(slug), html(f"Of the {slug}", extra), minutes(minute))
        look(writer, page("fund"), b"gone", minutes(6), status="410 Gone")
        look(writer, page("ferry"), html("Of the ferry, before"), minutes(-9))  # late: the chain is laid anew
        look(writer, page("ferry"), html("Of the ferry, after"), minutes(8))
        redirect(writer, page("pier"), page("pier-2"), html("Of the pier"), minutes(7))
        writer.commit()
        opened = [{"t": "segment", "name": "s", "site": "gazette", "opened": "2026-03-02T09:00:00.000000Z"}]
        return [*opened, *(line for path in archive.spool.rglob("*.journal.jsonl") for line in journal.read(path))]


def catalogue_of(folder: Path, *commits: list[journal.Line]) -> dict[str, list[opening.Row]]:
    address = making.catalogue_in(folder)
    opening.create(address)
    catalogue = changing_at(address)
    recorder = Recorder(catalogue)
    for lines in commits:
        recorder.apply(lines)
    catalogue.dispose()
    with opening.reading(address) as rows:
        return {table: sorted(rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def test_one_commit_of_everything_means_what_a_commit_of_each_line_means(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    lines = lines_of_an_eventful_hour(tmp_path / "live")
    line_by_line = catalogue_of(tmp_path / "one", *([line] for line in lines))
    at_once = catalogue_of(tmp_path / "all", lines)
    assert at_once == line_by_line
    assert len(at_once["revisions"]) > 6


def test_lines_that_come_twice_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    lines = lines_of_an_eventful_hour(tmp_path / "live")
    once = catalogue_of(tmp_path / "once", lines)
    assert catalogue_of(tmp_path / "twice", lines, lines) == once
    assert catalogue_of(tmp_path / "doubled", [*lines, *lines]) == once


def test_the_columns_that_are_written_are_those_of_the_schema() -> None:
    known = {name: tuple(column.name for column in table.columns) for name, table in schema.metadata.tables.items()}
    assert known == COLUMNS


def test_a_change_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    address = making.catalogue_in(tmp_path)
    opening.create(address)
    catalogue = changing_at(address)
    segment = {"name": "gazette-1", "site": "gazette", "opened": "2026-03-02T09:00:00.000000Z"}

    def break_off() -> None:
        with catalogue.change() as change:
            change.run(insert("segments", ("name", "site", "opened")), [segment])
            change.run("DELETE FROM nowhere WHERE name = :name", [segment])

    with pytest.raises(StoreUnavailable, match=r"no such table|does not exist"):
        break_off()
    with catalogue.change() as change:
        assert change.among("SELECT name FROM segments WHERE name IN {keys}", ["gazette-1"]) == []
    catalogue.dispose()
