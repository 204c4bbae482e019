"""The archive's index as one sorted file, with a configuration by which pywb replays the store as it lies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows
from storage.catalogue.rows import stored_capture
from storage.cdx import cdxj
from storage.export.choosing import Chosen, captures_of_articles

Progress = Callable[[int, int], None]
AT_ONCE = 64
"""Sorted runs that are merged together, each an open file."""
LINES = 50_000
"""Lines that are sorted in memory."""

INDEX, CONFIG = "index.cdxj", "config.yaml"


def write_index(
    rows: Rows, chosen: Chosen, stream: BinaryIO, *, spool: Path, progress: Progress | None
) -> tuple[int, list[Path]]:
    """Write the sorted index; return how many lines, and the spool's folders that hold what is not sealed yet.

    A line's `filename` is its segment's key in the store, or its bare name while it lies in the spool.
    """
    open_yet = set[Path]()
    done = 0
    with ExitStack() as held:
        runs = list[BinaryIO]()
        for lines in _batched(_lines(rows, chosen, spool, open_yet, progress)):
            runs.append(_run(held, sorted(lines)))
            if len(runs) == AT_ONCE:
                runs = [_run(held, merge(*runs))]
        for line in merge(*runs):
            stream.write(line)
            done += 1
    return done, sorted(open_yet)


def is_index(folder: Path) -> bool:
    """Return whether a folder holds an index and its configuration, as they are written here, and nothing else."""
    return {(path.name, path.is_file()) for path in folder.iterdir()} == {(INDEX, True), (CONFIG, True)}


def pywb_config(folder: Path, archives: Sequence[str]) -> str:
    """Return pywb's `config.yaml`: one collection, `all`, over the index in `folder` and these places of WARC files."""
    places = "".join(f"      - {json.dumps(place)}\n" for place in archives)
    return (
        "# Made by `stoppress export cdxj`. Run in this folder: wayback\n"
        "collections:\n"
        "  all:\n"
        f"    index_paths: {json.dumps(str(folder / INDEX))}\n"
        f"    archive_paths:\n{places}"
    )


def place_of_store(address: str) -> str:
    """Return where pywb finds a store's segments by their keys."""
    return address.rstrip("/") + "/" if address.startswith("s3://") else f"{Path(address).absolute()}/"


def _lines(rows: Rows, chosen: Chosen, spool: Path, open_yet: set[Path], progress: Progress | None) -> Iterator[bytes]:
    if chosen.articles:
        captures = [row for row in captures_of_articles(rows, chosen.articles) if chosen.holds(row["at"])]
        for name in sorted({row["segment"] for row in captures}):
            filename = _filename(rows, name, spool, open_yet)
            yield from _indexed((row for row in captures if row["segment"] == name), filename)
        return
    names = [
        row["name"]
        for site in chosen.sites
        for row in rows("SELECT name FROM segments WHERE site = :site ORDER BY name", site=site)
    ]
    for done, name in enumerate(names, start=1):
        captures = rows("SELECT * FROM captures WHERE segment = :name", name=name)
        filename = _filename(rows, name, spool, open_yet)
        yield from _indexed((row for row in captures if chosen.holds(row["at"])), filename)
        if progress:
            progress(done, len(names))


def _indexed(captures: Iterable[Row], filename: str) -> Iterator[bytes]:
    yield from (line.encode() for row in captures if (line := cdxj([stored_capture(row)], filename=filename)))


def _filename(rows: Rows, name: str, spool: Path, open_yet: set[Path]) -> str:
    known: Any = reading.segment(rows, name)
    if known is not None and known["warc_key"] is not None:
        return str(known["warc_key"])
    site = known["site"] if known is not None else name.rsplit("-", 3)[0]
    open_yet.add((spool / site).absolute())
    return f"{name}.warc.gz"


def _batched(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch = list[bytes]()
    for line in lines:
        batch.append(line)
        if len(batch) == LINES:
            yield batch
            batch = []
    if batch:
        yield batch


def _run(held: ExitStack, lines: Iterable[bytes]) -> BinaryIO:
    """Return sorted lines as a file to be merged."""
    run: BinaryIO = held.enter_context(TemporaryFile())  # noqa: SIM115  `held` closes it
    run.writelines(lines)
    run.seek(0)
    return run
