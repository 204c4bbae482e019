"""Names of people from bylines, as people would list them."""

# ruff: noqa: RUF001 - dashes, quotes and letters as pages print them

from __future__ import annotations

import re
from collections.abc import Iterable

from news.reading.text import fold

_BY = re.compile(
    r"^\W*(?:(?:written|reported|words|text|story)\s+by|by|von|par|por|di|door|av|af|text|autor(?:in)?|author|"
    r"reporter|автор(?:ы|и)?(?=\s*:)|بقلم)\b\s*:?\s+",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*(?:[,;|•·]|\s/\s|\s(?:and|und|et|och|og|oraz)\s|\s&\s)\s*", re.IGNORECASE)
_APART_SHORT = re.compile(r"\s+(?:y|e|i|en)\s+(?=[A-ZÀ-Þ])")
_PLACE = re.compile(
    r"(?<=\w)\s+in\s+(?:the\s+)?[A-ZÀ-Þ][\w.'’-]*(?:\s+(?:(?:de|do|la|le|of|upon|am|an der)\s+)?[A-ZÀ-Þ][\w.'’-]*)*"
    r"(?:,\s*(?:[A-Z]\.){2,})?(?=\s*(?:$|[,;|•·/&])|\s+(?:and|und|et|och|og|oraz|y|e|i|en)\s)"
)
"""Where the writer was: lower-case `in` before capitals, so that `in 't Veld` and `in der Smitten` stay names."""
_JUNK = re.compile(
    r"(?i:https?:|www\.|@|/|(?-i:^[a-z]+(?:-[a-z]+)+$)|^(?:admin(?:istrator)?|staff|editor|null|undefined|unknown|"
    r"author|newsdesk|online)$|\d{3,})",
)
_ROLE = re.compile(
    r"\b(?:(?i:editor|correspondent|reporter|writer|columnist|journalist|redakteur(?:in)?|korrespondent(?:in)?|reporterin|"
    r"autor(?:in)?|chief|bureau|contributor|producer|presenter|political|special to)|in [A-ZÀ-Þ]\w+|aus [A-ZÀ-Þ]\w+)\b"
)
_SIGNS = re.compile(r"[\W_]+")
_LONGEST = 60


def names_in(lines: Iterable[str], *, publishers: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names in bylines: "By X and Y" gives X and Y; addresses, roles and the publisher itself left out."""
    houses = {_letters(name) for name in publishers}
    first: dict[str, str] = {}
    for name in (name for line in lines for name in _names(line)):
        if _letters(name) not in houses:
            first.setdefault(name.casefold(), name)
    return tuple(first.values())


def _letters(name: str) -> str:
    return _SIGNS.sub("", name.casefold())


def _names(line: str) -> list[str]:
    words = fold(line)
    if by := _BY.match(words):
        words = words[by.end() :]
        words = _PLACE.sub("", words).strip() or words
    parts = [part for chunk in _APART.split(words) for part in _APART_SHORT.split(chunk)]
    names: list[str] = []
    for part in parts:
        name = _BY.sub("", fold(part)).strip(" .:,-–—*")
        if name and len(name) <= _LONGEST and not _JUNK.search(name) and not (names and _ROLE.search(name)):
            names.append(name)
    return names
