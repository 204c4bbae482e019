"""The typed facts of a text: its quotations, dates, names and numbers, and where they stand."""

# ruff: noqa: RUF001 (the marks that look alike are what this file is about)

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import accumulate
from typing import Literal, NamedTuple, TypeAlias

from news.compare.aligning import CutText
from news.compare.dates import dates
from news.compare.names import is_title_case, names
from news.compare.numbers import numbers
from news.compare.quoting import has_marks, quotations

FactKind: TypeAlias = Literal["number", "quotation", "name", "date"]


class Fact(NamedTuple):
    """A statement that can be wrong: where it stands in its text, in characters, and its value in one spelling."""

    kind: FactKind
    start: int
    end: int
    value: str


class Hearing(NamedTuple):
    """What is known of the articles around a text."""

    known: Collection[str] = ()
    nouns_have_capitals: bool = False


def quoted(text: str) -> list[Fact]:
    """Return the quotations of a text, in order; each spans what stands between its marks."""
    if not has_marks(text):
        return []
    side = CutText(text)
    places = _places(side)
    return [
        Fact("quotation", places[quote.opening][1], places[quote.closing][0], spoken)
        for quote in quotations(side.tokens, side.space_before)
        if (spoken := _spoken(text[places[quote.opening][1] : places[quote.closing][0]]))
    ]


def stated(text: str, hearing: Hearing) -> list[Fact]:
    """Return the dates, names and numbers of a text, in order; none lies in another."""
    side = CutText(text)
    places = _places(side)
    facts = [Fact("date", *date) for date in dates(text)]
    taken = {letter for fact in facts for letter in range(fact.start, fact.end)}
    named = names(side.tokens, hearing.known, nouns_have_capitals=hearing.nouns_have_capitals)
    found = [] if is_title_case(side.tokens) else [_fact("name", text, places, name) for name in named]
    found += [_fact("number", text, places, number) for number in numbers(side.tokens)]
    for fact in found:
        if taken.isdisjoint(range(fact.start, fact.end)):
            facts.append(fact)
            taken.update(range(fact.start, fact.end))
    return sorted(facts, key=lambda fact: fact.start)


def _places(side: CutText) -> list[tuple[int, int]]:
    ends = list(accumulate(map(len, side.parts)))
    return [(ends[index - 1], ends[index]) for index in range(1, len(ends), 2)]


def _fact(kind: FactKind, text: str, places: list[tuple[int, int]], found: tuple[int, int, str]) -> Fact:
    first, last, value = found
    start, end = places[first][0], places[last - 1][1]
    if kind == "name" and re.search(r"['’]s$", text[start:end]):
        end -= 2
    return Fact(kind, start, end, value)


def _spoken(text: str) -> str:
    """Return the words of a quotation without the comma or full stop that belongs to the sentence around it."""
    return " ".join(text.split()).rstrip(",.")
