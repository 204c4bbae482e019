"""Which revisions may be pushed to people: those that a later look found again (design.md, section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

CONFIRMED_AFTER = timedelta(seconds=120)
"""How long a state must have been seen to stand: A/B tests, stale caches and passing errors show themselves by then."""


def confirmed(seen_first: datetime, seen_last: datetime) -> bool:
    """Return whether a revision seen at these instants was found again long enough after its first sight."""
    return seen_last - seen_first >= CONFIRMED_AFTER
