"""A story that was found at its new address before its old one was seen to lead there: two articles, tied together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import pgserver
from tests.catalogues import KINDS, catalogues, lose
from tests.cli.conftest import Stoppress
from tests.storage import making
from tests.storage.making import config_in, html, look, minutes, page, redirect, written

OLD, NEW, OTHER = page("ferry"), page("ferry-all-winter"), page("pier")


@pytest.fixture(params=KINDS)
def led(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with catalogues(request.param) as found:
        monkeypatch.setattr(making, "catalogue_in", found)
        with written(config_in(tmp_path)) as (_, writer):
            look(writer, OLD, html(), minutes(0))
            look(writer, OTHER, html("The pier"), minutes(1))
            look(writer, NEW, html(), minutes(5))
            redirect(writer, OLD, NEW, html(), minutes(10))
            look(writer, NEW, html("Ferry cut after all"), minutes(20))
            writer.seal(minutes(30))
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def test_history_of_either_address_says_where_the_story_goes_on(led: Path, stoppress: Stoppress) -> None:
    old, new = (stoppress("history", url, "--json").json for url in (OLD, NEW))
    assert [row["classes"] for row in old["revisions"]] == [[], ["moved"]]
    assert [row["classes"] for row in new["revisions"]] == [[], ["stealth", "headline"]]
    assert old["article"]["continues_at"] == {"id": new["article"]["id"], "url": NEW}
    assert new["article"]["continued_from"] == [{"id": old["article"]["id"], "url": OLD}]
    assert not {"continued_from", "continues_at"} & set(stoppress("history", OTHER, "--json").json["article"])
    assert f"continues at {NEW}" in stoppress("history", OLD).out
    assert f"continued from {OLD}" in stoppress("history", NEW).out


def test_diff_and_blame_tell_the_reader_where_to_look_on(led: Path, stoppress: Stoppress) -> None:
    for command in ("diff", "blame"):
        assert f"the story goes on at {NEW}: stoppress history {NEW}" in stoppress(command, OLD).err
        assert f"the story came from {OLD}" in stoppress(command, NEW).err
    assert "the story" not in stoppress("blame", OTHER).err


def test_a_catalogue_made_anew_ties_them_as_before(led: Path, stoppress: Stoppress) -> None:
    before = [stoppress("history", url, "--json").out for url in (OLD, NEW, OTHER)]
    lose(making.catalogue_in(led))
    stoppress("rebuild")
    if making.catalogue_in(led).startswith("postgresql"):
        _, _, name = making.catalogue_in(led).rpartition("/")
        asked = "SELECT reltuples FROM pg_class WHERE relname = 'revisions'"
        known = pgserver.server().run(asked, name)
        assert known == [(5.0,)]
    assert [stoppress("history", url, "--json").out for url in (OLD, NEW, OTHER)] == before


def test_an_address_that_came_back_goes_on_nowhere_else(led: Path, stoppress: Stoppress) -> None:
    with written(config_in(led)) as (_, writer):
        look(writer, OLD, html(), minutes(40))
    assert "continues_at" not in stoppress("history", OLD, "--json").json["article"]
    assert "continued_from" not in stoppress("history", NEW, "--json").json["article"]
