"""The dates of feeds and sitemaps: ISO 8601 as of W3C-DTF, and RFC 2822 as it is really written."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MONTH = re.compile(r"[0-9]{4}(-[0-9]{2})?")
_ZONES = {"BST": "+0100", "WET": "+0000", "WEST": "+0100", "CET": "+0100", "CEST": "+0200", "EET": "+0200"}
"""Names that RFC 2822 doesn't know and feeds use; the mail parser would take them for UTC."""


def parse_date(text: str | None) -> datetime | None:
    """Return the instant in UTC, or None when it can't be read. A date without a zone is taken as UTC.

    Days, months and years stand for their first instant. These times rank and compare; they are no stamps.
    """
    text = " ".join((text or "")[:80].split())
    if not text:
        return None
    for read in (_iso, _mail):
        try:
            at = read(text)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return at if at.year >= 1800 else None  # year 1 is how some systems write "never"
    return None


def _iso(text: str) -> datetime:
    if _MONTH.fullmatch(text):
        text = f"{text}-01-01"[:10]
    return datetime.fromisoformat(re.sub(r" (?=[+-][0-9]{2}:?[0-9]{2}$|Z$)", "", text.replace(" UTC", "Z")))


def _mail(text: str) -> datetime:
    words, _, zone = text.rpartition(" ")
    return parsedate_to_datetime(f"{words} {_ZONES.get(zone.upper(), zone)}")
