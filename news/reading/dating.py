"""The lines and elements that date a page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.etree import _Element as Element

from news.model import Stamp, StampKind
from news.reading.lines import Line
from news.reading.text import fold
from news.stamps import printed_stamps, structured_stamp
from news.stamps.names import MONTH, MONTHS, PUBLISHED, UPDATED, is_announced

_DIGIT = re.compile(r"\d")
_DAY = re.compile(rf"(?:\b(?:{MONTH})\.?\s+)?\d", re.IGNORECASE)
_BETWEEN = " ,|·•-\N{EN DASH}\N{EM DASH}"
_WORD = re.compile(r"[^\W\d_]{3,}")
_CHANGED = re.compile(r"dateModified|\bmodified|updated\b")
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[.:h]\d\d\b|\bago\b|\bvor \d|\bil y a\b|\bhace \d", re.IGNORECASE)


def mentions_date(text: str) -> bool:
    """Return whether a text has a year, a time of day or relative words."""
    if not _DIGIT.search(text) and not any(word in text.lower() for word in ("ago", "il y a")):
        return False  # four of five lines
    return _DATED.search(text) is not None


def undated(text: str) -> str:
    """Return what stands before a line's date and its label: `By Jo Ling Published 3 March` gives `By Jo Ling`."""
    if not mentions_date(text):
        return text
    labels = [found.start() for label in (PUBLISHED, UPDATED) if (found := label.search(text))]
    first = _DAY.search(text)
    return text[: min((*labels, *((first.start(),) if first else ())), default=len(text))].rstrip(_BETWEEN)


def printed_in(head: Sequence[Line], *, timezone: str, month_first: bool) -> tuple[Stamp, ...]:
    """Return the stamps printed in these lines, those of short lines that date something."""
    short = [line for line in head if dates_the_page(line)]
    return tuple(
        stamp for line in short for stamp in printed_stamps(line.text, timezone=timezone, month_first=month_first)
    )


def dates_the_page(line: Line) -> bool:
    """Return whether a line is there to date the page: short, and no sentence that mentions a date."""
    if len(line.text) > 160 or not mentions_date(line.text) or line.link_share > 0.7:
        return False
    other = [word for word in _WORD.findall(line.text) if word.lower() not in MONTHS]
    return len(other) <= 10 and not (len(other) > 4 and line.text.endswith("."))


def time_stamps(elements: Sequence[Element], *, timezone: str) -> tuple[Stamp, ...]:
    """Return the stamps of `time` elements' datetime attributes; the words around one say of which kind it is."""
    stamps = [
        structured_stamp(_time_kind(element), element.get("datetime") or "", source="time", timezone=timezone)
        for element in elements
    ]
    return tuple(stamp for stamp in stamps if stamp is not None)


def _time_kind(element: Element) -> StampKind:
    parent = element.getparent()
    before = element.getprevious()
    near = [element.get("itemprop"), element.get("class"), "".join(element.itertext())]
    near += [parent.get("class"), parent.text] if parent is not None else []
    near += (
        [before.tail, *(before.itertext() if before.tag in {"span", "b", "strong"} else ())]
        if before is not None
        else []
    )
    words = " ".join(fold(word) for word in near if word)
    announced = is_announced(words) and UPDATED.search(words)
    return "updated" if announced or _CHANGED.search(words) else "published"
