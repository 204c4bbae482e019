"""`status`, `articles`, `history`: the shapes that programs rely on, and what people are told."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from rich.console import Console

from cli.timeline import _write_list
from tests.catalogues import change
from tests.cli.conftest import FERRY, OLD_QUAY, PIER, QUAY, Stoppress
from tests.storage.making import config_in, exchange, html, look, minutes, page, written

REVISION = {
    "number", "classes", "declared_by", "confirmed", "headline", "published", "updated", "content_digest",
    "seen_first", "seen_last", "not_before", "capture", "reader", "significance",
}  # fmt: skip


def test_history_has_the_promised_shape(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("history", FERRY, "--json").json
    assert set(told) == {"article", "revisions"}
    assert set(told["article"]) == {"id", "site", "url", "aliases", "access"}
    assert [set(row) for row in told["revisions"]] == [REVISION, REVISION]
    first, second = told["revisions"]
    assert (first["number"], first["classes"], first["not_before"]) == (1, [], None)
    assert (second["number"], second["classes"]) == (2, ["stealth", "body"])
    assert second["not_before"] == first["seen_last"] == "2026-03-02T09:00:00.000000Z"
    assert set(second["capture"]) == {"record_id", "segment", "offset", "length", "payload_digest"}
    assert list(first["published"]) == ["at", "text", "source"]


def test_only_a_state_seen_again_minutes_later_is_confirmed(archive: Path, stoppress: Stoppress) -> None:
    revisions = stoppress("history", FERRY, "--json").json["revisions"]
    assert [row["confirmed"] for row in revisions] == [False, True]


def test_the_end_of_an_article_has_no_headline(archive: Path, stoppress: Stoppress) -> None:
    last = stoppress("history", PIER, "--json").json["revisions"][-1]
    assert (last["classes"], last["headline"], last["content_digest"]) == (["gone"], None, None)


def test_an_article_is_found_under_every_address_it_had(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("history", OLD_QUAY, "--json").json
    assert told == stoppress("history", QUAY, "--json").json
    assert (told["article"]["url"], told["article"]["aliases"]) == (QUAY, [OLD_QUAY])
    assert stoppress("history", QUAY.rstrip("/") + "?utm_source=x", "--json").json == told


def test_history_for_people_shows_local_times_and_the_next_command(archive: Path, stoppress: Stoppress) -> None:
    said = stoppress("history", FERRY).out
    assert "2026-03-02 09:10:00 GMT" in said
    assert "stealth, body" in said
    assert f"stoppress diff {FERRY} 1 2" in said
    assert "\x1b" not in said


def test_history_for_people_says_what_each_revision_weighs(archive: Path, stoppress: Stoppress) -> None:
    (score,) = [row["significance"]["score"] for row in stoppress("history", FERRY, "--json").json["revisions"][1:]]
    (line,) = [line for line in stoppress("history", FERRY).out.splitlines() if "stealth, body" in line]
    assert line.split()[7] == str(score)


def test_after_an_end_history_names_the_last_two_revisions_with_a_text(archive: Path, stoppress: Stoppress) -> None:
    assert f"next: stoppress show {PIER}" in stoppress("history", PIER).out


def test_in_a_narrow_window_history_is_a_list_that_cuts_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    times = {"seen_first": "2026-03-02T09:00:00.000000Z", "seen_last": "2026-03-02T09:30:00.000000Z"}
    row = {"number": 1, "classes": [], "declared_by": [], "confirmed": True, "headline": "Ferry to run all winter"}
    later = {"number": 2, "classes": ["stealth", "headline"], "headline": "Ferry saved", "significance": {"score": 31}}
    console = Console(width=40, no_color=True, highlight=False)
    _write_list(console, [row | times, row | times | later, row | times | later], zone=UTC, to_the_minute=True)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "",
        "1  2026-03-02 09:00 UTC",
        "   first seen",
        "   “Ferry to run all winter”",
        "",
        "2  2026-03-02 09:00 UTC  weight 31",
        "   stealth, headline",
        "   “Ferry saved”",
        "",
        "2  2026-03-02 09:00 UTC  weight 31",
        "   stealth, headline",
        "",
    ]


def test_an_unknown_article_is_told_with_the_nearest_and_what_to_do(archive: Path, stoppress: Stoppress) -> None:
    said = stoppress("history", page("fery"), "--json", status=1)
    assert said.out == ""
    assert FERRY in said.err
    assert f"stoppress crawl gazette {page('fery')}" in said.err


def test_a_page_that_is_no_article_is_told_with_its_last_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stoppress: Stoppress
) -> None:
    with written(config_in(tmp_path)) as (_, writer):
        look(writer, page("shop"), b"<html><body><p>Nothing here.</p></body></html>", minutes(0))
    monkeypatch.chdir(tmp_path)
    assert "not-article" in stoppress("history", page("shop"), status=1).err


@pytest.mark.parametrize("url", ["nonsense", "ftp://a.example/", "http://", "www.lbc.co.uk/news/x"])
def test_a_malformed_address_is_a_usage_error(archive: Path, stoppress: Stoppress, url: str) -> None:
    stoppress("history", url, status=2)


def test_articles_has_the_promised_shape(archive: Path, stoppress: Stoppress) -> None:
    rows = stoppress("articles", "--json").json
    names = ["id", "site", "url", "headline", "published", "updated", "revisions", "last_change", "last_look", "access"]
    assert [list(row) for row in rows] == [names] * 4
    ferry = next(row for row in rows if row["url"] == FERRY)
    assert (ferry["revisions"], ferry["updated"]) == (2, None)
    assert ferry["published"]["source"] == "json-ld:datePublished"
    assert ferry["last_look"] == "2026-03-02T09:20:00.000000Z"
    assert [row["last_change"] for row in rows] == sorted((row["last_change"] for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("options", "urls"),
    [
        (("--class", "stealth"), {FERRY}),
        (("--class", "gone"), {PIER}),
        (("--class", "declared"), set()),
        (("--edited-since", "2026-03-02T09:10:30Z"), {PIER, QUAY}),
        (("--edited-since", "2026-03-02"), {FERRY, PIER, QUAY}),
        (("--edited-since", "2026-03-02T09:10:30Z", "--class", "stealth"), set()),
        (("--edited-since", "1 hour"), set()),
        (("--site", "gazette", "--class", "moved"), {QUAY}),
    ],
)
def test_articles_are_filtered_by_their_edits(
    archive: Path, stoppress: Stoppress, options: tuple[str, ...], urls: set[str]
) -> None:
    assert {row["url"] for row in stoppress("articles", *options, "--json").json} == urls


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--class", "sneaky"), "stealth"),
        (("--edited-since", "soonish"), "yesterday"),
        (("--site", "gazete"), "gazette"),
    ],
)
def test_what_articles_does_not_know_is_a_usage_error(
    archive: Path, stoppress: Stoppress, options: tuple[str, ...], said: str
) -> None:
    assert said in stoppress("articles", *options, status=2).err


def test_articles_for_people_are_a_table(archive: Path, stoppress: Stoppress) -> None:
    assert "The ferry this winter" in stoppress("articles").out
    assert stoppress("articles", "--class", "declared").out == "no article matches\n"


def test_status_counts_what_there_is(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("status", "--json").json
    (site,) = told["sites"]
    assert (site["site"], site["articles"], site["sealed_segments"], site["open_segments"]) == ("gazette", 4, 3, [])
    assert site["last_look"] == "2026-03-02T09:21:00.000000Z"
    assert (site["failures_today"], site["edits_today"]) == (0, 0)


def test_status_works_when_nothing_was_crawled_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stoppress: Stoppress
) -> None:
    config_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    told = stoppress("status", "--json").json
    assert (told["sites"][0]["last_look"], told["alarms"]) == (None, [])
    assert "stoppress crawl gazette" in stoppress("status").out


def test_pages_long_due_and_not_looked_at_are_an_alarm(archive: Path, stoppress: Stoppress) -> None:
    (alarm,) = stoppress("status", "--json").json["alarms"]
    assert (alarm["site"], alarm["kind"]) == ("gazette", "quiet")
    assert "! gazette" in stoppress("status").out


def test_looks_that_all_fail_and_a_changed_layout_are_alarms(archive: Path, stoppress: Stoppress) -> None:
    change(
        config_in(archive).archive.catalogue,
        "UPDATE observations SET outcome = 'failed', reason = 'layout-changed', at = '2999-01-01T00:00:00.000000Z'",
    )
    assert {"failing", "layout-changed"} <= {alarm["kind"] for alarm in stoppress("status", "--json").json["alarms"]}
    said = stoppress("status").out
    assert "layout-changed, such as" in said


def test_what_a_dead_process_left_is_an_alarm_and_a_living_ones_is_not(archive: Path, stoppress: Stoppress) -> None:
    with written(config_in(archive)) as (_, writer):
        writer.append(exchange(page("jetty"), html("The jetty"), minutes(40)))
        writer.commit()
        told = stoppress("status", "--json").json
        assert [segment["owner_alive"] for segment in told["sites"][0]["open_segments"]] == [True]
        assert "spool" not in {alarm["kind"] for alarm in told["alarms"]}
    told = stoppress("status", "--json").json
    (segment,) = told["sites"][0]["open_segments"]
    assert segment["bytes"] > 0
    assert "spool" in {alarm["kind"] for alarm in told["alarms"]}
    assert "left by a dead process" in stoppress("status").out


@pytest.mark.parametrize(
    "command", [("status",), ("articles",), ("history", FERRY), ("show", FERRY), ("verify",), ("rebuild",)]
)
def test_without_an_archive_the_way_to_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stoppress: Stoppress, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "stoppress init" in stoppress(*command, status=4).err


@pytest.mark.parametrize("width", ["60", "80"])
def test_a_narrow_terminal_gets_lines_and_whole_addresses(
    archive: Path, stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    wide = stoppress("status").out
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("cli.options.sys.stdout.isatty", lambda: True)
    told = stoppress("articles").out.splitlines()
    assert f"address      {FERRY}" in told
    assert "\u2500" not in "".join(told)
    figures = stoppress("status").out
    assert "\u2500" in wide
    assert "\u2500" not in figures
    assert "gazette: " in figures
    assert "\u2026" not in figures
