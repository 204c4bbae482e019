"""The instant that a record's WARC-Date states, ours or anyone's."""

from __future__ import annotations

from datetime import UTC, datetime


def warc_date(said: str | None) -> datetime | None:
    """Return the instant in UTC, which one without a zone is in too (WARC/1.1, 5.4); None for what can't be read."""
    try:
        at = datetime.fromisoformat(said) if said else None
        return at and (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the year 1 begins earlier still in UTC, for whoever writes it east of there
        return None
