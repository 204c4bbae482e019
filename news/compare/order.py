"""The heaviest increasing subsequence: what stays in its place when the rest is said to have moved."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from operator import lt


def heaviest_increasing(positions: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Return the indexes of an increasing subsequence of `positions` whose weights sum highest.

    Positions are distinct, weights positive. Neighbours that are neighbours on both sides stay or go together, so
    that an article with one moved block has three things to weigh. Among equals the chain found first is kept, so
    that the answer is always the same.
    """
    if all(map(lt, positions, islice(positions, 1, None))):
        return list(range(len(positions)))
    runs = _runs(positions)
    chain = _heaviest_runs([positions[run[0]] for run in runs], [sum(weights[run[0] : run[1]]) for run in runs])
    return [index for run in chain for index in range(*runs[run])]


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Return where stretches begin and end that no other position comes between."""
    rank = {position: index for index, position in enumerate(sorted(positions))}
    ranks = [rank[position] for position in positions]
    starts = [0, *(index for index in range(1, len(ranks)) if ranks[index] != ranks[index - 1] + 1)]
    return list(zip(starts, [*starts[1:], len(ranks)], strict=True))


def _heaviest_runs(positions: Sequence[int], weights: Sequence[int]) -> list[int]:
    """O(n log n): a Fenwick tree holds the heaviest chain that ends below each rank."""
    ranks = sorted(positions)
    tree: list[tuple[int, int]] = [(0, -1)] * (len(positions) + 1)
    previous = [-1] * len(positions)
    for index, position in enumerate(positions):
        rank = bisect_left(ranks, position) + 1
        weight, previous[index] = _heaviest_below(tree, rank - 1)
        _raise(tree, rank, (weight + weights[index], index))
    return _chain(previous, _heaviest_below(tree, len(positions))[1])


def _heaviest_below(tree: Sequence[tuple[int, int]], rank: int) -> tuple[int, int]:
    best = (0, -1)
    while rank > 0:
        if tree[rank][0] > best[0]:
            best = tree[rank]
        rank -= rank & -rank
    return best


def _raise(tree: list[tuple[int, int]], rank: int, value: tuple[int, int]) -> None:
    while rank < len(tree):
        if value[0] > tree[rank][0]:
            tree[rank] = value
        rank += rank & -rank


def _chain(previous: Sequence[int], last: int) -> list[int]:
    chain = []
    while last >= 0:
        chain.append(last)
        last = previous[last]
    return chain[::-1]
