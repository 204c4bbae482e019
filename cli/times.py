"""Times as people write them: `2h`, `3 days ago`, `yesterday`, `monday 14:30`, `2026-07-04`, RFC 3339."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORMS = 'an ISO time or date such as 2026-07-04T14:30Z, or "2h", "3 days", "yesterday", "monday", "monday 14:30"'

_AGO = re.compile(r"(\d{1,6})\s*([a-z]+)(?:\s+ago)?")
_UNITS = {
    "seconds": ("s", "sec", "secs", "second", "seconds"),
    "minutes": ("m", "min", "mins", "minute", "minutes"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "days": ("d", "day", "days"),
    "weeks": ("w", "week", "weeks"),
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ZONED = re.compile(r"(.*\d)\s+([A-Z]{2,5})")
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time as exactly as it was written: a day is a day long, `14:30` a minute; both ends in UTC and included."""

    start: datetime
    end: datetime


def parse_time(text: str, *, now: datetime, zone: tzinfo) -> Span:
    """Return the time that these words mean; those without a zone are the site's. Raises ValueError."""
    said = text.strip()
    if (ago := _ago(said.lower(), now)) is not None:
        return Span(start=ago, end=ago)
    if (day := _named_day(said.lower(), now.astimezone(zone))) is not None:
        return _on(day[0], day[1], zone)
    try:
        return _iso(said, zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time: give {_meant(said) or FORMS}") from None


def _meant(said: str) -> str | None:
    """Return how to write the day that a bare year or month begins with, or None for other words."""
    if not (found := re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2]))?", said)):
        return None
    return f"a day, such as {found[1]}-{found[2] or '01'}-01"


def _ago(said: str, now: datetime) -> datetime | None:
    if said == "now":
        return now.astimezone(UTC)
    found = _AGO.fullmatch(said)
    unit = next((unit for unit, names in _UNITS.items() if found and found[2] in names), None)
    if found is None or unit is None:
        return None
    try:
        return now.astimezone(UTC) - timedelta(**{unit: int(found[1])})
    except OverflowError:
        return None


def _named_day(said: str, here: datetime) -> tuple[date, str] | None:
    """Return the day that a name means, the last one of that name before today, and what follows the name."""
    first, _, rest = said.removeprefix("last ").partition(" ")
    if _CLOCK.fullmatch(said):
        return here.date(), said
    if first in ("today", "yesterday"):
        return here.date() - timedelta(days=first == "yesterday"), rest
    if first in WEEKDAYS:
        back = (here.weekday() - WEEKDAYS.index(first)) % 7 or (7 if said.startswith("last ") else 0)
        return here.date() - timedelta(days=back), rest
    return None


def _on(day: date, clock: str, zone: tzinfo) -> Span:
    if not clock.strip():
        return _day(day, zone)
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise ValueError(f"{clock!r} is no time of day: give {FORMS}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    start = datetime.combine(day, time(hours, minutes, seconds), tzinfo=zone)
    return _span(start, timedelta(seconds=1) if found[3] else timedelta(minutes=1))


def _iso(said: str, zone: tzinfo) -> Span:
    zoned = _ZONED.fullmatch(said)
    bare = zoned[1] if zoned else said
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare):
        return _day(date.fromisoformat(bare), zone)
    if not re.match(r"\d{4}-?\d{2}-?\d{2}[T ]", bare, re.IGNORECASE):
        raise ValueError(said)
    at = datetime.fromisoformat(bare.upper())
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    if zoned and zoned[2] != "UTC" and zoned[2] != at.tzname():
        raise ValueError(said)
    if zoned and zoned[2] == "UTC":
        at = at.replace(tzinfo=UTC)
    clock = re.split(r"[T ]", bare, maxsplit=1, flags=re.IGNORECASE)[1]
    if "." in clock or "," in clock:
        return Span(start=at.astimezone(UTC), end=at.astimezone(UTC))
    exact = re.match(r"\d{2}:?\d{2}:?\d{2}", clock)
    return _span(at, timedelta(seconds=1) if exact else timedelta(minutes=1))


def _day(day: date, zone: tzinfo) -> Span:
    start = datetime.combine(day, time(), tzinfo=zone)
    after = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return Span(start=start.astimezone(UTC), end=after.astimezone(UTC) - _TICK)


def _span(start: datetime, length: timedelta) -> Span:
    first = start.astimezone(UTC)
    return Span(start=first, end=first + length - _TICK)
