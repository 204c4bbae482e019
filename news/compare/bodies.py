"""The changes of two bodies, in the order in which one reads both: what went stands before what came there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from news.compare.changes import BREAK, BlockChange, Deleted, Equal, Inserted, Moved, Replaced, Stats
from news.compare.pairing import Group, pair
from news.compare.wording import wording
from news.model import Block


def compare_bodies(before: Sequence[Block], after: Sequence[Block]) -> tuple[BlockChange, ...]:
    """Return one change for each block of either body, equal ones too."""
    stay, moved = pair(before, after)
    olds = {index for group in (*stay, *moved) for index in group.olds}
    news = {index for group in (*stay, *moved) for index in group.news}
    went = iter([index for index in range(len(before)) if index not in olds])
    came: list[int | Group] = [index for index in range(len(after)) if index not in news]
    arrivals = iter(sorted([*came, *moved], key=_arrives)) if moved else iter(came)
    changes: list[BlockChange] = []
    next_went, next_arrival = next(went, None), next(arrivals, None)
    for group in stay:
        gone, here = [], []
        while next_went is not None and next_went < group.olds[0]:
            gone.append(next_went)
            next_went = next(went, None)
        while next_arrival is not None and _arrives(next_arrival) < group.news[0]:
            here.append(next_arrival)
            next_arrival = next(arrivals, None)
        if gone or here:
            changes += _between(before, after, gone, here)
        if group.alike == 1.0:
            places = zip(group.olds, group.news, strict=True)
            changes += [Equal(block=after[new], from_index=old, to_index=new) for old, new in places]
        else:
            changes.append(_replaced(before, after, group))
    gone = [] if next_went is None else [next_went, *went]
    here = [] if next_arrival is None else [next_arrival, *arrivals]
    changes += _between(before, after, gone, here)
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
    olds, news = _blocks(before, group.olds), _blocks(after, group.news)
    return Replaced(
        before=olds,
        after=news,
        from_indexes=group.olds,
        to_indexes=group.news,
        wording=wording(_text(olds), _text(news)),
    )


def _moved(before: Sequence[Block], after: Sequence[Block], group: Group) -> Moved:
    olds, news = _blocks(before, group.olds), _blocks(after, group.news)
    return Moved(
        before=olds,
        after=news,
        from_indexes=group.olds,
        to_indexes=group.news,
        wording=None if olds == news else wording(_text(olds), _text(news)),
    )


def _blocks(body: Sequence[Block], indexes: Sequence[int]) -> tuple[Block, ...]:
    return tuple(body[index] for index in indexes)


def _text(blocks: Sequence[Block]) -> str:
    return BREAK.join(block.text for block in blocks)


def count(changes: Sequence[BlockChange]) -> Stats:
    """Return the words that came and went, and the moves; what only moved neither came nor went."""
    added = removed = moves = 0
    for change in changes:
        match change:
            case Equal():
                continue
            case Inserted(block=block):
                added += len(block.text.split())
            case Deleted(block=block):
                removed += len(block.text.split())
            case Replaced(wording=wording) | Moved(wording=wording):
                moves += isinstance(change, Moved)
                added += wording.added if wording else 0
                removed += wording.removed if wording else 0
    return Stats(words_added=added, words_removed=removed, moves=moves)
