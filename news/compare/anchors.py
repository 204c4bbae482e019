"""Which blocks of two bodies are equal, in stretches that stay together: the anchors of all the rest."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rapidfuzz.distance import LCSseq

from news.compare.aligning import MAX_CELLS

NOWHERE = -1


def equal_stretches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[range, range]]:
    """Return stretches of equal blocks, as long as they go on both sides, in the order of the old body."""
    stretches: list[tuple[range, range]] = []
    places = _places(old, new)
    places.append(None)
    began = first = 0
    follows = NOWHERE
    for index, place in enumerate(places):
        if place == follows:
            follows += 1
            continue
        if follows != NOWHERE:
            stretches.append((range(began, index), range(first, follows)))
        if place is None:
            follows = NOWHERE
        else:
            began, first, follows = index, place, place + 1
    return stretches


def _places(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[int | None]:
    """Return for each old block where the equal new one stands, if there is one."""
    new_once = dict(zip(new, range(len(new)), strict=True))
    if len(new_once) == len(new) and len(set(old)) == len(old):
        return list(map(new_once.get, old))
    return list(map(_repeated(old, new).get, range(len(old))))


def _repeated(old: Sequence[Hashable], new: Sequence[Hashable]) -> dict[int, int]:
    """Return old index to new index for equal blocks of which some stand more than once."""
    old_at, new_at = _where(old), _where(new)
    common = {key: (places, new_at[key]) for key, places in old_at.items() if key in new_at}
    pairs = {lefts[0]: rights[0] for lefts, rights in common.values() if len(lefts) == len(rights) == 1}
    in_order = _in_order(old, new)
    for lefts, rights in common.values():
        if not len(lefts) == len(rights) == 1:
            pairs |= _pair_repeated(lefts, rights, in_order)
    return pairs


def _where(body: Sequence[Hashable]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for index, key in enumerate(body):
        found.setdefault(key, []).append(index)
    return found


def _in_order(old: Sequence[Hashable], new: Sequence[Hashable]) -> dict[int, int]:
    """Return the most pairs of equal blocks that stand in one order on both sides; none where bodies are huge."""
    if len(old) * len(new) > MAX_CELLS:
        return {}
    runs = LCSseq.opcodes(old, new).as_matching_blocks()
    return {run.a + step: run.b + step for run in runs for step in range(run.size)}


def _pair_repeated(lefts: Sequence[int], rights: Sequence[int], in_order: dict[int, int]) -> dict[int, int]:
    """Return pairs of blocks that stand more than once: those that keep the order first, the rest as they come."""
    pairs = {left: in_order[left] for left in lefts if left in in_order}
    paired = set(pairs.values())
    rest = [left for left in lefts if left not in pairs]
    return pairs | dict(zip(rest, (right for right in rights if right not in paired), strict=False))
