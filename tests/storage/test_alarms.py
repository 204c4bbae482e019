"""What someone must look at: each kind of trouble rings its own alarm, and only while it lasts."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from news.serial import rfc3339
from scheduler.alarming import Watch
from scheduler.tick import allowed, budget_of, plan
from storage.alarms import Alarm, alarms
from storage.archive import Failed, Look, SiteWriter
from storage.archive.access import open_reading, room_of
from storage.config import Config
from storage.unanswered import note_round, unanswered_in
from tests.catalogues import each_catalogue
from tests.storage.making import HOME, SITE, config_in, exchange, html, look, minutes, page, written

pytestmark = each_catalogue

WALL = b"<html><head><title>Just a moment...</title></head><body><p>Verifying you are human.</p></body></html>"
FRONT = b"<html><body><a href=/news/x/>x</a></body></html>"


def ringing(config: Config, now: datetime) -> dict[str, Alarm]:
    with open_reading(config) as (_, rows):
        return {alarm.kind: alarm for alarm in alarms(rows, SITE.name, room=room_of(config), now=now)}


def refused(writer: SiteWriter, status: str = "403 Forbidden", body: bytes = b"no", start: float = 10) -> None:
    for number in range(6):
        look(writer, page(f"story-{number}"), body, minutes(start + number), status=status)


def source(writer: SiteWriter, at: datetime, *, kind: str = "front", path: str = "", status: str = "200 OK") -> None:
    from dataclasses import replace

    writer.append(replace(exchange(f"{HOME}{path}", FRONT, at, status=status), kind=kind))  # type: ignore[arg-type]


def unseen(writer: SiteWriter, reason: str, *, retry_at: datetime | None = None) -> None:
    for number in range(6):
        failed = Failed(outcome="blocked" if reason == "robots" else "failed", reason=reason)
        url, at = page(f"story-{number}"), minutes(10 + number)
        writer.observe(Look(page=url, at=at, why="test", result=failed, retry_at=retry_at))


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        ("403 Forbidden", b"no", "6 blocked (http-403)"),
        ("401 Who", b"no", "6 blocked (http-401)"),
        ("451 Unavailable", b"no", "6 gone (http-451)"),
        ("200 OK", WALL, "6 blocked (bot-wall)"),
    ],
)
def test_a_site_that_turns_every_look_away_is_blocked_since_the_first(
    tmp_path: Path, status: str, body: bytes, why: str
) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        look(writer, page("well"), html(), minutes(0))
        refused(writer, status, body)
    alarm = ringing(config, minutes(20))["blocked"]
    assert (alarm.site, alarm.since) == ("gazette", minutes(10))
    assert why in alarm.message
    with written(config) as (_, writer):
        look(writer, page("well"), html(), minutes(30))
    assert "blocked" not in ringing(config, minutes(31))


def test_pages_that_are_refused_among_others_that_are_not_ring_no_alarm(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        for number in range(9):
            look(writer, page("closed"), b"no", minutes(number), status="403 Forbidden")
        look(writer, page("well"), html(), minutes(10))
        look(writer, page("closed"), b"no", minutes(11), status="403 Forbidden")
        for number in range(12, 18):
            look(writer, page("pier"), b"no", minutes(number), status="404 Not Found")
    assert not {"blocked", "failing"} & ringing(config, minutes(19)).keys()


def test_one_page_that_is_forbidden_for_good_says_nothing_of_its_site(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        for slug in ("one", "two"):
            look(writer, page(slug), html(slug.title()), minutes(0))
        for number in range(9):
            look(writer, page("closed"), b"no", minutes(1 + number), status="403 Forbidden")
        with open_reading(config) as (_, rows):
            assert allowed(rows, SITE, minutes(11), config) == budget_of(SITE, config.daemon.tick_seconds)
    assert "blocked" not in ringing(config, minutes(12))


def test_a_robots_that_forbids_everything_is_told_as_that(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        unseen(writer, "robots")
    assert ringing(config, minutes(20))["robots"].since == minutes(10)
    assert "blocked" not in ringing(config, minutes(20))


def test_a_site_whose_robots_keeps_us_from_its_very_fronts_is_told_though_no_page_is_known(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        source(writer, minutes(1), kind="robots", path="robots.txt")
    assert ringing(config, minutes(2))["robots"].since == minutes(1)


@pytest.mark.parametrize(("status", "kind"), [("403 Forbidden", "blocked"), ("500 Oops", "failing")])
def test_a_site_that_never_gave_a_source_is_told_though_no_page_is_known(
    tmp_path: Path, status: str, kind: str
) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        source(writer, minutes(1), status=status)
    assert ringing(config, minutes(2))[kind].since == minutes(1)
    with written(config) as (_, writer):
        source(writer, minutes(5))
    assert not {"blocked", "failing", "robots"} & ringing(config, minutes(6)).keys()


def test_a_site_that_asked_for_rest_says_until_when_and_no_longer(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        look(writer, page("slow"), b"later", minutes(5), status="429 Too Many Requests")
        unseen(writer, "resting", retry_at=minutes(90))
    alarm = ringing(config, minutes(20))["resting"]
    assert alarm.since == minutes(5)
    assert rfc3339(minutes(90))[:19] in alarm.message
    assert "resting" not in ringing(config, minutes(91))


def test_a_layout_that_cannot_be_read_rings_until_its_pages_are_read_again(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        look(writer, page("ferry"), b"<html><body><main>Nothing that reads.</main></body></html>", minutes(10))
    assert ringing(config, minutes(11) + timedelta(days=3))["layout-changed"].since == minutes(10)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(20))
    assert "layout-changed" not in ringing(config, minutes(21))


def found(config: Config, finds: list[datetime]) -> None:
    with written(config) as (archive, _):
        archive.recorder.add_pages(
            [
                {"url": page(f"found-{number}"), "site": SITE.name, "source": "front", "first_seen": rfc3339(at)}
                for number, at in enumerate(finds)
            ]
        )


@pytest.mark.parametrize(("hours", "silent"), [(4, False), (12, False), (30, True)])
def test_sources_that_usually_publish_and_fall_silent_ring(tmp_path: Path, hours: int, silent: bool) -> None:
    config = config_in(tmp_path)
    finds = [minutes(24 * 60 * day + 60 * hour) for day in range(7) for hour in range(12)]  # 13 hours of night
    found(config, finds)
    asked = finds[-1] + timedelta(hours=hours)
    with written(config) as (_, writer):
        source(writer, asked)
    assert ("silent" in ringing(config, asked)) is silent
    if silent:
        assert ringing(config, asked)["silent"].since == finds[-1]


def test_a_site_that_publishes_now_and_then_or_that_nobody_asked_is_not_silent(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    found(config, [minutes(0), minutes(1), minutes(60 * 24 * 9)])
    with written(config) as (_, writer):
        source(writer, minutes(60 * 24 * 30))
    assert "silent" not in ringing(config, minutes(60 * 24 * 30))


def test_a_source_that_was_there_and_answers_with_errors_rings_since_the_first(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        source(writer, minutes(0), kind="feed", path="feed.xml")
        for number in range(3):
            source(writer, minutes(5 + number), kind="feed", path="feed.xml", status="404 Not Found")
            source(writer, minutes(5 + number))
            source(writer, minutes(5 + number), kind="sitemap", path="never-there.xml", status="404 Not Found")
    alarm = ringing(config, minutes(30))["source-failing"]
    assert alarm.since == minutes(5)
    assert f"feed {HOME}feed.xml answered with errors 3 times" in alarm.message
    with written(config) as (_, writer):
        source(writer, minutes(40), kind="feed", path="feed.xml")
    assert "source-failing" not in ringing(config, minutes(41))


def unheard(config: Config, at: datetime, *urls: str, heard: tuple[str, ...] = ()) -> None:
    folder = room_of(config).spool / SITE.name
    folder.mkdir(parents=True, exist_ok=True)
    note_round(folder, silent={("feed", url): "no connection" for url in urls}, heard=heard, now=at)


def test_a_source_that_gives_no_answer_three_times_rings_until_it_answers(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    found(config, [minutes(0)])
    for number in range(3):
        assert "source-failing" not in ringing(config, minutes(10 + number))
        unheard(config, minutes(10 + number), f"{HOME}feed.xml", heard=(HOME,))
    alarm = ringing(config, minutes(30))["source-failing"]
    assert alarm.since == minutes(10)
    assert alarm.message == f"the feed {HOME}feed.xml gave no answer 3 times in a row: no connection"
    unheard(config, minutes(40), f"{HOME}other.xml", heard=(f"{HOME}feed.xml",))
    assert "source-failing" not in ringing(config, minutes(41))


def test_a_source_that_nobody_asks_for_any_more_is_forgotten(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    found(config, [minutes(0)])
    for number in range(3):
        unheard(config, minutes(number), f"{HOME}feed.xml")
    assert "source-failing" not in ringing(config, minutes(5 * 24 * 60))
    unheard(config, minutes(5 * 24 * 60), heard=(HOME,))
    assert unanswered_in(room_of(config).spool / SITE.name) == ()


@pytest.mark.parametrize("spoilt", ["", "{", "[1]", '[{"url": "x"}]'])
def test_a_spoilt_note_of_silent_sources_is_as_none(tmp_path: Path, spoilt: str) -> None:
    config = config_in(tmp_path)
    unheard(config, minutes(0), HOME)
    (room_of(config).spool / SITE.name / "unanswered.json").write_text(spoilt)
    assert ringing(config, minutes(1)) == {}


def test_a_site_that_nobody_ever_reached_rings_at_once(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    assert ringing(config, minutes(5)) == {}
    unheard(config, minutes(10), HOME)
    alarm = ringing(config, minutes(11))["failing"]
    assert alarm.since == minutes(10)
    assert alarm.message.startswith("no page is known, and nobody answers: no connection. Is its `home` right")
    with written(config) as (_, writer):
        source(writer, minutes(20))
    assert "failing" not in ringing(config, minutes(21))


def test_segments_sealed_without_the_key_ring_until_one_is_signed_again(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    key, away = config.key_file, tmp_path / "away.key"

    def sealed(at: float) -> None:
        with written(config) as (_, writer):
            look(writer, page("ferry"), html(f"The ferry at {at}"), minutes(at))
            writer.seal(minutes(at + 1))

    sealed(0)
    assert "unsigned" not in ringing(config, minutes(5))
    key.rename(away)
    sealed(10)
    assert ringing(config, minutes(12))["unsigned"].message.startswith("1 segment was sealed without")
    key.write_text("no key at all")
    sealed(20)
    alarm = ringing(config, minutes(25))["unsigned"]
    assert alarm.since == minutes(11)
    assert alarm.message.startswith("2 segments were sealed without the archive's signature: `stoppress init` says")
    away.rename(key)
    sealed(30)
    assert "unsigned" not in ringing(config, minutes(32))


def test_an_alarm_is_logged_once_when_it_begins_and_told_when_it_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = config_in(tmp_path)
    told: list[dict[str, object]] = []
    watch = Watch([SITE], room_of(config))
    with written(config) as (_, writer), caplog.at_level(logging.WARNING, "scheduler.alarming"):
        refused(writer)
        writer.commit()
        for minute in (16, 17, 18):
            with open_reading(config) as (_, rows):
                watch.look(rows, minutes(minute), told.append)
        look(writer, page("well"), html(), minutes(20))
        writer.commit()
        with open_reading(config) as (_, rows):
            watch.look(rows, minutes(21), told.append)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(
        f"alarm site=gazette kind=blocked since={rfc3339(minutes(10))} why=the site turns every look"
    )
    assert [(event["event"], event["alarm"]) for event in told] == [("alarm", "blocked"), ("alarm-over", "blocked")]


def requests(config: Config, writer: SiteWriter, status: str, hours: int) -> list[int]:
    """How many looks and rounds through the sources a site gets each hour, tick by tick, that answers always so."""
    counts = [0] * hours
    for minute in range(hours * 60):
        now = minutes(60 + minute)
        with open_reading(config) as (_, rows):
            order = plan(rows, SITE, now, config=config)
        if order.discover:
            source(writer, now, status=status)
            source(writer, now, kind="sitemap", path="sitemap.xml", status=status)
        for row in order.pages[:30]:
            look(writer, row["url"], b"no", now, status=status)
        counts[minute // 60] += 2 * order.discover + len(order.pages[:30])
        writer.commit()
    return counts


@pytest.mark.parametrize("status", ["403 Forbidden", "500 Oops"])
def test_a_site_that_refuses_everything_is_asked_a_handful_of_times_an_hour(tmp_path: Path, status: str) -> None:
    config = config_in(tmp_path)
    found(config, [minutes(number / 60) for number in range(200)])
    with written(config) as (_, writer):
        first, *later = requests(config, writer, status, hours=5)
    assert first <= 30 + 10  # the first tick's order is cut short by the crawl worker, which no plan sees
    assert max(later) <= 6, later
    assert min(later) >= 1, later
