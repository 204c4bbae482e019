"""Which revision each sentence of an article is from: the first that said it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process

from news.compare.sentences import sentences
from news.model import Article

REWORDED = 60.0
"""Likeness in per cent (of characters kept) from which a sentence that came is taken for one that went."""

Said = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A revision as blame needs it; `article` is None where it has none (`gone`, `moved`)."""

    number: int
    seen_first: datetime
    article: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """A sentence, and the revision that first said it. `was` is the sentence that it replaced there, or None."""

    role: str
    text: str
    block: int
    number: int
    seen_first: datetime
    was: str | None = None


def blame(chain: Sequence[State]) -> list[Blamed]:
    """Return each sentence of the last revision that has an article, with the first revision that said it.

    Headline and standfirst count as sentences of their own roles; a sentence that moved, or went and came back, is from
    its first revision. Said twice, the second counts from the first revision that said it twice.
    """
    first = dict[tuple[Said, int], State]()
    replaced = dict[tuple[Said, int], str]()
    before = Counter[Said]()
    states = [state for state in chain if state.article]
    for state in states:
        now = Counter(said for said, _ in _said(state.article))
        came = [one for one in _numbered(now) if one not in first]
        went = [said for said in before if said not in now]
        for one in came:
            first[one] = state
        if state is not states[0]:
            replaced |= _replaced(came, went)
        before = now
    return _blamed(states[-1], first, replaced) if states else []


def _blamed(last: State, first: dict[tuple[Said, int], State], replaced: dict[tuple[Said, int], str]) -> list[Blamed]:
    times, found = defaultdict[Said, int](int), list[Blamed]()
    for said, block in _said(last.article):
        times[said] += 1
        one = (said, times[said])
        origin = first[one]
        found.append(
            Blamed(
                role=said[0],
                text=said[1],
                block=block,
                number=origin.number,
                seen_first=origin.seen_first,
                was=replaced.get(one),
            )
        )
    return found


def _said(article: Article | None) -> Iterator[tuple[Said, int]]:
    """Yield each sentence with its role, and the number of its block: 0 for the head's."""
    if article is None:
        return
    for role, text in (("headline", article.headline), ("standfirst", article.standfirst)):
        for sentence in sentences(text) if text and role == "standfirst" else [text] if text else []:
            yield (role, sentence), 0
    for number, block in enumerate(article.body, start=1):
        for sentence in sentences(block.text):
            yield (block.role, sentence), number


def _numbered(said: Counter[Said]) -> Iterator[tuple[Said, int]]:
    return ((one, time) for one, count in said.items() for time in range(1, count + 1))


def _replaced(came: Sequence[tuple[Said, int]], went: Sequence[Said]) -> dict[tuple[Said, int], str]:
    """Return for sentences that came the one like them that went with the same revision, each at most once."""
    left, found = list(went), dict[tuple[Said, int], str]()
    for one in came:
        (role, text), _ = one
        choices = {at: gone[1] for at, gone in enumerate(left) if gone[0] == role}
        least = 0.0 if role == "headline" else REWORDED  # there is one, so it replaced the one before
        match = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=least)
        if match is not None:
            found[one] = match[0]
            del left[match[2]]
    return found
