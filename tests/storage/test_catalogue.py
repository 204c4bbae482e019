"""A catalogue is one thing to the program, whether SQLite or PostgreSQL keeps it."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path

import pytest

from news.errors import ConfigError, ObjectCorrupt, SchemaMismatch, StoreUnavailable
from news.serial import instant, rfc3339
from news.urls import article_id, same_page_key
from storage.archive.access import open_reading
from storage.catalogue import histories, opening, reading
from storage.catalogue.addresses import shown
from storage.catalogue.changing import Changing, Interrupted, changing_at
from storage.catalogue.recording import Recorder
from storage.catalogue.rows import stored_revision
from storage.rebuild import rebuild
from storage.warc.members import deflated
from tests.catalogues import KINDS, catalogues, change, downgraded, each_catalogue
from tests.storage import making
from tests.storage.making import config_in
from tests.storage.test_verify import build, places

NAMES = ("Zebra", "apple", "Äpfel", "_under", "10", "9", "a-b", "a b", "ab", "B")
NOW = "2026-03-02T09:00:00.000000Z"


def found(*urls: str) -> list[dict[str, str]]:
    return [{"url": url, "site": "gazette", "source": "sitemap", "first_seen": NOW} for url in urls]


def looked(url: str, number: int, **said: object) -> dict[str, object]:
    at = rfc3339(instant(NOW).replace(minute=number % 60, second=number // 60))
    told = {"id": f"look-{number}", "site": "gazette", "url": url, "article_id": None, "at": at, "reason": None}
    told |= {"outcome": "unchanged", "detail": None, "why": "test", "signals": [], "record_id": None}
    return {"t": "look", "observation": {**told, "segment": "s", "revision": None, **said}}


@pytest.fixture
def address(tmp_path: Path) -> str:
    made = making.catalogue_in(tmp_path)
    opening.create(made)
    return made


def test_a_transaction_that_sqlite_undid_itself_is_told_with_its_cause(address: str) -> None:
    catalogue, taken = changing_at(address), {"name": "s", "site": "gazette", "opened": NOW}
    insert = "INSERT OR ROLLBACK INTO segments (name, site, opened) VALUES (:name, :site, :opened)"
    with pytest.raises(StoreUnavailable, match="UNIQUE constraint failed"), catalogue.change() as change:
        change.run(insert, [taken, taken])
    with catalogue.change() as change:
        change.run(insert, [taken])
    catalogue.dispose()


@each_catalogue
def test_texts_are_sorted_by_their_bytes(address: str) -> None:
    for name in NAMES:
        change(address, "INSERT INTO articles (id, site, url, revisions) VALUES (?, 'gazette', 'u', 1)", name)
    with opening.reading(address) as rows:
        told = [row["id"] for row in rows("SELECT id FROM articles ORDER BY id")]
        span = rows("SELECT MIN(id) AS first, MAX(id) AS last FROM articles WHERE id > :after", after="Y")
    assert told == sorted(NAMES, key=str.encode)
    assert span == [{"first": "Zebra", "last": "Äpfel"}]


@each_catalogue
def test_an_address_leads_to_its_article_by_the_surest_sign_there_is(address: str) -> None:
    wanted, variant = "https://gazette.example/ferry", "http://www.gazette.example/ferry/"
    article = "INSERT INTO articles (id, site, url, revisions) VALUES (?, 'gazette', ?, 1)"
    alias = f"INSERT INTO aliases (url, same, article_id, since) VALUES (?, '{same_page_key(wanted)}', ?, '')"
    shown = "UPDATE pages SET article_id = ? WHERE url = ?"
    catalogue = changing_at(address)
    Recorder(catalogue).add_pages(found(wanted, variant))
    catalogue.dispose()
    for name in ("1", "2", "3", "5"):
        change(address, article, name, f"https://gazette.example/{name}")
    steps = (  # from what only guesses to what knows; what leads to no article leads nowhere
        ("1", alias, f"{variant}?", "1"),
        ("2", shown, "2", variant),
        (article_id(wanted), article, article_id(wanted), wanted),
        ("3", alias, wanted, "3"),
        ("3", shown, "4", wanted),
        ("5", shown, "5", wanted),
    )
    with opening.reading(address) as rows:
        assert reading.article_at(rows, wanted) is None
        for expected, sql, *values in steps:
            change(address, sql, *values)
            told = reading.article_at(rows, wanted)
            assert told is not None
            assert told["id"] == expected
            assert reading.known_at(rows, wanted) == (told, reading.named_page(rows, wanted))
        assert reading.known_at(rows, "https://gazette.example/pier") == (None, None)


@each_catalogue
def test_addresses_of_any_length_are_pages_captures_and_aliases_each_once(address: str) -> None:
    chance = random.Random(5)
    long = [f"https://gazette.example/{''.join(chance.choices('abcdefghijkmnopqrstuvwxyz', k=8000))}" for _ in "ab"]
    alias = [{"t": "alias", "url": url, "article_id": "a1", "at": NOW} for url in long]
    catalogue = changing_at(address)
    recorder = Recorder(catalogue)
    assert recorder.add_pages(found(*long, *long)) == 2
    assert recorder.add_pages(found(*long)) == 0
    recorder.apply([*alias, *alias, looked(long[0], 1), looked(long[0], 2)])
    catalogue.dispose()
    with opening.reading(address) as rows:
        page = reading.page(rows, long[0])
        assert page is not None
        assert page["looks"] == 2
        assert rows("SELECT COUNT(*) AS n FROM aliases") == [{"n": 2}]


@each_catalogue
def test_a_catalogue_with_the_first_schema_and_something_in_it_is_brought_here(tmp_path: Path) -> None:
    address = making.catalogue_in(tmp_path)
    opening.create(address)
    downgraded(address, "0001")
    for name in NAMES:
        change(address, "INSERT INTO articles (id, site, url, revisions) VALUES (?, 'gazette', 'u', 1)", name)
    with pytest.raises(SchemaMismatch, match=r"has schema 0001, this program needs .*stoppress init"):
        opened(address)
    opening.create(address)
    with opening.reading(address) as rows:
        listed = reading.list_articles(rows, site=None, edited_since=None, edit_class=None)
        assert [row["id"] for row in listed] == sorted(NAMES, key=str.encode)
        assert rows("SELECT * FROM versions") == []


@each_catalogue
def test_a_schema_of_a_later_program_is_left_as_it_is(address: str) -> None:
    change(address, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match=r"has schema 9999, newer than this program's .*upgrade"):
        opened(address)
    with pytest.raises(SchemaMismatch, match="stoppress rebuild"):
        opening.create(address)


def opened(address: str) -> None:
    with opening.reading(address):
        pass


@each_catalogue
def test_many_who_write_one_page_at_once_lose_no_look(address: str) -> None:
    url, each = "https://gazette.example/a", 12
    problems: list[Exception] = []

    def look(first: int) -> None:
        catalogue = changing_at(address)
        try:
            for number in range(first, first + each):
                Recorder(catalogue).apply([looked(url, number)])
        except Exception as error:  # noqa: BLE001  told below
            problems.append(error)
        finally:
            catalogue.dispose()

    threads = [threading.Thread(target=look, args=(number * each,)) for number in range(4)]
    Recorder(first := changing_at(address)).add_pages(found(url))
    first.dispose()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with opening.reading(address) as rows:
        assert (reading.page(rows, url) or {})["looks"] == 4 * each


class CutShort:
    """A catalogue whose first commit takes place and is not heard of."""

    def __init__(self, catalogue: Changing) -> None:
        self._catalogue = catalogue
        self.commits = 0
        self.dispose = catalogue.dispose

    def change(self):  # type: ignore[no-untyped-def]
        from contextlib import contextmanager

        @contextmanager
        def changing():  # type: ignore[no-untyped-def]
            with self._catalogue.change() as change:
                yield change
            self.commits += 1
            if self.commits == 1:
                raise Interrupted("gone before it answered")

        return changing()


@each_catalogue
def test_a_commit_of_which_nothing_was_heard_is_made_again_and_counts_once(address: str) -> None:
    url, catalogue = "https://gazette.example/a", CutShort(changing_at(address))
    Recorder(catalogue).apply([looked(url, 1), looked(url, 2)])
    catalogue.dispose()
    assert catalogue.commits == 2
    with opening.reading(address) as rows:
        assert (reading.page(rows, url) or {})["looks"] == 2


def test_both_kinds_rebuilt_from_one_store_tell_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(config_in(tmp_path))
    told: dict[str, list[str]] = {}
    for kind in KINDS:
        with catalogues(kind) as catalogue_of:
            monkeypatch.setattr(making, "catalogue_in", catalogue_of)
            config = config_in(tmp_path)
            assert rebuild(places(config), config).problems == []
            with open_reading(config) as (_, rows):
                listed = reading.list_articles(rows, site=None, edited_since=None, edit_class=None)
                told[kind] = [json.dumps(histories.history_json(rows, article)) for article in listed]
                told[kind] += [json.dumps(histories.article_row_json(article)) for article in listed]
                told[kind] += [repr(row) for row in rows("SELECT * FROM observations ORDER BY at, id")]
    assert told["sqlite"] == told["postgresql"]
    assert len(told["sqlite"]) == 3 + 3 + 9


def test_an_address_that_is_neither_is_refused_without_its_password(tmp_path: Path) -> None:
    for address in ("mysql://ferry:secret@host/db", "postgresql+asyncpg://ferry:secret@host/db", "sqlite://"):
        with pytest.raises(ConfigError, match=r"write .sqlite:///") as told:
            opened(address)
        assert "secret" not in str(told.value)
    assert shown("postgresql://a:b@c/d?password=e&sslmode=f") == "postgresql://a:***@c/d?password=***&sslmode=f"
    assert shown("postgresql://a@c/d") == "postgresql://a@c/d"


@pytest.mark.parametrize("stored", [b"", b"no deflate stream", "a text", deflated(b"[]"), deflated(b"{")])
def test_a_revision_that_was_damaged_in_the_catalogue_says_what_to_do(stored: object) -> None:
    with pytest.raises(ObjectCorrupt, match=r"revision sha256:00 can't be read .*stoppress rebuild"):
        stored_revision({"digest": "sha256:00", "object": stored})
