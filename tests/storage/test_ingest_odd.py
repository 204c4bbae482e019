"""What others' files hold that is odd: addresses that lead nowhere, revisits of revisits, dates before the web."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from storage.archive.access import open_reading
from storage.catalogue import reading
from storage.config import Config
from storage.ingest.importing import take_in
from storage.proof import proof
from tests.catalogues import each_catalogue
from tests.storage.foreign import Foreign, records_of
from tests.storage.making import HOME, START, config_in, html, minutes, page
from tests.storage.test_export import exported, urls_in
from tests.storage.test_ingest_order import LATER, Write, assert_sound, imported, leads, shown, told

pytestmark = each_catalogue

FERRY = page("ferry")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_in(tmp_path)


@pytest.mark.parametrize("to", ["https://[bad/x", "//[bad", "https://[gazette.example]:x/"])
def test_a_redirect_to_no_address_breaks_neither_an_import_nor_an_export(
    config: Config, tmp_path: Path, to: str
) -> None:
    imported(config, shown(minutes(0)), leads(minutes(10), to), shown(minutes(20), LATER))
    assert [classes for _, classes in told(config)] == [[], ["stealth", "body"]]
    exported(config, "warc", tmp_path / "ferry.warc.gz", FERRY)
    assert urls_in(tmp_path / "ferry.warc.gz") == [FERRY] * 3
    assert_sound(config)


def test_an_address_whose_port_cant_be_told_is_indexed(config: Config) -> None:
    odd = HOME.removesuffix("/") + "\\news:x/ferry"
    imported(config, lambda foreign: foreign.page(odd, html(), minutes(0)))
    assert_sound(config, odd)


def again(at: datetime, *, of: str | None = None, of_at: datetime = START, **said: str) -> Write:
    """A revisit of the ferry's page, named by its id too where one is given."""
    return lambda foreign: foreign.revisit(FERRY, at, of_url=FERRY, of_at=of_at, of_id=of, **said)


FIRST, SECOND, THIRD = (f"<urn:uuid:00000000-0000-0000-0000-00000000000{number}>" for number in (1, 2, 3))


def first(foreign: Foreign) -> object:
    return foreign.page(FERRY, html("Ferry to run all winter"), minutes(0), record_id=FIRST)


def test_what_stands_on_a_revisit_that_names_no_record_is_reread_as_it_was_imported(config: Config) -> None:
    imported(config, first, shown(minutes(10), LATER), again(minutes(20)))
    assert [classes for _, classes in told(config)] == [[], ["stealth", "body"], ["stealth", "body", "flip"]]
    assert_sound(config)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("apart", [False, True])
def test_a_revisit_of_a_revisit_shows_what_that_repeats(
    config: Config, tmp_path: Path, times: int, *, apart: bool
) -> None:
    nowhere = minutes(-900)  # no record is of that instant: only the id says what is repeated
    records = [
        first,
        shown(minutes(10), LATER),
        again(minutes(20), of=FIRST, record_id=SECOND),
        shown(minutes(30), LATER),
        again(minutes(40), of=SECOND, of_at=nowhere, record_id=THIRD),
    ]
    for _ in range(times):
        for part in [[one] for one in records] if apart else [records]:
            imported(config, *part)
    assert [at for at, _ in told(config)] == [f"09:{minute:02}:00.000000" for minute in (0, 10, 20, 30, 40)]
    assert_sound(config)


def test_revisits_that_repeat_each_other_repeat_nothing(config: Config) -> None:
    nowhere = minutes(-900)
    round_about = (
        again(minutes(20), of=THIRD, of_at=nowhere, record_id=SECOND, digest="sha1:BBBB"),
        again(minutes(30), of=SECOND, of_at=nowhere, record_id=THIRD, digest="sha1:BBBB"),
    )
    for _ in range(2):
        imported(config, first, *round_about)
    assert told(config) == [("09:00:00.000000", [])]
    assert_sound(config)


def test_the_proof_of_a_revisit_names_its_segment_once(config: Config, tmp_path: Path) -> None:
    imported(config, first, shown(minutes(10), LATER), again(minutes(20), of=FIRST, record_id=SECOND))
    with open_reading(config) as (store, rows):
        capture = reading.capture(rows, SECOND)
        assert capture is not None
        (tmp_path / "proof.warc.gz").write_bytes(b"".join(proof(store, Path(config.archive.spool), rows, capture)))
    records = records_of(tmp_path / "proof.warc.gz")
    assert len(set(records)) == len(records)
    assert [name for kind, name in records if kind in ("response", "revisit")] == [SECOND, FIRST]


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0)], ids=["no bytes", "an empty member"])
def test_a_file_without_a_record_is_told(config: Config, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "empty.warc.gz").write_bytes(content)
    assert take_in(config, [tmp_path / "empty.warc.gz"], config.sites()).problems == [
        f"{tmp_path}/empty.warc.gz: it holds no WARC record"
    ]


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1989-12-31T23:59:59Z"])
def test_a_record_from_before_the_web_begins_no_history(config: Config, tmp_path: Path, said: str) -> None:
    foreign = Foreign(tmp_path / "dated.warc.gz")
    foreign.page(FERRY, html(), minutes(0))
    foreign.page(FERRY, html("Ferry to run all winter", LATER), minutes(10))
    content = gzip.decompress(foreign.close().read_bytes())
    (tmp_path / "dated.warc").write_bytes(content.replace(b"2026-03-02T09:00:00Z", said.encode()))
    (problem,) = take_in(config, [tmp_path / "dated.warc"], config.sites()).problems
    assert problem.endswith("dated.warc: 1 times a record dated before there was a web")
    assert told(config) == [("09:10:00.000000", [])]
    assert_sound(config)


def test_a_redacted_copy_of_what_is_archived_is_told_as_that_and_not_taken_in(config: Config, tmp_path: Path) -> None:
    imported(config, lambda foreign: foreign.page(FERRY, html(), minutes(0), fields=[("Set-Cookie", "id=7")]))
    exported(config, "warc", tmp_path / "redacted.warc.gz", redact=True)
    taken = take_in(config, [tmp_path / "redacted.warc.gz"], config.sites())
    assert taken.problems == []
    assert (taken.sites[0].captures, taken.sites[0].redacted) == (0, 1)
    assert_sound(config)
