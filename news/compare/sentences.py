"""Text cut into sentences, where a full stop ends one and where it only ends an abbreviation."""

# ruff: noqa: RUF001 (abbreviations of several languages)
from __future__ import annotations

import re

_END = re.compile(
    # the stop, and what closes after it; never tried again from inside a row of dots, which may be very long
    r"(?:(?<![.!?\u2026])[.!?\u2026]++[\"'\u2019\u201d\u00bb)\]]*+|[\u3002\uff01\uff1f]++)"
    r"(?:\s+(?=[\"'\u2018\u201c\u00ab\u201e(\[\u00bf\u00a1\-\u2013\u2014]*([^\W_]))|(?<=[\u3002\uff01\uff1f]))|\n+"
)
_SHORT = re.compile(
    r"(?:^|[\s(\[\"'\u2018\u201c])(?:"
    r"(?:[^\W\d_]\.)+|"  # initials: J. · U.S. · z.B.
    r"(?:mr|mrs|ms|mx|dr|prof|st|ste|sgt|sr|jr|lt|col|gen|capt|cpl|maj|cllr|rev|hon|sen|rep|gov|pres|det|insp|supt|"
    r"no|nos|vs|etc|approx|dept|est|fig|ave|rd|mt|ltd|inc|co|corp|plc|bros|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|fri|sat|sun|"
    r"г|ул|nr|str|bzw|usw|ca|vgl|hr|fr|mme|mlle|mm|art|av|env|sig|sra?|srta|ing|arch|dott|avv|ul|im|tzw)\.)$",
    re.IGNORECASE,
)


_LONGEST = 12  # letters of an abbreviation, and what stands before it


def sentences(text: str) -> list[str]:
    """Return the sentences of a block's text, in order, without the white space between them.

    A stop ends a sentence where a capital, a figure or an opening mark follows, and no title, initial or other
    abbreviation ends with it.
    """
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return where each of these sentences begins and ends."""
    found, start = list[tuple[int, int]](), 0
    for end in _END.finditer(text):
        if (end.group(1) or "").islower() or (end.group().strip() == "." and _is_short(text, start, end)):
            continue
        found += _stripped(text, start, end.end())
        start = end.end()
    return found + _stripped(text, start, len(text))


def _is_short(text: str, start: int, end: re.Match[str]) -> bool:
    """Tell whether the stop belongs to an abbreviation of the sentence that began at `start`."""
    upto = end.start() + 1
    return _SHORT.search(text[max(start, upto - _LONGEST) : upto]) is not None


def _stripped(text: str, start: int, end: int) -> list[tuple[int, int]]:
    part = text[start:end]
    begins = start + len(part) - len(part.lstrip())
    return [(begins, begins + len(part.strip()))] if part.strip() else []
