"""`status`, `articles` and `history`: questions that the catalogue answers."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.finding import address, article_named, local, span_of, zone_of
from cli.options import as_json, config_option, print_json
from cli.weights import noise_options, reweighed

if TYPE_CHECKING:
    from storage.catalogue.opening import Row
    from storage.config import Config

CLASSES = (
    "declared", "stealth", "restamped",
    "headline", "standfirst", "body", "authors", "pictures", "links",
    "correction", "flip", "experiment",
    "gone", "back", "moved",
)  # fmt: skip
"""The classes that a revision may have, in the order in which they are told."""


@click.command(epilog="\b\nExamples:\n  stoppress status\n  stoppress status --json")
@config_option
@as_json
def status(config: Config, as_json: bool) -> None:
    """Show how each site is doing: what is known, due and failing, what is being written, and what needs you."""
    from cli.statuses import alarm_json, show_status, site_status
    from storage.alarms import alarms as alarms_of
    from storage.archive.access import open_reading, room_of
    from storage.catalogue.reading import known_sites

    now, spool, room = datetime.now(UTC), Path(config.archive.spool), room_of(config)
    with open_reading(config, may_be_away=True) as (_, rows):
        names = [*dict.fromkeys([*(site.name for site in config.sites()), *known_sites(rows)])]
        zones = {name: zone_of(config, name) for name in names}
        told = [site_status(rows, name, zone=zones[name], spool=spool, now=now) for name in names]
        alarms = [alarm_json(alarm) for name in names for alarm in alarms_of(rows, name, room=room, now=now)]
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
@click.option("--sort", type=click.Choice(("change", "significance")), default="change", help="[default: change]")
@click.option("--min-significance", type=click.IntRange(0, 100), metavar="N", help="Only those with such an edit.")
@config_option
@as_json
def articles(
    config: Config,
    *,
    site: str | None,
    edited_since: str | None,
    edit_class: str | None,
    sort: str,
    min_significance: int | None,
    as_json: bool,
) -> None:
    """List articles, the last changed first, or with --sort significance the one with the weightiest edit.

    An edit is a revision after an article's first. With both --edited-since and --class, one edit must fit both.
    """
    from news.serial import rfc3339
    from storage.archive.access import open_reading
    from storage.catalogue import reading
    from storage.catalogue.access import accesses

    zone = zone_of(config, site)
    since = rfc3339(span_of(edited_since, zone, what="--edited-since").start) if edited_since is not None else None
    with open_reading(config, may_be_away=True) as (_, rows):
        if site is not None and site not in reading.known_sites(rows):
            config.site(site)
        weighed = sort == "significance" or min_significance is not None
        found = reading.list_articles(rows, site=site, edited_since=since, edit_class=edit_class, weighed=weighed)
        walls = accesses(rows, site)
    if weighed:
        found = [row for row in found if (row["max_significance"] or 0) >= (min_significance or 0)]
    if sort == "significance":
        found.sort(key=lambda row: -(row["max_significance"] or 0))
    if as_json:
        print_json([_article_json(row, walls.get(row["id"])) for row in found])
        return
    _show_articles(config, found)


@click.command(epilog="\b\nExample:\n  stoppress history https://www.lbc.co.uk/news/some-story/")
@click.argument("url", callback=address)
@config_option
@noise_options
@as_json
def history(config: Config, *, url: str, off: frozenset[str], as_json: bool) -> None:
    """Show the revisions of the article at URL, oldest first: when each was seen, and what had changed.

    A change happened after the last look at the state before (not before) and by the first look at the new one
    (seen first). A revision is confirmed once a later look, minutes after, found it again.
    """
    from storage.archive.access import open_reading
    from storage.catalogue.histories import history_json
    from storage.catalogue.reading import chain

    with open_reading(config, may_be_away=True) as (_, rows):
        article = article_named(rows, config, url)
        told = history_json(rows, article)
        if off:
            weights = reweighed(chain(rows, article["id"]), off)
            for revision, weight in zip(told["revisions"], weights, strict=True):
                revision["significance"] = weight
    if as_json:
        print_json(told)
        return
    from cli.timeline import show_history

    show_history(told, zone=zone_of(config, told["article"]["site"]))


def _article_json(row: Row, access: dict[str, Any] | None) -> dict[str, Any]:
    from storage.catalogue.histories import article_row_json

    weight = {"max_significance": row["max_significance"]} if "max_significance" in row else {}
    return {**article_row_json(row), "access": access, **weight}


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
