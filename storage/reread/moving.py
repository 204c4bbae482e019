"""Which structured stamps a site is known to move by themselves, and since when: its looks say so, in order of time."""

from __future__ import annotations

import json
from bisect import insort
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from news.serial import rfc3339
from storage.catalogue.opening import Rows

ENOUGH = 2
"""Looks that must have found a structured stamp moving alone before a site is known to move it by itself."""
EVER = "9999"


class SelfMoving:
    """The sources of such stamps at any instant, as the catalogue's looks and those since tell them."""

    def __init__(self, rows: Rows, site: str) -> None:
        self._seen = defaultdict[str, list[str]](list)
        found = rows(
            "SELECT at, signals FROM observations WHERE site = :site AND signals LIKE :moved ORDER BY at",
            site=site,
            moved='%"moved-alone"%',
        )
        for row in found:
            for name, source in json.loads(row["signals"]):
                if name == "moved-alone":
                    self.add(row["at"], source)

    def __call__(self, at: datetime) -> frozenset[str]:
        """Return the sources of stamps that were known at an instant to move by themselves."""
        said = rfc3339(at)
        return frozenset(source for source, since in self.since().items() if since < said)

    def add(self, at: str, source: str) -> None:
        """Take note that a look found a stamp of this source moving alone."""
        seen = self._seen[source]
        insort(seen, at)
        del seen[ENOUGH:]

    def since(self) -> dict[str, str]:
        """Return since when each source is known for it."""
        return {source: seen[-1] for source, seen in self._seen.items() if len(seen) == ENOUGH}


def between(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the span, its beginning left out, in which two tellings of `since` know different sources, or None."""
    differ = [
        sorted((one.get(source, EVER), other.get(source, EVER)))
        for source in one.keys() | other.keys()
        if one.get(source) != other.get(source)
    ]
    return (min(first for first, _ in differ), max(last for _, last in differ)) if differ else None
