"""Which blocks of two bodies are the same block: equal, edited, split, joined or moved.

In this order: equal blocks first, unique ones as anchors (patience), repeated ones where they keep the
order best; then blocks that read alike, found through their rare words where there are many; then pieces that were
split off or joined on. The order in which most blocks stand stays, of equal choices the one with most text; the
rest has moved. The answer is the same seen from either side, because the bodies are paired in an order of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate, compress, islice, pairwise, starmap
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

    Alike by 1.0 it is a stretch of equal blocks that follow one another on both sides, as many as that may be, and
    mostly told by ranges.
    """

    olds: Sequence[int]
    news: Sequence[int]
    alike: float


class Pairing(NamedTuple):
    """Groups that stay, groups that moved (both in the order of the new body); all other blocks came or went."""

    stay: list[Group]
    moved: list[Group]


def pair(before: Sequence[Block], after: Sequence[Block]) -> Pairing:
    """Return which blocks of the two bodies are the same."""
    old, new = _Side(before), _Side(after)
    if old.roles == new.roles and old.texts == new.texts:
        whole = range(len(before))
        return Pairing([Group(whole, whole, 1.0)] if whole else [], [])
    if (old.texts, old.roles) <= (new.texts, new.roles):
        return _Bodies(old, new).pairing()
    mirrored = _Bodies(new, old).pairing()
    return Pairing(*(sorted(map(_turned, groups), key=_place) for groups in mirrored))


def _turned(group: Group) -> Group:
    return Group(group.news, group.olds, group.alike)


def _stood(group: Group) -> int:
    return group.olds[0]


def _place(group: Group) -> int:
    return group.news[0]


def left_over(size: int, taken: Sequence[Sequence[int]]) -> list[int]:
    """Return the places below `size` that none of these ranges and tuples holds, in order; no place is held twice."""
    if sum(map(len, taken)) == size:
        return []
    free = bytearray(b"\1") * size
    for places in taken:
        if type(places) is range:
            free[places.start : places.stop] = bytes(len(places))
        else:
            for place in places:
                free[place] = 0
    return list(compress(range(size), free))


class _Side:
    """One body: the texts and roles of its blocks."""

    __slots__ = ("roles", "texts", "words")

    def __init__(self, body: Sequence[Block]) -> None:
        self.texts = [block.text for block in body]
        self.roles = [block.role for block in body]
        self.words = Words(self.texts)


class _Bodies:
    """Two bodies on their way to a pairing."""

    def __init__(self, old: _Side, new: _Side) -> None:
        self.old, self.new = old, new

    def pairing(self) -> Pairing:
        equal = [Group(olds, news, 1.0) for olds, news in equal_stretches(*self._keys())]
        stay, moved = self._ordered(equal)
        if alike := self._alike(equal, stay):
            stay = sorted([*stay, *alike], key=_stood)
            if not _in_order(stay):
                stay, moved = self._ordered(sorted([*equal, *alike], key=_stood))
        moved = [single for group in moved for single in _singles(group) if self._may_move(single)]
        groups = [*stay, *moved]
        paired = sum([len(group.olds) for group in groups]), sum([len(group.news) for group in groups])
        if paired != (len(self.old.texts), len(self.new.texts)):
            taken = _Taken(groups)
            stay, moved = ([self._with_pieces(group, taken) for group in part] for part in (stay, moved))
        return Pairing(self._divided_anew(stay), sorted(moved, key=_place))

    def _keys(self) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
        """Return what makes blocks equal: where all have one role, the text alone, which is quicker to look up."""
        if len({*self.old.roles, *self.new.roles}) == 1:
            return self.old.texts, self.new.texts
        sides = (self.old, self.new)
        old, new = (list(zip(side.texts, side.roles, strict=True)) for side in sides)
        return old, new

    def _ordered(self, groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
        if _in_order(groups):
            return list(groups), []
        ends = list(accumulate(map(len, self.old.texts), initial=0))
        weights = [len(group.olds) * ONE_BLOCK + self._weight(group, ends) for group in groups]
        stays = set(heaviest_increasing([group.news[0] for group in groups], weights))
        parted: tuple[list[Group], list[Group]] = [], []
        for index, group in enumerate(groups):
            parted[index not in stays].append(group)
        return parted

    def _weight(self, group: Group, ends: Sequence[int]) -> int:
        olds = group.olds
        if group.alike == 1.0:
            return 2 * (ends[olds[-1] + 1] - ends[olds[0]])
        return int(group.alike * (ends[olds[0] + 1] - ends[olds[0]] + len(self.new.texts[group.news[0]])))

    def _may_move(self, group: Group) -> bool:
        if self.old.texts[group.olds[0]] == self.new.texts[group.news[0]]:
            return True
        words = len(self.old.words[group.olds[0]]), len(self.new.words[group.news[0]])
        return group.alike >= MOVED_ALIKE and min(words) >= MOVED_WORDS

    def _alike(self, equal: Sequence[Group], stay: Sequence[Group]) -> list[Group]:
        """Return one-to-one pairs among the blocks left over: those alone in one place, then the likest."""
        old_left = left_over(len(self.old.texts), [group.olds for group in equal])
        new_left = left_over(len(self.new.texts), [group.news for group in equal])
        if not old_left or not new_left:
            return []
        old_place, new_place = _places(old_left, new_left, stay)
        groups = list(self._alone(old_place, new_place))
        if len(groups) in (len(old_left), len(new_left)):
            return groups
        taken = _Taken(groups)
        old_left = [index for index in old_left if index not in taken.olds]
        new_left = [index for index in new_left if index not in taken.news]
        old_size, new_size = len(self.old.texts), len(self.new.texts)
        scored = []
        for left, right in self._candidates(old_left, new_left, old_place, new_place):
            alike = self._alike_enough(left, right, same_place=old_place[left] == new_place[right])
            if alike:
                apart = abs((left - old_size) * new_size - (right - new_size) * old_size)
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
        new_at = _alone_in(new_place)
        for place, left in _alone_in(old_place).items():
            right = new_at.get(place)
            if right is not None:
                alike = self._alike_enough(left, right, same_place=True)
                if alike >= MOVED_ALIKE:
                    yield Group((left,), (right,), alike)

    def _candidates(
        self, old_left: Sequence[int], new_left: Sequence[int], old_place: dict[int, int], new_place: dict[int, int]
    ) -> Iterator[tuple[int, int]]:
        if len(old_left) * len(new_left) <= ALL_PAIRS:
            yield from ((left, right) for left in old_left for right in new_left)
            return
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for right in new_left:
            for word in set(self.new.words[right]):
                holders[word].append(right)
        neighbours = _neighbours(old_left, new_left, old_place, new_place)
        for left in old_left:
            shared: Counter[int] = Counter()
            for word in dict.fromkeys(self.old.words[left]):
                if len(holders.get(word, ())) <= RARE:
                    shared.update(holders.get(word, ()))
            likely = [right for right, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:RARE]]
            yield from ((left, right) for right in dict.fromkeys(likely + neighbours[left]))

    def _alike_enough(self, left: int, right: int, *, same_place: bool) -> float:
        share = framed(self.old.texts[left], self.new.texts[right])
        if share >= PLAIN_TO_SEE:
            return share * (0.99 if self.old.roles[left] == self.new.roles[right] else 0.9)
        old, new = self.old.words[left], self.new.words[right]
        shorter, both = min(len(old), len(new)), len(old) + len(new)
        least = KEPT_AT_LEAST if same_place else MOVED_ALIKE
        if not shorter or (2 * shorter < least * both and shorter < 5):
            return 0.0
        kept = common_of(self.old.words, left, self.new.words, right)
        alike = 2 * kept / both
        if shorter >= 5 and kept >= 0.8 * shorter:  # the whole of one stands in the other: it was split, or grew
            alike = max(alike, MOVED_ALIKE)
        if alike < least:
            return 0.0
        return min(alike, 0.99) * (1 if self.old.roles[left] == self.new.roles[right] else 0.9)

    def _with_pieces(self, group: Group, taken: _Taken) -> Group:
        """Return the group with the neighbours that were split off it, or joined to it."""
        olds, news = group.olds, group.news
        if group.alike == 1.0 or self.old.texts[olds[0]] == self.new.texts[news[0]]:
            return group
        news = _pieces(self.old.words[olds[0]], news[0], self.new.words, taken.news)
        if len(news) == 1:
            olds = _pieces(self.new.words[news[0]], olds[0], self.old.words, taken.olds)
        return Group(olds, news, group.alike)

    def _divided_anew(self, stay: Sequence[Group]) -> list[Group]:
        """Return the groups with neighbours joined where words passed over the border between them."""
        edited = [group for group in stay if group.alike != 1.0]
        if not any(starmap(self._touch, pairwise(edited))):
            return list(stay)
        joined: list[Group] = []
        for group in stay:
            if joined and self._touch(joined[-1], group) and self._exchanged(joined[-1], group):
                last = joined.pop()
                joined.append(Group((*last.olds, *group.olds), (*last.news, *group.news), min(last.alike, group.alike)))
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
        old = [self.old.words.joined(group.olds) for group in (left, right)]
        new = [self.new.words.joined(group.news) for group in (left, right)]
        apart = sum(common(*sides) for sides in zip(old, new, strict=True))
        lost = min(len(old[0]) + len(old[1]), len(new[0]) + len(new[1])) - apart
        if lost < MOVED_WORDS or len(left.olds) + len(left.news) > LARGEST_GROUP:
            return False
        gained = common(old[0] + old[1], new[0] + new[1]) - apart
        return gained >= max(MOVED_WORDS, 0.25 * lost)


class _Taken:
    """The blocks of either side that already belong to a group."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.olds: set[int] = set().union(*[group.olds for group in groups])
        self.news: set[int] = set().union(*[group.news for group in groups])


def _singles(group: Group) -> list[Group]:
    if group.alike != 1.0:
        return [group]
    return [Group((left,), (right,), 1.0) for left, right in zip(group.olds, group.news, strict=True)]


def _in_order(groups: Sequence[Group]) -> bool:
    places = [group.news[0] for group in groups]
    return all(map(lt, places, islice(places, 1, None)))


def _places(
    old_left: Sequence[int], new_left: Sequence[int], stay: Sequence[Group]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return, for each block left over, the stretch between anchors in which it stands."""
    olds, news = [group.olds[0] for group in stay], [group.news[0] for group in stay]
    return (
        {index: bisect_right(olds, index) for index in old_left},
        {index: bisect_right(news, index) for index in new_left},
    )


def _alone_in(places: dict[int, int]) -> dict[int, int]:
    """Return the one block left over in each place that has no more than one."""
    found = {place: index for index, place in places.items()}
    if len(found) == len(places):
        return found
    often = Counter(places.values())
    return {place: index for place, index in found.items() if often[place] == 1}


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
