"""Others' WARC files become captures and revisions, each in its own time, marked, and the same however often."""

from __future__ import annotations

import gzip
import json
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from news.errors import StoreUnavailable
from news.serial import rfc3339
from storage.archive.access import open_reading
from storage.archive.archive import member
from storage.archive.look import Look, Redirected
from storage.catalogue import histories, reading
from storage.config import Config
from storage.ingest.importing import Taken, take_in
from storage.proof import proof
from storage.rebuild import rebuild
from storage.reread.whole import check
from storage.verify.whole import Places, verify
from storage.warc.reading import only_record
from tests.catalogues import each_catalogue, lose
from tests.storage.foreign import Foreign, as_one_member, in_zstandard, one_page, plain, records_of, stamp
from tests.storage.making import HOME, config_in, exchange, html, look, minutes, page, redirect, written

pytestmark = each_catalogue

FERRY = page("ferry")
TITLE = "Ferry to run all winter"
LATER = "A second boat will be hired for the summer."
LATEST = "The second boat has been named after the harbour's first pilot."


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_in(tmp_path)


def imported(config: Config, *paths: Path, **options: Any) -> Taken:
    return take_in(config, paths, config.sites(), **options)


def history(config: Config, url: str = FERRY) -> list[dict[str, Any]]:
    with open_reading(config) as (_, rows):
        article = reading.article_at(rows, url)
        assert article is not None
        return list(histories.history_json(rows, article)["revisions"])


def told(config: Config, url: str = FERRY) -> list[tuple[str, list[str]]]:
    """When each revision was first seen, in minutes after the start, and its classes."""
    return [(row["seen_first"][11:16], row["classes"]) for row in history(config, url)]


@contextmanager
def opened(config: Config) -> Iterator[Any]:
    with open_reading(config) as (store, rows):
        yield store, rows


def findings(config: Config) -> list[str]:
    with open_reading(config) as (store, _):
        places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
        return [f"{one.object}: {one.problem}" for one in verify(places).findings]


def dump(config: Config) -> dict[str, list[Any]]:
    """What the catalogue holds, but for when to look again."""
    tables = ("articles", "aliases", "captures", "observations", "revisions")
    with open_reading(config) as (_, rows):
        found = {name: sorted(map(repr, rows(f"SELECT * FROM {name}"))) for name in tables}
        pages = rows("SELECT url, article_id, looks, last_look, last_outcome, published FROM pages ORDER BY url")
    return {**found, "pages": [dict(row) for row in pages]}


def stored(config: Config) -> dict[str, bytes]:
    folder = Path(config.archive.store)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] in ("warc", "articles")
    }


def crawled(config: Config, *looks: tuple[float, bytes]) -> None:
    with written(config) as (_, writer):
        for at, body in looks:
            look(writer, FERRY, body, minutes(at))
        writer.seal(minutes(looks[-1][0] + 1))


def test_a_page_of_cc_news_becomes_an_article_that_says_where_it_is_from(config: Config, tmp_path: Path) -> None:
    path = one_page(tmp_path / "CC-NEWS-20260302-00042.warc.gz", FERRY, minutes(0))
    taken = imported(config, path)
    assert taken.problems == []
    assert [(row["headline"], row["seen_first"]) for row in history(config)] == [
        ("Ferry to run all winter", rfc3339(minutes(0)))
    ]
    with opened(config) as (_, rows):
        (seen,) = rows("SELECT * FROM observations")
        assert (seen["why"], seen["outcome"], seen["at"]) == ("import", "new", rfc3339(minutes(0)))
        assert seen["record_id"] in {name for _, name in records_of(path)}
    events = [
        json.loads(line)
        for name, part in stored(config).items()
        if name.endswith(".jsonl.gz")
        for line in gzip.decompress(part).splitlines()
    ]
    (source,) = [line for line in events if line["t"] == "import"]
    (observed,) = [line["observation"] for line in events if line["t"] == "look"]
    assert observed["imported"] == {"file": source["file"], "sha256": source["sha256"]}
    assert source["file"] == path.name
    assert findings(config) == []


def test_records_are_copied_byte_for_byte_with_the_warcinfo_and_request_that_go_with_them(
    config: Config, tmp_path: Path
) -> None:
    path = one_page(tmp_path / "others.warc.gz", FERRY, minutes(0))
    imported(config, path)
    (segment,) = [part for name, part in stored(config).items() if name.endswith(".warc.gz")]
    original = path.read_bytes()
    with opened(config) as (store, rows):
        row = rows("SELECT * FROM captures")[0]
        spool = Path(config.archive.spool)
        answer = member(store, spool, rows, row)
        assert answer in original
        parts = list(proof(store, spool, rows, row))
    kept = tmp_path / "segment.warc.gz"
    kept.write_bytes(segment)
    types = [kind for kind, _ in records_of(kept)]
    assert types == ["warcinfo", "warcinfo", "response", "request", "metadata"]
    _, shown, asked, source = map(only_record, parts)
    assert (asked.type, asked.block[:16]) == ("request", b"GET / HTTP/1.1\r\n")
    digest = sha256(original).hexdigest()
    assert f"imported-file: others.warc.gz\r\nimported-sha256: sha256:{digest}\r\n".encode() in source.block
    assert source.get("WARC-Refers-To") == shown.record_id


@pytest.mark.parametrize("packing", ["gzip", "plain", "one member", "zstandard", "dictionary", "lf", "small"])
def test_any_packing_gives_the_same_history_and_a_segment_that_verifies(
    config: Config, tmp_path: Path, packing: str
) -> None:
    foreign = Foreign(tmp_path / "made.warc.gz", version="1.1" if packing == "dictionary" else "1.0")
    foreign.page(FERRY, html(), minutes(0))
    foreign.page(FERRY, html("Ferry to run all winter", LATER), minutes(10))
    path = foreign.close()
    match packing:
        case "plain":
            path = plain(path, tmp_path / "in.warc")
        case "one member":
            path = as_one_member(path, tmp_path / "in.warc.gz")
        case "zstandard":
            path = in_zstandard(path, tmp_path / "in.warc.zst")
        case "dictionary":
            path = in_zstandard(path, tmp_path / "in.warc.zst", dictionary=b"WARC/1.1\r\nWARC-Type: response\r\n" * 20)
        case "lf":
            content = gzip.decompress(path.read_bytes())
            path = tmp_path / "in.warc"
            path.write_bytes(_with_bare_line_ends(content))
        case "small":
            path = _in_small_letters(path, tmp_path / "in.warc.gz")
    taken = imported(config, path)
    assert taken.problems == []
    assert told(config) == [("09:00", []), ("09:10", ["stealth", "body"])]
    assert findings(config) == []


def _in_small_letters(path: Path, into: Path) -> Path:
    """The file with its WARC headers' names in small letters, as some libraries write them; names have no case."""
    records = re.split(rb"(?<=\r\n\r\n)(?=WARC/1\.\d\r\n)", gzip.decompress(path.read_bytes()))
    heads = [record.partition(b"\r\n\r\n") for record in records]
    small = [re.sub(rb"(?m)^[\w-]+:", lambda name: name[0].lower(), head) + end + rest for head, end, rest in heads]
    into.write_bytes(b"".join(map(gzip.compress, small)))
    return into


def _with_bare_line_ends(content: bytes) -> bytes:
    """A file whose headers end their lines in LF, as some old writers had it."""
    lines, out = content.split(b"\r\n"), []
    inside = False
    for line in lines:
        inside = line.startswith(b"WARC/") or (inside and line != b"")
        out.append(
            line
            + (
                b"\n"
                if inside or (out and out[-1].endswith(b"\n") and not out[-1].endswith(b"\r\n") and line == b"")
                else b"\r\n"
            )
        )
    return b"".join(out)[: -len(b"\r\n")]


def test_importing_again_changes_nothing(config: Config, tmp_path: Path) -> None:
    crawled(config, (20, html("Ferry to run all winter", LATER)))
    foreign = Foreign(tmp_path / "others.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    foreign.page(page("pier"), html("The pier this winter"), minutes(1))
    path = foreign.close()
    imported(config, path)
    before, kept = dump(config), stored(config)
    again = imported(config, path)
    assert [(each.captures, each.there, sum(each.outcomes.values())) for each in again.sites] == [(0, 2, 0)]
    assert dump(config) == before
    assert stored(config) == kept


def test_captures_older_than_the_history_go_before_it_and_what_was_stored_stays(config: Config, tmp_path: Path) -> None:
    crawled(config, (20, html("Ferry to run all winter", LATER)), (30, html("Ferry to run all winter", LATER, LATEST)))
    first = history(config)
    kept = stored(config)
    imported(config, one_page(tmp_path / "old.warc.gz", FERRY, minutes(0)))
    assert told(config) == [("09:00", []), ("09:20", ["stealth", "body"]), ("09:30", ["stealth", "body"])]
    now = history(config)
    assert [row["not_before"] for row in now] == [None, rfc3339(minutes(0)), rfc3339(minutes(20))]
    assert [row["capture"]["record_id"] for row in now[1:]] == [row["capture"]["record_id"] for row in first]
    assert kept.items() <= stored(config).items()
    assert findings(config) == []


def test_a_capture_between_two_revisions_goes_between_them(config: Config, tmp_path: Path) -> None:
    crawled(config, (0, html()), (30, html("Ferry to run all winter", LATER, LATEST)))
    imported(config, one_page(tmp_path / "between.warc.gz", FERRY, minutes(15), "Ferry to run all winter", LATER))
    assert told(config) == [("09:00", []), ("09:15", ["stealth", "body"]), ("09:30", ["stealth", "body"])]
    with opened(config) as (_, rows):
        article = reading.article_at(rows, FERRY)
        assert article is not None
        chain = reading.chain(rows, article["id"])
        (known,) = rows("SELECT * FROM articles")
    assert [row["previous"] for row in chain] == [None, *(row["digest"] for row in chain[:-1])]
    assert (known["revisions"], known["last_look"]) == (3, rfc3339(minutes(30)))
    assert findings(config) == []


def test_many_old_captures_together_lay_a_history_once_and_as_they_would_one_by_one(tmp_path: Path) -> None:
    paths, told_of, laid = [], [], []
    for number in range(6):
        foreign = Foreign(tmp_path / f"old-{number}.warc.gz")
        foreign.page(FERRY, html(f"Headline {number // 2}"), minutes(number))
        foreign.page(page("pier"), html(f"Pier {number}"), minutes(number))
        if number == 3:
            foreign.page(FERRY, b"no more", minutes(number + 0.5), status="404 Not Found")
        paths.append(foreign.close())
    for together in (6, 1):
        (tmp_path / str(together)).mkdir()
        config = config_in(tmp_path / str(together))
        crawled(config, (20, html()), (30, html("Ferry to run all winter", LATER)))
        for number in range(0, 6, together):
            assert imported(config, *paths[number : number + together]).problems == []
        told_of.append([{**row, "capture": row["capture"]["payload_digest"]} for row in history(config)])
        assert findings(config) == []
        events = [part for name, part in stored(config).items() if name.endswith(".jsonl.gz")]
        laid.append(sum(gzip.decompress(part).count(b'"t":"reread"') for part in events))
    assert told_of[0] == told_of[1]
    assert [row["headline"] for row in told_of[0]][:4] == ["Headline 0", "Headline 1", None, "Headline 2"]
    assert laid == [1, 6]


def test_a_capture_that_shows_a_known_state_narrows_when_it_changed(config: Config, tmp_path: Path) -> None:
    crawled(config, (0, html()), (30, html("Ferry to run all winter", LATER)))
    imported(config, one_page(tmp_path / "same.warc.gz", FERRY, minutes(25)))
    first, second = history(config)
    assert (first["seen_last"], first["confirmed"]) == (rfc3339(minutes(25)), True)
    assert second["not_before"] == rfc3339(minutes(25))
    assert findings(config) == []


def test_an_old_capture_says_nothing_of_when_to_look_again(config: Config, tmp_path: Path) -> None:
    crawled(config, (20, html()))
    with opened(config) as (_, rows):
        (before,) = rows("SELECT * FROM pages")
    foreign = Foreign(tmp_path / "old.warc.gz")
    foreign.page(FERRY, b"no more", minutes(5), status="404 Not Found")
    foreign.page(FERRY, html(), minutes(0))
    imported(config, foreign.close())
    with opened(config) as (_, rows):
        (after,) = rows("SELECT * FROM pages")
    assert {**before, "looks": 3} == dict(after)
    assert told(config) == [("09:00", []), ("09:05", ["gone"]), ("09:20", ["back"])]


def test_a_page_that_was_gone_before_its_article_was_known_ends_it(config: Config, tmp_path: Path) -> None:
    with written(config) as (_, writer):
        look(writer, FERRY, b"no more", minutes(20), status="404 Not Found")
        look(writer, FERRY, b"no more", minutes(30), status="404 Not Found")
        look(writer, page("pier"), b"no more", minutes(5), status="404 Not Found")
        writer.seal(minutes(30))
    imported(config, one_page(tmp_path / "old.warc.gz", FERRY, minutes(0)))
    imported(config, one_page(tmp_path / "older.warc.gz", page("pier"), minutes(10)))
    assert told(config) == [("09:00", []), ("09:20", ["gone"])]
    assert told(config, page("pier")) == [("09:10", [])]
    assert [row["not_before"] for row in history(config)] == [None, rfc3339(minutes(0))]
    assert history(config)[1]["seen_last"] == rfc3339(minutes(30))
    imported(config, one_page(tmp_path / "between.warc.gz", FERRY, minutes(15), "Ferry to run all winter", LATER))
    assert told(config) == [("09:00", []), ("09:15", ["stealth", "body"]), ("09:20", ["gone"])]
    crawled(config, (40, html("Ferry to run all winter", LATER)))
    with written(config) as (_, writer):
        look(writer, FERRY, b"no more", minutes(50), status="404 Not Found")
        writer.seal(minutes(50))
    assert told(config)[2:] == [("09:20", ["gone"]), ("09:40", ["back"]), ("09:50", ["gone"])]
    assert findings(config) == []
    before, tale = dump(config), history(config)
    assert [found.row() for found in check(config, config.site("gazette")).differences] == []
    with open_reading(config) as (store, _):
        places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
    lose(config.archive.catalogue)
    assert rebuild(places, config).problems == []
    assert history(config) == tale
    assert dump(config) == before


def test_a_page_that_led_away_before_its_article_was_known_ends_it(config: Config, tmp_path: Path) -> None:
    with written(config) as (_, writer):
        for minute in (20, 25):
            left = writer.append(exchange(FERRY, b"", minutes(minute), status="302 Found", fields="Location: /\r\n"))
            assert left is not None
            away = Redirected(to=config.site("gazette").home)
            writer.observe(Look(page=FERRY, at=minutes(minute), why="test", result=away, capture=left))
        redirect(writer, page("old-pier"), page("pier"), html("The pier"), minutes(30))
        writer.seal(minutes(31))
    imported(config, one_page(tmp_path / "old.warc.gz", FERRY, minutes(0)))
    imported(config, one_page(tmp_path / "older.warc.gz", page("old-pier"), minutes(10), "The pier"))
    assert told(config) == [("09:00", []), ("09:20", ["moved"])]
    assert told(config, page("pier"))[:2] == [("09:10", []), ("09:30", ["moved"])]
    crawled(config, (40, html("Ferry to run all winter", LATER)))
    assert told(config)[1:] == [("09:20", ["moved"]), ("09:40", ["stealth", "body", "back"])]
    assert findings(config) == []
    before, tale = dump(config), history(config)
    assert [found.row() for found in check(config, config.site("gazette")).differences] == []
    with open_reading(config) as (store, _):
        places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
    lose(config.archive.catalogue)
    assert rebuild(places, config).problems == []
    assert history(config) == tale
    assert dump(config) == before


def test_a_page_of_the_past_is_not_due_at_once(config: Config, tmp_path: Path) -> None:
    imported(config, one_page(tmp_path / "old.warc.gz", FERRY, minutes(0)))
    with opened(config) as (_, rows):
        (known,) = rows("SELECT * FROM pages")
        (segment,) = rows("SELECT * FROM segments")
    assert known["last_look"] == rfc3339(minutes(0))
    assert known["next_due"] > segment["opened"]


def test_a_crawl_goes_on_from_an_imported_history(config: Config, tmp_path: Path) -> None:
    imported(config, one_page(tmp_path / "old.warc.gz", FERRY, minutes(0)))
    crawled(config, (30, html("Ferry to run all winter", LATER)))
    assert told(config) == [("09:00", []), ("09:30", ["stealth", "body"])]


def test_a_rebuild_and_a_reread_tell_what_the_import_told(config: Config, tmp_path: Path) -> None:
    crawled(config, (20, html("Ferry to run all winter", LATER)), (30, html("Ferry to run all winter", LATER, LATEST)))
    foreign = Foreign(tmp_path / "old.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    foreign.page(FERRY, html("Ferry to run all winter", LATER), minutes(25))
    foreign.page(page("pier"), html("The pier this winter"), minutes(3))
    imported(config, foreign.close())
    before, tale = dump(config), history(config)
    report = check(config, config.site("gazette"))
    assert [found.row() for found in report.differences] == []
    with open_reading(config) as (store, _):
        places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
    lose(config.archive.catalogue)
    assert rebuild(places, config).problems == []
    assert history(config) == tale
    assert dump(config) == before


def test_what_belongs_to_no_site_and_what_shows_no_article_is_told(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "mixed.warc.gz")
    foreign.page("https://elsewhere.example/story/", html("Elsewhere"), minutes(0))
    foreign.page(FERRY, html(), minutes(1))
    foreign.page(f"{HOME}logo.png", b"\x89PNG", minutes(2), media="image/png")
    foreign.page(f"{HOME}search/", html("Answers"), minutes(3), method="POST")
    foreign.page(f"{HOME}about/", b"<html><body><p>About us.</p></body></html>", minutes(4))
    taken = imported(config, foreign.close())
    assert taken.files[0].elsewhere == {"elsewhere.example": 1}
    (site,) = taken.sites
    assert (site.captures, dict(site.outcomes)) == (4, {"new": 1})
    assert sum(site.kept.values()) == 3
    assert {why.partition(":")[0] for why in site.kept} == {"no page", "an answer to POST", "no article in it"}
    with opened(config) as (_, rows):
        assert [row["url"] for row in rows("SELECT url FROM pages")] == [FERRY]
    assert findings(config) == []


def test_all_hosts_can_be_taken_as_one_sites(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "crawl.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    foreign.page("https://cdn.example/a.css", b"p {}", minutes(0), media="text/css")
    taken = take_in(config, [foreign.close()], [config.site("gazette")], any_host=True)
    assert taken.sites[0].captures == 2
    assert taken.files[0].elsewhere == {}


@pytest.mark.parametrize("original", ["same file", "earlier import"])
def test_a_revisit_that_names_an_address_and_an_instant_shows_the_payload_it_repeats(
    config: Config, tmp_path: Path, original: str
) -> None:
    foreign = Foreign(tmp_path / "first.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    if original == "earlier import":
        imported(config, foreign.close())
        foreign = Foreign(tmp_path / "second.warc.gz")
    foreign.revisit(FERRY, minutes(30), of_url=FERRY, of_at=minutes(0), digest="sha1:AAAA")
    taken = imported(config, foreign.close())
    assert dict(taken.sites[0].kept) == {}
    (only,) = history(config)
    assert only["seen_last"] == rfc3339(minutes(30))
    assert findings(config) == []


def test_a_revisit_of_what_is_not_here_waits_for_its_original(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "alone.warc.gz")
    foreign.revisit(FERRY, minutes(30), of_url=FERRY, of_at=minutes(0), digest="sha1:AAAA")
    alone = foreign.close()
    (site,) = imported(config, alone).sites
    assert (site.captures, site.orphans, site.outcomes) == (0, 1, {})
    assert stored(config) == {}
    original = one_page(tmp_path / "original.warc.gz", FERRY, minutes(0))
    (site,) = imported(config, alone, original).sites
    assert (site.captures, site.orphans, dict(site.outcomes)) == (2, 0, {"new": 1, "unchanged": 1})
    assert findings(config) == []


def test_bodies_that_are_not_as_their_head_says_are_read_all_the_same(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "odd.warc.gz")
    foreign.page(FERRY, html(), minutes(0), fields=[("Transfer-Encoding", "chunked")])  # dechunked, the field left
    foreign.page(page("pier"), html("The pier this winter"), minutes(1), fields=[("Content-Encoding", "gzip")])
    foreign.page(page("quay"), html("The quay this winter"), minutes(2), digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(html("The jetty")), html("The jetty"))
    foreign.page(page("jetty"), chunked, minutes(3), fields=[("Transfer-Encoding", "chunked")])
    taken = imported(config, foreign.close())
    assert dict(taken.sites[0].outcomes) == {"new": 4}
    assert taken.problems == []
    assert findings(config) == []


def test_a_redirect_and_what_it_led_to_are_one_move(config: Config, tmp_path: Path) -> None:
    crawled(config, (0, html()))
    foreign = Foreign(tmp_path / "moved.warc.gz")
    to = page("ferry-new")
    foreign.page(FERRY, b"", minutes(20), status="301 Moved Permanently", fields=[("Location", to)])
    foreign.page(to, html(), minutes(20) + timedelta(seconds=1))
    taken = imported(config, foreign.close())
    assert dict(taken.sites[0].outcomes) == {"moved": 1, "unchanged": 1}
    assert told(config)[1][1] == ["moved"]
    assert findings(config) == []


def test_a_torn_file_gives_what_is_whole_and_says_so(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "torn.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    foreign.page(FERRY, html("Ferry to run all winter", LATER), minutes(10))
    path = foreign.close()
    path.write_bytes(path.read_bytes()[:-500])
    taken = imported(config, path)
    assert len(taken.problems) == 1
    assert "what stands before was taken in" in taken.problems[0]
    assert told(config)[0] == ("09:00", [])
    assert findings(config) == []


def test_a_record_whose_block_is_not_what_its_digest_says_is_refused(config: Config, tmp_path: Path) -> None:
    path = one_page(tmp_path / "made.warc.gz", FERRY, minutes(0))
    damaged = plain(path, tmp_path / "damaged.warc")
    damaged.write_bytes(damaged.read_bytes().replace(b"council voted", b"council vetoed"[:13]))
    taken = imported(config, damaged)
    assert taken.sites == []
    assert taken.problems == [f"{damaged}: 1 times a damaged record: its block is not what its block digest says"]


def test_an_id_that_stands_for_other_bytes_is_not_taken_in(config: Config, tmp_path: Path) -> None:
    for number, headline in enumerate(("Ferry to run all winter", "Ferry to be sold")):
        foreign = Foreign(tmp_path / f"{number}.warc.gz")
        foreign.page(FERRY, html(headline), minutes(number), record_id="<urn:uuid:one-and-the-same>")
        taken = imported(config, foreign.close())
    assert taken.problems == ["record <urn:uuid:one-and-the-same> is archived with other bytes: not taken in again"]
    assert len(history(config)) == 1


@pytest.mark.parametrize("differs", ["bytes", "date", "address"])
def test_an_id_that_is_refused_makes_no_look(config: Config, tmp_path: Path, differs: str) -> None:
    foreign = Foreign(tmp_path / "0.warc.gz")
    foreign.page(FERRY, html(), minutes(0), record_id="<urn:uuid:one-and-the-same>")
    imported(config, foreign.close())
    before = dump(config)
    foreign = Foreign(tmp_path / "1.warc.gz")
    body = html("Ferry to run all winter", LATER) if differs == "bytes" else html()
    url, at = page("pier") if differs == "address" else FERRY, minutes(0 if differs == "address" else 40)
    foreign.page(url, body, at, record_id="<urn:uuid:one-and-the-same>")
    path = foreign.close()
    for _ in range(2):
        taken = imported(config, path)
        assert taken.problems == ["record <urn:uuid:one-and-the-same> is archived with other bytes: not taken in again"]
    after = dump(config)
    assert (after["revisions"], after["observations"]) == (before["revisions"], before["observations"])
    assert findings(config) == []


def test_of_an_id_that_comes_twice_in_a_file_the_second_is_told(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "twice.warc.gz")
    for number, more in enumerate(((), (LATER,), ())):
        foreign.page(FERRY, html(TITLE, *more), minutes(10 * number if more else 0), record_id="<urn:uuid:twice>")
    taken = imported(config, foreign.close())
    assert taken.problems == ["record <urn:uuid:twice> is archived with other bytes: not taken in again"]
    assert told(config) == [("09:00", [])]
    assert findings(config) == []


def test_a_store_that_goes_away_while_old_captures_are_laid_costs_none_of_them(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(config, one_page(tmp_path / "new.warc.gz", FERRY, minutes(40), TITLE, LATER, LATEST))
    old = Foreign(tmp_path / "old.warc.gz")
    old.page(FERRY, html(), minutes(0))
    old.page(FERRY, html(TITLE, LATER), minutes(20))
    path = old.close()

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the store is away")

    with monkeypatch.context() as breaking:
        breaking.setattr("storage.archive.inserting.article_sightings", away)
        with pytest.raises(StoreUnavailable, match="away"):
            imported(config, path)
    taken = imported(config, path)
    assert dict(taken.sites[0].outcomes) == {"new": 1, "changed": 1}
    assert [at for at, _ in told(config)] == ["09:00", "09:20", "09:40"]
    assert findings(config) == []
    assert [found.row() for found in check(config, config.site("gazette")).differences] == []


def test_a_segment_holds_no_more_than_who_checks_it_can_hold(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.archive.writer.MOST_HELD", 3)
    for room in ("copying", "looking"):
        monkeypatch.setattr(f"storage.ingest.{room}.TOGETHER", 2)
    foreign = Foreign(tmp_path / "others.warc.gz")
    for number in range(10):
        foreign.page(FERRY, html(f"Headline {number}"), minutes(number))
    imported(config, foreign.close())
    manifests = [json.loads(path.read_text()) for path in Path(config.archive.store).rglob("*.manifest.json")]
    assert sum(manifest["captures"] for manifest in manifests) == 10
    assert sum(manifest["looks"] for manifest in manifests) == 10
    assert max(max(manifest["captures"], manifest["looks"]) for manifest in manifests) <= 5
    assert len(history(config)) == 10


def test_what_was_cut_short_is_completed_by_importing_again(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.ingest import looking

    foreign = Foreign(tmp_path / "others.warc.gz")
    for number in range(4):
        foreign.page(FERRY, html(f"Headline {number}"), minutes(number))
    path = foreign.close()
    seen = looking.Looker._look
    left = 2

    def cut_short(self: Any, one: Any) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        seen(self, one)

    monkeypatch.setattr(looking.Looker, "_look", cut_short)
    with pytest.raises(KeyboardInterrupt):
        imported(config, path)
    assert len(history(config)) == 2
    monkeypatch.undo()
    imported(config, path)
    assert [row["headline"] for row in history(config)] == [f"Headline {number}" for number in range(4)]
    assert findings(config) == []


@pytest.mark.parametrize("each_catalogue", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("many", "counted"), [(1, 1), (2, -1)])
def test_a_server_counts_its_rows_after_a_large_import(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int, counted: int
) -> None:
    monkeypatch.setattr("storage.ingest.importing.MANY", many)
    imported(config, one_page(tmp_path / "others.warc.gz", FERRY, minutes(0)))
    with opened(config) as (_, rows):
        (told,) = rows("SELECT CAST(reltuples AS INTEGER) AS rows FROM pg_class WHERE relname = 'captures'")
    assert told["rows"] == counted


def test_segments_are_sealed_when_they_are_full_and_tell_their_source_each(config: Config, tmp_path: Path) -> None:
    small = Config(
        **{name: getattr(config, name) for name in ("s3", "ledger", "crawler", "daemon", "configured", "file")},
        archive=config.archive.model_copy(update={"seal_after_megabytes": 0.002}),
    )
    foreign = Foreign(tmp_path / "big.warc.gz")
    for number in range(12):
        foreign.page(
            page(f"story-{number}"), html(f"Headline {number}"), minutes(number), request_first=bool(number % 2)
        )
    imported(small, foreign.close())
    segments = [name for name in stored(config) if name.endswith(".warc.gz")]
    assert len(segments) > 2
    events = [part for name, part in stored(config).items() if name.endswith(".jsonl.gz")]
    kinds = [[json.loads(line)["t"] for line in gzip.decompress(part).splitlines()] for part in events]
    assert all("import" in each for each in kinds if "capture" in each)
    assert findings(config) == []


def test_a_site_that_is_being_written_is_left_alone(config: Config, tmp_path: Path) -> None:
    from news.errors import SiteBusy

    path = one_page(tmp_path / "others.warc.gz", FERRY, minutes(0))
    with written(config) as (_, writer):
        assert writer.append(exchange(FERRY, html(), minutes(0))) is not None
        with pytest.raises(SiteBusy):
            imported(config, path)


def test_dates_with_fractions_keep_them(config: Config, tmp_path: Path) -> None:
    foreign = Foreign(tmp_path / "fine.warc.gz", version="1.1")
    at = minutes(0) + timedelta(microseconds=123456)
    head = foreign.page(FERRY, html(), at)
    path = foreign.close()
    content = gzip.decompress(path.read_bytes()).replace(stamp(at).encode(), rfc3339(at).encode())
    fine = tmp_path / "fine.warc"
    fine.write_bytes(content)
    imported(config, fine)
    assert history(config)[0]["seen_first"] == rfc3339(at)
    assert history(config)[0]["capture"]["record_id"] == head


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def dated(folder: Path, said: str) -> Path:
    """Return a file whose records state this date."""
    foreign = Foreign(folder / "sound.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    path = folder / "dated.warc"
    path.write_bytes(gzip.decompress(foreign.close().read_bytes()).replace(stamp(minutes(0)).encode(), said.encode()))
    return path


@pytest.mark.usefixtures("in_new_york")
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-02T10:00:00", "2026-03-02T10:00:00.000000Z"),
        ("2026-03-02", "2026-03-02T00:00:00.000000Z"),
        ("2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00.000000Z"),
    ],
)
def test_a_date_without_a_zone_is_in_utc_wherever_it_is_read(
    config: Config, tmp_path: Path, said: str, meant: str
) -> None:
    imported(config, dated(tmp_path, said))
    assert [one["seen_first"] for one in history(config)] == [meant]
    assert findings(config) == []


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "20260302100000"])
def test_a_date_that_no_clock_can_show_is_told(config: Config, tmp_path: Path, said: str) -> None:
    told = imported(config, dated(tmp_path, said))
    assert not told.sites
    assert "a record without a WARC-Date that can be read" in told.problems[0]


def test_a_record_from_the_future_is_told(config: Config, tmp_path: Path) -> None:
    """Taken in it would be the last look at its page for ever, and its page never due."""
    told = imported(config, dated(tmp_path, "9999-12-31T23:59:59Z"))
    assert not told.sites
    assert told.problems == [f"{tmp_path / 'dated.warc'}: 1 times a record dated in the future"]


def test_an_export_of_an_imported_article_brings_along_where_it_is_from(config: Config, tmp_path: Path) -> None:
    from storage.export.choosing import Chosen
    from storage.export.exporting import Exporter, Wish

    other = Foreign(tmp_path / "another.warc.gz", software="wget")
    other.page(page("quay"), html("The quay this winter"), minutes(2))
    foreign = Foreign(tmp_path / "others.warc.gz")
    foreign.page(FERRY, html(), minutes(0))  # its request follows it
    foreign.page(page("pier"), html("The pier this winter"), minutes(1), request_first=True)
    imported(config, other.close(), foreign.close())
    with open_reading(config) as (store, rows):
        articles = tuple(article for url in (FERRY, page("pier")) if (article := reading.article_at(rows, url)))
        wish = Wish(
            format="warc", chosen=Chosen(sites=("gazette",), articles=articles), output=tmp_path / "out.warc.gz"
        )
        Exporter(config, store, rows, software="stoppress/test", now=minutes(60)).export(wish)
    kinds = [kind for kind, _ in records_of(tmp_path / "out.warc.gz")]
    assert kinds[:3] == ["warcinfo"] * 3
    assert kinds[3:] == ["response", "metadata", "request", "response", "request", "metadata"]
    exported = gzip.decompress((tmp_path / "out.warc.gz").read_bytes())
    assert b"software: news-crawl" in exported
    assert b"software: wget" not in exported


def test_what_is_no_warc_file_is_called_by_its_name(config: Config, tmp_path: Path) -> None:
    page = one_page(tmp_path / "sound.warc.gz", FERRY, minutes(0))
    with zipfile.ZipFile(tmp_path / "a site.wacz", "w") as packed:
        packed.write(page, "archive/sound.warc.gz")
    (tmp_path / "old.arc.gz").write_bytes(
        gzip.compress(b"filedesc://old.arc 0.0.0.0 20010101000000 text/plain 76\n1 0 x\n")
    )
    (tmp_path / "torn.warc.zst").write_bytes(b"\x28\xb5\x2f\xfd" + b"torn" * 20)
    for name, said in (
        ("a site.wacz", "it is a zip file, as WACZ files are, and the WARC files lie in it: `unzip -j '"),
        ("old.arc.gz", "it is an ARC file, older than WARC: `warcio recompress "),
        ("torn.warc.zst", "it is packed with Zstandard: try `zstd -d "),
    ):
        (problem,) = take_in(config, [tmp_path / name], config.sites()).problems
        assert said in problem
        assert "what stands before" not in problem
