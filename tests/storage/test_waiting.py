"""A store that can't be reached is waited out: nothing is lost, crawling goes on, and what waited goes in by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.orders import Progress
from crawler.sealing import SealingDesk
from crawler.sitework import NoRoom, SiteWork
from news.errors import FormatTooNew, SpoolFull, StoreUnavailable
from storage.alarms import alarms
from storage.archive import Archive, SiteWriter, open_archive
from storage.archive.access import ledger_of, open_reading, room_of
from storage.archive.manifest import folder_of
from storage.archive.outage import FIRST_PAUSE, LONGEST_PAUSE, Outage, waiting_in
from storage.archive.room import Room
from storage.archive.spool import Place, leftovers
from storage.catalogue import reading
from storage.config import Config
from storage.objects import get_bytes, open_store
from storage.verify.spools import spooled
from storage.verify.whole import Places, verify
from tests.catalogues import change, each_catalogue
from tests.storage.faulty import Fault, FaultyStore, Plan
from tests.storage.making import SITE, config_in, exchange, html, look, minutes, page
from tests.storage.test_archive import abandon

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An archive whose spool and catalogue do not lie in the store's directory, which can be taken away."""
    made = config_in(tmp_path)
    archive = made.archive.model_copy(update={"store": str(tmp_path / "store"), "spool": tmp_path / "spool"})
    (tmp_path / "archive" / "stoppress.json").rename(_folder(tmp_path / "store") / "stoppress.json")
    moved = replace(made, archive=archive)
    with open_archive(moved):
        pass
    return moved


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


@contextmanager
def away(config: Config) -> Iterator[None]:
    """The store's disk is not mounted."""
    store = Path(config.archive.store)
    gone = store.with_name("unmounted")
    store.rename(gone)
    try:
        yield
    finally:
        gone.rename(store)


@contextmanager
def writing(config: Config) -> Iterator[tuple[Archive, SiteWriter]]:
    with open_archive(config, may_be_away=True) as archive:
        writer = archive.writer(SITE)
        try:
            yield archive, writer
        finally:
            writer.close()


def classes(config: Config, url: str) -> list[list[str]]:
    with open_reading(config, may_be_away=True) as (_, rows):
        article = reading.article_at(rows, url)
        assert article is not None
        return [json.loads(row["classes"]) for row in reading.chain(rows, article["id"])]


def problems(config: Config) -> list[str]:
    store, where = open_store(config.archive.store, config.s3), config.archive
    report = verify(Places(store=store, catalogue=where.catalogue, spool=Path(where.spool), ledger=ledger_of(config)))
    return [finding.problem for finding in report.findings]


def chain(archive: Archive) -> list[str]:
    """Segments in the order in which their manifests name each other."""
    manifests = [
        json.loads(get_bytes(archive.store, item.key))
        for item in archive.store.list("warc/")
        if item.key.endswith(".manifest.json")
    ]
    after = {(one["previous"] or {}).get("segment"): one["segment"] for one in manifests}
    order: list[str] = []
    while (following := after.get(order[-1] if order else None)) is not None:
        order.append(following)
    assert len(order) == len(manifests)
    return order


@each_catalogue
def test_what_the_store_cannot_take_waits_and_goes_in_oldest_first(config: Config) -> None:
    with writing(config) as (archive, writer):
        plan = Plan(seed=1, percent=100, faults={Fault.REFUSED}, most=3)
        writer._archive = replace(writer._archive, store=FaultyStore(archive.store, plan))
        names = []
        for number in range(3):
            look(writer, page("ferry"), html(f"Headline {number}"), minutes(number))
            with pytest.raises(StoreUnavailable):
                writer.seal(minutes(number))
            names.append(writer.waiting[-1].name)
            assert len(classes(config, page("ferry"))) == number + 1
        look(writer, page("ferry"), html("Headline 3"), minutes(3))
        last = writer.seal(minutes(4))
        assert not writer.waiting
        assert chain(archive) == [*names, last]
    assert problems(config) == []


def test_captures_are_read_from_the_spool_while_they_wait(config: Config) -> None:
    with away(config), writing(config) as (archive, writer):
        capture = look(writer, page("ferry"), html(), minutes(0))
        writer.set_aside()
        assert b"Ferry to run" in archive.record(capture).block
        look(writer, page("pier"), html("Pier"), minutes(1))
        writer.set_aside()
        assert len(leftovers(Path(config.archive.spool) / "gazette", "gazette")) == 2


def test_a_start_without_the_store_recovers_and_commits_and_seals_later(config: Config) -> None:
    abandon(write_to(config))
    with away(config):
        with writing(config) as (_, writer):
            assert len(writer.waiting) == 1
            assert classes(config, page("pier")) == [[]]
            look(writer, page("quay"), html("Quay"), minutes(5))
        (first, second) = spooled(Path(config.archive.spool))
        assert (first.waits, second.waits) == (True, False)
    with writing(config) as (_, writer):
        writer.seal(minutes(9))
        assert not writer.waiting
    assert classes(config, page("ferry")) == [[], ["stealth", "headline"]]
    assert not spooled(Path(config.archive.spool))
    assert problems(config) == []


def write_to(config: Config) -> Config:
    """Let the configuration's file say where this archive lies."""
    assert config.file is not None
    said = config.file.read_text()
    lines = [line for line in said.splitlines() if not line.startswith("store")]
    at = lines.index("[archive]") + 1
    lines[at:at] = [f'store = "{config.archive.store}"', f'spool = "{config.archive.spool}"']
    config.file.write_text("\n".join(lines))
    return config


def test_a_store_that_was_never_reached_is_not_waited_for(config: Config) -> None:
    change(config.archive.catalogue, "DELETE FROM stores")
    with away(config), pytest.raises(StoreUnavailable, match="stoppress init"), open_archive(config, may_be_away=True):
        pass
    with away(config), pytest.raises(StoreUnavailable, match="stoppress init"), open_reading(config):
        pass


def test_a_store_that_comes_back_with_a_newer_format_stops_the_sealing(config: Config) -> None:
    header = Path(config.archive.store) / "stoppress.json"
    with open_archive(config) as archive:
        with away(config), open_archive(config, may_be_away=True) as waiting:
            assert waiting.outage.away is not None
            with pytest.raises(StoreUnavailable, match="mounted"):
                waiting.reach()
        header.write_text('{"format": 99}')
        with pytest.raises(FormatTooNew):
            archive.reach()


def test_what_repeats_a_record_out_of_reach_is_written_whole(config: Config) -> None:
    with writing(config) as (_, writer):
        capture = look(writer, page("ferry"), html(), minutes(0))
        writer.seal(minutes(1))
        assert capture.payload_digest is not None
        assert writer.seen_before(page("ferry"), capture.payload_digest) is not None
    with away(config), writing(config) as (_, writer):
        assert writer.seen_before(page("ferry"), capture.payload_digest) is None
        assert look(writer, page("ferry"), html(), minutes(10)).record_type == "response"
        writer.commit()
    assert classes(config, page("ferry")) == [[]]


def test_a_capture_that_cannot_be_read_yet_is_looked_at_before_its_segment_is_sealed(config: Config) -> None:
    with writing(config) as (archive, writer):
        first = look(writer, page("ferry"), html("Ferry cut"), minutes(0))
        writer.seal(minutes(1))
        assert first.payload_digest is not None
        original = writer.seen_before(page("ferry"), first.payload_digest)
        look(writer, page("ferry"), html(), minutes(2))
        with away(config):
            repeating = writer.append(exchange(page("ferry"), html("Ferry cut"), minutes(3)), refers_to=original)
            assert repeating is not None
            with pytest.raises(StoreUnavailable):
                writer.document(repeating)
            assert archive.outage.away is not None
            writer.look_later(repeating)
            writer.set_aside()
            writer.try_to_seal(NOW)
            assert len(classes(config, page("ferry"))) == 2
        writer.try_to_seal(NOW + timedelta(minutes=10))
        assert archive.outage.away is None
        assert len(classes(config, page("ferry"))) == 3
        assert not writer.waiting
    assert problems(config) == []


def test_the_pauses_double_up_to_five_minutes() -> None:
    outage, now, pauses = Outage(), NOW, []
    for _ in range(9):
        told = outage.failed("no connection", now)
        pauses.append((told.next_try - now).total_seconds())
        assert outage.failed("asked too soon", now) == told
        assert not outage.due(now)
        now = told.next_try
        assert outage.due(now)
    wanted = [min(FIRST_PAUSE * 2**number, LONGEST_PAUSE) for number in range(9)]
    assert all(0.8 * one <= pause <= 1.2 * one for one, pause in zip(wanted, pauses, strict=True))
    assert outage.away is not None
    assert outage.away.since == NOW
    outage.answered()
    assert outage.due(NOW)


def test_the_desk_seals_beside_the_crawl_once_the_store_is_back(config: Config) -> None:
    async def crawl() -> None:
        with writing(config) as (archive, writer):
            desk = SealingDesk(archive, {"gazette": SiteWork(SITE, writer, seconds_between=0)}, Progress(loud=False))
            with away(config):
                for number in range(2):
                    look(writer, page("ferry"), html(f"Headline {number}"), minutes(number))
                    writer.set_aside()
                await desk.seal()
                assert archive.outage.away is not None
                assert desk.kept()[0] == 2
                noted = waiting_in(Path(config.archive.spool) / "gazette")
                assert noted is not None
                assert len(noted.segments) == 2
            await desk.seal()
            assert desk.kept()[0] == 2, "the store is not asked before its time"
            await desk.seal(at_last=True)
            assert desk.kept() == (0, 0)
            assert archive.outage.away is None
            assert waiting_in(Path(config.archive.spool) / "gazette") is None
            assert len(chain(archive)) == 2

    asyncio.run(crawl())
    assert problems(config) == []


def test_what_waits_is_an_alarm_of_its_own(config: Config) -> None:
    with away(config):
        with writing(config) as (archive, writer):
            look(writer, page("ferry"), html(), minutes(0))
            writer.set_aside()
            writer.note(archive.outage.failed("no connection", NOW))
        with open_reading(config, may_be_away=True) as (_, rows):
            found = {one.kind: one for one in alarms(rows, SITE.name, room=room_of(config), now=NOW)}
    assert "spool" not in found
    assert "1 segment" in found["store-unreachable"].message


def test_a_full_spool_refuses_looks_until_there_is_room(config: Config, tmp_path: Path) -> None:
    spool = tmp_path / "full"
    _folder(_folder(spool) / "gazette")
    held = spool / "gazette" / "one.warc.gz"
    held.write_bytes(b"0" * 2000)
    room = Room(spool, most=1000, least_free=0)
    with pytest.raises(SpoolFull, match="spool_megabytes"):
        room.check()
    held.unlink()
    room._asked -= 1
    room.check()
    assert "spool_free_megabytes" in (Room(spool, most=1000, least_free=1e18).problem() or "")
    assert Room(spool / "not-made-yet", most=1000, least_free=0).problem() is None


def test_no_turn_is_given_without_room_and_the_alarm_says_so(config: Config) -> None:
    tight = Room(Path(config.archive.spool), most=1, least_free=0)

    async def ask(writer: SiteWriter) -> None:
        async with SiteWork(SITE, writer, seconds_between=0).turn(page("ferry")):
            pytest.fail("a turn was given")

    with writing(config) as (archive, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.commit()
        writer._archive = replace(writer._archive, room=tight)
        with pytest.raises(NoRoom, match="spool_megabytes"):
            asyncio.run(ask(writer))
        found = {one.kind for one in alarms(archive.rows, SITE.name, room=tight, now=NOW)}
    assert "spool-full" in found


def stand_in_the_way(config: Config, name: str) -> Path:
    """Put other bytes under a key of a segment that is not sealed yet."""
    wrong = Path(config.archive.store) / folder_of(Place(site=SITE.name, name=name, folder=Path())) / f"{name}.cdxj"
    wrong.parent.mkdir(parents=True, exist_ok=True)
    wrong.write_bytes(b"torn")
    return wrong


def test_other_bytes_under_a_waiting_segments_key_stop_no_crawl_and_are_told(config: Config) -> None:
    with writing(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        name = writer.segment_name(minutes(0))
    wrong = stand_in_the_way(config, name)
    with writing(config) as (archive, writer):
        assert archive.outage.away is None
        look(writer, page("pier"), html("Pier"), minutes(5))
        writer.set_aside()
        noted = waiting_in(Path(config.archive.spool) / "gazette")
        assert noted is not None
        assert (noted.segments[0], len(noted.segments)) == (name, 2)
        assert f"{name}.cdxj" in noted.why
        assert "stoppress restore" in noted.why
        assert classes(config, page("pier")) == [[]]
        told = {one.kind: one.message for one in alarms(archive.rows, SITE.name, room=room_of(config), now=NOW)}
        assert "there already with other bytes" in told["store-unreachable"]
    wrong.unlink()
    with writing(config) as (archive, writer):
        assert not writer.waiting
        assert chain(archive)[0] == name
        assert waiting_in(Path(config.archive.spool) / "gazette") is None
    assert problems(config) == []


def test_the_desk_goes_on_beside_a_segment_that_can_not_be_sealed(config: Config) -> None:
    async def crawl() -> None:
        with writing(config) as (archive, writer):
            progress = Progress(loud=False)
            desk = SealingDesk(archive, {"gazette": SiteWork(SITE, writer, seconds_between=0)}, progress)
            look(writer, page("ferry"), html(), minutes(0))
            wrong = stand_in_the_way(config, writer.segment_name(minutes(0)))
            writer.set_aside()
            await desk.seal()
            assert writer.refused is not None
            assert not writer.has_work(datetime.now(UTC)), "it is not asked for again at once"
            assert desk.kept()[0] == 1
            assert archive.outage.away is None
            wrong.unlink()
            await desk.seal(at_last=True)
            assert desk.kept() == (0, 0)
            assert writer.refused is None

    asyncio.run(crawl())
    assert problems(config) == []
