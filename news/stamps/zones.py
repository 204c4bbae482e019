"""From the clock on a wall to instants: one, none (the hour that spring skips), or two (the hour autumn repeats)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

_ABBREVIATIONS = {  # hours ahead of UTC; only those that news pages print and that mean one thing there
    **dict.fromkeys(("GMT", "UTC", "UT", "WET", "Z"), 0.0),
    **dict.fromkeys(("BST", "CET", "MEZ", "WEST", "WAT"), 1.0),
    **dict.fromkeys(("CEST", "MESZ", "EET", "OEZ", "SAST", "CAT"), 2.0),
    **dict.fromkeys(("EEST", "OESZ", "MSK", "EAT", "TRT"), 3.0),
    **dict.fromkeys(("SGT", "HKT", "AWST"), 8.0),
    **dict.fromkeys(("JST", "KST"), 9.0),
    **dict.fromkeys(("EST",), -5.0),
    **dict.fromkeys(("EDT", "AST"), -4.0),
    **dict.fromkeys(("ADT",), -3.0),
    **dict.fromkeys(("CDT",), -5.0),
    **dict.fromkeys(("MST", "PDT"), -7.0),
    **dict.fromkeys(("MDT",), -6.0),
    **dict.fromkeys(("PST", "AKDT"), -8.0),
    "AEST": 10.0,
    "AEDT": 11.0,
    "NZST": 12.0,
    "NZDT": 13.0,
    "NST": -3.5,
}
_REGIONS = {  # words that follow a place's clock through the year
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_WORDS = "|".join(sorted((*_ABBREVIATIONS, *_REGIONS), key=len, reverse=True))
ZONE = re.compile(rf"\(?(?P<zone>(?:GMT|UTC)?[+-]\d{{1,2}}(?::?\d{{2}})?(?![\d-])|(?:{_WORDS})\b)\)?")
"""Matches a zone as printed after a time: `GMT`, `BST`, `(CEST)`, `GMT+2`, `+01:00`."""

ZONE_AFTER_TIME = re.compile(rf"\d(?:\s?[ap]\.?m\.?)?\s*{ZONE.pattern}", re.IGNORECASE)
"""Finds a printed time that brings its own zone."""

_OFFSET = re.compile(r"(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?$")


@cache
def named_zone(name: str) -> tzinfo:
    """Return the zone of that IANA name; UTC for a name nobody knows, which the configuration refuses earlier."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def printed_zone(word: str) -> tzinfo | None:
    """Return the zone that a printed word means, or None for one we don't know."""
    if word in _REGIONS:
        return named_zone(_REGIONS[word])
    if word in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[word]))
    return _offset(word)


def _offset(word: str) -> tzinfo | None:
    found = _OFFSET.match(word)
    if found is None:
        return None
    ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if ahead >= timedelta(hours=24):
        return None
    return timezone(-ahead if found["sign"] == "-" else ahead)


def instants(local: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the instants, in UTC, at which clocks in that zone show this: none, one or two of them."""
    try:
        first = local.replace(tzinfo=zone, fold=0)
        if isinstance(zone, timezone) or first.utcoffset() == first.replace(fold=1).utcoffset():
            return (first.astimezone(UTC),)  # no hour skipped or repeated here: PEP 495
        both = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        true = [at for at in both if at.astimezone(zone).replace(tzinfo=None) == local.replace(fold=0)]
    except (OverflowError, ValueError):
        return ()
    return tuple(sorted(set(true)))
