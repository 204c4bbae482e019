"""Names: runs of words that begin with a capital letter, with care for where sentences begin.

A rule of thumb for languages that write names, and little else, with capitals; where nouns have them too (German),
only runs of two or more count. A word at the beginning of a sentence is a name when it goes on with another one, is an
acronym, or stands somewhere else in the articles with its capital inside a sentence.
"""
# ruff: noqa: RUF001, SIM905 (marks that look alike; lists of many short words read better as prose)

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

ENDS: Final = frozenset(".!?…:•|")
OPENINGS: Final = frozenset("“„«‘‹\"'([")
CLOSINGS: Final = frozenset("”»’›)]")
JOINING: Final = frozenset(
    "of for de da do dos das del della di du des la le las los el al bin ibn van von der den und y e &".split()
)
COMMON: Final = frozenset(
    """
    a about above according across after again against all almost along already also although always am amid among an
    and another any anyone anything are around as at away back be because been before behind being below beneath beside
    besides between beyond both but by can cannot could despite did do does done down during each earlier early either
    else end enough even every everyone everything except few finally first firstly five following for former four from
    further had has have he hence her here hers him his how however i if in indeed inside instead into is it its itself
    just last late later latest least less let like live local many may me meanwhile might more moreover most much
    must my near nearly neither never nevertheless new next nine no nobody none nor not nothing now of off officers
    officials often on once one only or other others otherwise our out outside over own part people perhaps police
    previously rather read recently residents said same say second seven several shall she should since six so some
    someone something soon still such ten than that the their them then there therefore these they thing this those
    though three through throughout thus to today together tomorrow tonight too toward towards two under unless unlike
    until up upon us use very was we well were what whatever when where whether which while who whole whom whose why
    will with within without witnesses would yes yesterday yet you your
    """.split()
)
_INSIDE: Final = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w’'\-]*")
_POSSESSIVE: Final = re.compile(r"['’]s$")


class Name(NamedTuple):
    """A name of a text: the tokens that it takes, from `first` up to `last`, without a possessive ending."""

    first: int
    last: int
    value: str


def names(words: Sequence[str], known: Collection[str] = (), *, nouns_have_capitals: bool = False) -> list[Name]:
    """Return the names of a text cut into tokens, in order; `known` are words that are names wherever they stand."""
    found = []
    for first, last in _runs(words):
        if begins(words, first):
            first, last = _without_opening(words, first, last, known)  # noqa: PLW2901 - the same run, cut
        if last - first < (2 if nouns_have_capitals else 1) or words[first] == "I":
            continue
        found.append(Name(first, last, _POSSESSIVE.sub("", " ".join(words[first:last]))))
    return found


def known_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that have a capital inside a sentence of these texts."""
    return frozenset(_POSSESSIVE.sub("", word) for text in texts for word in _INSIDE.findall(text))


def is_title_case(words: Sequence[str]) -> bool:
    """Tell a headline that has a capital on every longer word, where capitals say nothing of names."""
    longer = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(longer) > 3 and sum(word[0].isupper() for word in longer) >= 0.8 * len(longer)


def begins(words: Sequence[str], index: int) -> bool:
    """Tell whether a sentence, or a quotation, begins at that token."""
    if index == 0 or words[index - 1] in ENDS or words[index - 1] in OPENINGS:
        return True
    return index > 1 and words[index - 1] in CLOSINGS and words[index - 2] in ENDS


def _runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where stretches of capitalised words begin and end, small words between two of them included."""
    at = 0
    while at < len(words):
        if not _capital(words[at]):
            at += 1
            continue
        last = at + 1
        while not _POSSESSIVE.search(words[last - 1]):
            after = next((index for index in range(last, len(words)) if words[index] not in JOINING), len(words))
            if after - last > 2 or after == len(words) or not _capital(words[after]):
                break
            last = after + 1
        yield at, last
        at = last


def _capital(word: str) -> bool:
    return word[0].isupper() and word != "I"


def _without_opening(words: Sequence[str], first: int, last: int, known: Collection[str]) -> tuple[int, int]:
    """Return the run without a first word that has its capital only because a sentence begins there."""
    bare = _POSSESSIVE.sub("", words[first])
    if bare in known or (len(bare) > 1 and bare.isupper()):
        return first, last
    if last - first > 1 and bare.lower() not in COMMON:
        return first, last
    first += 1
    while first < last and words[first] in JOINING:
        first += 1
    return first, last
