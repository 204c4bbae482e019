"""A page's row as the policy sees it; apart from the writing side so that ticks need no SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from news.policy import PageState
from news.serial import instant


def page_state(page: Mapping[str, Any]) -> PageState:
    """Return a page's row as the policy sees it."""
    return PageState(
        url=page["url"],
        published=_at(page["published"]),
        first_seen=instant(page["first_seen"]),
        last_look=_at(page["last_look"]),
        last_change=_at(page["last_change"]),
        looks=page["looks"],
        changes=page["changes"],
        failures=page["failures"],
        gone=page["last_outcome"] in ("gone", "moved"),
        retry_at=_at(page["retry_at"]),
        unconfirmed=bool(page["unconfirmed"]),
    )


def _at(text: str | None) -> datetime | None:
    return instant(text) if text else None
