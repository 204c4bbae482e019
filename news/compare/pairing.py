"""Which blocks of two bodies are the same block: equal, edited, split, joined or moved.

In this order: equal blocks first, unique ones as anchors (patience), repeated ones where they keep the
order best; then blocks that read alike, found through their rare words where there are many; then pieces that were
split off or joined on. The order in which most blocks stand stays, of equal choices the one with most text; the
rest has moved. The answer is the same seen from either side, because the bodies are paired in an order of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice, pairwise
from operator import lt
from typing import NamedTuple

from news.compare.anchors import equal_stretches
from news.compare.likeness import Words, common, common_of, framed
from news.compare.order import heaviest_increasing
from news.compare.wording import KEPT_AT_LEAST
from news.model import Block

MOVED_ALIKE = 0.6
"""Blocks that read less alike than this are only the same block when they stand in the same place."""

MOVED_WORDS = 4
"""Fewer words than these, edited and elsewhere, are another block."""

PLAIN_TO_SEE = 0.7
"""Texts whose beginning and end make up this share are the same block: no need to look at their words."""

ALL_PAIRS = 2_500
"""Up to so many pairs every one is compared; past it only those that share a rare word, or a place."""

RARE = 8
"""A word is rare that stands in no more blocks of one body than this."""

LARGEST_GROUP = 64
"""Blocks of both sides, past which a group takes in no more."""

STRANGERS = 2
"""So many new blocks may stand between the pieces of one that was split."""

ONE_BLOCK = 1_000_000_000
"""A block that stays outweighs any length of text: one that passed ten others is one move, not ten."""


class Group(NamedTuple):
    """Blocks that are the same text on both sides: one each, unless they were split, joined or divided anew.

    Alike by 1.0 it is a stretch of equal blocks that follow one another on both sides, as many as that may be.
    """

    olds: tuple[int, ...]
    news: tuple[int, ...]
    alike: float


class Pairing(NamedTuple):
    """Groups that stay, groups that moved (both in the order of the new body); all other blocks came or went."""

    stay: list[Group]
    moved: list[Group]


def pair(before: Sequence[Block], after: Sequence[Block]) -> Pairing:
    """Return which blocks of the two bodies are the same."""
    old = [(block.text, block.role) for block in before]
    new = [(block.text, block.role) for block in after]
    if old == new:
        whole = tuple(range(len(old)))
        return Pairing([Group(whole, whole, 1.0)] if whole else [], [])
    if old <= new:
        return _Bodies(old, new).pairing()
    mirrored = _Bodies(new, old).pairing()
    return Pairing(*(sorted(map(_turned, groups), key=_place) for groups in mirrored))


def _turned(group: Group) -> Group:
    return Group(group.news, group.olds, group.alike)


def _place(group: Group) -> tuple[int, ...]:
    return group.news


class _Bodies:
    """Two bodies on their way to a pairing."""

    def __init__(self, old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> None:
        self.old, self.new = old, new

    def pairing(self) -> Pairing:
        groups = [Group(tuple(olds), tuple(news), 1.0) for olds, news in equal_stretches(self.old, self.new)]
        groups += self._alike(groups)
        stay, moved = self._ordered(sorted(groups))
        moved = [single for group in moved for single in _singles(group) if self._may_move(single)]
        taken = _Taken([*stay, *moved])
        if len(taken.olds) < len(self.old) or len(taken.news) < len(self.new):
            stay, moved = ([self._with_pieces(group, taken) for group in groups] for groups in (stay, moved))
        return Pairing(self._divided_anew(stay), sorted(moved, key=_place))

    @cached_property
    def old_words(self) -> Words:
        return Words([text for text, _ in self.old])

    @cached_property
    def new_words(self) -> Words:
        return Words([text for text, _ in self.new])

    def _ordered(self, groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
        positions = [group.news[0] for group in groups]
        if all(map(lt, positions, islice(positions, 1, None))):
            return list(groups), []
        weights = [len(group.olds) * ONE_BLOCK + self._weight(group) for group in groups]
        stays = set(heaviest_increasing(positions, weights))
        parted: tuple[list[Group], list[Group]] = [], []
        for index, group in enumerate(groups):
            parted[index not in stays].append(group)
        return parted

    def _weight(self, group: Group) -> int:
        lengths = [len(self.old[index][0]) for index in group.olds]
        if group.alike != 1.0:
            lengths += [len(self.new[index][0]) for index in group.news]
            return int(group.alike * sum(lengths))
        return 2 * sum(lengths)

    def _may_move(self, group: Group) -> bool:
        if self.old[group.olds[0]][0] == self.new[group.news[0]][0]:
            return True
        words = len(self.old_words[group.olds[0]]), len(self.new_words[group.news[0]])
        return group.alike >= MOVED_ALIKE and min(words) >= MOVED_WORDS

    def _alike(self, equal: Sequence[Group]) -> list[Group]:
        """Return one-to-one pairs among the blocks left over: those alone in one place, then the likest."""
        taken = _Taken(equal)
        old_left = [index for index in range(len(self.old)) if index not in taken.olds]
        new_left = [index for index in range(len(self.new)) if index not in taken.news]
        if not old_left or not new_left:
            return []
        old_place, new_place = _places(old_left, new_left, equal)
        groups = list(self._alone(old_place, new_place))
        taken = _Taken(groups)
        old_left = [index for index in old_left if index not in taken.olds]
        new_left = [index for index in new_left if index not in taken.news]
        scored = []
        for left, right in self._candidates(old_left, new_left, old_place, new_place):
            alike = self._alike_enough(left, right, same_place=old_place[left] == new_place[right])
            if alike:
                apart = abs((left - len(self.old)) * len(self.new) - (right - len(self.new)) * len(self.old))
                scored.append((-alike - (old_place[left] == new_place[right]) * 0.1, apart, left, right, alike))
        seen_old, seen_new = set(), set()
        for _, _, left, right, alike in sorted(scored):
            if left not in seen_old and right not in seen_new:
                seen_old.add(left)
                seen_new.add(right)
                groups.append(Group((left,), (right,), alike))
        return groups

    def _alone(self, old_place: dict[int, int], new_place: dict[int, int]) -> Iterator[Group]:
        """Yield pairs that are the only blocks left over in their place, and read alike: no rival need be asked."""
        new_at: dict[int, list[int]] = {}
        for right, place in new_place.items():
            new_at.setdefault(place, []).append(right)
        crowd = Counter(old_place.values())
        for left, place in old_place.items():
            rights = new_at.get(place, ())
            if crowd[place] == len(rights) == 1:
                alike = self._alike_enough(left, rights[0], same_place=True)
                if alike >= MOVED_ALIKE:
                    yield Group((left,), (rights[0],), alike)

    def _candidates(
        self, old_left: Sequence[int], new_left: Sequence[int], old_place: dict[int, int], new_place: dict[int, int]
    ) -> Iterator[tuple[int, int]]:
        if len(old_left) * len(new_left) <= ALL_PAIRS:
            yield from ((left, right) for left in old_left for right in new_left)
            return
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for right in new_left:
            for word in set(self.new_words[right]):
                holders[word].append(right)
        neighbours = _neighbours(old_left, new_left, old_place, new_place)
        for left in old_left:
            shared: Counter[int] = Counter()
            for word in dict.fromkeys(self.old_words[left]):
                if len(holders.get(word, ())) <= RARE:
                    shared.update(holders.get(word, ()))
            likely = [right for right, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:RARE]]
            yield from ((left, right) for right in dict.fromkeys(likely + neighbours[left]))

    def _alike_enough(self, left: int, right: int, *, same_place: bool) -> float:
        share = framed(self.old[left][0], self.new[right][0])
        if share >= PLAIN_TO_SEE:
            return share * (0.99 if self.old[left][1] == self.new[right][1] else 0.9)
        old, new = self.old_words[left], self.new_words[right]
        shorter, both = min(len(old), len(new)), len(old) + len(new)
        least = KEPT_AT_LEAST if same_place else MOVED_ALIKE
        if not shorter or (2 * shorter < least * both and shorter < 5):
            return 0.0
        kept = common_of(self.old_words, left, self.new_words, right)
        alike = 2 * kept / both
        if shorter >= 5 and kept >= 0.8 * shorter:  # the whole of one stands in the other: it was split, or grew
            alike = max(alike, MOVED_ALIKE)
        if alike < least:
            return 0.0
        return min(alike, 0.99) * (1 if self.old[left][1] == self.new[right][1] else 0.9)

    def _with_pieces(self, group: Group, taken: _Taken) -> Group:
        """Return the group with the neighbours that were split off it, or joined to it."""
        olds, news = group.olds, group.news
        if group.alike == 1.0 or self.old[olds[0]][0] == self.new[news[0]][0]:
            return group
        news = _pieces(self.old_words[olds[0]], news[0], self.new_words, taken.news)
        if len(news) == 1:
            olds = _pieces(self.new_words[news[0]], olds[0], self.old_words, taken.olds)
        return Group(olds, news, group.alike)

    def _divided_anew(self, stay: Sequence[Group]) -> list[Group]:
        """Return the groups with neighbours joined where words passed over the border between them."""
        if not any(self._touch(*neighbours) for neighbours in pairwise(stay)):
            return list(stay)
        joined: list[Group] = []
        for group in stay:
            if joined and self._touch(joined[-1], group) and self._exchanged(joined[-1], group):
                last = joined.pop()
                joined.append(Group(last.olds + group.olds, last.news + group.news, min(last.alike, group.alike)))
            else:
                joined.append(group)
        return joined

    def _touch(self, left: Group, right: Group) -> bool:
        return (
            left.alike != 1.0 != right.alike
            and left.olds[-1] + 1 == right.olds[0]
            and left.news[-1] + 1 == right.news[0]
        )

    def _exchanged(self, left: Group, right: Group) -> bool:
        old = [self.old_words.joined(group.olds) for group in (left, right)]
        new = [self.new_words.joined(group.news) for group in (left, right)]
        apart = sum(common(*sides) for sides in zip(old, new, strict=True))
        lost = min(len(old[0]) + len(old[1]), len(new[0]) + len(new[1])) - apart
        if lost < MOVED_WORDS or len(left.olds) + len(left.news) > LARGEST_GROUP:
            return False
        gained = common(old[0] + old[1], new[0] + new[1]) - apart
        return gained >= max(MOVED_WORDS, 0.25 * lost)


class _Taken:
    """The blocks of either side that already belong to a group."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.olds = {index for group in groups for index in group.olds}
        self.news = {index for group in groups for index in group.news}


def _singles(group: Group) -> list[Group]:
    if group.alike != 1.0:
        return [group]
    return [Group((left,), (right,), 1.0) for left, right in zip(group.olds, group.news, strict=True)]


def _places(
    old_left: Sequence[int], new_left: Sequence[int], equal: Sequence[Group]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return, for each block left over, the stretch between anchors in which it stands."""
    stay = heaviest_increasing([group.news[0] for group in equal], [len(group.olds) for group in equal])
    olds, news = [equal[index].olds[0] for index in stay], [equal[index].news[0] for index in stay]
    return (
        {index: bisect_right(olds, index) for index in old_left},
        {index: bisect_right(news, index) for index in new_left},
    )


def _neighbours(
    old_left: Sequence[int], new_left: Sequence[int], old_place: dict[int, int], new_place: dict[int, int]
) -> dict[int, list[int]]:
    """Return, for each old block, those that stand about as far into the same stretch of the new body."""
    stretches: defaultdict[int, list[int]] = defaultdict(list)
    for right in new_left:
        stretches[new_place[right]].append(right)
    ranks: Counter[int] = Counter()
    near = {}
    for left in old_left:
        place = old_place[left]
        near[left] = stretches[place][max(ranks[place] - 1, 0) : ranks[place] + 2]
        ranks[place] += 1
    return near


def _pieces(whole: list[str], first: int, words: Words, taken: set[int]) -> tuple[int, ...]:
    """Return `first` and the free neighbours whose words stand in `whole` beside its own; they are then taken."""
    pieces, kept = [first], common(whole, words[first])
    for step in (1, -1):
        index, strangers = first + step, 0
        while 0 <= index < len(words) and index not in taken and strangers <= STRANGERS and len(pieces) < LARGEST_GROUP:
            tried = sorted([*pieces, index])
            shares = common(whole, words.joined(tried))
            if len(words[index]) >= 2 and shares - kept >= MOVED_ALIKE * len(words[index]):
                pieces, kept = tried, shares
                taken.add(index)
            else:
                strangers += 1
            index += step
    return tuple(pieces)
