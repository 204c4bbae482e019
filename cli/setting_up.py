"""`init` and `sites`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.layout import say
from cli.options import as_json, config_option, print_json, table
from cli.progress import counting

if TYPE_CHECKING:
    from news.model import Site
    from storage.config import Config


@click.command(epilog="\b\nExamples:\n  stoppress init\n  stoppress init --new-key")
@click.option("--new-key", is_flag=True, help="Put a new key in the place of the one that signs; the old one is kept.")
@config_option
@as_json
def init(config: Config, new_key: bool, as_json: bool) -> None:
    """Create the store's layout, the key that signs what is sealed, and the catalogue; say what was done.

    A bucket is made where there is none, its versioning is switched on, and what its service can't do is told. Running
    it again harms nothing: what is there stays, and an older catalogue is brought to this program's schema.
    """
    from storage.archive.founding import TO_REBUILD, create
    from storage.ledger.guarding import exposure
    from storage.objects import open_store

    store = open_store(config.archive.store, config.s3).prepare()
    with counting("telling what revisions changed") as progress:
        done = [*store.done, *create(config, datetime.now(UTC), new_key=new_key, progress=progress)]
    warnings = [*store.warnings, *filter(None, [exposure(config.key_file)])]
    if as_json:
        print_json({"done": done, "store": store.able, "warnings": warnings})
        return
    for line in done:
        say(line, then="  ")
    for line in warnings:
        say(f"warning: {line}", then="  ", err=True)
    if TO_REBUILD in done:
        say("next: stoppress rebuild")
        return
    names = [site.name for site in config.sites()]
    say(f"next: stoppress crawl {names[0]}" if names else "next: configure a site in stoppress.toml")


@click.command(epilog="\b\nExamples:\n  stoppress sites\n  stoppress sites --json")
@config_option
@as_json
def sites(config: Config, as_json: bool) -> None:
    """Show the known sites: where they are, who reads them, where their pages are found, how often we may ask."""
    rows = [_site_row(site) for site in config.sites()]
    if as_json:
        print_json(rows)
        return
    columns, counts = ("name", "home", "reader", "timezone"), ("connections", "sources")
    shown = [
        [str(row[name]) for name in columns]
        + [_budget(row["requests_per_minute"])]
        + [str(row[name]) for name in counts]
        for row in rows
    ]
    table(["site", "home", "reader", "time zone", "requests a minute", "connections", "sources"], shown)


def _site_row(site: Site) -> dict[str, object]:
    from news.policy import pace

    seconds = pace(site)
    return {
        "name": site.name,
        "home": site.home,
        "hosts": list(site.hosts),
        "reader": site.reader,
        "timezone": site.timezone,
        "language": site.language,
        "sources": len({site.home, *site.sitemaps, *site.feeds, *site.fronts}),
        "sitemaps": list(site.sitemaps),
        "feeds": list(site.feeds),
        "fronts": list(dict.fromkeys((site.home, *site.fronts))),
        "requests_per_minute": round(60 / seconds, 3) if seconds else None,
        "connections": site.connections,
        "allow_private_addresses": site.allow_private_addresses,
    }


def _budget(rate: object) -> str:
    return "unlimited (loopback)" if rate is None else f"{rate:g}"
