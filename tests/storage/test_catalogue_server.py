"""PostgreSQL as a catalogue: what only a server does, such as refusing, going away, and coming back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import run
from news.errors import ConfigError, StoreUnavailable
from storage.archive.access import open_archive
from storage.catalogue import opening, reading
from storage.catalogue.changing import changing_at
from storage.catalogue.recording import Recorder
from storage.config import Config
from storage.verify.whole import verify
from tests import pgserver
from tests.catalogues import catalogues
from tests.pgserver import Server
from tests.storage import making
from tests.storage.making import SITE, config_in, html, look, minutes, page, written
from tests.storage.test_catalogue import found, looked, opened
from tests.storage.test_verify import places


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """An empty archive whose catalogue lies on the tests' server."""
    with catalogues("postgresql") as catalogue_of:
        monkeypatch.setattr(making, "catalogue_in", catalogue_of)
        yield config_in(tmp_path)


@pytest.fixture(scope="module")
def own() -> Server:
    """A server that a test may stop; it starts it again."""
    if pgserver.binaries() is None:
        pytest.skip(pgserver.ADVICE)
    return pgserver.made()


def cut_off(config: Config, *, what: str = "stoppress") -> None:
    """End all of the program's connections to a catalogue, as a restart of the server does."""
    name = config.archive.catalogue.rpartition("/")[2]
    pgserver.server().run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND application_name = '{what}'"
    )


def test_every_text_is_sorted_by_its_bytes_whatever_the_database_s_language(config: Config) -> None:
    with opening.reading(config.archive.catalogue) as rows:
        (language,) = rows("SELECT 'a' < 'B' AS of_people, 'a' < 'B' COLLATE \"C\" AS of_bytes")
        other = rows(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying') AND table_name <> 'alembic_version' "
            "AND collation_name IS DISTINCT FROM 'C'"
        )
    assert language == {"of_people": True, "of_bytes": False}
    assert other == []


def test_a_reader_sees_each_commit_holds_nothing_and_changes_nothing(config: Config) -> None:
    catalogue = changing_at(config.archive.catalogue)
    with opening.reading(config.archive.catalogue) as rows:
        assert reading.pages_of(rows, "gazette") == []
        Recorder(catalogue).add_pages(found("https://gazette.example/a"))
        assert len(reading.pages_of(rows, "gazette")) == 1
        pid = rows("SELECT pg_backend_pid() AS pid")[0]["pid"]
        state = pgserver.server().run(f"SELECT state FROM pg_stat_activity WHERE pid = {pid}")
        held = pgserver.server().run(f"SELECT COUNT(*) FROM pg_locks WHERE pid = {pid}")
        assert (state, held) == ([("idle",)], [(0,)])
        with pytest.raises(StoreUnavailable, match="read-only transaction"):
            rows("DELETE FROM pages RETURNING url")
    catalogue.dispose()


def test_what_postgresql_takes_in_no_text_keeps_no_commit_from_being_made(config: Config) -> None:
    catalogue = changing_at(config.archive.catalogue)
    Recorder(catalogue).apply([looked("https://gazette.example/a", 1, detail="half a \ud83d, and a \x00")])
    catalogue.dispose()
    with opening.reading(config.archive.catalogue) as rows:
        assert rows("SELECT detail FROM observations") == [{"detail": "half a ?, and a \ufffd"}]


def test_what_is_committed_stays_though_the_server_s_default_is_to_risk_it(config: Config) -> None:
    name = config.archive.catalogue.rpartition("/")[2]
    pgserver.server().run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    catalogue = changing_at(config.archive.catalogue)
    with catalogue.change() as change:
        sql = "SELECT setting FROM pg_settings WHERE name IN {keys}"
        assert change.among(sql, ["synchronous_commit"]) == [{"setting": "on"}]
    catalogue.dispose()


def test_a_crawl_whose_connections_are_cut_commits_all_the_same(config: Config) -> None:
    with written(config) as (archive, writer):
        look(writer, page("ferry"), html("The ferry this winter"), minutes(0))
        writer.commit()
        cut_off(config)
        look(writer, page("ferry"), html("The ferry this winter", "A vote was lost."), minutes(1))
        cut_off(config)
        writer.commit()
        article = reading.article_at(archive.rows, page("ferry"))
        assert article is not None
        assert len(reading.chain(archive.rows, article["id"])) == 2
        writer.seal(minutes(2))
    assert verify(places(config)).findings == []


def test_a_server_that_goes_away_costs_nothing_that_was_captured(
    own: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = own.address(own.database())
    monkeypatch.setattr(making, "catalogue_in", lambda _: address)
    config = config_in(tmp_path)
    with open_archive(config) as archive:
        writer = archive.writer(SITE)
        look(writer, page("ferry"), html("The ferry this winter"), minutes(0))
        writer.commit()
        look(writer, page("pier"), html("The pier this winter"), minutes(1))
        own.stop()
        try:
            began = time.monotonic()
            with pytest.raises(StoreUnavailable, match=r"is the server running.*the spool keeps what was captured"):
                writer.commit()
            assert time.monotonic() - began < 20
            with pytest.raises(StoreUnavailable, match="can't be used"):
                archive.rows("SELECT 1 AS one")
            with pytest.raises(StoreUnavailable, match="the spool keeps what was captured"):
                writer.close()  # it tries once more, and lets go all the same
            monkeypatch.chdir(tmp_path)
            assert run(["status"]) == 4
        finally:
            own.start()
        assert archive.rows("SELECT COUNT(*) AS n FROM observations") == [{"n": 1}]
    with written(config) as (archive, writer):
        assert archive.rows("SELECT url FROM pages ORDER BY url") == [{"url": page("ferry")}, {"url": page("pier")}]
        writer.seal(minutes(3))
    assert verify(places(config)).findings == []


@pytest.mark.parametrize(
    ("user", "password", "database", "said"),
    [
        ("harbour", "wrong", "postgres", "password authentication failed.*mend user and password"),
        ("nobody", "wrong", "postgres", "mend user and password"),
        ("harbour", None, "nowhere", 'database "nowhere" does not exist.*createdb'),
    ],
)
def test_what_the_server_refuses_is_told_with_what_to_do(
    user: str, password: str | None, database: str, said: str, own: Server
) -> None:
    address = own.address(database, user=user, password=password)
    for ask in (opened, opening.create, opening.exists):
        with pytest.raises(StoreUnavailable, match=said) as told:
            ask(address)
        assert f"{user}:***@127.0.0.1" in str(told.value)
        assert "\n" not in str(told.value)


def test_nobody_there_and_no_address_are_told_apart(own: Server) -> None:
    away = own.address("postgres").replace(f":{own.port}/", ":1/")
    with pytest.raises(StoreUnavailable, match=r"refused.*is the server running"):
        opened(away)
    with pytest.raises(ConfigError, match="is no address"):
        opened("postgresql+psycopg://harbour@127.0.0.1:5432/db?no_such_setting=1")


def test_a_database_without_a_catalogue_or_without_room_for_all_texts_is_refused(own: Server) -> None:
    empty = own.address(own.database())
    assert not opening.exists(empty)
    with pytest.raises(StoreUnavailable, match=r"there is no catalogue at .*stoppress init"):
        opened(empty)
    opening.create(empty)
    assert opening.exists(empty)
    narrow = own.address(own.database(like="template0", settings="ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C'"))
    with pytest.raises(StoreUnavailable, match=r"its encoding is LATIN1.*--encoding=UTF8"):
        opening.create(narrow)


def test_a_user_who_may_not_make_tables_is_told_who_should(own: Server) -> None:
    database = own.database()
    own.run("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    with pytest.raises(StoreUnavailable, match=r"permission denied.*OWNER TO"):
        opening.create(own.address(database, user="guest", password="guest"))
