"""What a crawl came to, from what it committed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.options import printable

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
    click.echo(f"{report['site']}: {report['looks']} pages looked at: {outcomes}")
    for change in report["changes"]:
        click.echo(printable(f"  {', '.join(change['classes'])}: {change['headline'] or change['url']}"))
    for source in report["failed_sources"]:
        click.echo(printable(f"  no pages from {source['url']}: {source['why']}"))
    for failure in report["failures"][:20]:
        why = failure["detail"] or failure["reason"]
        click.echo(printable(f"  {failure['outcome']}: {failure['url']}: {why}"))
    if len(report["failures"]) > 20:
        click.echo(f"  and {len(report['failures']) - 20} more that failed; --json lists them all")
    for segment in report["segments"]:
        click.echo(f"  sealed {segment}")
