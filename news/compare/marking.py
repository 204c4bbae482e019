"""What a person's eye is led to: the facts that changed, and the sentences that moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from news.compare.changes import Comparison
from news.compare.factual import FactChange
from news.compare.showing import Marks, Span


def marks_of(comparison: Comparison, facts: Sequence[FactChange]) -> Marks:
    """Return the stretches to be marked; a fact in a sentence that moved is marked as a fact."""
    old: defaultdict[int, list[Span]] = defaultdict(list)
    new: defaultdict[int, list[Span]] = defaultdict(list)
    fields: defaultdict[str, tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
    for fact in facts:
        sides = ((fact.before, fact.from_index, fact.from_at), (fact.after, fact.to_index, fact.to_at))
        for side, (text, index, at) in enumerate(sides):
            if text is not None and at is not None:
                spans = (old, new)[side][index] if index is not None else fields[fact.where][side]
                spans.append((at, at + len(text), "fact"))
    for passage in comparison.passages:
        for spans_of, index, at, text in (
            (old, passage.from_index, passage.from_at, passage.before),
            (new, passage.to_index, passage.to_at, passage.after),
        ):
            with_space = max(at - 1, 0), at + len(text) + 1  # the space that parts it from its neighbours goes with it
            spans_of[index] += _around(with_space, spans_of[index])
    return Marks(old, new, fields)


def _around(stretch: tuple[int, int], facts: Sequence[Span]) -> list[Span]:
    """Return what of the stretch lies outside the facts."""
    parts: list[Span] = []
    at, last = stretch
    for start, end, _ in sorted(facts):
        if at < start < last:
            parts.append((at, start, "moved"))
        at = max(at, min(end, last)) if start < last else at
    return [*parts, (at, last, "moved")] if at < last else parts
