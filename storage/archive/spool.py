"""The spool: where open segments lie on this machine, one folder a site, and the lock that proves its writer alive."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from news.errors import SiteBusy, StoreUnavailable
from storage.archive.journal import Journal
from storage.warc.segment import Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a segment's files lie in the spool."""

    site: str
    name: str
    folder: Path

    @property
    def warc(self) -> Path:
        """The WARC file."""
        return self.folder / f"{self.name}.warc.gz"

    @property
    def journal(self) -> Path:
        """The journal beside it."""
        return self.folder / f"{self.name}.journal.jsonl"

    def remove(self) -> None:
        """Let the files go; only after their segment's manifest lies in the store."""
        self.warc.unlink(missing_ok=True)
        self.journal.unlink(missing_ok=True)


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
    """The right to write one site on this machine: an flock, which a dead process can't keep."""

    def __init__(self, folder: Path, site: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = (folder / "lock").open("a+")
        except OSError as error:
            raise StoreUnavailable(f"the spool {folder} can't be written: {error.strerror}") from error
        if not self._take():
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise SiteBusy(
                f"site {site} is being crawled by process {holder} just now; wait for it or stop it"
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
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


@contextmanager
def spooling(spool: Path) -> Iterator[None]:
    """Raise `StoreUnavailable` where the spool's disk is full, broken or read-only."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
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


def leftovers(folder: Path, site: str) -> list[Place]:
    """Return the segments that lie in a site's spool, oldest first."""
    stems = {path.name.partition(".")[0] for path in folder.glob("*.warc.gz")}
    stems |= {path.name.partition(".")[0] for path in folder.glob("*.journal.jsonl")}
    return [Place(site=site, name=stem, folder=folder) for stem in sorted(stems)]
