"""How each site is doing, from its catalogue's figures and its spool, and what someone must look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.layout import counted, say
from cli.options import bounded, coloured, printable
from news.serial import instant, rfc3339
from storage.archive.outage import Waiting, waiting_in
from storage.catalogue import reading
from storage.catalogue.access import in_words, walled
from storage.leases import holders
from storage.verify.spools import Spooled, spooled

if TYPE_CHECKING:
    from storage.alarms import Alarm
    from storage.catalogue.opening import Rows

STYLES = dict.fromkeys(("resting", "quiet", "silent", "source-failing", "unsigned"), "bold yellow")
"""How kinds of alarm are told on a terminal; all others are red."""

Told = dict[str, Any]


def site_status(rows: Rows, site: str, *, zone: tzinfo, spool: Path, now: datetime) -> Told:
    """Return one site's figures as `status --json` prints them; its day is that of its time zone."""
    midnight = rfc3339(_midnight(now, zone))
    figures = reading.site_figures(rows, site, now=rfc3339(now), today=midnight)
    reasons = reading.recent_failures(rows, site, since=midnight)
    held = spooled(spool, site)
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
        "walled": walled(rows, site),
        "open_segments": [
            {"name": segment.name, "bytes": segment.size, "owner_alive": segment.alive, "waits": segment.waits}
            for segment in held
        ],
        "waiting": _waiting(held, waiting_in(spool / site)),
        "writer": _writer(rows, site),
        "sealed_segments": figures["segments_sealed"],
        "last_seal": figures["last_seal"],
    }


def _waiting(held: Sequence[Spooled], noted: Waiting | None) -> Told | None:
    """Return what waits for a store that can't be reached."""
    sizes = [segment.size for segment in held if segment.waits]
    if noted is None or not sizes:
        return None
    times = {"since": rfc3339(noted.since), "next_try": rfc3339(noted.next_try)}
    return {"segments": len(sizes), "bytes": sum(sizes), **times, "why": noted.why}


def _writer(rows: Rows, site: str) -> Told | None:
    """Return who holds the site's lease, by the catalogue."""
    row = next(iter(holders(rows, site)), None)
    return {name: row[name] for name in ("host", "pid", "spool", "taken", "until")} if row else None


def alarm_json(alarm: Alarm) -> Told:
    """Return an alarm as `status --json` prints it."""
    since = rfc3339(alarm.since) if alarm.since else None
    return {"site": alarm.site, "kind": alarm.kind, "alarm": alarm.kind, "since": since, "message": alarm.message}


def show_status(told: Sequence[Told], alarms: Sequence[Told], *, zones: Mapping[str, tzinfo], now: datetime) -> None:
    """Print the figures as a table, then why looks failed, what is being written, and the alarms."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if bounded() else 160, no_color=not coloured(), highlight=False)
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
    natural = console.measure(shown, options=console.options.update(max_width=1000)).maximum
    if bounded() and natural > console.width:
        for site in told:
            for line in _lines(site, zones[site["site"]], now):
                say(line, then="    ")
    else:
        console.print(shown)
    for site in told:
        for line in _details(site):
            say(line, then="  ")
    for alarm in alarms:
        console.print(_alarm_line(alarm, zones[alarm["site"]], now), soft_wrap=not bounded())
    if not any(site["pages"] for site in told):
        click.echo(f"nothing was looked at yet; next: stoppress crawl {told[0]['site'] if told else 'SITE'}")


def _lines(site: Told, zone: tzinfo, now: datetime) -> tuple[str, str]:
    """Return a site's figures as lines for a narrow terminal."""
    last, due, seal = (_short(site[name], zone, now) for name in ("last_look", "next_due", "last_seal"))
    today = f"{counted(site['edits_today'], 'edit')} and {counted(site['failures_today'], 'failure')} today"
    known = f"{counted(site['pages'], 'page')}, {counted(site['articles'], 'article')}"
    return (
        f"{site['site']}: {known}, {site['due']} due; {today}",
        f"  {site['sealed_segments']} sealed, the last {seal}; last look {last}; next due {due}",
    )


def _alarm_line(alarm: Told, zone: tzinfo, now: datetime) -> Any:
    from rich.text import Text

    since = f" since {_short(alarm['since'], zone, now)}" if alarm["since"] else ""
    line = Text(printable(f"! {alarm['site']}: {alarm['kind']}{since}: "), style=STYLES.get(alarm["kind"], "bold red"))
    return line.append(printable(alarm["message"]), style="default")


def _details(site: Told) -> Iterator[str]:
    for reason in site["reasons"]:
        why = f"{reason['outcome']}: {reason['reason']}" if reason["reason"] else reason["outcome"]
        yield f"{site['site']}: {reason['looks']} {why}, such as {reason['example']}"
    for state, articles in site["walled"].items():
        known = "1 known article is" if articles == 1 else f"{articles} known articles are"
        yield f"{site['site']}: {known} {in_words({'state': state})}"
    if site["writer"]:
        yield f"{site['site']}: written by process {site['writer']['pid']} on {site['writer']['host']}"
    for segment in site["open_segments"]:
        writer = "being written" if segment["owner_alive"] else "left by a dead process"
        what = "closed segment" if segment["waits"] else "open segment"
        writer = "waits for the store" if segment["waits"] else writer
        yield f"{site['site']}: {what} {segment['name']}, {_bytes(segment['bytes'])}, {writer}"


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
