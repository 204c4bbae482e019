"""`show` and `diff`: one revision in every form, and what changed between two."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from cli.main import run
from news.revising import Present, Verdict
from storage.archive import Look, Seen
from storage.catalogue import reading
from storage.catalogue.rows import stored_revision
from storage.warc.segment import RefersTo
from tests.cli.conftest import CORRECTED, FERRY, PIER, QUAY, Stoppress
from tests.storage.making import SENTENCES, config_in, exchange, html, look, minutes, page, written


def test_the_newest_revision_is_shown_by_default(archive: Path, stoppress: Stoppress) -> None:
    assert CORRECTED in stoppress("show", FERRY).out
    assert CORRECTED not in stoppress("show", FERRY, "-r", "1").out


def test_a_revision_is_told_with_its_article(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("show", FERRY, "-r", "2", "--json").json
    article = told["article"]
    assert (told["number"], told["url"], told["classes"]) == (2, FERRY, ["stealth", "body"])
    assert [block["text"] for block in article["body"]] == [*SENTENCES, CORRECTED]
    assert set(article) == {
        "headline", "kicker", "standfirst", "authors", "section", "language", "canonical_url", "stamps", "body",
        "pictures", "links", "tags", "surfaces",
    }  # fmt: skip
    assert stoppress("show", FERRY, "--format", "json").json == told


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ("2026-03-02T09:00:00Z", 1),
        ("2026-03-02T09:09:59Z", 1),
        ("2026-03-02 09:10:00 GMT", 2),
        ("2026-03-02", 2),
        ("now", 2),
    ],
)
def test_a_time_shows_what_stood_then(archive: Path, stoppress: Stoppress, at: str, number: int) -> None:
    assert stoppress("show", FERRY, "--at", at, "--json").json["number"] == number


def test_a_time_before_the_first_sight_is_not_known(archive: Path, stoppress: Stoppress) -> None:
    assert "first seen 2026-03-02 09:00:00 GMT" in stoppress("show", FERRY, "--at", "2026-03-01", status=1).err


@pytest.mark.parametrize(
    "options", [("-r", "3"), ("-r", "0"), ("-r", "1", "--at", "now"), ("--at", "soon"), ("--json", "--format", "html")]
)
def test_what_cant_be_shown_is_a_usage_error(archive: Path, stoppress: Stoppress, options: tuple[str, ...]) -> None:
    stoppress("show", FERRY, *options, status=2)


def test_an_articles_end_is_shown_without_text(archive: Path, stoppress: Stoppress) -> None:
    assert stoppress("show", PIER, "--json").json["article"] is None
    assert "is gone" in stoppress("show", PIER).out
    assert "is gone" in stoppress("show", PIER, "--format", "html").out
    assert stoppress("show", PIER, "-r", "1", "--json").json["article"]["headline"] == "The pier this winter"


def test_nothing_that_a_page_says_acts_on_a_terminal_or_in_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stoppress: Stoppress
) -> None:
    hostile = "A red \x1b[31mboat\x1b]0;owned\x07 <img src=x onerror=alert(1)> \u202egnp.exe and words enough to read"
    body = html("The ferry").replace(SENTENCES[0].encode(), hostile.replace("<", "&lt;").encode())
    with written(config_in(tmp_path)) as (_, writer):
        look(writer, FERRY, body, minutes(0))
    monkeypatch.chdir(tmp_path)
    text = stoppress("show", FERRY).out
    assert "boat" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    web = stoppress("show", FERRY, "--format", "html").out
    assert "&lt;img src=x" in web
    assert "<img" not in web
    assert "<script" not in web
    assert "default-src 'none'" in web
    assert "\u202e" not in web


@pytest.mark.parametrize("revision", ["1", "2"])
def test_the_records_of_a_revision_are_read_by_every_tool(archive: Path, stoppress: Stoppress, revision: str) -> None:
    stoppress("show", FERRY, "-r", revision, "--format", "warc", "-o", "proof.warc.gz")
    capture = stoppress("show", FERRY, "-r", revision, "--json").json["capture"]
    with Path("proof.warc.gz").open("rb") as stream:
        records = list(ArchiveIterator(stream))
    assert [record.rec_type for record in records] == ["warcinfo", "response", "request"]
    assert records[1].rec_headers.get_header("WARC-Record-ID") == capture["record_id"]
    assert records[2].rec_headers.get_header("WARC-Concurrent-To") == capture["record_id"]
    with Path("proof.warc.gz").open("rb") as stream:
        assert all(record.verify_block_digest() for record in FastIterator(stream, parse_http=False))
    (sealed,) = archive.glob(f"archive/warc/**/{capture['segment']}.warc.gz")
    assert sealed.read_bytes()[capture["offset"] :][: capture["length"]] in Path("proof.warc.gz").read_bytes()


def test_records_come_from_an_open_segment_too(archive: Path, stoppress: Stoppress) -> None:
    with written(config_in(archive)) as (_, writer):
        look(writer, page("jetty"), html("The jetty closes"), minutes(40))
        writer.commit()
        stoppress("show", page("jetty"), "--format", "warc", "-o", "proof.warc.gz")
    with Path("proof.warc.gz").open("rb") as stream:
        assert [record.rec_type for record in ArchiveIterator(stream)] == ["warcinfo", "response", "request"]


def test_records_go_to_stdout_but_not_to_a_terminal(
    archive: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["show", FERRY, "--format", "warc"]) == 0
    records = ArchiveIterator(io.BytesIO(capfdbinary.readouterr().out))
    assert [record.rec_type for record in records] == ["warcinfo", "response", "request"]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(["show", FERRY, "--format", "warc"]) == 2
    assert capfdbinary.readouterr().out == b""


def test_a_capture_that_repeats_another_brings_that_one_along(archive: Path, stoppress: Stoppress) -> None:
    with written(config_in(archive)) as (opened, writer):
        first = reading.chain(opened.rows, reading.article_at(opened.rows, PIER)["id"])[0]
        before = reading.capture(opened.rows, first["record_id"])
        assert before is not None
        refers_to = RefersTo(
            record_id=before["record_id"], url=before["url"], at=before["at"], payload_digest=before["payload_digest"]
        )
        again = writer.append(exchange(PIER, html("The pier this winter"), minutes(50)), refers_to=refers_to)
        assert again is not None
        verdict = Verdict(sight=Present(article=stored_revision(first).article))
        writer.observe(
            Look(page=PIER, at=minutes(50), why="test", result=Seen(verdict=verdict, address=PIER), capture=again)
        )
        writer.seal(minutes(51))
    assert stoppress("history", PIER, "--json").json["revisions"][-1]["classes"] == ["back"]
    stoppress("show", PIER, "--format", "warc", "-o", "proof.warc.gz")
    with Path("proof.warc.gz").open("rb") as stream:
        types = [record.rec_type for record in ArchiveIterator(stream)]
    assert types == ["warcinfo", "revisit", "request", "warcinfo", "response", "request"]
    assert stoppress("verify", "--json").json["findings"] == []


def test_a_damaged_segment_is_not_handed_out_as_proof(archive: Path, stoppress: Stoppress) -> None:
    for segment in archive.glob("archive/warc/**/*.warc.gz"):
        content = bytearray(segment.read_bytes())
        content[len(content) // 3] ^= 1
        segment.write_bytes(content)
    said = [
        stoppress("show", url, "-r", "1", "--format", "warc", "-o", "x", status=None) for url in (FERRY, PIER, QUAY)
    ]
    assert 4 in {one.status for one in said}
    assert "stoppress verify" in "".join(one.err for one in said)


def test_the_last_two_revisions_are_compared_by_default(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("diff", FERRY, "--json").json
    assert (told["from"], told["to"], told["classes"], told["fields"]) == (1, 2, ["stealth", "body"], {})
    assert told["stats"] == {
        "words_added": len(CORRECTED.split()),
        "words_removed": 0,
        "moves": 0,
        "sentences_moved": 0,
        "entries_rolled_off": 0,
    }
    assert [block["op"] for block in told["blocks"]] == ["equal"] * len(SENTENCES) + ["insert"]
    assert told == stoppress("diff", FERRY, "1", "2", "--format", "json").json
    assert (told["from_revision"]["number"], told["to_revision"]["number"]) == (1, 2)


def test_times_name_the_revisions_that_stood_then(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("diff", FERRY, "2026-03-02T09:05:00Z", "now", "--json").json
    assert (told["from"], told["to"]) == (1, 2)


def test_a_comparison_may_run_backwards(archive: Path, stoppress: Stoppress) -> None:
    told = stoppress("diff", FERRY, "2", "1", "--json").json
    assert told["stats"]["words_removed"] == len(CORRECTED.split())


def test_every_form_shows_the_change(archive: Path, stoppress: Stoppress) -> None:
    terminal = stoppress("diff", FERRY).out
    assert "{+" in terminal
    assert "\x1b" not in terminal
    assert f"+{CORRECTED}" in stoppress("diff", FERRY, "--format", "unified").out
    web = stoppress("diff", FERRY, "--format", "html").out
    assert web.startswith("<!doctype html>")
    assert "<ins>" in web


def test_one_revision_has_nothing_to_be_compared_with(archive: Path, stoppress: Stoppress) -> None:
    said = stoppress("diff", page("jetty"), "--json")
    told = json.loads(said.out)
    assert (told["from"], told["to"], told["classes"]) == (1, 1, [])
    assert {block["op"] for block in told["blocks"]} == {"equal"}
    assert "only one revision" in said.err
    assert stoppress("diff", page("jetty"), "--format", "unified").out == ""


@pytest.mark.parametrize("form", ["terminal", "json", "html", "unified"])
def test_an_articles_end_is_told_instead_of_a_comparison(archive: Path, stoppress: Stoppress, form: str) -> None:
    said = stoppress("diff", PIER, "--format", form).out
    if form == "json":
        told = json.loads(said)
        assert (told["from"], told["to"], told["classes"], told["blocks"]) == (1, 2, ["gone"], [])
    elif form == "unified":
        assert said == ""
    else:
        assert "gone" in said


@pytest.mark.parametrize("pair", [("1", "3"), ("0",), ("soon",)])
def test_revisions_that_are_not_there_are_a_usage_error(
    archive: Path, stoppress: Stoppress, pair: tuple[str, ...]
) -> None:
    stoppress("diff", FERRY, *pair, status=2)


def test_a_comparison_with_a_time_before_the_first_sight_is_not_known(archive: Path, stoppress: Stoppress) -> None:
    stoppress("diff", FERRY, "2020-01-01", status=1)
