"""What waits in the spools of other machines, as the catalogue tells it: nobody here can see whether it still does."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from storage.catalogue.opening import Row, Rows
from storage.leases import machine, named
from storage.verify.findings import Finding

START = (
    "start that machine, or run `stoppress tick {site}` on it: it seals what waits there. If only its disk is left, "
    "copy the segment's files from its spool into {folder}/ and run `stoppress tick {site}` here. If that is gone too, "
    "so is what waited: `stoppress rebuild` makes a catalogue of what the store has"
)

OPENED = re.compile(r"[0-9]{14}-[0-9]{5}-(?P<machine>.+)")
"""What a segment's name says behind its site's."""

_UNSEALED = """
    SELECT s.name, s.site, s.opened, l.host, l.spool, l.holder FROM segments s LEFT JOIN leases l ON l.site = s.site
    WHERE s.sealed IS NULL ORDER BY s.name
"""


def elsewhere_findings(rows: Rows, names: Collection[str], spool: Path) -> dict[str, Finding]:
    """Return, by its name, what to know of each of these segments that another spool than this one was to hold."""
    found = ((row, _holder(row, str(spool.resolve()))) for row in rows(_UNSEALED) if row["name"] in names)
    return {row["name"]: _note(row, holder, spool) for row, holder in found if holder is not None}


def _holder(row: Row, here: str) -> str | None:
    """Return who was to seal a segment, in words, or None where that is this machine with this spool.

    A segment's name tells the machine that opened it, a site's lease who wrote last, and to which spool.
    """
    told = OPENED.fullmatch(row["name"].removeprefix(f"{row['site']}-"))
    if told is None:
        return None
    opener = told["machine"]
    if row["spool"] and row["spool"] != here and named(row["host"]) == opener:
        return f"{row['host']}, spool {row['spool']}"
    return opener if opener != machine() else None


def _note(row: Row, holder: str, spool: Path) -> Finding:
    died = ", whose writer ended without letting go of the site" if row["holder"] and row["host"] in holder else ""
    return Finding(
        object=f"spool of another machine: {row['site']}/{row['name']}",
        problem=f"since {row['opened'][:19]}Z this segment waits in the spool of machine {holder}{died}; its captures "
        "are only there",
        advice=START.format(site=row["site"], folder=spool / row["site"]),
        level="note",
    )
