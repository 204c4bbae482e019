"""Segments that were sealed without the archive's signature, noted beside a site's spool until one is signed again.

Captures come first, so a seal goes on without the key; whoever asks for alarms is told on the machine that sealed. A
disk that can't take the note is no reason to stop.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from news.serial import instant, rfc3339

NOTE = "unsigned.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """How many segments in a row were sealed without a signature, and when the first of them was."""

    since: datetime
    segments: int


def note_seal(folder: Path, *, signed: bool, now: datetime) -> None:
    """Note that a segment was sealed, signed or not; a signed one vouches for those before it and ends the note."""
    if signed:
        with suppress(OSError):
            (folder / NOTE).unlink(missing_ok=True)
        return
    before = unsigned_in(folder)
    said = {
        "since": rfc3339(before.since if before else now),
        "segments": before.segments + 1 if before else 1,
    }
    aside = folder / f"{NOTE}.new"
    with suppress(OSError):
        aside.write_text(json.dumps(said))
        aside.replace(folder / NOTE)


def unsigned_in(folder: Path) -> Unsigned | None:
    """Return the note beside a site's spool, or None where there is none or it can't be read."""
    try:
        said: dict[str, Any] = json.loads((folder / NOTE).read_text())
        return Unsigned(since=instant(said["since"]), segments=int(said["segments"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
