"""The spool: where open segments lie on this machine, one folder a site, and the lock that proves its writer alive."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO

from news.errors import SiteBusy, SpoolUnavailable, StoreUnavailable
from storage.archive import journal
from storage.archive.journal import Journal
from storage.warc import repairing
from storage.warc.segment import Segment
from storage.warc.tally import Tally

COPIED = 1 << 20
DAMAGED = "damaged"
"""The folder within a site's spool where files that the disk has damaged are kept as they were; nothing takes them
away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a segment's files lie in the spool; `tally` is what their writer noted, None where that is gone."""

    site: str
    name: str
    folder: Path
    tally: Tally | None = field(default=None, compare=False, repr=False)

    @property
    def warc(self) -> Path:
        """The WARC file."""
        return self.folder / f"{self.name}.warc.gz"

    @property
    def journal(self) -> Path:
        """The journal beside it."""
        return self.folder / f"{self.name}.journal.jsonl"

    @property
    def exists(self) -> bool:
        """Whether one of both is there."""
        return self.warc.exists() or self.journal.exists()

    @property
    def size(self) -> int:
        """Bytes of both, as far as they are there."""
        return sum(path.stat().st_size for path in (self.warc, self.journal) if path.exists())

    def remove(self) -> None:
        """Let the files go; only after their segment's manifest lies in the store."""
        self.warc.unlink(missing_ok=True)
        self.journal.unlink(missing_ok=True)
        journal.aside(self.journal).unlink(missing_ok=True)
        repairing.aside(self.warc).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSegment:
    """A segment that is being written, with its journal."""

    place: Place
    segment: Segment
    journal: Journal

    def close(self) -> None:
        """Put both on the disk and let go of them."""
        self.segment.close()
        self.journal.sync()
        self.journal.close()


class SpoolLock:
    """The right to write one site on this machine: an flock, which a dead process can't keep.

    The file holds the owner's process id, and the token of the lease under which this spool was last written, which is
    `token` here, None where that is not known.
    """

    def __init__(self, folder: Path, site: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = (folder / "lock").open("a+")
        except OSError as error:
            raise StoreUnavailable(f"the spool {folder} can't be written: {error.strerror}") from error
        if not self._take():
            holder = next(iter(self._said()), "unknown")
            self._file.close()
            raise SiteBusy(
                f"site {site} is being crawled by process {holder} just now; wait for it or stop it"
            ) from None
        said = self._said()
        self.token = int(said[1]) if len(said) == 2 and said[1].isdecimal() else None
        self._write()

    def written_under(self, token: int) -> None:
        """Note under which lease's token this spool is written from now on."""
        self.token = token
        self._write()

    def _said(self) -> list[str]:
        self._file.seek(0)
        return self._file.read().split()

    def _write(self) -> None:
        """Write the file; where that fails, less is known of this spool later, and nothing is lost."""
        with suppress(OSError):
            self._file.truncate(0)
            self._file.write(f"{os.getpid()} {self.token}" if self.token is not None else str(os.getpid()))
            self._file.flush()

    def _take(self) -> bool:
        """Try for a second: `status` and `verify` hold a lock for an instant to see whether its owner lives."""
        for _ in range(10):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.1)
            else:
                return True
        return False

    def release(self) -> None:
        """Let another process write the site."""
        self._file.close()


WHOLE = "lock"
"""The file in the spool whose lock whoever writes any site shares, and a rebuild has to itself."""


@contextmanager
def shared(spool: Path) -> Iterator[None]:
    """Hold off whoever wants the catalogue and the whole spool to itself; raises `SiteBusy` where someone has them.

    It is taken before the catalogue is opened: a rebuild puts another file in its place.
    """
    with _locked(spool, fcntl.LOCK_SH) as taken:
        if not taken:
            raise SiteBusy("the catalogue is being built anew just now (`stoppress rebuild`): wait until that is done")
        yield


@contextmanager
def alone(spool: Path) -> Iterator[None]:
    """Hold off everyone who would write any site, known or new; raises `SiteBusy` where someone is at work."""
    with _locked(spool, fcntl.LOCK_EX) as taken:
        if not taken:
            raise SiteBusy(
                f"a crawl, an import or a reread is at work with the spool {spool}, or another rebuild: wait for it or "
                "stop it, then rebuild"
            )
        yield


@contextmanager
def _locked(spool: Path, how: int) -> Iterator[bool]:
    try:
        spool.mkdir(parents=True, exist_ok=True)
        file = (spool / WHOLE).open("a")
    except OSError as error:
        raise StoreUnavailable(f"the spool {spool} can't be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def spooling(spool: Path) -> Iterator[None]:
    """Raise `SpoolUnavailable` where the spool's disk is full, broken or read-only."""
    try:
        yield
    except OSError as error:
        raise SpoolUnavailable(
            f"the spool {spool} can't be used: {error.strerror}; what was captured before is "
            "kept. Free space or mend the disk, then run the command again"
        ) from error


def sync_entries(folder: Path) -> None:
    """Put the names in a site's spool, and the spool's own, on the disk: an fsync of a file need not (fsync(2))."""
    for changed in (folder, folder.parent):
        handle = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def keep_aside(*paths: Path) -> None:
    """Put a copy of each file, as it is, in `damaged` beside it and on the disk, unless one is there already."""
    for path in paths:
        folder = path.parent / DAMAGED
        folder.mkdir(exist_ok=True)
        names = (path.name if number == 1 else f"{path.name}.{number}" for number in count(1))
        kept = next(copy for copy in map(folder.joinpath, names) if not copy.exists() or _alike(copy, path))
        if not kept.exists():
            written = folder / "copying"
            with path.open("rb") as stream, written.open("wb") as out:
                shutil.copyfileobj(stream, out, COPIED)
                out.flush()
                os.fsync(out.fileno())
            written.replace(kept)
        sync_entries(folder)
        sync_entries(path.parent)


def _alike(one: Path, other: Path) -> bool:
    """Return whether two files hold the same."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        return all(piece == right.read(COPIED) for piece in iter(lambda: left.read(COPIED), b""))


def leftovers(folder: Path, site: str) -> list[Place]:
    """Return the segments that lie in a site's spool, oldest first."""
    stems = {path.name.partition(".")[0] for path in folder.glob("*.warc.gz")}
    stems |= {path.name.partition(".")[0] for path in folder.glob("*.journal.jsonl")}
    return [Place(site=site, name=stem, folder=folder) for stem in sorted(stems)]
