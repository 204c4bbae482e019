"""`verify` and `rebuild`: is the archive what it says, and the catalogue anew from the store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import as_json, config_option, print_json, printable

if TYPE_CHECKING:
    from storage.config import Config
    from storage.verify.whole import Places


@click.command(epilog="\b\nExamples:\n  stoppress verify\n  stoppress verify --sample 20 --json")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="Read N segments, at random, and every manifest."
)
@config_option
@as_json
def verify(config: Config, sample: int | None, as_json: bool) -> int:
    """Re-hash and cross-check everything: segments, records, indexes, revisions, their chains, and the catalogue.

    Each finding names the object, what is wrong with it and what to do. What a running crawl has not sealed yet counts
    as pending. The exit status is 1 when anything was found.
    """
    from storage.verify.whole import verify as check

    with _bar("verifying segments") as progress:
        report = check(_places(config), sample=sample, progress=progress)
    if as_json:
        print_json({"checked": report.checked, "findings": [finding.row() for finding in report.findings]})
        return 1 if report.findings else 0
    for finding in report.findings:
        click.echo(printable(f"{finding.object}: {finding.problem}"))
        click.echo(f"  to do: {finding.advice}")
    checked = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in report.checked.items())
    click.echo(f"checked: {checked}")
    what = "everything" if sample is None else "what was read"
    click.echo(f"{len(report.findings)} findings" if report.findings else f"{what} is as it should be")
    return 1 if report.findings else 0


@click.command(epilog="\b\nExample:\n  stoppress rebuild")
@config_option
@as_json
def rebuild(config: Config, as_json: bool) -> int:
    """Build the catalogue anew from the store, and put it in the place of the one there is.

    Articles, aliases, revisions, captures and looks come back as they were; when to look again follows from the looks.
    An old catalogue is kept beside the new one. Pages that were found and never looked at are found again.
    """
    from storage.rebuild import rebuild as build

    with _bar("playing segments") as progress:
        built = build(_places(config), config, progress=progress)
    if as_json:
        print_json(built.row())
        return 1 if built.problems else 0
    counts = ", ".join(f"{number} {what}" for what, number in built.counts.items())
    click.echo(f"catalogue {config.archive.catalogue} built anew: {counts}")
    if built.kept:
        click.echo(f"the old one is kept as {built.kept}")
    for problem in built.problems:
        click.echo(printable(f"stoppress: left out: {problem}"), err=True)
    if built.problems:
        click.echo("stoppress: run `stoppress verify` to see all that is wrong with the store", err=True)
    return 1 if built.problems else 0


def _places(config: Config) -> Places:
    from news.errors import ObjectMissing, StoreUnavailable
    from storage.archive.archive import NO_ARCHIVE, check_format
    from storage.objects import open_store
    from storage.verify.whole import Places

    store = open_store(config.archive.store)
    try:
        check_format(store)
    except ObjectMissing:
        raise StoreUnavailable(NO_ARCHIVE.format(store.address)) from None
    return Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show progress on stderr, on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
