"""`restore`: the right version of a damaged object on top again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.layout import say
from cli.options import as_json, config_option, print_json

if TYPE_CHECKING:
    from storage.config import Config
    from storage.objects import Store
    from storage.restoring import Restored

SHELVES = ("warc/", "articles/", "keys/", "stoppress.json")
"""What the keys of a store begin with."""
WHOLE = len("sha256:") + 64

EXAMPLES = """\b
Examples:
  stoppress restore articles/lbc/0a1b.../20260302T090000.000000Z-00ff....json --dry-run
  stoppress restore warc/lbc/2026/03/02/lbc-20260302090000-00000-host.warc.gz
  stoppress restore warc/lbc/2026/03/02/lbc-20260302090000-00000-host.cdxj --from /mnt/copy/...
"""


@click.command(epilog=EXAMPLES)
@click.argument("key")
@click.option(
    "--from",
    "copy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take the bytes from this file, out of a copy of the store; only the right ones are taken.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@config_option
@as_json
def restore(config: Config, key: str, copy: Path | None, dry_run: bool, as_json: bool) -> int:
    """Bring back the right bytes of an object that was overwritten or deleted; `verify` names such objects.

    KEY is the object's name in the store. In a bucket that keeps versions the newest one whose SHA-256 is the one that
    its name or its manifest proves is copied on top; none is ever deleted. A directory keeps no versions: give --from
    FILE; the wrong bytes are kept under damaged/. The exit status is 1 when nothing holds the right bytes.
    """
    from news.errors import ObjectCorrupt, ObjectMissing
    from storage.objects import open_store
    from storage.restoring import restore as bring_back

    store, key = open_store(config.archive.store, config.s3), within(config.archive.store, key)
    try:
        restored = bring_back(
            store, config.archive.catalogue, key, copy=copy, dry_run=dry_run, private_key=config.key_file
        )
    except (ObjectMissing, ObjectCorrupt) as error:
        if as_json:
            print_json({"key": key, "done": False, "error": str(error)})
        say(f"stoppress: {error}", then="  ", err=True)
        return 1
    if as_json:
        print_json({**restored.row(), "sha256": _digest(store, restored, copy)})
    else:
        _tell(restored, dry_run=dry_run)
    return 0


def within(store: str, key: str) -> str:
    """Return an object's key, also where it is told with the bucket, prefix or folder that the store is.

    That is how consoles, `aws s3 ls` and shells show it.
    """
    if store.startswith("s3://"):
        place = store.removeprefix("s3://").rstrip("/")
        prefix = place.partition("/")[2]
        bare = key.removeprefix("s3://").removeprefix(f"{place}/")
        told = [key.removeprefix(f"{prefix}/"), bare] if prefix else [bare]
    else:
        told = [os.path.relpath(key, store)]
    return next((rest for rest in told if rest.startswith(SHELVES)), key)


def _digest(store: Store, restored: Restored, copy: Path | None) -> str:
    """Return the whole SHA-256 of the right bytes: a revision's name has only half of it, so those are read."""
    from storage.objects import stream_digest

    if len(restored.proof.sha256) == WHOLE:
        return restored.proof.sha256
    planned = restored.action != "none" and not restored.done
    if planned and restored.version is None and copy is not None:
        with copy.open("rb") as stream:
            return stream_digest(stream)[0]
    with store.open(restored.key, version=restored.version if planned else None) as stored:
        return stream_digest(stored)[0]


def _tell(restored: Restored, *, dry_run: bool) -> None:
    proof = f"{restored.proof.by} proves {restored.proof.sha256}"
    if restored.action == "none":
        say(f"{restored.key} holds what it should: {proof}", then="  ")
        return
    source = f"from its version {restored.version}" if restored.version else "from the file given"
    verb = "would be brought back" if dry_run else "brought back"
    say(f"{restored.key} was {restored.was}; {verb} {source}: {proof}", then="  ")
    if restored.now:
        say(f"its newest version is now {restored.now}; the others are still there", then="  ")
