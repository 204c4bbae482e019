"""One tick: which sites want their sources looked through, and which pages' time has come."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from news.model import Site
from news.policy import LADDER, left_alone_until, pace, rank, refuses
from news.serial import instant, rfc3339
from scheduler.alarming import Watch
from scheduler.crawling import Tell, Told, check_free, follow, make_room, take_up
from scheduler.worker import CrawlWorker
from storage.archive.access import open_reading, room_of
from storage.catalogue import opening, reading, watching
from storage.catalogue.opening import Row, Rows
from storage.catalogue.states import page_state

if TYPE_CHECKING:
    from storage.config import Config

DISCOVER_EVERY = timedelta(minutes=5)
DISCOVER_REFUSED_EVERY = timedelta(hours=1)
DEEP_EVERY = timedelta(days=1)
UNTHROTTLED = 5_000
"""Pages in one tick of a site that is asked without a pace: one on loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a tick orders for one site."""

    site: Site
    discover: bool
    deep: bool
    pages: tuple[Row, ...]


def plan(rows: Rows, site: Site, now: datetime, *, config: Config, waiting: Collection[str] = ()) -> Round:
    """Return this tick's order for a site, within its budget; `waiting` are pages ordered before and not looked at."""
    ladder = LADDER.hurried(config.daemon.hurry)
    discover, deep = sources_due(rows, site, now, hurry=config.daemon.hurry)
    budget = max(allowed(rows, site, now, config) - len(waiting), 0)
    due = reading.due_pages(rows, site.name, rfc3339(now), most=max(4 * budget, 100))
    known = {row["url"]: row for row in due if row["url"] not in waiting}
    chosen = rank([page_state(row) for row in known.values()], now, budget, ladder)
    return Round(site=site, discover=discover, deep=deep, pages=tuple(known[state.url] for state in chosen))


def sources_due(rows: Rows, site: Site, now: datetime, *, hurry: float) -> tuple[bool, bool]:
    """Return whether the site's sources are to be looked through now, and whether all of its sitemaps are too."""
    front = reading.last_capture(rows, site.name, "front")
    sitemap = reading.last_capture(rows, site.name, "sitemap")
    discover = front is None or now - instant(front) >= _discover_every(rows, site, front) / hurry
    deep = discover and (sitemap is None or now - instant(sitemap) >= DEEP_EVERY / hurry)
    return discover, deep


def _discover_every(rows: Rows, site: Site, front: str) -> timedelta:
    """Return how often the sources are looked through: seldom while none of them answers well."""
    good = watching.last_good_source(rows, site.name)
    well = good is not None and instant(front) - instant(good) < DISCOVER_EVERY
    return DISCOVER_EVERY if well else DISCOVER_REFUSED_EVERY


def allowed(rows: Rows, site: Site, now: datetime, config: Config) -> int:
    """Return how many pages may be looked at in this tick: one or none where the site turns everything away."""
    turned_away = [row for row in watching.since_well(rows, site.name) if refuses(row["outcome"], row["reason"])]
    if not turned_away:
        return budget_of(site, config.daemon.tick_seconds)
    refused, pages = sum(row["looks"] for row in turned_away), max(row["pages"] for row in turned_away)
    last = max(instant(row["last"]) for row in turned_away)
    until = left_alone_until(refused, pages, last)
    if until is None:
        return budget_of(site, config.daemon.tick_seconds)
    return 1 if now >= last + (until - last) / config.daemon.hurry else 0


def budget_of(site: Site, seconds: float) -> int:
    """Return how many requests a site's pace allows in this time, at least one."""
    between = pace(site)
    return UNTHROTTLED if between is None else max(math.floor(seconds / between), 1)


def tick(config: Config, sites: Sequence[Site], now: datetime, tell: Tell) -> Told:
    """Do one round for these sites and wait until all is sealed, also what was left in the spool before.

    Sources are looked through where that is due, then pages whose time has come.
    """
    for site in sites:
        config.check_crawlable(site)
    told = Told()

    def hear(event: dict[str, object]) -> None:
        told.take(event)
        tell(event)

    watch = Watch(sites, room_of(config))
    with open_reading(config, may_be_away=True) as (_, rows):
        for site in sites:
            check_free(config, site)
        watch.remember(rows, now)
        rounds = [plan(rows, site, now, config=config) for site in sites]
    with CrawlWorker(config.file) as worker:
        make_room(config, worker, sites, hear)
        take_up(config, worker, sites)
        orders = {worker.order("discover", site=each.site.name, deep=each.deep) for each in rounds if each.discover}
        follow(worker, orders, hear)
        with opening.reading(config.archive.catalogue) as rows:
            rounds = [plan(rows, site, max(now, _latest(rows, site, now)), config=config) for site in sites]
        tell({"event": "ordered", "pages": sum(len(each.pages) for each in rounds)})
        for each in rounds:
            for page in each.pages:
                why = "due" if page["last_look"] else "found"
                worker.order("fetch", site=each.site.name, url=page["url"], why=why, source=page["source"])
        worker.no_more_orders()
        for event in worker.events():
            hear(event)
    with opening.reading(config.archive.catalogue) as rows:
        watch.look(rows, datetime.now(UTC), hear)
    return told


def _latest(rows: Rows, site: Site, now: datetime) -> datetime:
    """Return the instant up to which pages are due: pages just found are due at the instant they were found."""
    newest = reading.newest_find(rows, site.name)
    return max(now, instant(newest)) if newest else now
