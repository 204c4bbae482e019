"""Fronts, feeds and sitemaps that gave no answer at all: where no byte came, no record in the archive says so.

What a round through a site's sources could not reach is noted beside its spool, on the machine that asked, until it
answers; a disk that can't take the note is no reason to stop.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from news.serial import instant, rfc3339

NOTE = "unanswered.json"
KEPT = timedelta(days=4)
"""How long a source is remembered that no round asked for again: it may be configured no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A source out of reach: of which kind, asked in vain how often since when and when last, and what came of that."""

    url: str
    kind: str
    since: datetime
    last: datetime
    times: int
    why: str


def note_round(folder: Path, *, silent: Mapping[tuple[str, str], str], heard: Collection[str], now: datetime) -> None:
    """Note what one round through the sources met: why each (kind, address) was `silent`, and which were `heard`."""
    before = {source.url: source for source in unanswered_in(folder)}
    kept = {url: source for url, source in before.items() if url not in heard and now - source.last < KEPT}
    for (kind, url), why in silent.items():
        known = kept.get(url)
        kept[url] = Unanswered(
            url=url,
            kind=kind,
            since=known.since if known else now,
            last=now,
            times=known.times + 1 if known else 1,
            why=why,
        )
    if kept or before:
        _write(folder, list(kept.values()))


def unanswered_in(folder: Path) -> tuple[Unanswered, ...]:
    """Return what is noted beside a site's spool, nothing where that can't be read."""
    try:
        said: list[dict[str, Any]] = json.loads((folder / NOTE).read_text())
        return tuple(
            Unanswered(
                url=str(row["url"]),
                kind=str(row["kind"]),
                since=instant(row["since"]),
                last=instant(row["last"]),
                times=int(row["times"]),
                why=str(row["why"]),
            )
            for row in said
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _write(folder: Path, sources: list[Unanswered]) -> None:
    rows = [asdict(source) | {"since": rfc3339(source.since), "last": rfc3339(source.last)} for source in sources]
    aside = folder / f"{NOTE}.new"
    with suppress(OSError):
        aside.write_text(json.dumps(rows))
        aside.replace(folder / NOTE)
