"""What someone must look at, from the catalogue's figures and the spool: each alarm has a stable kind and a beginning.

`blocked`         the site turns us away, whatever we ask for: 401, 403, 451, a bot check, a login or consent wall
`robots`          its robots.txt forbids all that we ask for, or can't be had and never could
`resting`         it asked for rest (429, 503), until a time that is still to come
`failing`         the newest looks all failed, for other reasons
`layout-changed`  its reader can't read the newest state of some articles
`silent`          its sources are looked through and name nothing new, though they usually do
`source-failing`  a feed, sitemap or front that was there answers with errors, or gives no answer
`quiet`           pages are due and nobody looks
`spool`           a dead process left a segment unsealed
`store-unreachable`  segments wait in the spool for a store that can't be reached
`spool-full`      the spool has grown to its bound, or its disk nearly so: nothing is fetched
`unsigned`        segments are sealed without the archive's signature: its key is not where archive.key says
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from news.policy import REFUSALS, REFUSING_PAGES, refuses, silent_since
from news.serial import instant, rfc3339
from storage.archive.outage import waiting_in
from storage.archive.room import Room
from storage.catalogue import watching
from storage.catalogue.opening import Row, Rows
from storage.unanswered import unanswered_in
from storage.unsigned import unsigned_in
from storage.verify.spools import spooled

AlarmKind = Literal[
    "blocked",
    "robots",
    "resting",
    "failing",
    "layout-changed",
    "silent",
    "source-failing",
    "quiet",
    "spool",
    "store-unreachable",
    "spool-full",
    "unsigned",
]

QUIET_AFTER = timedelta(hours=2)
"""How long pages may be due, and no look be made, before that is an alarm."""

LAYOUTS_WITHIN = timedelta(days=30)
SOURCES_WITHIN = timedelta(days=4)
FINDS_WITHIN = timedelta(days=28)
BAD_ANSWERS = 3
"""Errors in a row that a source may give before that is an alarm."""

_REST = ("resting", "http-429", "http-503")
_ROBOTS = ("robots", "robots-unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong with a site, since when (None where nobody knows), and in words what to do."""

    site: str
    kind: AlarmKind
    since: datetime | None
    message: str


def alarms(rows: Rows, site: str, *, room: Room, now: datetime) -> tuple[Alarm, ...]:
    """Return a site's alarms at this moment."""
    found = [
        *_resting(rows, site, now),
        *_turned_away(rows, site, room.spool),
        *_layouts(rows, site, now),
        *_silent(rows, site, now),
        *_sources(rows, site, now),
        *_unanswered(rows, site, room.spool, now),
        *_quiet(rows, site, now),
        *_waiting(site, room.spool),
        *_full(room),
        *_spools(site, room.spool),
        *_unsigned(site, room.spool),
    ]
    return tuple(Alarm(site=site, kind=kind, since=since, message=message) for kind, since, message in found)


_Found = Iterator[tuple[AlarmKind, datetime | None, str]]


def _resting(rows: Rows, site: str, now: datetime) -> _Found:
    rest = watching.resting(rows, site, now=rfc3339(now))
    asked = [row["since"] for row in watching.since_well(rows, site) if row["reason"] in _REST]
    if not rest["pages"] or not asked:
        return
    since, pages = instant(min(asked)), _pages(rest["pages"], "waits", "wait")
    message = (
        f"the site asked for rest (429 or 503) until {rest['until'][:19]}Z and gets it; {pages}. "
        "If it goes on for days, ask for less: requests_per_minute"
    )
    yield "resting", since, message


def _turned_away(rows: Rows, site: str, spool: Path) -> _Found:
    """Yield what all looks since the last good one say, or the sources where no page was ever found."""
    looks = [row for row in watching.since_well(rows, site) if row["reason"] != "resting"]
    if not looks:
        yield from _nothing_found(rows, site, spool)
        return
    if sum(row["looks"] for row in looks) < REFUSALS:
        return
    since = instant(min(row["since"] for row in looks))
    why = _reasons(looks)
    few = max(row["pages"] for row in looks) < min(REFUSING_PAGES, watching.pages(rows, site))
    if not few and all(row["reason"] in _ROBOTS for row in looks):
        yield "robots", since, f"robots.txt allows nothing that we ask for: {why}. Ask its owner, or drop the site"
    elif not few and all(row["outcome"] == "blocked" or refuses(row["outcome"], row["reason"]) for row in looks):
        yield "blocked", since, f"the site turns every look away: {why}. It is asked for a page now and then"
    else:
        yield "failing", since, f"every look since then failed: {why}"


def _nothing_found(rows: Rows, site: str, spool: Path) -> _Found:
    if watching.pages(rows, site):
        return
    tried, silent = watching.sources_tried(rows, site), unanswered_in(spool / site)
    if silent and not tried["good"]:
        message = (
            f"no page is known, and nobody answers: {silent[0].why}. Is its `home` right, is the site up, can this "
            "machine reach it?"
        )
        yield "failing", min(source.since for source in silent), message
    elif tried["fronts"] == 0 and tried["robots"] > 0:
        yield (
            "robots",
            instant(tried["since"]),
            "robots.txt was fetched and nothing else may be, or can be: see the log of the last crawl",
        )
    elif tried["fronts"] > 0 and tried["good"] == 0:
        kind: AlarmKind = "blocked" if tried["refused"] else "failing"
        yield (
            kind,
            instant(tried["since"]),
            "no page is known, and every front, feed and sitemap answered with an error",
        )


def _layouts(rows: Rows, site: str, now: datetime) -> _Found:
    found = watching.unread_layouts(rows, site, since=rfc3339(now - LAYOUTS_WITHIN))
    if found["pages"]:
        message = (
            f"{_pages(found['pages'], 'has', 'have')} a layout that the reader can't read, such as {found['example']}; "
            "the captures are kept: mend the site's reader, then reread"
        )
        yield "layout-changed", instant(found["first"]), message


def _silent(rows: Rows, site: str, now: datetime) -> _Found:
    finds = [instant(at) for at in watching.finds(rows, site, since=rfc3339(now - FINDS_WITHIN))]
    asked = watching.last_good_source(rows, site)
    since = silent_since(finds, instant(asked)) if asked else None
    if since is not None:
        hours = int((instant(asked or "") - since).total_seconds() // 3600)
        message = (
            f"fronts, feeds and sitemaps answer and named nothing new for {hours} hours, which is unusual: did the "
            "site move, or its addresses change?"
        )
        yield "silent", since, message


def _sources(rows: Rows, site: str, now: datetime) -> _Found:
    for source in watching.failing_sources(rows, site, since=rfc3339(now - SOURCES_WITHIN), most=BAD_ANSWERS):
        message = (
            f"the {source['kind']} {source['url']} answered with errors {source['bad']} times in a row, the last "
            f"{source['status']}"
        )
        yield "source-failing", instant(source["since"]), message


def _unanswered(rows: Rows, site: str, spool: Path, now: datetime) -> _Found:
    """Yield the sources that this machine asked in vain, where pages are known: else the site itself is told."""
    for source in unanswered_in(spool / site):
        if source.times >= BAD_ANSWERS and now - source.last < SOURCES_WITHIN and watching.pages(rows, site):
            message = f"the {source.kind} {source.url} gave no answer {source.times} times in a row: {source.why}"
            yield "source-failing", source.since, message


def _quiet(rows: Rows, site: str, now: datetime) -> _Found:
    waiting = watching.waiting(rows, site, now=rfc3339(now))
    if not waiting["due"] or now - instant(waiting["next_due"]) < QUIET_AFTER:
        return
    ask = "is `stoppress run` or cron running?"
    if waiting["last_look"] is None:
        yield (
            "quiet",
            instant(waiting["next_due"]),
            f"{_pages(waiting['due'], 'is', 'are')} due and none was ever looked at: {ask}",
        )
    elif now - (last := instant(waiting["last_look"])) >= QUIET_AFTER:
        hours = int((now - last).total_seconds() // 3600)
        yield "quiet", last, f"{_pages(waiting['due'], 'is', 'are')} due and the last look was {hours} hours ago: {ask}"


def _waiting(site: str, spool: Path) -> _Found:
    held = [segment for segment in spooled(spool, site) if segment.waits]
    noted = waiting_in(spool / site)
    if noted and held:
        what = "1 segment, " if len(held) == 1 else f"{len(held)} segments, "
        message = (
            f"{what}{sum(segment.size for segment in held) / 1e6:.1f} MB, in the spool wait for it, next try "
            f"{rfc3339(noted.next_try)[:19]}Z; crawling goes on. It was last said: {noted.why}"
        )
        yield "store-unreachable", noted.since, message


def _full(room: Room) -> _Found:
    if problem := room.problem():
        yield "spool-full", None, f"nothing is fetched: {problem}"


def _spools(site: str, spool: Path) -> _Found:
    dead = [segment.name for segment in spooled(spool, site) if not segment.alive and not segment.waits]
    if dead:
        message = (
            f"a dead process left {', '.join(dead)} unsealed; the next crawl, tick or run takes it over: "
            f"stoppress tick {site}"
        )
        yield "spool", None, message


def _unsigned(site: str, spool: Path) -> _Found:
    if noted := unsigned_in(spool / site):
        what = "1 segment was" if noted.segments == 1 else f"{noted.segments} segments were"
        message = (
            f"{what} sealed without the archive's signature: `stoppress init` says what is wrong with its key. Bring "
            "the right file back to where archive.key says; what is sealed next is then signed, vouches for these, and "
            "ends this alarm"
        )
        yield "unsigned", noted.since, message


def _pages(number: int, one: str, many: str) -> str:
    """Return so many pages with what they do: `1 page waits`, `2 pages wait`."""
    return f"1 page {one}" if number == 1 else f"{number} pages {many}"


def _reasons(looks: Iterable[Row]) -> str:
    """Return the reasons, the most frequent first, with an example."""
    often = sorted(looks, key=lambda row: -row["looks"])
    told = ", ".join(f"{row['looks']} {row['outcome']} ({row['reason']})" for row in often[:3])
    return f"{told}, such as {often[0]['example']}"
