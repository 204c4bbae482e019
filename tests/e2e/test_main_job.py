"""The main job through the command line: crawl the newsroom, let it edit, crawl again, compare with what it did."""

from __future__ import annotations

import gzip
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from newsroom import Newsroom
from tests.conftest import Run

pytestmark = pytest.mark.e2e

FIELDS = ("offset", "warc-type", "warc-target-uri", "warc-date", "http:status")


def revisions(stoppress: Run, url: str) -> list[dict[str, object]]:
    return stoppress("history", url, "--json").json["revisions"]


def test_every_edit_becomes_the_revision_that_it_is_and_nothing_else_does(stoppress: Run, room: Newsroom) -> None:
    stoppress("crawl", "harbour")
    stories = list(room.articles())
    old = [room.url_of(story.slug) for story in stories if story.template == "old"]
    new = [room.url_of(story.slug) for story in stories if story.template == "new" and "live" not in story.slug]
    tail_only = old[9]

    room.declared_edit(old[0], add="Officials said on Sunday that 14 more people had come forward.")
    room.stealth_edit(old[1], add="The figure was 21, not 12, according to the harbour office.")
    room.headline_edit(old[2], "A headline that nobody announced")
    room.caption_edit(old[3], "Another caption altogether")
    room.restamp(old[4])
    room.correction(old[5], "Correction: an earlier version of this article gave a wrong sum.")
    room.move_paragraph(old[6], 1, 3)
    room.takedown(old[7])
    room.declared_edit(new[0], add="The council will meet again on Tuesday at 7.30pm.")
    room.stealth_edit(new[1], add="Nobody was told of this sentence.")
    room.restamp(new[2])
    told = list(room.events)
    stoppress("crawl", "harbour")

    for event in told:
        found = revisions(stoppress, event.url)
        assert [revision["number"] for revision in found] == [1, 2], event
        assert found[0]["classes"] == []
        assert found[1]["classes"] == list(event.classes), event
        assert found[1]["declared_by"] == list(event.declared_by), event
        assert found[1]["not_before"] == found[0]["seen_last"]
    assert len(revisions(stoppress, tail_only)) == 1

    room.bring_back(old[7])
    stoppress("crawl", "harbour", old[7], old[8])
    assert [revision["classes"] for revision in revisions(stoppress, old[7])] == [[], ["gone"], ["back"]]
    assert len(revisions(stoppress, old[8])) == 1


def test_a_story_under_a_new_address_stays_one_article(stoppress: Run, room: Newsroom) -> None:
    before = room.url_of(room.articles()[0].slug)
    stoppress("crawl", "harbour")
    event = room.change_slug(before, "quite-another-slug-for-it")
    stoppress("crawl", "harbour")
    after = event.target or ""
    assert [revision["classes"] for revision in revisions(stoppress, before)] == [[], ["moved"]]
    history = stoppress("history", after, "--json").json
    assert history["article"]["url"] == before
    assert after in history["article"]["aliases"]
    room.stealth_edit("quite-another-slug-for-it", add="The story goes on under its new address.")
    stoppress("crawl", "harbour", after)
    assert [revision["classes"] for revision in revisions(stoppress, before)] == [[], ["moved"], ["stealth", "body"]]


def test_warcio_and_fastwarc_read_every_segment_and_the_index_agrees_with_them(
    stoppress: Run, room: Newsroom, tmp_path: Path
) -> None:
    stoppress("crawl", "harbour")
    room.stealth_edit(room.articles()[0].slug, add="One more sentence for the second segment.")
    stoppress("crawl", "harbour")
    segments = sorted((tmp_path / "archive" / "warc").rglob("*.warc.gz"))
    assert len(segments) == 2
    for segment in segments:
        assert_readable(segment)
        assert_index_agrees(segment)


def assert_readable(segment: Path) -> None:
    with segment.open("rb") as stream:
        mine = [record.rec_type for record in iterate(stream)]
    with segment.open("rb") as stream:
        fast = [record.record_type for record in FastIterator(stream, parse_http=False)]
    assert mine[0] == "warcinfo"
    assert len(mine) == len(fast) > 2
    with segment.open("rb") as stream:
        assert all(record.verify_block_digest() for record in FastIterator(stream, parse_http=False))


def iterate(stream: object):  # type: ignore[no-untyped-def]
    for record in ArchiveIterator(stream, check_digests=True):
        record.raw_stream.read()
        chunked = record.http_headers and record.http_headers.get_header("Transfer-Encoding") == "chunked"
        assert record.digest_checker.passed is not False or chunked, record.digest_checker.problems
        yield record


def assert_index_agrees(segment: Path) -> None:
    lines = segment.with_name(segment.name.replace(".warc.gz", ".cdxj")).read_text().splitlines()
    assert lines == sorted(lines, key=str.encode)
    told = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "index", "-f", ",".join(FIELDS), str(segment)],
        capture_output=True,
        text=True,
        check=True,
    )
    import json

    rows = [json.loads(line) for line in told.stdout.splitlines()]
    answers = {
        (row["offset"], row["warc-target-uri"], "".join(filter(str.isdigit, row["warc-date"]))[:14])
        for row in rows
        if row["warc-type"] in ("response", "revisit") and row["http:status"] != "304"
    }
    mine = set()
    for line in lines:
        _, date, fields = line.split(" ", 2)
        said = json.loads(fields)
        mine.add((said["offset"], said["url"], date))
        member = segment.read_bytes()[int(said["offset"]) : int(said["offset"]) + int(said["length"])]
        assert gzip.decompress(member).startswith(b"WARC/1.1\r\n")
    assert mine == answers


def test_the_manifest_proves_everything_that_the_seal_wrote(stoppress: Run, room: Newsroom, tmp_path: Path) -> None:
    import json

    stoppress("crawl", "harbour", "--limit", "5")
    store = tmp_path / "archive"
    (manifest,) = (json.loads(path.read_text()) for path in store.rglob("*.manifest.json"))
    for item in manifest["objects"]:
        content = (store / item["key"]).read_bytes()
        assert (len(content), f"sha256:{sha256(content).hexdigest()}") == (item["size"], item["sha256"])
    kinds = {item["key"].split("/")[0] for item in manifest["objects"]}
    assert kinds == {"warc", "articles"}
    assert not list((store / "spool").rglob("*.warc.gz"))
