from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Site
from news.policy import (
    LADDER,
    LONGEST_BREATHER,
    LONGEST_RETRY_AFTER,
    Ladder,
    PageState,
    left_alone_until,
    next_due,
    pace,
    rank,
    refuses,
    silent_since,
)

NOW = datetime(2024, 12, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def page(
    name: str = "a", *, age: timedelta = HOUR, looked: timedelta | None = timedelta(), **more: object
) -> PageState:
    """A page of that age, looked at so long ago (None: never)."""
    seen = NOW - age
    told = {"first_seen": seen, "published": seen, "last_look": None if looked is None else NOW - looked, **more}
    return PageState(url=f"https://lbc.co.uk/{name}", **told)  # type: ignore[arg-type]


moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
states = st.builds(
    PageState,
    url=st.integers(0, 9).map("https://lbc.co.uk/{}".format),
    first_seen=moments,
    published=st.none() | moments,
    last_look=st.none() | moments,
    last_change=st.none() | moments,
    failures=st.sampled_from([0, 0, 1, 2, 5, 10_000]),
    gone=st.booleans(),
    unconfirmed=st.booleans(),
    retry_at=st.none() | moments,
)
ladders = st.sampled_from([LADDER, LADDER.scaled(1 / 60), LADDER.scaled(1e-12), LADDER.scaled(3)])


@given(states, moments, ladders)
def test_the_next_look_is_after_now(state: PageState, now: datetime, ladder: Ladder) -> None:
    due = next_due(state, now, ladder)
    assert due >= now if state.last_look is None else due > now
    assert due <= now + max(LONGEST_RETRY_AFTER, ladder.oldest_every, ladder.gone_every)


@given(st.lists(states, max_size=30), moments, st.integers(-1, 40), ladders)
def test_a_tick_keeps_within_its_budget_and_asks_for_no_page_twice(
    pages: list[PageState], now: datetime, budget: int, ladder: Ladder
) -> None:
    chosen = rank(pages, now, budget, ladder)
    assert not Counter(chosen) - Counter(pages)
    due = [state for state in pages if next_due(state, state.last_look or state.first_seen, ladder) <= now]
    assert len(chosen) == min(len(due), max(budget, 0))
    assert all(state in due for state in chosen)


@given(st.lists(states, max_size=20, unique_by=lambda state: state.last_look), moments)
def test_a_budget_for_all_only_orders_them(pages: list[PageState], now: datetime) -> None:
    chosen = rank(pages, now, 100)
    never = [state.last_look is None for state in chosen]
    assert never == sorted(never, reverse=True)


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(), 15 * MINUTE),
        (2 * HOUR, 15 * MINUTE),
        (3 * HOUR, HOUR),
        (23 * HOUR, HOUR),
        (2 * DAY, 6 * HOUR),
        (9 * DAY, DAY),
        (29 * DAY, 7 * DAY),
        (3000 * DAY, 30 * DAY),
    ],
)
def test_an_older_page_waits_longer(age: timedelta, wait: timedelta) -> None:
    assert next_due(page(age=age), NOW) - NOW == wait


def test_a_page_that_has_just_changed_is_young_again() -> None:
    assert next_due(page(age=300 * DAY, last_change=NOW - HOUR), NOW) - NOW == 15 * MINUTE


def test_a_publishers_time_in_the_future_keeps_no_page_young() -> None:
    assert next_due(page(age=5 * DAY, published=NOW + 1000 * DAY), NOW) - NOW == DAY
    assert next_due(page(age=5 * DAY, published=None), NOW) - NOW == DAY


def test_an_old_article_found_today_is_old() -> None:
    assert next_due(page(age=timedelta(), published=NOW - 100 * DAY), NOW) - NOW == 30 * DAY


def test_a_new_revision_is_confirmed_within_minutes() -> None:
    for gone in (False, True):
        assert 5 * MINUTE <= next_due(page(age=100 * DAY, unconfirmed=True, gone=gone), NOW) - NOW <= 10 * MINUTE


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [next_due(page(failures=failures), NOW) - NOW for failures in (1, 2, 3, 8, 9, 10, 10_000)]
    assert waits == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 640 * MINUTE, 1280 * MINUTE, DAY, DAY]


def test_a_page_that_has_gone_is_looked_at_ever_more_rarely() -> None:
    gone_at, looks = NOW, [timedelta()]
    for _ in range(5):
        now = gone_at + looks[-1]
        due = next_due(page(last_look=now, last_change=gone_at, gone=True), now)
        looks.append(due - gone_at)
    assert looks[1:] == [HOUR, 7 * HOUR, 31 * HOUR, 31 * HOUR + 7 * DAY, 31 * HOUR + 14 * DAY]


def test_a_server_that_asks_for_patience_gets_it_within_reason() -> None:
    assert next_due(page(retry_at=NOW + 2 * HOUR), NOW) == NOW + 2 * HOUR
    assert next_due(page(retry_at=NOW - HOUR), NOW) == NOW + 15 * MINUTE
    assert next_due(page(looked=None, retry_at=NOW + HOUR), NOW) == NOW + HOUR
    assert next_due(page(retry_at=NOW + 5000 * DAY), NOW) == NOW + LONGEST_RETRY_AFTER


def test_the_most_valuable_pages_come_first() -> None:
    new, newer = page("new", age=2 * HOUR, looked=None), page("newer", age=HOUR, looked=None)
    fresh = page("fresh", age=2 * HOUR, looked=20 * MINUTE)
    fresher = page("long-waiting", age=2 * HOUR, looked=30 * MINUTE)
    doubtful = page("doubtful", age=50 * DAY, looked=20 * MINUTE, unconfirmed=True)
    failing = page("failing", age=50 * DAY, looked=6 * MINUTE, failures=1)
    old = page("old", age=90 * DAY, looked=35 * DAY)
    resting = page("resting", age=90 * DAY, looked=29 * DAY)
    chosen = rank([resting, old, failing, fresh, new, doubtful, fresher, newer], NOW, 20)
    wanted = ["newer", "new", "doubtful", "long-waiting", "fresh", "old", "failing"]
    assert [state.url.rpartition("/")[2] for state in chosen][:5] == wanted[:5]
    assert {state.url.rpartition("/")[2] for state in chosen[5:]} == set(wanted[5:])


def test_a_backlog_of_new_pages_leaves_room_for_edits() -> None:
    backlog = [page(f"new-{n}", looked=None) for n in range(100)]
    edited = [page(f"due-{n}", looked=HOUR) for n in range(100)]
    chosen = rank(backlog + edited, NOW, 11)
    assert [state.last_look is None for state in chosen] == [True] * 6 + [False] * 5
    assert len(rank(backlog + edited[:2], NOW, 11)) == 11
    assert sum(state.last_look is None for state in rank(backlog + edited[:2], NOW, 11)) == 9


def test_a_scaled_ladder_runs_the_same_steps_faster() -> None:
    second = LADDER.scaled(1 / 60)
    assert next_due(page(age=MINUTE), NOW, second) - NOW == timedelta(seconds=15)
    assert LADDER.scaled(1) == LADDER
    for factor in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="scaled"):
            LADDER.scaled(factor)


def test_a_site_is_asked_at_its_own_pace() -> None:
    public = Site(name="lbc", home="https://www.lbc.co.uk/")
    assert pace(public) == 2
    assert pace(Site(name="lbc", home="https://www.lbc.co.uk/", requests_per_minute=10)) == 6
    assert pace(Site(name="demo", home="http://127.0.0.1:8765/")) is None
    assert pace(Site(name="demo", home="http://127.0.0.1:8765/", requests_per_minute=120)) == 0.5


@pytest.mark.parametrize(
    ("outcome", "reason", "expected"),
    [
        ("blocked", "http-403", True),
        ("failed", "http-500", True),
        ("blocked", "bot-wall", True),
        ("gone", "http-451", True),
        ("gone", "http-404", False),
        ("blocked", "paywall", False),
        ("blocked", "robots", False),
        ("failed", "layout-changed", False),
        ("new", None, False),
    ],
)
def test_only_what_the_site_itself_turns_away_is_a_refusal(outcome: str, reason: str | None, expected: bool) -> None:
    assert refuses(outcome, reason) is expected  # type: ignore[arg-type]


def test_a_site_that_turns_everything_away_is_left_alone_ever_longer() -> None:
    assert left_alone_until(4, 4, NOW) is None
    assert left_alone_until(50, 2, NOW) is None
    waits = [left_alone_until(count, 3, NOW) for count in (5, 6, 7, 8, 9, 1000)]
    assert waits == [NOW + wait for wait in (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR, LONGEST_BREATHER)]


@given(st.lists(moments, max_size=60), moments)
def test_silence_begins_with_the_last_find_and_never_early(finds: list[datetime], asked: datetime) -> None:
    finds.sort()
    since = silent_since(finds, asked)
    assert since is None or (since == finds[-1] and asked - since > 6 * HOUR)
