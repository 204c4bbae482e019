"""`status`, `articles` and `history`: questions that the catalogue answers."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.finding import address, article_named, local, span_of, zone_of
from cli.options import as_json, config_option, print_json

if TYPE_CHECKING:
    from storage.catalogue.opening import Row
    from storage.config import Config

CLASSES = (
    "declared", "stealth", "restamped",
    "headline", "standfirst", "body", "authors", "pictures", "links",
    "gone", "back", "moved",
)  # fmt: skip
"""The classes of design.md, section 5, in its order."""


@click.command(epilog="\b\nExamples:\n  stoppress status\n  stoppress status --json")
@config_option
@as_json
def status(config: Config, as_json: bool) -> None:
    """Show how each site is doing: what is known, due and failing, what is being written, and what needs you."""
    from cli.statuses import alarms_of, show_status, site_status
    from storage.archive.archive import open_reading
    from storage.catalogue.reading import known_sites

    now, spool = datetime.now(UTC), Path(config.archive.spool)
    with open_reading(config) as (_, rows):
        names = [*dict.fromkeys([*(site.name for site in config.sites()), *known_sites(rows)])]
        zones = {name: zone_of(config, name) for name in names}
        told = [site_status(rows, name, zone=zones[name], spool=spool, now=now) for name in names]
        alarms = [alarm for site in told for alarm in alarms_of(rows, site, zone=zones[site["site"]], now=now)]
    if as_json:
        print_json({"sites": told, "alarms": alarms})
        return
    show_status(told, alarms, zones=zones, now=now)


@click.command(
    epilog="\b\nExamples:\n  stoppress articles --edited-since yesterday\n"
    "  stoppress articles --site lbc --class stealth --json"
)
@click.option("--site", metavar="SITE", help="Only this site's.")
@click.option(
    "--edited-since", metavar="T", help='Only those edited since: an ISO time or date, "2h", "3 days", "monday".'
)
@click.option(
    "--class",
    "edit_class",
    type=click.Choice(CLASSES),
    metavar="CLASS",
    help=f"Only those with such an edit: {', '.join(CLASSES)}.",
)
@config_option
@as_json
def articles(config: Config, site: str | None, edited_since: str | None, edit_class: str | None, as_json: bool) -> None:
    """List articles, the last changed first.

    An edit is a revision after an article's first. With both --edited-since and --class, one edit must fit both.
    """
    from news.serial import rfc3339
    from storage.archive.archive import open_reading
    from storage.catalogue import histories, reading

    zone = zone_of(config, site)
    since = rfc3339(span_of(edited_since, zone, what="--edited-since").start) if edited_since is not None else None
    with open_reading(config) as (_, rows):
        if site is not None and site not in reading.known_sites(rows):
            config.site(site)
        found = reading.list_articles(rows, site=site, edited_since=since, edit_class=edit_class)
    if as_json:
        print_json([histories.article_row_json(row) for row in found])
        return
    _show_articles(config, found)


@click.command(epilog="\b\nExample:\n  stoppress history https://www.lbc.co.uk/news/some-story/")
@click.argument("url", callback=address)
@config_option
@as_json
def history(config: Config, url: str, as_json: bool) -> None:
    """Show the revisions of the article at URL, oldest first: when each was seen, and what had changed.

    A change happened after the last look at the state before (not before) and by the first look at the new one
    (seen first). A revision is confirmed once a later look, minutes after, found it again.
    """
    from storage.archive.archive import open_reading
    from storage.catalogue.histories import history_json

    with open_reading(config) as (_, rows):
        told = history_json(rows, article_named(rows, config, url))
    if as_json:
        print_json(told)
        return
    from cli.timeline import show_history

    show_history(told, zone=zone_of(config, told["article"]["site"]))


def _show_articles(config: Config, found: list[Row]) -> None:
    from cli.options import table

    if not found:
        click.echo("no article matches")
        return
    zones: dict[str, tzinfo] = {name: zone_of(config, name) for name in {row["site"] for row in found}}
    shown = [
        [
            row["site"],
            row["headline"] or "(gone before it was read)",
            str(row["revisions"]),
            local(row["last_change"], zones[row["site"]]),
            row["url"],
        ]
        for row in found
    ]
    table(["site", "headline", "revisions", "last change", "address"], shown)
