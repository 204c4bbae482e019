"""`extract`: saved pages and anyone's WARC files, whole or torn, become one JSON line each."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.cli.conftest import Said, Stoppress
from tests.storage.making import html, page

Answer = tuple[str, str, bytes, str]


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without configuration or archive."""
    monkeypatch.chdir(tmp_path)


def rows(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.out.splitlines()]


def warc(answers: Iterable[Answer], *, gzipped: bool = True) -> bytes:
    """A WARC file as another tool writes it; an answer is address, status, body and media type."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzipped)
    writer.write_record(writer.create_warcinfo_record("test", {"software": "another"}))
    for url, status, body, media_type in answers:
        head = StatusAndHeaders(status, [("Content-Type", media_type)] if media_type else [], protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=head)
        writer.write_record(record)
        record.raw_stream.close()
    return out.getvalue()


PAGES = [
    (page(f"story-{number}"), "200 OK", html(f"Story {number}"), "text/html; charset=utf-8") for number in range(20)
]


def test_a_saved_page_becomes_an_article_with_its_address(stoppress: Stoppress) -> None:
    Path("saved.html").write_bytes(
        html("The ferry").replace(b"<head>", f'<head><link rel=canonical href="{page("ferry")}">'.encode())
    )
    (row,) = rows(stoppress("extract", "saved.html"))
    assert (row["url"], row["headline"], row["canonical_url"]) == (page("ferry"), "The ferry", page("ferry"))
    assert {"kicker", "standfirst", "authors", "stamps", "body", "pictures", "links", "tags"} <= set(row)


def test_the_address_given_wins_and_none_is_the_files_own(stoppress: Stoppress) -> None:
    Path("saved.html").write_bytes(html("The ferry"))
    (given,) = rows(stoppress("extract", "saved.html", "--url", page("other")))
    assert given["url"] == page("other")
    (own,) = rows(stoppress("extract", "saved.html"))
    assert own["url"] == Path("saved.html").absolute().as_uri()


def test_a_gzipped_page_is_read_too(stoppress: Stoppress) -> None:
    Path("saved.html.gz").write_bytes(gzip.compress(html("The ferry")))
    (row,) = rows(stoppress("extract", "saved.html.gz"))
    assert row["headline"] == "The ferry"


def test_a_page_that_cant_be_read_is_a_line_and_no_failure(stoppress: Stoppress) -> None:
    Path("saved.html").write_text("<html><body><p>hello")
    Path("empty.html").write_bytes(b"")
    for row in rows(stoppress("extract", "saved.html", "empty.html")):
        assert set(row) == {"url", "error"}


@pytest.mark.parametrize("gzipped", [True, False])
def test_each_html_answer_of_a_warc_file_is_a_line(stoppress: Stoppress, gzipped: bool) -> None:
    others = [
        (page("gone"), "404 Not Found", b"<html>no", "text/html"),
        (page("left"), "301 Moved Permanently", b"<html>there", "text/html"),
        (page("sniffed"), "200 OK", html("Sniffed"), ""),
        (page("logo.png"), "200 OK", b"\x89PNG", "image/png"),
        (page("feed"), "200 OK", b"<rss></rss>", "application/rss+xml"),
    ]
    Path("others.warc").write_bytes(warc([*PAGES, *others], gzipped=gzipped))
    found = {row["url"]: row for row in rows(stoppress("extract", "others.warc"))}
    assert [found[url]["headline"] for url, *_ in PAGES] == [f"Story {number}" for number in range(20)]
    assert {page("gone"), page("left"), page("sniffed")} == set(found) - {url for url, *_ in PAGES}
    assert "404" in found[page("gone")]["error"]
    assert "301" in found[page("left")]["error"]
    assert found[page("sniffed")]["headline"] == "Sniffed"


def test_one_big_gzip_member_and_a_pipe_read_alike(stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("members.warc.gz").write_bytes(warc(PAGES))
    by_member = stoppress("extract", "members.warc.gz").out
    whole = gzip.compress(gzip.decompress(Path("members.warc.gz").read_bytes()))
    Path("whole.warc.gz").write_bytes(whole)
    assert stoppress("extract", "whole.warc.gz").out == by_member
    with Path("whole.warc.gz").open("rb") as pipe:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(pipe))
        assert stoppress("extract", "-").out == by_member


@pytest.mark.parametrize("gzipped", [True, False])
@pytest.mark.parametrize("part", [0.3, 0.65, 0.999])
def test_a_torn_warc_file_gives_all_that_is_whole_and_an_error(
    stoppress: Stoppress, gzipped: bool, part: float
) -> None:
    content = warc(PAGES, gzipped=gzipped)
    Path("torn.warc").write_bytes(content[: int(len(content) * part)])
    Path("next.html").write_bytes(html("The next source"))
    said = stoppress("extract", "torn.warc", "next.html", status=1)
    *told, after = rows(said)
    assert [row["headline"] for row in told] == [f"Story {number}" for number in range(len(told))]
    assert len(told) >= int(20 * part) - 1
    assert after["headline"] == "The next source"
    assert "torn.warc: " in said.err


def test_a_damaged_warc_file_gives_nothing_that_is_damaged(stoppress: Stoppress) -> None:
    content = bytearray(warc(PAGES))
    content[len(content) // 2] ^= 0xFF
    Path("damaged.warc.gz").write_bytes(content)
    told = rows(stoppress("extract", "damaged.warc.gz", status=1))
    assert 0 < len(told) < 20
    assert all(row["headline"].startswith("Story") for row in told)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (gzip.compress(b"filedesc://old.arc 0.0.0.0 20060101000000 text/plain 76\n", mtime=0), "ARC"),
        (b"PK\x03\x04", "WACZ"),
    ],
    ids=["zstandard", "arc", "wacz"],
)
def test_a_kind_of_file_that_isnt_read_is_told_and_no_page(stoppress: Stoppress, start: bytes, what: str) -> None:
    Path("other").write_bytes(start)
    said = stoppress("extract", "other", status=1)
    assert said.out == ""
    assert what in said.err


def test_headers_whose_lines_end_without_cr_are_told_and_no_answer_is_passed_over(stoppress: Stoppress) -> None:
    head, body = warc(PAGES[:1], gzipped=False).split(b"WARC/1.0", 2)[2].split(b"\r\n\r\n", 1)
    Path("lf.warc").write_bytes(b"WARC/1.0" + head.replace(b"\r\n", b"\n") + b"\n\n" + body)
    said = stoppress("extract", "lf.warc", status=1)
    assert "record 1 has header lines that end without CR" in said.err


@pytest.mark.parametrize("site", [(), ("--site", "lbc")])
@pytest.mark.parametrize("url", ["https://[news.example/x", "http://\u2100.example/x", "https://news.example]/x"])
def test_an_address_that_cant_be_read_is_a_line_and_the_rest_is_read(
    stoppress: Stoppress, url: str, site: tuple[str, ...]
) -> None:
    content = gzip.decompress(warc([(page("odd"), "200 OK", html(), "text/html"), PAGES[0]]))
    Path("odd.warc").write_bytes(content.replace(page("odd").encode(), url.encode()))
    odd, sound = rows(stoppress("extract", "odd.warc", *site))
    assert odd["url"] == url
    assert odd["error"].startswith("its address can't be read: ")
    assert sound["url"] == PAGES[0][0]


def test_a_revisit_is_a_line_that_says_what_it_repeats(stoppress: Stoppress) -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for status, media in (("200 OK", "text/html"), ("200 OK", "image/png"), ("304 Not Modified", "text/html")):
        head = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
        again = writer.create_revisit_record(page("ferry"), "sha1:A", page("ferry"), "2026-03-02T09:00:00Z", head)
        writer.write_record(again)
    Path("again.warc.gz").write_bytes(out.getvalue())
    (row,) = rows(stoppress("extract", "again.warc.gz"))
    assert row["url"] == page("ferry")
    assert f"it repeats {page('ferry')} of 2026-03-02T09:00:00Z" in row["error"]


def test_a_site_named_reads_by_its_rules(stoppress: Stoppress) -> None:
    saved = next((Path(__file__).parents[1] / "fixtures/lbc").rglob("*.html"))
    (row,) = rows(stoppress("extract", str(saved), "--site", "lbc"))
    assert row["reader"].startswith("lbc/")
    Path("other.html").write_bytes(html("The ferry"))
    (other,) = rows(stoppress("extract", "other.html", "--site", "lbc"))
    assert set(other) == {"url", "error"}


def test_a_known_sites_address_chooses_its_reader(stoppress: Stoppress) -> None:
    url = "https://www.lbc.co.uk/news/the-ferry/"
    Path("lbc.warc.gz").write_bytes(warc([(url, "200 OK", html("The ferry"), "text/html")]))
    (row,) = rows(stoppress("extract", "lbc.warc.gz"))
    assert row["url"] == url
    assert row.get("reader", "lbc/").startswith("lbc/")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere.html",),
        ("there.html", "nowhere.html"),
        (".",),
        (),
        ("there.html", "--site", "nosuch"),
        ("there.html", "--url", "nonsense"),
        ("there.html", "there.html", "--url", "http://a.example/"),
        ("there.warc.gz", "--url", "http://a.example/"),
    ],
)
def test_what_is_not_there_is_a_usage_error_before_anything_is_printed(
    stoppress: Stoppress, arguments: tuple[str, ...]
) -> None:
    Path("there.html").write_bytes(html("The ferry"))
    Path("there.warc.gz").write_bytes(warc(PAGES))
    assert stoppress("extract", *arguments, status=2).out == ""
