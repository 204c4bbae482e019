"""Sentences that went from one paragraph and stand in another place: moved, not gone and come.

Blocks that moved as a whole are told as `Moved`; here are the sentences for which no block moved. Only whole sentences
of some length are looked for, and only among what the comparison of words says went and came.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from news.compare.changes import (
    BREAK,
    BlockChange,
    Deleted,
    Inserted,
    Moved,
    Passage,
    Replaced,
    WordEdit,
    WordOp,
)
from news.compare.likeness import common
from news.compare.sentences import sentence_spans
from news.compare.tokens import content
from news.compare.wording import wording
from news.model import Block

LEAST_WORDS: Final = 4
"""Shorter sentences ("He added.") stand in many places."""

LEAST_LETTERS: Final = 20

ALIKE: Final = 0.7
"""A sentence that moved and was edited kept this share of its words, or it is another one."""

ALL_PAIRS: Final = 2_500
"""Past so many pairs of sentences only those are looked for that kept every word."""

WENT: Final = 0.8
"""Share of a sentence that must have gone, or come: a word or two may look as if they had stayed."""

LONGEST: Final = 200_000
"""Characters of a text past which no sentences are looked for."""


class _Stretch(NamedTuple):
    """A sentence on one side: the block and the place in it where it stands."""

    text: str
    block: int
    at: int


def find_passages(changes: Sequence[BlockChange]) -> tuple[Passage, ...]:
    """Return the sentences that moved between or within blocks, in the order in which they stand now."""
    if not _has_both(changes):
        return ()
    went, came = list(_stretches(changes, "delete")), list(_stretches(changes, "insert"))
    pairs = _same(went, came)
    if len(went) * len(came) <= ALL_PAIRS:
        taken = {stretch for pair in pairs for stretch in pair}
        left = ([stretch for stretch in side if stretch not in taken] for side in (went, came))
        pairs += _likest(*left)
    found = [_passage(old, new) for old, new in pairs]
    return tuple(sorted(found, key=lambda passage: (passage.to_index, passage.to_at)))


def _same(went: Sequence[_Stretch], came: Sequence[_Stretch]) -> list[tuple[_Stretch, _Stretch]]:
    """Return sentences that kept every word; of those that stand several times, first with first."""
    waiting: defaultdict[str, list[_Stretch]] = defaultdict(list)
    for stretch in came:
        waiting[stretch.text].append(stretch)
    return [(stretch, waiting[stretch.text].pop(0)) for stretch in went if waiting.get(stretch.text)]


def _likest(went: Sequence[_Stretch], came: Sequence[_Stretch]) -> list[tuple[_Stretch, _Stretch]]:
    """Return sentences that kept most of their words, the likest first, each once."""
    old_words, new_words = ([content(stretch.text) for stretch in side] for side in (went, came))
    scored = []
    for left, old in enumerate(old_words):
        for right, new in enumerate(new_words):
            least, both = min(len(old), len(new)), len(old) + len(new)
            if least > LEAST_WORDS and 2 * least >= ALIKE * both and (kept := common(old, new)) >= ALIKE * both / 2:
                scored.append((-2 * kept / both, left + right, left, right))
    pairs: dict[int, int] = {}
    for _, _, left, right in sorted(scored):
        if left not in pairs and right not in pairs.values():
            pairs[left] = right
    return [(went[left], came[right]) for left, right in pairs.items()]


def _passage(old: _Stretch, new: _Stretch) -> Passage:
    edited = None if old.text == new.text else wording(old.text, new.text)
    return Passage(old.text, new.text, old.block, old.at, new.block, new.at, edited)


def _has_both(changes: Sequence[BlockChange]) -> bool:
    """Tell whether something went and something came that is long enough for a sentence."""
    went = came = False
    for change in changes:
        if isinstance(change, (Replaced, Moved)):  # quicker than a union, which is made anew each time
            for op, text in change.wording.edits if change.wording else ():
                if op != "equal" and len(text) >= LEAST_LETTERS:
                    went, came = went or op == "delete", came or op == "insert"
        else:
            went, came = went or isinstance(change, Deleted), came or isinstance(change, Inserted)
    return went and came


def _stretches(changes: Sequence[BlockChange], op: WordOp) -> Iterator[_Stretch]:
    """Yield the sentences that went, or came, block by block in the order of their body."""
    found = [stretch for change in changes for stretch in _of_change(change, op)]
    yield from sorted(found, key=lambda stretch: (stretch.block, stretch.at))


def _of_change(change: BlockChange, op: WordOp) -> Iterator[_Stretch]:
    match change:
        case Inserted(block=block, to_index=index) if op == "insert":
            yield from _of_blocks([block], [index], ())
        case Deleted(block=block, from_index=index) if op == "delete":
            yield from _of_blocks([block], [index], ())
        case Replaced() | Moved() if change.wording:
            edits = [edit for edit in change.wording.edits if edit.op in ("equal", op)]
            if any(edit.op == op and len(edit.text) >= LEAST_LETTERS for edit in edits):
                olds = (change.before, change.from_indexes) if op == "delete" else (change.after, change.to_indexes)
                yield from _of_blocks(*olds, edits)


def _of_blocks(blocks: Sequence[Block], indexes: Sequence[int], edits: Sequence[WordEdit]) -> Iterator[_Stretch]:
    """Yield the sentences of these blocks of which most is not told as kept; with no edits, all."""
    if sum(len(block.text) for block in blocks) > LONGEST:
        return
    kept = _kept(edits)
    begins = 0
    for block, index in zip(blocks, indexes, strict=True):
        for start, end in sentence_spans(block.text):
            text = block.text[start:end]
            stayed = bisect_left(kept, begins + end) - bisect_left(kept, begins + start)
            if len(text.split()) >= LEAST_WORDS and stayed <= (1 - WENT) * len(text):
                yield _Stretch(text, index, start)
        begins += len(block.text) + len(BREAK)


def _kept(edits: Sequence[WordEdit]) -> list[int]:
    """Return where the letters stand that were kept."""
    places: list[int] = []
    at = 0
    for edit in edits:
        if edit.op == "equal":
            places += [at + step for step, letter in enumerate(edit.text) if not letter.isspace()]
        at += len(edit.text)
    return places
