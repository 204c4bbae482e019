"""The changes of a live blog's body of which newer entries pushed others off the page: those were not deleted.

What rolled off takes no part in the comparison, so that no new entry is told as an old one edited; it is then told in
its place as a deletion that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from news.compare.bodies import compare_bodies
from news.compare.changes import BlockChange, Deleted, Equal, Inserted, Moved, Replaced, stood
from news.model import Block


def compare_rolling(before: Sequence[Block], after: Sequence[Block], gone: Collection[str]) -> tuple[BlockChange, ...]:
    """Return one change for each block of either body; `gone` holds the ids of the entries that rolled off."""
    kept = [index for index, block in enumerate(before) if block.entry not in gone]
    changes = compare_bodies([before[index] for index in kept], after)
    off = [index for index, block in enumerate(before) if block.entry in gone]
    return tuple(_with_rolled_off([_placed_back(change, kept) for change in changes], before, off))


def is_rolled_off(change: BlockChange) -> bool:
    """Tell whether the block is gone only because its entry rolled off the page."""
    return isinstance(change, Deleted) and change.rolled_off


def _placed_back(change: BlockChange, kept: Sequence[int]) -> BlockChange:
    """Return the change with its places in the whole older body."""
    match change:
        case Inserted():
            return change
        case Equal(from_index=index):
            return change._replace(from_index=kept[index])
        case Deleted(from_index=index):
            return replace(change, from_index=kept[index])
        case Replaced(from_indexes=indexes):
            return change._replace(from_indexes=tuple(kept[index] for index in indexes))
        case Moved(from_indexes=indexes):
            return replace(change, from_indexes=tuple(kept[index] for index in indexes))


def _with_rolled_off(
    changes: Sequence[BlockChange], before: Sequence[Block], off: Sequence[int]
) -> Iterator[BlockChange]:
    told = 0
    for change in changes:
        while told < len(off) and off[told] < stood(change):
            yield Deleted(block=before[off[told]], from_index=off[told], rolled_off=True)
            told += 1
        yield change
    yield from (Deleted(block=before[index], from_index=index, rolled_off=True) for index in off[told:])
