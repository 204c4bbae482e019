"""The changes of two bodies, in the order in which one reads both: what went stands before what came there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain

from news.compare.changes import BREAK, BlockChange, Deleted, Equal, Inserted, Moved, Passage, Replaced, Stats
from news.compare.pairing import Group, left_over, pair
from news.compare.wording import wording
from news.model import Block

_equal: Callable[[tuple[Block, int, int]], Equal] = partial(tuple.__new__, Equal)
"""Makes an `Equal` of its three fields in a third of the time; most blocks of most comparisons are equal."""


def compare_bodies(before: Sequence[Block], after: Sequence[Block]) -> tuple[BlockChange, ...]:
    """Return one change for each block of either body, equal ones too."""
    stay, moved = pair(before, after)
    went = left_over(len(before), [group.olds for group in chain(stay, moved)])
    came: list[int | Group] = [*left_over(len(after), [group.news for group in chain(stay, moved)])]
    arrivals = sorted([*came, *moved], key=_arrives) if moved else came
    places = [_arrives(arrival) for arrival in arrivals]
    changes: list[BlockChange] = []
    gone = here = 0
    rest = len(went) + len(places)
    for group in stay:
        if gone + here < rest:
            next_gone = bisect_left(went, group.olds[0], gone)
            next_here = bisect_left(places, group.news[0], here)
            if next_gone > gone or next_here > here:
                changes += _between(before, after, went[gone:next_gone], arrivals[here:next_here])
                gone, here = next_gone, next_here
        if group.alike == 1.0:
            stretch = after[group.news[0] : group.news[-1] + 1]
            changes += map(_equal, zip(stretch, group.olds, group.news, strict=True))
        else:
            changes.append(_replaced(before, after, group))
    changes += _between(before, after, went[gone:], arrivals[here:])
    return tuple(changes)


def _arrives(arrival: int | Group) -> int:
    return arrival if isinstance(arrival, int) else arrival.news[0]


def _between(
    before: Sequence[Block], after: Sequence[Block], gone: Sequence[int], here: Sequence[int | Group]
) -> Iterator[BlockChange]:
    """Yield what happened between two blocks that stay."""
    came = [index for index in here if isinstance(index, int)]
    rewritten = len(gone) == len(came) == 1 and before[gone[0]].role == after[came[0]].role
    if not rewritten:
        yield from (Deleted(block=before[index], from_index=index) for index in gone)
    for arrival in here:
        if isinstance(arrival, Group):
            yield _moved(before, after, arrival)
        elif rewritten:
            yield _replaced(before, after, Group((gone[0],), (arrival,), 0.0))
        else:
            yield Inserted(block=after[arrival], to_index=arrival)


def _replaced(before: Sequence[Block], after: Sequence[Block], group: Group) -> Replaced:
    if len(group.olds) == len(group.news) == 1:
        old, new = before[group.olds[0]], after[group.news[0]]
        return Replaced((old,), (new,), tuple(group.olds), tuple(group.news), wording(old.text, new.text))
    olds, news = _blocks(before, group.olds), _blocks(after, group.news)
    return Replaced(olds, news, tuple(group.olds), tuple(group.news), wording(_text(olds), _text(news)))


def _moved(before: Sequence[Block], after: Sequence[Block], group: Group) -> Moved:
    olds, news = _blocks(before, group.olds), _blocks(after, group.news)
    return Moved(
        before=olds,
        after=news,
        from_indexes=tuple(group.olds),
        to_indexes=tuple(group.news),
        wording=None if olds == news else wording(_text(olds), _text(news)),
    )


def _blocks(body: Sequence[Block], indexes: Sequence[int]) -> tuple[Block, ...]:
    return (body[indexes[0]],) if len(indexes) == 1 else tuple([body[index] for index in indexes])


def _text(blocks: Sequence[Block]) -> str:
    return blocks[0].text if len(blocks) == 1 else BREAK.join([block.text for block in blocks])


def count(changes: Sequence[BlockChange], passages: Sequence[Passage], *, entries_rolled_off: int = 0) -> Stats:
    """Return the words that came and went, and the moves; what only moved neither came nor went."""
    added = removed = moves = 0
    for change in changes:
        match change:
            case Replaced(wording=wording) | Moved(wording=wording):
                moves += isinstance(change, Moved)
                added += wording.added if wording else 0
                removed += wording.removed if wording else 0
            case Inserted(block=block):
                added += len(block.text.split())
            case Deleted(block=block):
                removed += len(block.text.split())
            case Equal():
                continue
    for passage in passages:
        edited = passage.wording
        added -= len(passage.after.split()) - (edited.added if edited else 0)
        removed -= len(passage.before.split()) - (edited.removed if edited else 0)
    return Stats(
        words_added=max(added, 0),
        words_removed=max(removed, 0),
        moves=moves,
        sentences_moved=len(passages),
        entries_rolled_off=entries_rolled_off,
    )
