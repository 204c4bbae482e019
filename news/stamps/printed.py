"""What a page says of its times to people: words are read in the site's zone, and never beyond what they say."""

# ruff: noqa: RUF001 - dashes and letters as pages print them

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from news.model import PRINTED, Stamp, StampKind
from news.stamps.names import MONTHS, PUBLISHED, RELATIVE, UPDATED, is_announced
from news.stamps.zones import ZONE, instants, named_zone, printed_zone

_DAY = r"(?P<day>[0-3]?\d)(?:(?:st|nd|rd|th|er|º)(?![^\W\d_])|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (  # a month is any word here, and looked up: an alternation of them all takes ten times as long
        rf"(?<!\d){_DAY}(?:\s+(?:of|de)\b)?[\s-]*{_MONTH},?(?:\s+(?:de|del))?[\s-]*{_YEAR}",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?=\b|T)",
        r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>(?:19|20)\d\d|\d\d)\b",
        rf"\b(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/{_YEAR}",
        rf"\b(?P<day>\d{{1,2}})-(?P<month>\d{{1,2}})-{_YEAR}",
    )
)
_TIME = re.compile(
    r"(?<![\d:.,/-])(?:"
    r"(?P<hour>[01]?\d|2[0-4])\s?[:.h]\s?(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:]|\.\d)(?:\s?(?:(?P<half>[ap])\.?m\b\.?|(?P<noon>[صم])(?:باح\w*|ساء\w*)?\b))?"
    r"|(?P<hour12>1[0-2]|0?[1-9])\s?(?P<half12>[ap])\.?m\b\.?"
    r"|(?P<hour24>[01]?\d|2[0-3])\s?(?:h|uhr)\b(?!\s?\d)"
    r")",
    re.IGNORECASE,
)
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_DIGITS = re.compile(r"\d")
_CLOCK = re.compile(r"\d\s?[:.hapu]", re.IGNORECASE)
"""Finds where a time may stand: it takes a twentieth of the time that finding none does otherwise."""

_BREAK = re.compile(r"\s*[|•·¦]\s*|\s+[–—-]\s+(?=\D{0,30}(?:up|last|ak|mi|ac|ag|bi|at|op|st|pu|ve|mod))", re.IGNORECASE)
_ISO_T = re.compile(r"^T(?=\d)")


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: StampKind
    text: str


def printed_stamps(
    text: str, *, timezone: str, source: str = PRINTED, month_first: bool = False, kind: StampKind = "published"
) -> tuple[Stamp, ...]:
    """Return the stamps that a printed line makes, one for each part of it that dates something.

    `1 December 2024, 07:14 | Updated: 1 December 2024, 09:23` makes two. A part with no label is of `kind`;
    a part with neither date nor relative words ("By Jo Ling") makes none. `month_first` reads 3/5/2025 as
    5 March, as American pages mean it.
    """
    pieces = [piece for piece in _pieces(text, kind) if _dates_something(piece)]
    return tuple(_stamp(piece, named_zone(timezone), source, month_first=month_first) for piece in pieces)


def _pieces(text: str, kind: StampKind) -> list[_Piece]:
    """Cut a line at its bars and before each label; a label on its own belongs to what follows it."""
    parts: list[_Piece] = []
    for part in _BREAK.split(" ".join(text.split())):
        kept = [0, *(start for start in _label_starts(part) if _dated(part[:start]))]
        for start, end in zip(kept, [*kept[1:], len(part)], strict=True):
            words = " ".join(part[start:end].split()).strip(" ,;")
            parts.append(_Piece(_kind(words, kind), words))
    return _with_lone_labels_joined(parts)


def _with_lone_labels_joined(parts: list[_Piece]) -> list[_Piece]:
    joined: list[_Piece] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and not _dated(last.text) and _labelled(last.text) and not _labelled(part.text):
            joined[-1] = _Piece(last.kind, f"{last.text} {part.text}")
        else:
            joined.append(part)
    return joined


def _label_starts(text: str) -> list[int]:
    if not is_announced(text):
        return []
    return sorted({found.start() for label in (UPDATED, PUBLISHED) for found in label.finditer(text)})


def _labelled(text: str) -> bool:
    return is_announced(text) and bool(UPDATED.search(text) or PUBLISHED.search(text))


def _kind(words: str, otherwise: StampKind) -> StampKind:
    if not is_announced(words):
        return otherwise
    if UPDATED.search(words):
        return "updated"
    return "published" if PUBLISHED.search(words) else otherwise


def _dated(text: str) -> bool:
    return _is_relative(text) or _time(text) is not None or _date(text) is not None


def _dates_something(piece: _Piece) -> bool:
    if _date(piece.text) or _is_relative(piece.text):
        return True
    return _labelled(piece.text) and _time(piece.text) is not None


def _is_relative(text: str) -> bool:
    return is_announced(text) and RELATIVE.search(text) is not None


def _time(text: str, start: int = 0) -> re.Match[str] | None:
    text = _european(text)
    return _TIME.search(text, start) if _CLOCK.search(text, start) else None


@lru_cache(maxsize=256)  # each part of a line is asked three times
def _date(text: str) -> re.Match[str] | None:
    if not _DIGITS.search(text):
        return None
    text = _european(text)
    return next((found for pattern in _DATES for found in pattern.finditer(text) if _is_month(found["month"])), None)


def _european(text: str) -> str:
    """Return the text, as long as it was, with Arabic-Indic digits as European ones."""
    return text if text.isascii() else text.translate(_ARABIC)


def _is_month(word: str) -> bool:
    return word.isdecimal() or word.lower() in MONTHS


def _stamp(piece: _Piece, zone: tzinfo, source: str, *, month_first: bool) -> Stamp:
    found = _read(piece.text, zone, month_first=month_first)
    at = found[0] if len(found) == 1 else None
    return Stamp(kind=piece.kind, at=at, text=piece.text, source=source, candidates=found if len(found) > 1 else ())


def _read(text: str, zone: tzinfo, *, month_first: bool) -> tuple[datetime, ...]:
    """Return the instants that the words may mean: none where they give no day, or no time of day."""
    date = _date(text)
    if date is None:
        return ()
    rest = f"{text[: date.start()]}\x00{_ISO_T.sub(' ', text[date.end() :])}"
    time = _time(rest, rest.index("\x00")) or _time(rest)
    if time is None:
        return ()
    try:
        local = datetime(*_calendar(date, month_first=month_first), *_clock(time))  # noqa: DTZ001 - the zone comes next
    except ValueError:
        return ()
    word = ZONE.match(rest[time.end() :].lstrip())
    stated = printed_zone(word["zone"]) if word else None
    return instants(local, stated or zone)


def _calendar(date: re.Match[str], *, month_first: bool) -> tuple[int, int, int]:
    year, month, day = int(date["year"]), date["month"].lower(), int(date["day"])
    number = MONTHS.get(month) or int(month)
    if month_first and "/" in date[0] and day <= 12:
        number, day = day, number
    return (year if year > 99 else 2000 + year), number, day


def _clock(time: re.Match[str]) -> tuple[int, int, int]:
    hour = int(time["hour"] or time["hour12"] or time["hour24"])
    half = (time["half"] or time["half12"] or {"ص": "a", "م": "p"}.get(time["noon"] or "", "")).lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(time[0])
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(time["minute"] or 0), int(time["second"] or 0)
