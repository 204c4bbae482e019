"""What is on its way into the store and no manifest lists yet: journals here tell it, the catalogue tells others'."""

from __future__ import annotations

import json
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
NAMED = 32
"""Hexadecimal digits of a revision's digest that its key holds."""


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
    here = frozenset(digest.removeprefix("sha256:")[:NAMED] for digest in _revisions(spool))
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
    for path in spool.glob("*/*.journal.jsonl"):
        with suppress(FileNotFoundError):  # sealed meanwhile
            for raw in journal.read_raw(path):
                with suppress(ValueError):  # torn
                    yield from _digests(json.loads(journal.parted(raw)[0]))


def _digests(line: journal.Line) -> Iterator[str]:
    if line["t"] == "look" and line["observation"]["revision"]:
        yield line["observation"]["revision"]
    if line["t"] == "reread":
        yield from (link["digest"] for link in line["revisions"])
