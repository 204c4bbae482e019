"""How alike two blocks read, judged by their words alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rapidfuzz.distance import LCSseq, Postfix, Prefix

from news.compare.tokens import content

EXACT_WORDS = 1_500
"""Longer blocks are likened by the runs of three words they share, whatever their order."""

Three: TypeAlias = tuple[str, str, str]


class Words:
    """The words of each block of a body, cut when first asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._cut: dict[int, list[str]] = {}
        self._threes: dict[int, set[Three]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, index: int) -> list[str]:
        words = self._cut.get(index)
        if words is None:
            words = self._cut[index] = content(self._texts[index])
        return words

    def threes(self, index: int) -> set[Three]:
        """Return the runs of three words in that block."""
        if index not in self._threes:
            self._threes[index] = _threes(self[index])
        return self._threes[index]

    def joined(self, indexes: Sequence[int]) -> list[str]:
        """Return the words of these blocks as of one."""
        return [word for index in indexes for word in self[index]]


def common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words the two have in common, in order; in threes, whatever their order, where very long."""
    if max(len(old), len(new)) <= EXACT_WORDS:
        return LCSseq.similarity(old, new)
    return len(_threes(old) & _threes(new))


def common_of(old: Words, left: int, new: Words, right: int) -> int:
    """Return the same of one block each, with what was found out before."""
    if max(len(old[left]), len(new[right])) <= EXACT_WORDS:
        return LCSseq.similarity(old[left], new[right])
    return len(old.threes(left) & new.threes(right))


def _threes(words: Sequence[str]) -> set[Three]:
    return set(zip(words, words[1:], words[2:], strict=False))


def framed(old: str, new: str) -> float:
    """Return which share of the longer text its common beginning and end make up."""
    shortest, longest = len(old), len(new)
    if shortest > longest:
        shortest, longest = longest, shortest
    ends = Prefix.similarity(old, new) + Postfix.similarity(old, new)
    return min(ends, shortest) / longest if longest else 1.0
