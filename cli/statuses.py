"""How each site is doing, from its catalogue's figures and its spool, and what someone must look at."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options import coloured, printable
from news.serial import instant, rfc3339
from storage.catalogue import reading
from storage.verify.spools import spooled

if TYPE_CHECKING:
    from storage.catalogue.opening import Rows

QUIET_AFTER = timedelta(hours=2)
"""How long pages may be due, and no look be made, before that is an alarm."""

RECENT = 5
"""Looks that must all have failed, the newest ones, before that is an alarm."""

FAILED = ("failed", "blocked")

Told = dict[str, Any]


def site_status(rows: Rows, site: str, *, zone: tzinfo, spool: Path, now: datetime) -> Told:
    """Return one site's figures as `status --json` prints them; its day is that of its time zone."""
    midnight = rfc3339(_midnight(now, zone))
    figures = reading.site_figures(rows, site, now=rfc3339(now), today=midnight)
    reasons = reading.recent_failures(rows, site, since=midnight)
    return {
        "site": site,
        "pages": figures["pages"],
        "articles": figures["articles"],
        "revisions": figures["revisions"],
        "last_look": figures["last_look"],
        "due": figures["due"],
        "next_due": figures["next_due"],
        "failures_today": figures["failures_today"],
        "reasons": [dict(reason) for reason in reasons],
        "edits_today": figures["edits_today"],
        "open_segments": [
            {"name": segment.name, "bytes": segment.size, "owner_alive": segment.alive}
            for segment in spooled(spool, site)
        ],
        "sealed_segments": figures["segments_sealed"],
        "last_seal": figures["last_seal"],
    }


def alarms_of(rows: Rows, told: Told, *, zone: tzinfo, now: datetime) -> list[Told]:
    """Return what someone must look at, as `{"site", "alarm", "message"}`."""
    found = [*_layout_alarms(rows, told, now, zone), *_quiet_alarms(told, now), *_failing_alarms(rows, told)]
    found += _spool_alarms(told)
    return [{"site": told["site"], "alarm": alarm, "message": message} for alarm, message in found]


def show_status(told: Sequence[Told], alarms: Sequence[Told], *, zones: Mapping[str, tzinfo], now: datetime) -> None:
    """Print the figures as a table, then why looks failed, what is being written, and the alarms."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 160, no_color=not coloured(), highlight=False)
    shown = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    numbers = ("pages", "articles", "due", "edits today", "failures today", "sealed")
    for column in ("site", *numbers, "last look", "next due", "last seal"):
        shown.add_column(column, justify="right" if column in numbers else "left")
    alarmed = {alarm["site"] for alarm in alarms}
    for site in told:
        zone = zones[site["site"]]
        shown.add_row(
            Text(site["site"], style="bold red" if site["site"] in alarmed else "bold"),
            *[str(site[name]) for name in ("pages", "articles", "due", "edits_today", "failures_today")],
            str(site["sealed_segments"]),
            *[_short(site[name], zone, now) for name in ("last_look", "next_due", "last_seal")],
        )
    console.print(shown)
    for site in told:
        for line in _details(site):
            click.echo(printable(line))
    for alarm in alarms:
        console.print(Text(printable(f"! {alarm['site']}: {alarm['message']}"), style="bold red"), soft_wrap=True)
    if not any(site["pages"] for site in told):
        click.echo(f"nothing was looked at yet; next: stoppress crawl {told[0]['site'] if told else 'SITE'}")


def _details(site: Told) -> Iterator[str]:
    for reason in site["reasons"]:
        why = f"{reason['outcome']}: {reason['reason']}" if reason["reason"] else reason["outcome"]
        yield f"{site['site']}: {reason['looks']} {why}, such as {reason['example']}"
    for segment in site["open_segments"]:
        writer = "being written" if segment["owner_alive"] else "left by a dead process"
        yield f"{site['site']}: open segment {segment['name']}, {_bytes(segment['bytes'])}, {writer}"


def _layout_alarms(rows: Rows, told: Told, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    found = reading.layouts_changed(rows, told["site"], since=rfc3339(_midnight(now, zone)))
    if found["looks"]:
        yield (
            "layout-changed",
            (
                f"{found['looks']} looks today found a layout that the reader can't read, such as {found['example']}; "
                "the captures are kept: mend the site's reader, then reread"
            ),
        )


def _quiet_alarms(told: Told, now: datetime) -> Iterator[tuple[str, str]]:
    if not told["due"] or now - instant(told["next_due"]) < QUIET_AFTER:
        return
    if told["last_look"] is None:
        yield "quiet", f"{told['due']} pages are due and none was ever looked at: is `stoppress run` or cron running?"
    elif now - instant(told["last_look"]) >= QUIET_AFTER:
        hours = int((now - instant(told["last_look"])).total_seconds() // 3600)
        yield (
            "quiet",
            f"{told['due']} pages are due and the last look was {hours} hours ago: is `stoppress run` or cron running?",
        )


def _failing_alarms(rows: Rows, told: Told) -> Iterator[tuple[str, str]]:
    looks = reading.last_looks(rows, told["site"], most=RECENT)
    if len(looks) == RECENT and all(look["outcome"] in FAILED for look in looks):
        last = looks[0]
        why = last["detail"] or last["reason"] or last["outcome"]
        yield "failing", f"the last {RECENT} looks all failed; the newest: {last['url']}: {why}"


def _spool_alarms(told: Told) -> Iterator[tuple[str, str]]:
    dead = [segment["name"] for segment in told["open_segments"] if not segment["owner_alive"]]
    if dead:
        yield (
            "spool",
            (
                f"a dead process left {', '.join(dead)} unsealed; the next crawl, tick or run takes it over: "
                f"stoppress tick {told['site']}"
            ),
        )


def _short(text: str | None, zone: tzinfo, now: datetime) -> str:
    """Return an instant without its day where that is today."""
    if text is None:
        return "-"
    at = instant(text).astimezone(zone)
    return f"{at:%H:%M:%S %Z}" if at.date() == now.astimezone(zone).date() else f"{at:%Y-%m-%d %H:%M %Z}"


def _midnight(now: datetime, zone: tzinfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _bytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"
