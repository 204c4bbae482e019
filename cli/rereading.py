"""`reread`: the archived captures through today's readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.layout import counted, say
from cli.options import as_json, config_option, print_json, printable
from cli.progress import counting

if TYPE_CHECKING:
    from news.model import Site
    from storage.config import Config
    from storage.reread.whole import Report

SHOWN = 20
"""Articles whose differences are printed; `--json` has all."""


@click.command(
    epilog="\b\nExamples:\n  stoppress reread lbc --check\n  stoppress reread\n  stoppress reread lbc --check --json"
)
@click.argument("site", required=False)
@click.option("--check", is_flag=True, help="Only compare; exit with 1 on any difference.")
@config_option
@as_json
def reread(config: Config, site: str | None, check: bool, as_json: bool) -> int:
    """Replay the archived captures through today's readers, all sites' or one's.

    Where a reader has a new version, its chain of revisions is laid beside the old one, and `history` shows it; the
    old one stays in the store. What the publisher changed and what only our reading did are told apart. A rereading
    that was cut short goes on where it stopped. Without --check no crawl of the site may be running.
    """
    reports = []
    for one in _sites(config, site):
        with counting(f"rereading {one.name}") as progress:
            reports.append(_reread(config, one, check=check, progress=progress))
    if as_json:
        print_json({"sites": [report.row() for report in reports]})
    else:
        for report in reports:
            _show(report, check=check)
    return 1 if check and any(report.differences or report.readable for report in reports) else 0


def _sites(config: Config, name: str | None) -> list[Site]:
    """Return the site that is named, else all that the archive has pages of and that we still know how to read."""
    from news.errors import UnknownSite
    from storage.archive.access import open_reading
    from storage.catalogue.reading import known_sites

    if name is not None:
        return [config.site(name)]
    found = []
    with open_reading(config) as (_, rows):
        for known in known_sites(rows):
            try:
                found.append(config.site(known))
            except UnknownSite as error:
                click.echo(f"stoppress: left out: {error}", err=True)
    return found


def _reread(config: Config, site: Site, *, check: bool, progress: Any) -> Report:
    from storage.reread.anew import lay_anew
    from storage.reread.whole import check as compare

    return compare(config, site, progress=progress) if check else lay_anew(config, site, progress=progress)


def _show(report: Report, *, check: bool) -> None:
    what = f"{counted(report.captures, 'capture')} of {counted(report.articles, 'article')}"
    say(f"{report.site}: {what} read by {report.reader}, {counted(report.revisions, 'revision')}", then="  ")
    if report.written:
        have = counted(report.written, "article has", "articles have")
        say(f"{have} a new chain; the old ones stay in the store", first="  ")
    if report.differences:
        seen = counted(report.publisher_changes, "change")
        say(f"{seen} of the publisher that only one of the readings sees", first="  ")
        otherwise = counted(report.reader_changes, "revision reads", "revisions read")
        say(f"{otherwise} otherwise now: our doing, no edition", first="  ")
    for found in report.differences[:SHOWN]:
        click.echo(printable(f"  {found.url}"))
        for line in found.lines():
            click.echo(f"    {line}")
    if len(report.differences) > SHOWN:
        click.echo(f"  and {len(report.differences) - SHOWN} more articles: --json has all")
    for url, record in report.readable[:SHOWN]:
        click.echo(printable(f"  {url}: read now for the first time (record {record})"))
    if not report.differences and not report.readable:
        click.echo("  every history reads as it did" if check else "  nothing else changed")
