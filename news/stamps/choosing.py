"""Which of a page's stamps to show: all are kept, of each kind the chosen one comes first.

Printed words are what people were told, so they go before any structure; but a stamp whose words give no instant
yields to one that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from news.model import Stamp
from news.stamps.zones import ZONE_AFTER_TIME

_QUARTER, _FARTHEST = timedelta(minutes=15), timedelta(hours=14)
"""Zones lie whole quarters of an hour from UTC, and at most 14 hours."""

_ZONED = re.compile(r"(?:Z|UTC|GMT|\d[+-]\d{2}(?::?\d{2})?|\s[+-]\d{4}| [A-Z]{3,4} \d{4})$|^\d{10,13}$", re.IGNORECASE)
"""Finds the zone of a structured time; seconds since 1970 have theirs by nature."""

_PREFERENCE = ("printed", "json-ld", "meta", "time", "microdata")
_HEAD = ("json-ld:", "meta:")
_KINDS = ("published", "updated")


def choose(stamps: Iterable[Stamp], *, zone_known: bool = True) -> tuple[Stamp, ...]:
    """Return the stamps in order: published before updated, of each kind the chosen first; repeats once.

    A printed time that a doubled hour leaves open takes the candidate that a structured stamp of its kind names.
    Where the site's zone is not known (`zone_known` false), words without a zone take the instant of a structured
    stamp with one that shows the same minute, hours apart.
    A structured updated stamp that only repeats the published instant is left out: nothing was updated; a `time`
    element that says the updated instant, where another one is published, is an updated stamp ("5 minutes ago").
    """
    every = _told_apart(list(dict.fromkeys(stamps)))
    settled = [_settled(stamp if zone_known else _confirmed(stamp, every), every) for stamp in every]
    published = [stamp for stamp in settled if stamp.kind == "published"]
    kept = [stamp for stamp in settled if not _repeats(stamp, published)]
    return tuple(sorted(kept, key=_rank))


def _told_apart(every: list[Stamp]) -> list[Stamp]:
    """Return the stamps, with each `time` element of the instant that the page's head calls updated of that kind."""
    head = [(stamp.kind, _minute(stamp.at)) for stamp in every if stamp.at and stamp.source.startswith(_HEAD)]
    published = {at for kind, at in head if kind == "published"}
    updated = {at for kind, at in head if kind == "updated"} - published
    if not published or not updated:
        return every
    return [
        replace(stamp, kind="updated")
        if stamp.source == "time" and stamp.at and _minute(stamp.at) in updated
        else stamp
        for stamp in every
    ]


def _rank(stamp: Stamp) -> tuple[int, bool, int]:
    source = stamp.source.split(":", 1)[0]
    place = _PREFERENCE.index(source) if source in _PREFERENCE else len(_PREFERENCE)
    return _KINDS.index(stamp.kind), stamp.at is None, place


def _confirmed(stamp: Stamp, every: Sequence[Stamp]) -> Stamp:
    """Return a stamp without a zone moved to where one with a zone says the same clock time: that is its zone."""
    if stamp.at is None or _has_zone(stamp):
        return stamp
    zoned = [other for other in every if other.at is not None and not other.printed and _has_zone(other)]
    for other in sorted(zoned, key=lambda other: (other.kind != stamp.kind, _rank(other))):
        apart = _minute(other.at or stamp.at) - _minute(stamp.at)
        if apart % _QUARTER == timedelta(0) and abs(apart) <= _FARTHEST:
            return replace(stamp, at=stamp.at + apart)
    return stamp


def _has_zone(stamp: Stamp) -> bool:
    return bool((ZONE_AFTER_TIME if stamp.printed else _ZONED).search(stamp.text))


def _settled(stamp: Stamp, every: Sequence[Stamp]) -> Stamp:
    if stamp.at is not None or not stamp.candidates:
        return stamp
    said = {_minute(other.at) for other in every if other.kind == stamp.kind and not other.printed and other.at}
    fitting = [at for at in stamp.candidates if _minute(at) in said]
    return replace(stamp, at=fitting[0], candidates=()) if len(fitting) == 1 else stamp


def _repeats(stamp: Stamp, published: Sequence[Stamp]) -> bool:
    if stamp.kind != "updated" or stamp.printed:
        return False
    if stamp.at is None:
        return any(stamp.text == other.text for other in published)
    return any(other.at and _minute(other.at) == _minute(stamp.at) for other in published)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
