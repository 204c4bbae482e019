"""Words for a time that change by themselves: "2 hours ago" says another thing each hour that it stands there."""

from __future__ import annotations

import re

from news.stamps.names import RELATIVE

_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|months?|y|yrs?|years?)"
_RELATIVE = re.compile(
    rf"""
    \b\d+\s*{_UNIT}\b(?:\s+ago)?\s*$ | \bago\b | \bjust\ now\b | \bmoments?\b
    | \bvor\s+(?:\d+|einer?|wenigen)\b | \bgerade\ eben\b
    | \bil\s+y\s+a\b | \bhace\s+(?:\d+|una?|unos|pocos)\b | \b\d+\s+\w+\s+fa\b | \bun.ora\s+fa\b
    | \bgeleden\b | \bhá\s+\d+\b | \batrás\b | \btemu\b | \bsedan\b | \bsiden\b
    | \btoday\b | \byesterday\b | \bheute\b | \bgestern\b | \baujourd.hui\b | \bhier\b | \bhoy\b | \bayer\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_relative(words: str) -> bool:
    """Return whether these words name a time by its distance from the reading: such words never move."""
    return _RELATIVE.search(words) is not None or RELATIVE.search(words) is not None
