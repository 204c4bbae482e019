"""When to look at a page again, and which of the due pages first.

An age ladder stands behind `next_due` and `rank`; a policy that learns can take its place without its callers
noticing. Where the rungs come from: newsdiffs looks every 15 minutes within 3 hours of the last change, then every
hour, 3 hours, 3 days, 30 days; of the last edits of articles 88 % fall within a day of publication, 95 % within 3
days, 99 % within 10 (GDELT 2020; Guo et al., WWW 2022). An archive wants its share of revisions captured, not
freshness, so visits follow the hazard of an edit: young pages, and pages that have just changed, come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from news.model import Outcome, Site
from news.urls import on_loopback

PUBLIC_REQUESTS_PER_MINUTE = 30.0
"""What we ask of a site on the public web that is not configured otherwise."""

LONGEST_RETRY_AFTER = timedelta(days=7)
"""A server that names a later time means something else, or nothing."""

REFUSALS = 5
"""Looks in a row that a site must turn away before it counts as one that turns everything away."""

REFUSING_PAGES = 3
"""Different pages among them, at least: one page that is forbidden for good says nothing of its site."""

FIRST_BREATHER = timedelta(minutes=5)
LONGEST_BREATHER = timedelta(hours=1)
"""How long a site that turns everything away is left alone before one page is tried: doubled from the first to this."""

_WALLS = ("bot-wall", "login-wall", "consent-wall")
_LEAST_SILENCE = timedelta(hours=6)
_LEAST_FINDS = 10
_LEAST_DAYS = 3

_SHORTEST = timedelta(microseconds=1)

Rung = tuple[timedelta, timedelta]
"""Up to this age (exclusive), look this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """What we know of a page that bears on its next look.

    `published` is the publisher's claim; `last_change` is when we first saw its last new revision, or that it had
    gone. `failures` counts the failed looks since the last that was not. `unconfirmed`: its newest revision was seen
    once only. `retry_at`: the server asked not to be asked before (Retry-After).
    """

    url: str
    first_seen: datetime
    published: datetime | None = None
    last_look: datetime | None = None
    last_change: datetime | None = None
    looks: int = 0
    changes: int = 0
    failures: int = 0
    gone: bool = False
    unconfirmed: bool = False
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """All waiting times. `rungs` go by age since the last change, or else publication; `gone` by age since it went."""

    rungs: tuple[Rung, ...] = (
        (timedelta(hours=3), timedelta(minutes=15)),
        (timedelta(hours=24), timedelta(hours=1)),
        (timedelta(days=3), timedelta(hours=6)),
        (timedelta(days=10), timedelta(days=1)),
        (timedelta(days=30), timedelta(days=7)),
    )
    oldest_every: timedelta = timedelta(days=30)
    confirm_after: timedelta = timedelta(minutes=6)
    first_failure: timedelta = timedelta(minutes=5)
    longest_failure: timedelta = timedelta(days=1)
    gone: tuple[Rung, ...] = (  # so looks fall 1 hour, 7 hours and 31 hours after it went
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(hours=7), timedelta(hours=6)),
        (timedelta(hours=31), timedelta(days=1)),
    )
    gone_every: timedelta = timedelta(days=7)

    def scaled(self, factor: float) -> Ladder:
        """Return this ladder with every time multiplied: 1/60 makes seconds of minutes, as the demo does."""
        if not 0 < factor < float("inf"):
            raise ValueError(f"a ladder is scaled by a number above 0, not {factor}")
        return replace(
            self,
            rungs=tuple((under * factor, every * factor) for under, every in self.rungs),
            oldest_every=self.oldest_every * factor,
            confirm_after=self.confirm_after * factor,
            first_failure=self.first_failure * factor,
            longest_failure=self.longest_failure * factor,
            gone=tuple((under * factor, every * factor) for under, every in self.gone),
            gone_every=self.gone_every * factor,
        )

    def hurried(self, times: float) -> Ladder:
        """Return this ladder with every wait that many times shorter and ages as they are; for demonstrations."""
        fast = self.scaled(1 / times)
        rungs = tuple((under, every / times) for under, every in self.rungs)
        return replace(fast, rungs=rungs, gone=tuple((under, every / times) for under, every in self.gone))


LADDER = Ladder()


def next_due(page: PageState, now: datetime, ladder: Ladder = LADDER) -> datetime:
    """Return when to look again at a page that was looked at just now: always later than `now`.

    A page that was never looked at is due now, or when the server allows.
    """
    due = now if page.last_look is None else now + _interval(page, now, ladder)
    if page.retry_at is None:
        return due
    return max(due, min(page.retry_at, now + LONGEST_RETRY_AFTER))


def rank(pages: Sequence[PageState], now: datetime, budget: int, ladder: Ladder = LADDER) -> tuple[PageState, ...]:
    """Return the due pages to look at in this tick, the most valuable first, at most `budget`.

    First those never looked at, newest first; then the others by ladder step, youngest first (what wants confirming
    before all), and within a step by how many of its intervals a page is overdue. When not all can have their turn,
    the never looked at get no more than half of it (or what the others leave), lest a backlog hide today's edits.
    """
    due = [page for page in pages if _due_at(page, ladder) <= now]
    firsts = _newest_first(page for page in due if page.last_look is None)
    again = sorted((page for page in due if page.last_look), key=lambda page: _worth(page, now, ladder))
    room = max(budget, 0)
    share = max(room - len(again), (room + 1) // 2)
    return (*firsts[:share], *again)[:room]


def pace(site: Site) -> float | None:
    """Return the seconds to leave between two requests to this site, None for no wait.

    What is configured holds; else it is 30 requests a minute on the public web, and no limit on loopback.
    """
    if site.requests_per_minute is not None:
        return 60 / site.requests_per_minute
    return None if on_loopback(site) else 60 / PUBLIC_REQUESTS_PER_MINUTE


def refuses(outcome: Outcome | None, reason: str | None) -> bool:
    """Return whether a look was turned away by its site, as others would be: by an error status or by a wall.

    `refusing` is a look that was not made, because those before it were turned away.
    """
    if outcome in ("blocked", "failed"):
        return reason in (*_WALLS, "refusing") or (reason or "").startswith("http-")
    return reason == "http-451"


def left_alone_until(refused: int, pages: int, last: datetime) -> datetime | None:
    """Return until when a site is left alone that turned away so many looks in a row, the last of them then.

    `pages` is at how many different ones. None for a site that may be looked at as usual. Afterwards one page is
    tried; when that is turned away too, it is left alone twice as long, up to `LONGEST_BREATHER`.
    """
    if refused < REFUSALS or pages < REFUSING_PAGES:
        return None
    return last + min(FIRST_BREATHER * (1 << min(refused - REFUSALS, 10)), LONGEST_BREATHER)


def silent_since(finds: Sequence[datetime], asked: datetime) -> datetime | None:
    """Return since when a site's sources have been unusually silent, or None where they are as they are wont to be.

    `finds` are the instants at which new pages were found, in order, over some weeks; `asked` when its sources were
    last looked through. Silence is unusual past twice the third longest pause of that time, which nights and weekends
    make, and never before six hours; a site that publishes now and then has no habit.
    """
    if len(finds) < _LEAST_FINDS or len({find.date() for find in finds}) < _LEAST_DAYS:
        return None
    pauses = sorted(after - before for before, after in pairwise(finds))
    usual = max(2 * pauses[-3], _LEAST_SILENCE)
    return finds[-1] if asked - finds[-1] > usual else None


def _interval(page: PageState, now: datetime, ladder: Ladder) -> timedelta:
    if page.failures:
        doublings = min(page.failures - 1, 30)
        return max(min(ladder.first_failure * (1 << doublings), ladder.longest_failure), _SHORTEST)
    return _step(page, now, ladder)


def _step(page: PageState, now: datetime, ladder: Ladder) -> timedelta:
    """Return how often such a page is worth a look, whether or not it can be had."""
    age = now - _anchor(page, now)
    if page.unconfirmed:
        every = ladder.confirm_after
    elif page.gone:
        every = _climb(ladder.gone, age, ladder.gone_every)
    else:
        every = _climb(ladder.rungs, age, ladder.oldest_every)
    return max(every, _SHORTEST)


def _climb(rungs: Iterable[Rung], age: timedelta, beyond: timedelta) -> timedelta:
    return next((every for under, every in rungs if age < under), beyond)


def _anchor(page: PageState, now: datetime) -> datetime:
    """Return what the age counts from. A publisher's time can't be later than our first sight of the page."""
    start = min(page.published or page.first_seen, page.first_seen)
    return min(max(start, page.last_change or start), now)


def _due_at(page: PageState, ladder: Ladder) -> datetime:
    return next_due(page, page.last_look or page.first_seen, ladder)


def _newest_first(pages: Iterable[PageState]) -> list[PageState]:
    return sorted(pages, key=lambda page: _anchor(page, page.first_seen), reverse=True)


def _worth(page: PageState, now: datetime, ladder: Ladder) -> tuple[timedelta, float]:
    looked = page.last_look or now
    return _step(page, looked, ladder), -((now - looked) / _interval(page, looked, ladder))
