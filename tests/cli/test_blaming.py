"""`blame` and `reread`: from which revision each sentence is, and the archive through today's readers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from news.model import Article
from news.sites import generic
from tests.cli.conftest import CORRECTED, FERRY, PIER, Stoppress
from tests.storage.making import SENTENCES
from tests.storage.test_reread import Newer


def test_each_sentence_is_told_with_its_revision(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("blame", FERRY, "--json").json
    assert told["revision"] == 2
    assert [(one["text"], one["number"]) for one in told["sentences"]] == [
        ("The ferry this winter", 1),
        *((sentence, 1) for sentence in SENTENCES),
        (CORRECTED, 2),
    ]
    last = told["sentences"][-1]
    assert (last["role"], last["seen_first"], last["not_before"]) == (
        "paragraph",
        "2026-03-02T09:10:00.000000Z",
        "2026-03-02T09:00:00.000000Z",
    )
    assert last["classes"] == ["stealth", "body"]


def test_an_earlier_revision_is_blamed_as_it_stood(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("blame", FERRY, "-r", "1", "--json").json
    assert CORRECTED not in [one["text"] for one in told["sentences"]]
    assert "there is no revision 9" in stoppress("blame", FERRY, "-r", "9", status=2).err


def test_an_article_that_went_is_blamed_as_it_last_was(archive: Path, stoppress: Stoppress) -> None:
    lines = stoppress("blame", PIER).out.splitlines()
    assert lines[0].split() == ["1", "2026-03-02", "09:00", "The", "pier", "this", "winter"]
    assert "\x1b" not in "".join(lines)


def test_in_a_narrow_window_the_revision_stands_above_its_sentences(
    archive: Path, stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    lines = stoppress("blame", FERRY).out.splitlines()
    assert lines[:2] == ["1  2026-03-02 09:00", "  The ferry this winter"]
    assert "2  2026-03-02 09:10" in lines
    assert max(map(len, lines)) <= 44


def test_an_unknown_article_is_no_usage_error(archive: Path, stoppress: Stoppress) -> None:
    assert stoppress("blame", "http://127.0.0.1:8080/none/", status=1).out == ""


def test_reread_finds_every_history_as_it_was(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("reread", "--check", "--json").json["sites"]
    assert [(site["site"], site["differences"]) for site in told] == [("gazette", [])]
    assert "every history reads as it did" in stoppress("reread", "gazette", "--check").out


def test_reread_tells_our_doing_from_the_publishers(
    archive: Path, stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_correction(article: Article) -> Article:
        body = tuple(block for block in article.body if block.text != CORRECTED)
        return replace(article, body=body, standfirst="Read by a newer reader.")

    monkeypatch.setattr(generic, "READER", Newer(without_correction))
    (site,) = stoppress("reread", "gazette", "--check", "--json", status=1).json["sites"]
    assert (site["publisher_changes"], site["reader_changes"]) == (1, 4)
    said = stoppress("reread").out
    assert "4 articles have a new chain" in said
    assert "a revision that is seen no longer" in said
    assert len(stoppress("history", FERRY, "--json").json["revisions"]) == 1
    assert "every history reads as it did" in stoppress("reread", "--check").out


def test_reread_of_a_site_that_is_not_there_is_a_usage_error(archive: Path, stoppress: Stoppress) -> None:
    assert "there is no site" in stoppress("reread", "gazete", status=2).err
