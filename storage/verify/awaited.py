"""What is on its way into the store and no manifest lists yet: journals here tell it, the catalogue tells others'."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storage.archive import journal
from storage.catalogue.opening import Row, Rows
from storage.leases import open_elsewhere
from storage.verify.elsewhere import elsewhere_findings

_UNSEALED = "SELECT name, site FROM segments WHERE sealed IS NULL"
_REVISIONS = "SELECT site, key FROM revisions WHERE digest >= :first AND digest < :behind"
_NAMED = re.compile(rb'"(?:revision|digest)":"sha256:([0-9a-f]{32})')
"""A revision that a look or a chain laid anew names, as far as its key does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """The revisions that journals here speak of, by what their keys hold of their digests, and segments elsewhere.

    `afar` has by site the segments that other machines have not sealed; the catalogue knows what they brought.
    """

    revisions: frozenset[str] = frozenset()
    afar: dict[str, set[str]] = field(default_factory=dict)
    known: Callable[[str], list[Row]] = lambda _: []

    def brings(self, key: str) -> bool:
        """Return whether a revision's object may be one of them."""
        name = key.rpartition("-")[2].removesuffix(".json")
        if name in self.revisions:
            return True
        return bool(self.afar) and any(row["key"] == key and row["site"] in self.afar for row in self.known(name))


def awaited(spool: Path, rows: Rows | None, now: datetime) -> Awaited:
    """Return what is on its way; `rows` are None where the catalogue can't be asked."""
    here = frozenset(_revisions(spool))
    if rows is None:
        return Awaited(revisions=here)

    def known(name: str) -> list[Row]:
        return rows(_REVISIONS, first=f"sha256:{name}", behind=f"sha256:{name}g")

    return Awaited(revisions=here, afar=_afar(rows, spool, now), known=known)


def _afar(rows: Rows, spool: Path, now: datetime) -> dict[str, set[str]]:
    sites = {row["name"]: row["site"] for row in rows(_UNSEALED)}
    afar: dict[str, set[str]] = {}
    for name in open_elsewhere(rows, spool, now) | elsewhere_findings(rows, sites, spool).keys():
        if name in sites:
            afar.setdefault(sites[name], set()).add(name)
    return afar


def _revisions(spool: Path) -> Iterator[str]:
    """Yield what the journals here name, a line that a disk has changed as far as it can be read still."""
    for path in spool.glob("*/*.journal.jsonl"):
        with suppress(FileNotFoundError):  # sealed meanwhile
            for raw in journal.raw_lines(path):
                yield from (name.decode() for name in _NAMED.findall(raw))
