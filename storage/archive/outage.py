"""A store that can't be reached is waited out: when it is tried again, and what is told of it beside the spool.

Whoever in a process asks the store says here how that went, and while it is away nobody else waits for it in vain.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from news.serial import instant, rfc3339

log = logging.getLogger(__name__)

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
"""Seconds until the store is tried again: doubled with each try in vain."""

NOTE = "waiting.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A store out of reach: since when, when it is asked again, how often it was asked in vain, and what came last."""

    since: datetime
    next_try: datetime
    tries: int
    why: str


class Outage:
    """What a process knows of its store's reach; `away` is None while nothing speaks against it.

    `trying` says that it just answered, and that what waits is on its way: it may be asked, and is not yet trusted.
    """

    def __init__(self) -> None:
        self.away: Away | None = None
        self.trying = False

    @property
    def shut(self) -> bool:
        """Whether nobody should ask the store now."""
        return self.away is not None and not self.trying

    def failed(self, why: str, now: datetime) -> Away:
        """Note that the store could not be asked, and return when it is asked again: with jitter, sooner or later."""
        before, self.trying = self.away, False
        if before is not None and now < before.next_try:
            return before
        tries = before.tries + 1 if before else 1
        if before is None:
            log.warning("store is out of reach, what is captured waits in the spool why=%s", why)
        pause = min(FIRST_PAUSE * 2.0 ** min(tries - 1, 16), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311
        since = before.since if before else now
        self.away = Away(since=since, next_try=now + timedelta(seconds=pause), tries=tries, why=why)
        return self.away

    def answered(self) -> None:
        """Note that the store can be asked."""
        if self.away is not None:
            log.warning("store is back after tries=%d since=%s", self.away.tries, rfc3339(self.away.since))
        self.away, self.trying = None, False

    def due(self, now: datetime) -> bool:
        """Return whether the store may be asked now."""
        return self.away is None or now >= self.away.next_try


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a site's writer last noted of segments that the store could not take, for whoever asks from outside."""

    since: datetime
    next_try: datetime
    why: str
    segments: tuple[str, ...]


def note_waiting(folder: Path, away: Away, segments: Sequence[str]) -> None:
    """Write beside a site's spool what waits there; a disk that can't take the note is no reason to stop."""
    said = {
        "since": rfc3339(away.since),
        "next_try": rfc3339(away.next_try),
        "why": away.why,
        "segments": list(segments),
    }
    aside = folder / f"{NOTE}.new"
    with suppress(OSError):
        aside.write_text(json.dumps(said))
        aside.replace(folder / NOTE)


def nothing_waits(folder: Path) -> None:
    """Take the note away, and one that a dead process had not finished."""
    with suppress(OSError):
        (folder / NOTE).unlink(missing_ok=True)
        (folder / f"{NOTE}.new").unlink(missing_ok=True)


def waiting_in(folder: Path) -> Waiting | None:
    """Return the note beside a site's spool, or None where there is none or it can't be read."""
    try:
        said: dict[str, Any] = json.loads((folder / NOTE).read_text())
        return Waiting(
            since=instant(said["since"]),
            next_try=instant(said["next_try"]),
            why=str(said["why"]),
            segments=tuple(said["segments"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
