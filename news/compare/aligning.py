"""Which tokens of two texts are the same: the longest common subsequence, within bounds on any input.

Bit-parallel, by rapidfuzz, where the table has at most `MAX_CELLS`. Past that, runs of six tokens that occur once on
each side are made anchors first; what still is too large between two anchors is searched for whole sentences only.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final, TypeAlias

from rapidfuzz.distance import LCSseq

from news.compare.order import heaviest_increasing
from news.compare.tokens import cut

MAX_CELLS: Final = 50_000_000
"""Largest table of one alignment, in pairs of tokens: 6 MB and some 20 ms."""

ANCHOR_TOKENS: Final = 6

FULL_STOPS: Final = frozenset(".!?…。！？")  # noqa: RUF001 - as they are written in Chinese and Japanese

Run: TypeAlias = tuple[int, int, int]
"""Where a run of the same tokens begins in the old text, where in the new, and how many they are."""


class CutText:
    """A text cut into tokens and the white space between them."""

    __slots__ = ("parts", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = cut(text)
        self.tokens = self.parts[1::2]

    def space_before(self, index: int) -> bool:
        """Tell whether white space or an end of the text stands before that token."""
        return index == 0 or index >= len(self.tokens) or self.parts[2 * index] != ""

    def between(self, left: int, right: int) -> str:
        """Return all that stands after the token before `left` and before the token `right`."""
        return "".join(self.parts[2 * left : 2 * right + 1])

    def stretch(self, first: int, size: int) -> str:
        """Return the text of so many tokens."""
        return "".join(self.parts[2 * first + 1 : 2 * (first + size)])


def aligned(old: CutText, new: CutText) -> tuple[list[Run], bool]:
    """Return the runs common to both, in order, and whether some stretch was too large to look into."""
    if old.text > new.text:
        runs, degraded = aligned(new, old)
        return [(right, left, size) for left, right, size in runs], degraded
    if len(old.tokens) * len(new.tokens) <= MAX_CELLS:
        return _longest_common(old.tokens, new.tokens), False
    head = _common_head(old.tokens, new.tokens)
    room = min(len(old.tokens), len(new.tokens)) - head
    tail = _common_head(old.tokens[: -room - 1 : -1], new.tokens[: -room - 1 : -1]) if room else 0
    old_end, new_end = len(old.tokens) - tail, len(new.tokens) - tail
    middle, degraded = _middle(old.tokens[head:old_end], new.tokens[head:new_end])
    runs = [(0, 0, head), *_shifted(middle, head, head), (old_end, new_end, tail)]
    return [run for run in runs if run[2]], degraded


def _shifted(runs: Sequence[Run], by_old: int, by_new: int) -> list[Run]:
    return [(left + by_old, right + by_new, size) for left, right, size in runs]


def _common_head(old: Sequence[str], new: Sequence[str]) -> int:
    for index, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            return index
    return min(len(old), len(new))


def _middle(old: Sequence[str], new: Sequence[str]) -> tuple[list[Run], bool]:
    runs: list[Run] = []
    degraded = False
    at_old = at_new = 0
    for left, right, size in [*_anchors(old, new), (len(old), len(new), 0)]:
        gap_old, gap_new = old[at_old:left], new[at_new:right]
        if len(gap_old) * len(gap_new) <= MAX_CELLS:
            runs += _shifted(_longest_common(gap_old, gap_new), at_old, at_new)
        else:
            runs += _shifted(_same_sentences(gap_old, gap_new), at_old, at_new)
            degraded = True
        runs.append((left, right, size))
        at_old, at_new = left + size, right + size
    return [run for run in runs if run[2]], degraded


def _same_sentences(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Return the sentences that stand in both, unaltered and in one order: all that a huge gap is searched for."""
    old_spans, new_spans = _sentences(old), _sentences(new)
    if len(old_spans) * len(new_spans) > MAX_CELLS:
        return []
    keys = ([tuple(side[start:end]) for start, end in spans] for side, spans in ((old, old_spans), (new, new_spans)))
    return [
        (start, new_spans[run_new + step][0], end - start)
        for run_old, run_new, size in _longest_common(*keys)
        for step, (start, end) in enumerate(old_spans[run_old : run_old + size])
    ]


def _sentences(tokens: Sequence[str]) -> list[tuple[int, int]]:
    ends = [index + 1 for index, token in enumerate(tokens) if token in FULL_STOPS]
    if not ends or ends[-1] < len(tokens):
        ends.append(len(tokens))
    return list(zip([0, *ends], ends, strict=False))


def _longest_common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    if not old or not new:
        return []
    return [(block.a, block.b, block.size) for block in LCSseq.opcodes(old, new).as_matching_blocks() if block.size]


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Return runs of tokens that occur once on each side, in an order that holds on both."""
    old_once, new_once = _once(old), _once(new)
    pairs = sorted((index, new_once[key]) for key, index in old_once.items() if key in new_once)
    stay = heaviest_increasing([index for _, index in pairs], [1] * len(pairs))
    runs: list[Run] = []
    end_old = end_new = 0
    for left, right in (pairs[index] for index in stay):
        if left < end_old or right < end_new:  # overlaps the run before: only what lies past it is new
            skip = max(end_old - left, end_new - right)
            size = ANCHOR_TOKENS - skip
            if size <= 0:
                continue
            runs.append((left + skip, right + skip, size))
        else:
            runs.append((left, right, ANCHOR_TOKENS))
        end_old, end_new = left + ANCHOR_TOKENS, right + ANCHOR_TOKENS
    return runs


def _once(tokens: Sequence[str]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    repeated = set()
    for index in range(len(tokens) - ANCHOR_TOKENS + 1):
        key = tuple(tokens[index : index + ANCHOR_TOKENS])
        if key in found:
            repeated.add(key)
        found[key] = index
    return {key: index for key, index in found.items() if key not in repeated}
