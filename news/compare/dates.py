"""Dates, weekdays and times of day as an article writes them, with a value that spells each in one way."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from news.stamps.names import MONTH, MONTHS

WEEKDAYS: Final = (
    "monday montag lundi lunes lunedì maandag",
    "tuesday dienstag mardi martes martedì dinsdag",
    "wednesday mittwoch mercredi miércoles mercoledì woensdag",
    "thursday donnerstag jeudi jueves giovedì donderdag",
    "friday freitag vendredi viernes venerdì vrijdag",
    "saturday samstag samedi sábado sabato zaterdag",
    "sunday sonntag dimanche domingo domenica zondag",
)
_WEEKDAY: Final = {name: number for number, names in enumerate(WEEKDAYS) for name in names.split()}
_FULL_MONTHS: Final = "January|February|March|April|June|July|August|September|October|November|December"

DATE: Final = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d\d-\d\d\b)"
    rf"|(?P<slashed>\b\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b)"
    rf"|(?P<day>\b\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?(?P<month>(?i:{MONTH}))\b(?:,?\s+(?P<year>\d{{4}})\b)?"
    rf"|\b(?P<month_first>{_FULL_MONTHS}|May|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\s+(?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.:,]\d|\s*%)"
    rf"(?:,?\s+(?P<year_last>\d{{4}})\b)?"
    rf"|\b(?P<month_of_year>{_FULL_MONTHS}|May)\s+(?P<its_year>(?:19|20)\d\d)\b"
    rf"|\b(?P<month_alone>{_FULL_MONTHS}|(?<=\bin )May|(?<=\bsince )May|(?<=\bnext )May|(?<=\blast )May)\b"
    rf"|\b(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d\d))?\s?(?P<half>[ap])(?:\.m\.|m\b)"
    rf"|\b(?P<hour24>[01]?\d|2[0-3])[:](?P<minute24>[0-5]\d)\b(?!:)"
    rf"|\b(?P<noon>noon|midday|midnight)\b"
    rf"|\b(?P<weekday>(?i:{'|'.join(_WEEKDAY)}))s?\b"
    rf"|\b(?P<relative>(?i:yesterday|today|tonight|tomorrow))\b"
    rf"|(?<=\bin )(?P<year_alone>(?:1[5-9]|20)\d\d)\b(?!\s*%)|(?<=\bsince )(?P<since>(?:1[5-9]|20)\d\d)\b"
    rf"|(?<=\bby )(?P<by>(?:19|20)\d\d)\b|(?<=\buntil )(?P<until>(?:19|20)\d\d)\b|\b(?P<decade>(?:19|20)\d0s)\b"
)


class Date(NamedTuple):
    """A date or time of a text: where it begins and ends, in characters, and what it says in one spelling."""

    start: int
    end: int
    value: str


def dates(text: str) -> list[Date]:
    """Return the dates and times of a text, in order."""
    return [Date(match.start(), match.end(), _value(match)) for match in DATE.finditer(text)]


def _value(match: re.Match[str]) -> str:
    if match["hour"]:
        hour = int(match["hour"]) % 12 + (12 if match["half"] == "p" else 0)
        return f"{hour:02}:{match['minute'] or '00'}"
    if match["hour24"]:
        return f"{int(match['hour24']):02}:{match['minute24']}"
    if match["noon"]:
        return "00:00" if match["noon"] == "midnight" else "12:00"
    if match["weekday"]:
        return f"weekday {_WEEKDAY[match['weekday'].lower()] + 1}"
    month = match["month"] or match["month_first"] or match["month_of_year"] or match["month_alone"]
    if month:
        year = match["year"] or match["year_last"] or match["its_year"] or ""
        day = match["day"] or match["day_last"]
        return "-".join(filter(None, (year, f"{MONTHS[month.lower()]:02}", f"{int(day):02}" if day else "")))
    return match[0].lower()
