"""Times as people write them, and how long each is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.times import parse_time

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 7, 8, 12, 30, tzinfo=UTC)  # a Wednesday, in British Summer Time


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("2h", "2026-07-08T10:30:00Z"),
        ("90 minutes ago", "2026-07-08T11:00:00Z"),
        ("3 days", "2026-07-05T12:30:00Z"),
        ("1 week", "2026-07-01T12:30:00Z"),
        ("now", "2026-07-08T12:30:00Z"),
        ("today", "2026-07-07T23:00:00Z"),
        ("yesterday", "2026-07-06T23:00:00Z"),
        ("Monday", "2026-07-05T23:00:00Z"),
        ("wednesday", "2026-07-07T23:00:00Z"),
        ("last wednesday", "2026-06-30T23:00:00Z"),
        ("monday 9:15", "2026-07-06T08:15:00Z"),
        ("14:00", "2026-07-08T13:00:00Z"),
        ("2026-07-04", "2026-07-03T23:00:00Z"),
        ("2026-01-04", "2026-01-04T00:00:00Z"),
        ("2026-07-04 14:30", "2026-07-04T13:30:00Z"),
        ("2026-07-04T14:30:05Z", "2026-07-04T14:30:05Z"),
        ("2026-07-04T14:30:05+02:00", "2026-07-04T12:30:05Z"),
        ("2026-07-04 14:30:05 BST", "2026-07-04T13:30:05Z"),
        ("2026-07-04 14:30:05 UTC", "2026-07-04T14:30:05Z"),
        ("2026-07-04T14:30:05.123456Z", "2026-07-04T14:30:05.123456Z"),
    ],
)
def test_words_name_an_instant_in_the_sites_zone(words: str, start: str) -> None:
    assert parse_time(words, now=NOW, zone=LONDON).start == datetime.fromisoformat(start)


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("2026-07-04", timedelta(days=1)),
        ("2026-03-29", timedelta(hours=23)),
        ("2026-07-04 14:30", timedelta(minutes=1)),
        ("2026-07-04 14:30:05", timedelta(seconds=1)),
        ("yesterday", timedelta(days=1)),
        ("2h", timedelta(microseconds=1)),
        ("2026-07-04T14:30:05.123456Z", timedelta(microseconds=1)),
    ],
)
def test_a_time_is_as_long_as_it_is_written(words: str, length: timedelta) -> None:
    span = parse_time(words, now=NOW, zone=LONDON)
    assert span.end - span.start == length - timedelta(microseconds=1)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "soon",
        "2x",
        "-3h",
        "monday noon",
        "25:00",
        "2026-13-01",
        "2026",
        "12",
        "2026-07-04 14:30:05 CET",
        "10^9 days",
    ],
)
def test_other_words_are_refused_with_what_would_do(words: str) -> None:
    with pytest.raises(ValueError, match=r"yesterday|no time|must be in"):
        parse_time(words, now=NOW, zone=LONDON)


@given(st.text(max_size=30) | st.from_regex(r"\d{1,7} ?[a-z]{1,7}( ago)?", fullmatch=True))
def test_any_words_are_a_time_or_a_value_error(words: str) -> None:
    try:
        span = parse_time(words, now=NOW, zone=LONDON)
    except ValueError:
        return
    assert span.start <= span.end


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001  made aware below
def test_every_instant_of_the_catalogue_names_itself(at: datetime) -> None:
    text = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert parse_time(text, now=NOW, zone=LONDON).start == at.replace(tzinfo=UTC)


@pytest.mark.parametrize(("words", "meant"), [("2030", "2030-01-01"), ("2030-07", "2030-07-01")])
def test_a_bare_year_or_month_is_refused_with_the_day_it_begins_with(words: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"give a day, such as {meant}"):
        parse_time(words, now=NOW, zone=LONDON)
