"""What a page says of its times to machines: ISO 8601, RFC 3339, RFC 2822."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

from news.model import Stamp, StampKind
from news.stamps.zones import instants, named_zone, printed_zone

_ISO = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2}|\d{8})[Tt _]\s*(?P<hour>\d{2}):?(?P<minute>\d{2})"
    r"(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?"
)
_RFC2822 = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3}\w*\s+\d{4}\s+\d{1,2}:\d{2}")
_JAVA = re.compile(
    r"[A-Z][a-z]{2} (?P<day>[A-Z][a-z]{2} \d{1,2}) (?P<time>\d\d:\d\d:\d\d) (?P<zone>[A-Z]{2,4}) (?P<year>\d{4})$"
)
_UNIX = re.compile(r"(?:1[0-9]{9})(?:\d{3})?")


def structured_stamp(kind: StampKind, text: str, *, source: str, timezone: str) -> Stamp | None:
    """Return the stamp that a machine-readable time makes, or None for empty words.

    A time without a zone is read in the site's; a date without a time of day is no instant: `at` is None.
    """
    words = " ".join(text.split())
    if not words:
        return None
    java = _JAVA.match(words)  # `Fri Apr 28 19:20:36 CEST 2023`, as java.util.Date prints itself
    if java:
        words_read = f"{java['day'][4:]} {java['day'][:3]} {java['year']} {java['time']}"
        local = parsedate_to_datetime(words_read)
        found = instants(local, printed_zone(java["zone"]) or named_zone(timezone))
        return Stamp(kind=kind, at=found[0] if found else None, text=words, source=source)
    found = _iso(words, timezone) or _rfc2822(words, timezone)
    at = found[0] if len(found) == 1 else None
    return Stamp(kind=kind, at=at, text=words, source=source, candidates=found if len(found) > 1 else ())


@lru_cache(maxsize=256)  # a page says the same in its JSON-LD, its meta tags and its time elements
def _iso(words: str, timezone: str) -> tuple[datetime, ...]:
    found = _ISO.match(words)
    if found is None:
        return _unix(words)
    digits = found["date"].replace("-", "")
    zone = (found["zone"] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
    try:
        local = datetime(  # noqa: DTZ001 - the zone comes next
            int(digits[:4]), int(digits[4:6]), int(digits[6:]),
            int(found["hour"]), int(found["minute"]), min(int(found["second"] or 0), 59),
            int((found["fraction"] or "0")[:6].ljust(6, "0")),
        )  # fmt: skip
    except ValueError:
        return ()
    return instants(local, _zone(zone) if zone else named_zone(timezone))


def _zone(word: str) -> tzinfo:
    return UTC if word == "Z" else printed_zone(word) or UTC


def _unix(words: str) -> tuple[datetime, ...]:
    """Read seconds or milliseconds since 1970, of 2001 and later."""
    if not _UNIX.fullmatch(words):
        return ()
    return (datetime.fromtimestamp(int(words[:10]), UTC),)


def _rfc2822(words: str, timezone: str) -> tuple[datetime, ...]:
    if not _RFC2822.match(words):
        return ()
    try:
        at = parsedate_to_datetime(words)
    except (ValueError, OverflowError):
        return ()
    return (at.astimezone(UTC),) if at.tzinfo else instants(at, named_zone(timezone))
