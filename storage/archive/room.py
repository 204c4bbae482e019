"""Room in the spool: its own bound, and what its disk keeps free. It is asked before anything is fetched.

So a store that is away for long ends the crawl before the disk is full, and no record is torn by it.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

from news.errors import SpoolFull

log = logging.getLogger(__name__)

LEAST_FREE = 500_000_000
LEAST_SHARE = 0.02
"""What the spool's disk keeps free unless the configuration says otherwise: the larger of the two."""

ASKED_EVERY = 0.05
"""Seconds for which an answer holds."""


class Room:
    """How much the spool may hold, and its disk must keep free, both in bytes; None is the larger of the two above."""

    def __init__(self, spool: Path, *, most: float, least_free: float | None = None) -> None:
        self.spool = spool
        self._most = most
        self._least_free = least_free
        self._problem: str | None = None
        self._asked = -ASKED_EVERY

    def check(self) -> None:
        """Raise `SpoolFull` while there is none; asked again after a moment."""
        now = time.monotonic()
        if now - self._asked >= ASKED_EVERY:
            before, self._problem, self._asked = self._problem, self.problem(), now
            if self._problem and not before:
                log.error("nothing is fetched until there is room why=%s", self._problem)
            elif before and not self._problem:
                log.warning("there is room in the spool again spool=%s", self.spool)
        if self._problem:
            raise SpoolFull(self._problem)

    def problem(self) -> str | None:
        """Return why nothing should be fetched now, and what to do, or None."""
        if bytes_in(self.spool) >= self._most:
            return (
                f"the spool {self.spool} has grown to its bound of {_mb(self._most)}: see why its segments don't get "
                "into the store (`stoppress status`), or raise archive.spool_megabytes"
            )
        free, floor = self._disk()
        if free < floor:
            return (
                f"the disk of the spool {self.spool} has less left than the {_mb(floor)} that are to stay free: free "
                "space there, or set archive.spool_free_megabytes"
            )
        return None

    def _disk(self) -> tuple[float, float]:
        """Return how much is free on the spool's disk, and how much is to stay so."""
        there = next((place for place in (self.spool, *self.spool.absolute().parents) if place.exists()), Path("/"))
        disk = os.statvfs(there)
        floor = max(LEAST_FREE, LEAST_SHARE * disk.f_blocks * disk.f_frsize)
        return disk.f_bavail * disk.f_frsize, floor if self._least_free is None else self._least_free


def bytes_in(spool: Path) -> int:
    """Return how many bytes all sites' segments and journals take, and what was damaged and is kept beside them."""
    folders = [folder for site in _folders(spool) for folder in (site, *_folders(site))]
    return sum(_size(entry) for folder in folders for entry in os.scandir(folder) if entry.is_file())


def _folders(spool: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(spool) if entry.is_dir()]
    except OSError:
        return []


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return 0


def _mb(size: float) -> str:
    return f"{size / 1e6:.4g} MB"
