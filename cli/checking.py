"""`verify` and `rebuild`: is the archive what it says, and the catalogue anew from the store."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from cli.options import as_json, config_option, print_json, printable
from news.errors import ObjectMissing, StoreError

if TYPE_CHECKING:
    from storage.config import Config
    from storage.verify.whole import Places, Report


@click.command(
    epilog="\b\nExamples:\n  stoppress verify\n  stoppress verify --sample 20 --json\n"
    "  stoppress verify --ledger --json > heads.json\n  stoppress verify --ledger --witness heads.json\n"
    "  stoppress verify --prove RECORD-ID --json > proof.json"
)
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="Read N segments, at random, and every manifest."
)
@click.option("--resume", is_flag=True, help="Pass over what a check that broke off in the last week found whole.")
@click.option(
    "--ledger", is_flag=True, help="Read no segment: keys, signatures, chains, roots, timestamps. No network."
)
@click.option(
    "--witness",
    type=click.File("rb"),
    metavar="FILE",
    help="What an earlier `verify --json` printed, kept elsewhere: is all that it saw still there?",
)
@click.option(
    "--prove", metavar="WHAT", help="Prove one record, by its id, or one object, by its key, and check nothing."
)
@config_option
@as_json
def verify(
    *,
    config: Config,
    sample: int | None,
    resume: bool,
    ledger: bool,
    witness: IO[bytes] | None,
    prove: str | None,
    as_json: bool,
) -> int:
    """Re-hash and cross-check everything: segments, records, indexes, revisions, chains, ledger, and the catalogue.

    Each finding names the object, what is wrong with it and what to do. What a running crawl has not sealed yet counts
    as pending. The exit status is 1 when there is a problem; a note, such as a segment that waits for the next crawl to
    seal it, is told and is none.
    """
    from storage.verify.whole import verify as check
    from storage.verify.whole import verify_ledger

    _refuse_mixtures({"--sample": sample, "--resume": resume, "--ledger": ledger, "--prove": prove})
    places = _places(config)
    if prove:
        return _prove(places, prove, as_json=as_json)
    known = _heads(witness) if witness else None
    try:
        with _bar("verifying manifests" if ledger else "verifying segments") as progress:
            if ledger:
                report = verify_ledger(places, witness=known, progress=progress)
            else:
                report = check(places, sample=sample, resume=resume, witness=known, progress=progress)
    except KeyboardInterrupt:
        if not ledger and sample is None:
            click.echo("stoppress: `stoppress verify --resume` goes on from here", err=True)
        raise
    if as_json:
        print_json(report.row())
    else:
        _tell(report, whole=sample is None, ledger=ledger)
    return 1 if report.problems else 0


def _refuse_mixtures(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} don't go together: give one of them")


def _heads(witness: IO[bytes]) -> dict[str, dict[str, str]]:
    """Return the heads of chains that an earlier report tells."""
    try:
        heads: dict[str, dict[str, str]] = json.load(witness)["heads"]
        assert all({"segment", "sha256"} <= head.keys() for head in heads.values())
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
        raise click.UsageError(
            f'{witness.name} holds no "heads": give a file that `stoppress verify --ledger --json` printed'
        ) from None
    return heads


def _tell(report: Report, *, whole: bool, ledger: bool) -> None:
    for finding in report.findings:
        note = "note: " if finding.level == "note" else ""
        click.echo(printable(f"{note}{finding.object}: {finding.problem}"))
        click.echo(printable(f"  to do: {finding.advice}"))
    if ledger:
        for site, head in report.heads.items():
            click.echo(f"{site}: {head.manifests} manifests, the newest {head.segment}, sealed {head.sealed}")
            click.echo(f"  {head.sha256}")
    checked = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in report.checked.items())
    click.echo(f"checked: {checked}")
    notes = len(report.findings) - report.problems
    noted = f"; notes: {notes}" if notes else ""
    what = "the ledger" if ledger else "everything" if whole else "what was read"
    click.echo(f"problems: {report.problems}{noted}" if report.problems else f"{what} is as it should be{noted}")


def _prove(places: Places, what: str, *, as_json: bool) -> int:
    from storage.catalogue import opening
    from storage.ledger.founding import held_ring
    from storage.ledger.proving import prove

    ring = held_ring(places.ledger.key, places.store)
    try:
        with ExitStack() as opened:
            try:
                rows = opened.enter_context(opening.reading(places.catalogue))
            except StoreError:
                rows = None  # every manifest is looked through then
            proof = prove(places.store, what, ring, rows)
    except ObjectMissing as error:
        click.echo(f"stoppress: {error}", err=True)
        return 1
    if as_json:
        print_json(proof.row())
        return 0
    click.echo(printable(f"leaf {proof.index} of {proof.leaves}: {proof.leaf}"))
    click.echo(f"leads by {len(proof.path)} hashes to the root {proof.root}")
    click.echo(f"of {proof.manifest} ({proof.manifest_sha256})")
    click.echo(f"signed by {proof.key}" if proof.signature else "which is not signed")
    for key in proof.timestamps:
        click.echo(f"timestamp: {key}")
    click.echo("with --json it is a proof that others can check: see docs/evidence.md")
    return 0


@click.command(epilog="\b\nExample:\n  stoppress rebuild")
@config_option
@as_json
def rebuild(config: Config, as_json: bool) -> int:
    """Build the catalogue anew from the store, and put it in the place of the one there is.

    Articles, aliases, revisions, captures and looks come back as they were; when to look again follows from the looks.
    An old catalogue is kept beside the new one. Pages that were found and never looked at are found again.
    """
    from storage.catalogue.addresses import shown
    from storage.rebuild import rebuild as build

    with _bar("playing segments") as progress:
        built = build(_places(config), config, progress=progress)
    if as_json:
        print_json(built.row())
        return 1 if built.problems else 0
    counts = ", ".join(f"{number} {what}" for what, number in built.counts.items())
    click.echo(f"catalogue {shown(config.archive.catalogue)} built anew: {counts}")
    if built.kept:
        click.echo(f"the old one is kept as {built.kept}")
    for problem in built.problems:
        click.echo(printable(f"stoppress: {problem}"), err=True)
    if built.problems:
        click.echo("stoppress: run `stoppress verify` to see all that is wrong with the store", err=True)
    return 1 if built.problems else 0


def _places(config: Config) -> Places:
    from news.errors import StoreUnavailable
    from storage.archive.access import ledger_of
    from storage.archive.header import check_format, lacking
    from storage.objects import open_store
    from storage.verify.whole import Places

    store = open_store(config.archive.store, config.s3)
    try:
        check_format(store)
    except ObjectMissing:
        raise StoreUnavailable(lacking(store)) from None
    spool = Path(config.archive.spool)
    return Places(store=store, catalogue=config.archive.catalogue, spool=spool, ledger=ledger_of(config))


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
