"""Which facts of one text answer to which of the other, and which of them differ.

The texts are aligned with what stands inside quotations left out, so that a statement of which every word was replaced
is still that speaker's; each quotation is then compared with its counterpart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from news.compare.changes import WordEdit
from news.compare.likeness import common
from news.compare.sentences import sentence_spans
from news.compare.statements import Fact, FactKind, Hearing, quoted, stated
from news.compare.tokens import content
from news.compare.wording import wording

FactPart: TypeAlias = Literal["words", "attribution"]

KEPT_OF_SENTENCE: Final = 0.4
"""A sentence of which less than this stayed, its facts apart, is another sentence."""

LIKE_QUOTATIONS: Final = 0.4
"""Quotations that share at least so many of their words are the same one, whatever stands around them."""

LONGEST: Final = 50_000
"""Characters of a text past which no facts are looked for."""

SPEECH: Final = re.compile(
    r"\b(?:said|says|saying|told|tells|added|adds|according to|warned|insisted|claimed|explained|replied|wrote|asked|"
    r"announced|confirmed|admitted|argued|stated|posted|sagte|erklärte|a dit|déclaré|dijo|afirmó|ha detto|zei|disse)\b"
)
SPOKEN: Final = "言"
"""Stands for the words of a quotation: a letter, so that a sentence may begin with it, but no capital."""

NEAR_SPEECH: Final = 40
"""Characters between a name and the verb that makes it a speaker's."""


class Pair(NamedTuple):
    """A fact on either side, None where that side does not state it; `part` tells what of a quotation changed."""

    kind: FactKind
    part: FactPart | None
    before: Fact | None
    after: Fact | None


def changed_facts(before: str, after: str, hearing: Hearing, *, is_field: bool = False) -> list[Pair]:
    """Return the facts that differ between two texts of which one was made from the other, in reading order.

    Of a field, such as a headline, a number is the same fact though all words around it are others.
    """
    if max(len(before), len(after)) > LONGEST:
        return []
    old, new = _Side(before, hearing), _Side(after, hearing)
    matching = _Matching(old, new)
    pairs = [
        pair._replace(before=old.back(pair.before), after=new.back(pair.after))
        for pair in matching.pairs(is_field=is_field)
    ]
    for one, other in matching.quotations():
        pairs += _of_quotation(one, other, before, after, hearing)
    return sorted(pairs, key=_place)


def _place(pair: Pair) -> tuple[int, int]:
    old, new = pair.before or pair.after, pair.after or pair.before
    return (new.start if new else 0), (old.start if old else 0)


def _of_quotation(old: Fact, new: Fact, before: str, after: str, hearing: Hearing) -> Iterator[Pair]:
    """Yield what changed in a quotation: its words, and the facts that they state."""
    if old.value == new.value:
        return
    yield Pair("quotation", "words", old, new)
    for pair in changed_facts(before[old.start : old.end], after[new.start : new.end], hearing):
        yield pair._replace(before=_moved(pair.before, old.start), after=_moved(pair.after, new.start))


def _moved(fact: Fact | None, by: int) -> Fact | None:
    return fact and fact._replace(start=fact.start + by, end=fact.end + by)


class _Side:
    """One text with what its quotations hold left out, and where that stood."""

    def __init__(self, text: str, hearing: Hearing) -> None:
        self.quotes = quoted(text)
        self.marks: list[int] = []
        """Where the opening mark of each quotation stands in what is shown."""
        self._left_out: list[tuple[int, int]] = []
        shown, at = "", 0
        for quote in self.quotes:
            end = quote.end - (text[quote.end - 1] in ".!?…")  # what ends the quotation may end the sentence
            shown += text[at : quote.start]
            self.marks.append(len(shown) - 1)
            self._left_out.append((len(shown), end - quote.start - len(SPOKEN)))
            shown += SPOKEN
            at = end
        self.shown = shown + text[at:]
        self.facts = stated(self.shown, hearing)

    def back(self, fact: Fact | None) -> Fact | None:
        """Return the fact with its place in the whole text."""
        return fact and fact._replace(start=self._back(fact.start), end=self._back(fact.end - 1) + 1)

    def _back(self, at: int) -> int:
        return at + sum(length for place, length in self._left_out if place < at)

    def skeleton(self) -> str:
        """Return the shown text with each fact replaced by its kind."""
        text, at = "", 0
        for fact in self.facts:
            text += f"{self.shown[at : fact.start]}\0{fact.kind}"
            at = fact.end
        return text + self.shown[at:]

    def is_spoken(self, fact: Fact) -> bool:
        """Tell whether a speaker's verb stands near, in a sentence that holds a quotation."""
        near = self.shown[max(fact.start - NEAR_SPEECH, 0) : fact.end + NEAR_SPEECH]
        holding = [span for span in sentence_spans(self.shown) if span[0] <= fact.start < span[1]]
        quoting = any(span[0] <= mark < span[1] for span in holding for mark in self.marks)
        return quoting and SPEECH.search(near) is not None


class _Matching:
    """Two texts aligned, and which characters of each stayed."""

    def __init__(self, old: _Side, new: _Side) -> None:
        self.old, self.new = old, new
        told = wording(old.shown, new.shown)
        self.whole = told.whole
        self.same_skeleton = old.skeleton() == new.skeleton()
        self.kept, self.old_hunks, self.new_hunks = _kept(told.edits)
        self.back = {right: left for left, right in self.kept.items()}

    def pairs(self, *, is_field: bool) -> list[Pair]:
        """Return the dates, names and numbers that differ."""
        if self.same_skeleton:
            both = zip(self.old.facts, self.new.facts, strict=True)
            return [self._pair(one, other) for one, other in both if one.value != other.value]
        if self.whole:
            return self._lone_numbers() if is_field else []
        pairs = self._linked()
        used = {id(fact) for pair in pairs for fact in (pair.before, pair.after)}
        old_left = [fact for fact in self.old.facts if id(fact) not in used and (is_field or self._stands(fact, 0))]
        new_left = [fact for fact in self.new.facts if id(fact) not in used and (is_field or self._stands(fact, 1))]
        return [pair for pair in (*pairs, *self._by_hunk(old_left, new_left)) if _differs(pair)]

    def quotations(self) -> list[tuple[Fact, Fact]]:
        """Return the quotations that answer to each other: those with the same words, else with marks that stayed."""
        old, new = list(self.old.quotes), list(self.new.quotes)
        marks = dict(zip(self.new.marks, new, strict=True))
        met = [(one, marks.get(self.kept.get(at, -1))) for at, one in zip(self.old.marks, old, strict=True)]
        same = Counter(quote.value for quote in old) & Counter(quote.value for quote in new)
        return [
            (one, other)
            for one, other in met
            if other is not None
            and not (one.value in same or other.value in same)
            and (self._said_alike(one, other) or self._stands(_mark(self.old, one), 0, apart=True))
        ]

    def _said_alike(self, one: Fact, other: Fact) -> bool:
        old, new = content(one.value), content(other.value)
        return 2 * common(old, new) >= LIKE_QUOTATIONS * (len(old) + len(new))

    def _pair(self, old: Fact | None, new: Fact | None) -> Pair:
        fact = old or new
        assert fact is not None
        if fact.kind == "name" and old and new and self.old.is_spoken(old) and self.new.is_spoken(new):
            return Pair("quotation", "attribution", old, new)
        return Pair(fact.kind, None, old, new)

    def _lone_numbers(self) -> list[Pair]:
        sides = [[fact for fact in side.facts if fact.kind == "number"] for side in (self.old, self.new)]
        if len(sides[0]) == len(sides[1]) == 1 and sides[0][0].value != sides[1][0].value:
            return [self._pair(sides[0][0], sides[1][0])]
        return []

    def _linked(self) -> list[Pair]:
        """Return pairs of facts of one kind that have characters in common."""
        new_at = {place: fact for fact in self.new.facts for place in range(fact.start, fact.end)}
        pairs, met = [], set()
        for fact in self.old.facts:
            for place in range(fact.start, fact.end):
                other = new_at.get(self.kept.get(place, -1))
                if other is not None and other.kind == fact.kind and id(other) not in met:
                    met.add(id(other))
                    pairs.append(self._pair(fact, other))
                    break
        return pairs

    def _by_hunk(self, old: Sequence[Fact], new: Sequence[Fact]) -> list[Pair]:
        """Return pairs of facts that changed places with each other; then those that only moved; then the rest."""
        hunks: defaultdict[tuple[int, str], tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
        for index, (facts, places) in enumerate(((old, self.old_hunks), (new, self.new_hunks))):
            for fact in facts:
                hunks[places.get(fact.start, -1 - index), fact.kind][index].append(fact)
        pairs: list[Pair] = []
        left: tuple[list[Fact], list[Fact]] = [], []
        for lefts, rights in hunks.values():
            olds, news = _without_same(lefts, rights)
            both = min(len(olds), len(news))
            pairs += [self._pair(one, other) for one, other in zip(olds, news, strict=False)]
            left[0].extend(olds[both:])
            left[1].extend(news[both:])
        for kind in ("number", "name", "date"):
            olds, news = _without_same(*([fact for fact in side if fact.kind == kind] for side in left))
            if len(olds) == len(news) == 1:
                pairs.append(self._pair(olds[0], news[0]))
            else:
                pairs += [self._pair(fact, None) for fact in olds] + [self._pair(None, fact) for fact in news]
        return pairs

    def _stands(self, fact: Fact, side: int, *, apart: bool = False) -> bool:
        """Tell whether enough of the sentence around the fact stayed; `apart`: some word of it, at least."""
        here, kept = ((self.old, self.kept), (self.new, self.back))[side]
        span = next((span for span in sentence_spans(here.shown) if span[0] <= fact.start < span[1]), (0, 0))
        stated_at = {place for other in here.facts for place in range(other.start, other.end)}
        words = [
            at for at in range(*span) if here.shown[at].isalnum() and here.shown[at] != SPOKEN and at not in stated_at
        ]
        if not words:
            return not apart
        return sum(at in kept for at in words) >= KEPT_OF_SENTENCE * len(words)


def _mark(side: _Side, quote: Fact) -> Fact:
    at = side.marks[side.quotes.index(quote)]
    return quote._replace(start=at, end=at + 1)


def _differs(pair: Pair) -> bool:
    return pair.before is None or pair.after is None or pair.before.value != pair.after.value


def _without_same(old: Sequence[Fact], new: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return both without the facts that the other side states too, each once."""
    same = Counter(fact.value for fact in old) & Counter(fact.value for fact in new)
    return _without(old, same), _without(new, same)


def _without(facts: Sequence[Fact], same: Counter[str]) -> list[Fact]:
    waiting, rest = Counter(same), []
    for fact in facts:
        if waiting[fact.value] > 0:
            waiting[fact.value] -= 1
        else:
            rest.append(fact)
    return rest


def _kept(edits: Sequence[WordEdit]) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Return where each kept character stands now, and the hunk of each that went and of each that came."""
    kept: dict[int, int] = {}
    hunks: tuple[dict[int, int], dict[int, int]] = {}, {}
    at_old = at_new = hunk = 0
    for op, text in edits:
        if op == "equal":
            kept.update(zip(range(at_old, at_old + len(text)), range(at_new, at_new + len(text)), strict=True))
            hunk += bool(text.strip())
        else:
            at = at_old if op == "delete" else at_new
            hunks[op == "insert"].update(dict.fromkeys(range(at, at + len(text)), hunk))
        at_old += len(text) * (op != "insert")
        at_new += len(text) * (op != "delete")
    return kept, *hunks
