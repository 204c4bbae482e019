"""What a crawl came to, from what it committed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.layout import counted, say

if TYPE_CHECKING:
    from scheduler.crawling import Told
    from storage.config import Config

OUTCOMES = ("new", "changed", "unchanged", "not-modified", "gone", "moved", "blocked", "not-article", "failed")


def crawl_report(config: Config, site: str, started: datetime, told: Told) -> dict[str, Any]:
    """Return the report of a crawl: counts by outcome, each change, each failure."""
    from news.serial import rfc3339
    from storage.catalogue import opening, reading

    with opening.reading(config.archive.catalogue) as rows:
        looks = reading.looks_since(rows, [site], rfc3339(started))
        changes = reading.revisions_since(rows, site, rfc3339(started))
    counts = Counter(look["outcome"] for look in looks)
    return {
        "site": site,
        "looks": len(looks),
        "outcomes": {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]},
        "sources": told.sources,
        "failed_sources": told.failed_sources,
        "changes": changes,
        "failures": [
            {name: look[name] for name in ("url", "outcome", "reason", "detail")}
            for look in looks
            if look["outcome"] in ("failed", "blocked")
        ],
        "segments": told.segments,
        "problems": told.problems,
    }


def show_report(report: dict[str, Any]) -> None:
    """Print the report for people."""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in report["outcomes"].items()) or "none"
    say(f"{report['site']}: {counted(report['looks'], 'page')} looked at: {outcomes}", then="  ")
    for change in report["changes"]:
        say(f"{', '.join(change['classes'])}: {change['headline'] or change['url']}", first="  ", then="    ")
    for source in report["failed_sources"]:
        say(f"no pages from {source['url']}: {source['why']}", first="  ", then="    ")
    for failure in report["failures"][:20]:
        why = failure["detail"] or failure["reason"]
        say(f"{failure['outcome']}: {failure['url']}: {why}", first="  ", then="    ")
    if len(report["failures"]) > 20:
        click.echo(f"  and {len(report['failures']) - 20} more that failed; --json lists them all")
    for segment in report["segments"]:
        click.echo(f"  sealed {segment}")
