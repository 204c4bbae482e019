"""`verify` and `rebuild`: is the archive what it says, and the catalogue anew from the store."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from cli.layout import counted, say, told
from cli.options import as_json, config_option, print_json
from cli.progress import counting
from news.errors import ObjectMissing, StoreError

if TYPE_CHECKING:
    from storage.config import Config
    from storage.verify.whole import Places


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
    from cli.verdict import show_report
    from storage.ledger.guarding import exposure
    from storage.verify.whole import verify as check
    from storage.verify.whole import verify_ledger

    _refuse_mixtures({"--sample": sample, "--resume": resume, "--ledger": ledger, "--prove": prove})
    places = _places(config, checked=bool(prove))
    if warning := exposure(config.key_file):
        say(f"warning: {warning}", then="  ", err=True)
    if prove:
        return _prove(places, prove, as_json=as_json)
    known = _heads(witness) if witness else None
    try:
        with counting("verifying manifests" if ledger else "verifying segments") as progress:
            if ledger:
                report = verify_ledger(places, witness=known, progress=progress)
            else:
                report = check(places, sample=sample, resume=resume, witness=known, progress=progress)
    except KeyboardInterrupt:
        if not ledger and sample is None:
            say("stoppress: `stoppress verify --resume` goes on from here", then="  ", err=True)
        raise
    if as_json:
        print_json(report.row())
    else:
        what = "the ledger" if ledger else "everything" if sample is None else "what was read"
        show_report(report, what=what, heads=ledger)
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
        say(f"stoppress: {error}", then="  ", err=True)
        return 1
    if as_json:
        print_json(proof.row())
        return 0
    say(f"leaf {proof.index} of {proof.leaves}: {proof.leaf}", then="  ")
    say(f"leads by {counted(len(proof.path), 'hash', 'hashes')} to the root {proof.root}", then="  ")
    say(f"of {proof.manifest} ({proof.manifest_sha256})", then="  ")
    say(f"signed by {proof.key}" if proof.signature else "which is not signed", then="  ")
    for key in proof.timestamps:
        say(f"timestamp: {key}", then="  ")
    say("with --json it is a proof that others can check: see docs/evidence.md", then="  ")
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

    with counting("playing segments") as progress:
        built = build(_places(config), config, progress=progress)
    if as_json:
        print_json(built.row())
        return 1 if built.problems else 0
    say(f"catalogue {shown(config.archive.catalogue)} built anew: {told(built.counts.items())}", then="  ")
    if built.kept:
        say(f"the old one is kept as {built.kept}", then="  ")
    for problem in built.problems:
        say(f"stoppress: {problem}", then="  ", err=True)
    if built.problems:
        say("stoppress: run `stoppress verify` to see all that is wrong with the store", then="  ", err=True)
    return 1 if built.problems else 0


def _places(config: Config, *, checked: bool = True) -> Places:
    """Return where the archive lies, `checked` for its header: a check of the whole tells of that one itself."""
    from news.errors import StoreUnavailable
    from storage.archive.access import ledger_of
    from storage.archive.header import check_format, lacking
    from storage.objects import open_store
    from storage.verify.whole import Places

    store = open_store(config.archive.store, config.s3)
    try:
        if checked:
            check_format(store)
    except ObjectMissing:
        raise StoreUnavailable(lacking(store)) from None
    spool = Path(config.archive.spool)
    return Places(store=store, catalogue=config.archive.catalogue, spool=spool, ledger=ledger_of(config))
