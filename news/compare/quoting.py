"""Quotations: where they lie in a text, and how an alignment is kept from cutting through them.

A quotation is what stands between an opening and a closing mark of one kind: curly or straight, double or single, or
guillemets. A mark that has no partner in its text, as where each paragraph of a long statement opens anew, makes none.
"""
# ruff: noqa: RUF001 (the marks that look alike are what this file is about)

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from news.compare.aligning import Run

CLOSINGS: Final = {"“": "”“", "„": "“”", "«": "»", "»": "«", "‘": "’", "‹": "›", '"': '"', "'": "'"}
"""What may close a quotation, by what opened it; `“` also closes what `„` opened."""

ANY: Final = re.compile("[“”„«»‘’‹›\"']")
MARK: Final = re.compile(r"""[“”„«»‘‹›"]|(?<!\w)['’]|['’](?!\w)""")  # not the apostrophe inside a word

ROUNDS: Final = 16
"""Past so many, one cut quotation leading to the next, all quotations are told as gone and come whole."""


class Quotation(NamedTuple):
    """Places of the opening and of the closing mark."""

    opening: int
    closing: int


def has_marks(text: str) -> bool:
    """Tell whether a mark of quotation stands anywhere in the text; most texts have none."""
    return ANY.search(text) is not None and MARK.search(text) is not None


def quotations(tokens: Sequence[str], is_spaced: Callable[[int], bool]) -> list[Quotation]:
    """Return the outermost quotations of a text cut into tokens, in order.

    `is_spaced(index)` tells whether white space, or an end of the text, stands before that token.
    """
    found: list[Quotation] = []
    opening, closings = -1, ""
    for index, mark in enumerate(tokens):
        if len(mark) != 1 or mark not in "“”„«»‘’‹›\"'":
            continue
        if opening >= 0 and mark in closings and _may_close(mark, index, is_spaced, tokens):
            found.append(Quotation(opening, index))
            opening = -1
        elif opening < 0 and mark in CLOSINGS and _may_open(mark, index, is_spaced, tokens):
            opening, closings = index, CLOSINGS[mark]
    return found


def _may_open(mark: str, index: int, is_spaced: Callable[[int], bool], tokens: Sequence[str]) -> bool:
    if mark not in "\"'":
        return True
    return is_spaced(index) or tokens[index - 1] in "([-–—"


def _may_close(mark: str, index: int, is_spaced: Callable[[int], bool], tokens: Sequence[str]) -> bool:
    if mark not in "'’":
        return True
    ends = is_spaced(index + 1) or (index + 1 < len(tokens) and not tokens[index + 1][:1].isalnum())
    return ends and not is_spaced(index)


def uncut(runs: Sequence[Run], old: Sequence[Quotation], new: Sequence[Quotation]) -> list[Run]:
    """Return the runs without those parts that would cut a quotation in two.

    A quotation of which one mark was kept and the other not, or whose marks were matched to marks of different
    quotations, is told as gone and come whole; so is the quotation of the other side that it was matched to.
    """
    if not runs or not (old or new):
        return list(runs)
    old_places, new_places = dict.fromkeys(old), dict.fromkeys(new)
    kept = {left + step: right + step for left, right, size in runs for step in range(size)}
    for round_ in range(ROUNDS + 1):
        back = {right: left for left, right in kept.items()}
        cut_old = [quote for quote in old if round_ == ROUNDS or _is_cut(quote, kept, new_places)]
        cut_new = [quote for quote in new if round_ == ROUNDS or _is_cut(quote, back, old_places)]
        if not cut_old and not cut_new:
            break
        for quote in cut_old:
            for index in range(quote.opening, quote.closing + 1):
                kept.pop(index, None)
        for quote in cut_new:
            for index in range(quote.opening, quote.closing + 1):
                kept.pop(back.get(index, -1), None)
    return _as_runs(kept)


def _is_cut(quote: Quotation, kept: dict[int, int], partners: Collection[Quotation]) -> bool:
    opening, closing = kept.get(quote.opening), kept.get(quote.closing)
    if opening is None and closing is None:
        return False
    return opening is None or closing is None or Quotation(opening, closing) not in partners


def _as_runs(kept: dict[int, int]) -> list[Run]:
    runs: list[Run] = []
    for left, right in sorted(kept.items()):
        if runs and runs[-1][0] + runs[-1][2] == left and runs[-1][1] + runs[-1][2] == right:
            runs[-1] = (runs[-1][0], runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((left, right, 1))
    return runs
