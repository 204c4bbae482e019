"""A new version of a reader is no new edition: chains beside each other, and what only our reading did told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from news.model import Article, Document, Site
from news.sites import generic
from storage.archive.access import open_reading
from storage.catalogue import histories, reading
from storage.config import Config
from storage.rebuild import rebuild
from storage.reread import verdicts
from storage.reread.anew import lay_anew
from storage.reread.chains import looks_by_article
from storage.reread.whole import Report, check
from storage.verify.whole import verify
from tests.catalogues import each_catalogue, lose
from tests.storage.making import SENTENCES, SITE, config_in, html, look, minutes, page, redirect, written
from tests.storage.test_verify import places

pytestmark = each_catalogue

FERRY, PIER, HALL = page("ferry"), page("pier"), page("hall")
RULING = "A ruling on the pier is expected before Easter."


@dataclass(frozen=True)
class Newer:
    """The generic reader's next version, which makes of an article what `rewrite` does."""

    rewrite: Callable[[Article], Article] = lambda article: article
    name: str = "generic"
    version: int = generic.READER.version + 1

    def read(self, document: Document, site: Site) -> Article:
        return self.rewrite(generic.GenericReader().read(document, site))

    def follows(self, url: str, site: Site) -> bool:
        return generic.follows(url, site)


@dataclass(frozen=True)
class Broken(Newer):
    """A reader that breaks on every page."""

    version: int = generic.READER.version

    def read(self, document: Document, site: Site) -> Article:
        raise RuntimeError(f"no idea what {document.url} is")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An archive of three articles: one edited and edited back, one gone and back, one that moved."""
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        look(writer, FERRY, html(), minutes(0))
        look(writer, PIER, html("Pier to be mended", sentences=SENTENCES[::-1]), minutes(1))
        look(writer, HALL, html("Hall reopens", sentences=SENTENCES[1:]), minutes(2))
        writer.seal(minutes(3))
        look(writer, FERRY, html("Ferry to run all winter", RULING), minutes(10))
        look(writer, PIER, b"gone", minutes(11), status="404 Not Found")
        redirect(writer, HALL, page("hall-again"), html("Hall reopens", sentences=SENTENCES[1:]), minutes(12))
        writer.seal(minutes(13))
        look(writer, FERRY, html(), minutes(20))
        look(writer, FERRY, html(), minutes(25))
        look(writer, PIER, html("Pier to be mended", sentences=SENTENCES[::-1]), minutes(21))
        writer.seal(minutes(30))
    return config


def told(config: Config, *, without: tuple[str, ...] = ()) -> list[object]:
    """All histories as programs read them, without some fields of each revision."""
    with open_reading(config) as (_, rows):
        found = [histories.history_json(rows, row) for row in rows("SELECT * FROM articles ORDER BY id")]
    for history in found:
        for revision in history["revisions"]:
            for name in without:
                del revision[name]
    return list(found)


def use(monkeypatch: pytest.MonkeyPatch, reader: object) -> None:
    monkeypatch.setattr(generic, "READER", reader)


def assert_whole(config: Config) -> None:
    report = verify(places(config))
    assert report.findings == []
    before = told(config)
    lose(config.archive.catalogue)
    assert rebuild(places(config), config).problems == []
    assert told(config) == before


def only(report: Report) -> dict[str, object]:
    (found,) = report.differences
    return found.row()


def test_the_same_reader_tells_the_same_histories(config: Config) -> None:
    report = check(config, SITE)
    assert (report.articles, report.revisions, report.captures) == (3, 8, 9)
    assert report.differences == []


def test_a_new_reader_that_reads_the_same_changes_nothing_but_its_name(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, with_reader = told(config, without=("reader",)), told(config)
    use(monkeypatch, Newer())
    assert check(config, SITE).differences == []
    report = lay_anew(config, SITE)
    assert (report.written, report.publisher_changes, report.reader_changes) == (3, 0, 0)
    assert told(config, without=("reader",)) == before
    assert told(config) != with_reader
    assert lay_anew(config, SITE).written == 0
    assert_whole(config)


def test_a_new_reader_that_reads_more_finds_no_change_of_the_publisher(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(config, without=("reader", "content_digest"))
    use(monkeypatch, Newer(lambda article: replace(article, authors=("Ada Quill",))))
    report = check(config, SITE)
    assert report.publisher_changes == 0
    assert report.reader_changes == 6
    assert told(config, without=("reader", "content_digest")) == before
    lay_anew(config, SITE)
    assert told(config, without=("reader", "content_digest")) == before
    assert_whole(config)


def test_a_change_that_only_the_new_reader_sees_is_told_as_the_publishers(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(article: Article) -> Article:
        return replace(article, body=tuple(block for block in article.body if block.text != RULING))

    use(monkeypatch, Newer(deaf))
    report = check(config, SITE)
    assert len(only(report)["lost"]) == 2  # type: ignore[arg-type]  the edit, and its taking back
    assert report.publisher_changes == 2
    lay_anew(config, SITE)
    with open_reading(config) as (_, rows):
        article = reading.article_at(rows, FERRY)
        assert article is not None
        assert [row["seen_last"] for row in reading.timeline(rows, article["id"])] == ["2026-03-02T09:25:00.000000Z"]
        assert rows("SELECT revisions FROM articles WHERE id = :id", id=article["id"])[0]["revisions"] == 1
    assert_whole(config)


def test_the_old_chain_stays_in_the_store(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_reading(config) as (store, rows):
        keys = {row["key"] for row in rows("SELECT key FROM revisions")}
    use(monkeypatch, Newer())
    lay_anew(config, SITE)
    with open_reading(config) as (store, rows):
        assert keys < {item.key for item in store.list("articles/")}
        assert rows("SELECT COUNT(*) AS n FROM revisions WHERE superseded = 1")[0]["n"] == len(keys)


def test_going_back_to_the_older_reader_brings_its_chain_back(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    before, reader = told(config), generic.READER
    use(monkeypatch, Newer())
    lay_anew(config, SITE)
    use(monkeypatch, reader)
    assert lay_anew(config, SITE).written == 3
    assert told(config) == before
    assert_whole(config)


def test_an_article_is_reread_before_its_next_commit(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Newer(lambda article: replace(article, authors=("Ada Quill",))))
    with written(config) as (archive, writer):
        look(writer, FERRY, html(), minutes(60))
        writer.commit()
        article = reading.article_at(archive.rows, FERRY)
        assert article is not None
        chain = reading.timeline(archive.rows, article["id"])
        assert {row["reader"] for row in chain} == {f"generic/{Newer().version}"}
        assert len(chain) == 3
        assert chain[-1]["seen_last"] == "2026-03-02T10:00:00.000000Z"
        look(writer, FERRY, html("Ferry to stop"), minutes(70))
        writer.commit()
        newest = reading.timeline(archive.rows, article["id"])[-1]
        assert newest["classes"] == '["stealth", "headline"]'
        assert newest["previous"] == chain[-1]["digest"]
        writer.seal(minutes(80))
    assert_whole(config)


def test_what_a_broken_reader_left_unread_is_read_when_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, whole = config_in(tmp_path), generic.READER
    use(monkeypatch, Broken())
    with written(config) as (_, writer):
        look(writer, FERRY, html(), minutes(0))
        look(writer, FERRY, html("Ferry to run all winter", RULING), minutes(10))
        writer.seal(minutes(11))
    assert told(config) == []
    use(monkeypatch, whole)
    assert [url for url, _ in check(config, SITE).readable] == [FERRY, FERRY]
    lay_anew(config, SITE)
    (history,) = told(config)
    assert [revision["classes"] for revision in history["revisions"]] == [[], ["stealth", "body"]]  # type: ignore[index]
    assert history["revisions"][0]["seen_first"] == "2026-03-02T09:00:00.000000Z"  # type: ignore[index]
    assert check(config, SITE).readable == []
    assert_whole(config)


def test_a_page_that_was_unread_for_a_while_is_caught_up_by_the_next_version(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Broken())
    with written(config) as (_, writer):
        look(writer, FERRY, html("Ferry to run all winter", RULING), minutes(50))
        writer.seal(minutes(51))
    use(monkeypatch, Newer())
    report = check(config, SITE)
    assert len(only(report)["added"]) == 1  # type: ignore[arg-type]
    lay_anew(config, SITE)
    with open_reading(config) as (_, rows):
        article = reading.article_at(rows, FERRY)
        assert article is not None
        newest = reading.timeline(rows, article["id"])[-1]
        assert newest["seen_first"] == "2026-03-02T09:50:00.000000Z"
        assert newest["classes"] == '["stealth", "body", "flip"]'
    assert_whole(config)


def test_a_rereading_that_was_cut_short_goes_on_where_it_stopped(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged, whole = list[str](), verdicts.judge_segment

    def stopping(source: verdicts.Source, segment: str, ids: list[str]) -> list[verdicts.Judged]:
        judged.append(segment)
        if len(judged) == 2:
            raise KeyboardInterrupt
        return whole(source, segment, ids)

    monkeypatch.setattr(verdicts, "judge_segment", stopping)
    with pytest.raises(KeyboardInterrupt):
        check(config, SITE)
    report = check(config, SITE)
    assert report.differences == []
    assert len(judged) == 4  # the first was not judged again
    assert not list(Path(config.archive.spool).glob(".reread-*"))


def test_a_page_with_more_looks_than_are_held_at_a_time_is_whole(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_reading(config) as (_, rows):
        whole = list(looks_by_article(rows, SITE.name))
        for most in (1, 2, 3, 5):
            monkeypatch.setattr("storage.reread.chains.MOST", most)
            assert list(looks_by_article(rows, SITE.name)) == whole
