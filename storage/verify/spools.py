"""What lies in the spool, and whether the process that writes it lives: an flock, which a dead one can't keep."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from storage.archive.journal import raw_lines
from storage.archive.outage import waiting_in

RELAID = b'"t":"reread"'
"""What a journal's line holds that lays a chain anew: within a string each quote has a backslash before it."""

_DIGESTS = re.compile(rb'"digest":"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A segment that is not in the store yet; `size` in bytes; `alive` says that its writer is at work.

    `waits` says that it is closed and whole, and that the store could not be reached when it was to go in.
    """

    site: str
    name: str
    size: int
    alive: bool
    waits: bool = False


def spooled(spool: Path, site: str | None = None) -> tuple[Spooled, ...]:
    """Return the segments in the spool, of one site or of all, oldest first in each site."""
    folders = [spool / site] if site is not None else sorted(_folders(spool))
    return tuple(segment for folder in folders for segment in _in(folder))


def laid_anew(spool: Path) -> set[str]:
    """Return the digests of the revisions that chains laid anew brought into the spool; no look speaks of those."""
    found = set[str]()
    for path in spool.glob("*/*.journal.jsonl"):
        with suppress(FileNotFoundError):  # sealed meanwhile
            found |= {digest.decode() for raw in raw_lines(path) if RELAID in raw for digest in _DIGESTS.findall(raw)}
    return found


def owner_alive(folder: Path) -> bool:
    """Return whether a process holds the lock of this site's spool."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _in(folder: Path) -> Iterator[Spooled]:
    sizes: dict[str, int] = {}
    for ending in (".warc.gz", ".journal.jsonl"):
        for path in folder.glob(f"*{ending}"):
            name = path.name.removesuffix(ending)
            size = _size(path) if ending == ".warc.gz" else 0
            sizes[name] = sizes.get(name, 0) + size
    alive = bool(sizes) and owner_alive(folder)
    noted = waiting_in(folder) if sizes else None
    for name in sorted(sizes):
        waits = noted is not None and name in noted.segments
        yield Spooled(site=folder.name, name=name, size=sizes[name], alive=alive, waits=waits)


def _folders(spool: Path) -> list[Path]:
    try:
        return [path for path in spool.iterdir() if path.is_dir()]
    except OSError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
