"""The catalogue's writing side takes lines by the batch, and means by it what it would mean line by line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from storage.archive import journal
from storage.catalogue import opening
from storage.catalogue.recording import Recorder
from tests.storage.making import config_in, html, look, minutes, page, redirect, written

TABLES = ("pages", "articles", "aliases", "captures", "observations", "revisions", "segments")


def lines_of_an_eventful_hour(folder: Path) -> list[journal.Line]:
    config = config_in(folder)
    with written(config) as (archive, writer):
        for minute, extra in enumerate(["", "", "The pier will wait.", "", "A vote was lost."]):
            for slug in ("ferry", "pier", "fund"):
                look(writer, page(slug), html(f"Of the {slug}", extra), minutes(minute))
        look(writer, page("fund"), b"gone", minutes(6), status="410 Gone")
        redirect(writer, page("pier"), page("pier-2"), html("Of the pier"), minutes(7))
        writer.commit()
        opened = [{"t": "segment", "name": "s", "site": "gazette", "opened": "2026-03-02T09:00:00.000000Z"}]
        return [*opened, *(line for path in archive.spool.rglob("*.journal.jsonl") for line in journal.read(path))]


def catalogue_of(folder: Path, *commits: list[journal.Line]) -> dict[str, list[tuple[object, ...]]]:
    address = f"sqlite:///{folder}/catalogue.db"
    opening.create(address)
    engine = opening.engine_at(address)
    recorder = Recorder(engine)
    for lines in commits:
        recorder.apply(lines)
    engine.dispose()
    connection = sqlite3.connect(folder / "catalogue.db")
    try:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}
    finally:
        connection.close()


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
