"""How much a change matters, 0 to 100, with the reasons: for putting changes in order, never for leaving any out.

Changed facts, headlines and removed text weigh most; what nobody declared and what came late weighs more; edits that a
named noise rule explains weigh one point a rule. Each rule's points rise ever more slowly and never fall, so that one
more changed fact never lowers a score. docs/reference/significance.md tells the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from typing import Any, Final, NamedTuple

from news.compare import (
    BREAK,
    Comparison,
    Deleted,
    Equal,
    FactChange,
    Inserted,
    ListChange,
    Moved,
    Replaced,
    TextChange,
    compare,
    facts_of,
)
from news.compare.sentences import sentences
from news.entries import without_rolled_off
from news.model import Article, Block, Stamp
from news.noise import NOISE
from news.revising.noise import (
    noise_of,
    only_read_more,
    same_files,
    same_instants,
    same_names,
    same_targets,
)

RULES: Final = "significance/1"
HIGHEST: Final = 100

FACTS: Final = {
    "number": ("numbers", 18),
    "quotation": ("quotations", 15),
    "name": ("names", 12),
    "date": ("dates", 10),
}
"""By kind of fact, its rule and the points of the first one; many come to two and a half times as much."""

FIELDS: Final = {"headline": ("headline", 15), "kicker": ("headline", 4), "standfirst": ("standfirst", 8)}
LISTS: Final = {"authors": ("authors", 4), "pictures": ("pictures", 4), "links": ("links", 3), "stamps": ("stamps", 3)}
ENDS: Final = {"gone": 60, "back": 20, "moved": 5}
LATE: Final = ((timedelta(days=30), 10), (timedelta(days=7), 6), (timedelta(days=1), 3))
FADING: Final = 0.6
"""What each further fact of a kind is worth, of the one before."""


class Reason(NamedTuple):
    """A rule that gave points, and why, in words."""

    rule: str
    points: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The score, 0 (equal) to 100, and the reasons that add up to it, or to more than 100; `rules` is their version."""

    score: int
    reasons: tuple[Reason, ...]
    rules: str = RULES


def weigh(
    before: Article | None,
    after: Article | None,
    *,
    classes: Sequence[str] = (),
    at: datetime | None = None,
    off: Collection[str] = (),
) -> Weight:
    """Return how much the change from one state to the next matters.

    `classes` are the later revision's, `at` when it was made or first seen; `off` names noise rules that don't hold.
    A state without an article (gone, moved) weighs by what happened to it.
    """
    tally = _Tally(off=frozenset(off))
    if before is not None and after is not None:
        tally.compare(compare(without_rolled_off(before, after), after))
    reasons = [
        *tally.reasons(),
        *(Reason(name, ENDS[name], f"the article is {name}") for name in ENDS if name in classes),
    ]
    weighty = sum(reason.points for reason in reasons)
    if weighty:
        reasons += _circumstances(weighty, before or after, classes, at)
    reasons += [Reason(rule, 1, words) for rule, words in sorted(tally.noise.items())]
    rules = RULES + "".join(f" -{name}" for name in sorted(off))
    return Weight(score=min(HIGHEST, sum(reason.points for reason in reasons)), reasons=tuple(reasons), rules=rules)


def weight_json(weight: Weight) -> dict[str, Any]:
    """Return a weight in plain values, as `diff --json` prints it."""
    return {"score": weight.score, "reasons": [reason._asdict() for reason in weight.reasons], "rules": weight.rules}


def _circumstances(
    points: int, article: Article | None, classes: Sequence[str], at: datetime | None
) -> Iterator[Reason]:
    if "stealth" in classes:
        yield Reason("undeclared", 2 + points // 4, "nothing on the page declares it")
    published = article.chosen("published") if article else None
    if at is None or published is None or published.at is None:
        return
    age = at - published.at
    late = next((extra for least, extra in LATE if age >= least), 0)
    if late:
        yield Reason("late", late, f"{age.days} day{'s' if age.days > 1 else ''} after it was published")


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What of a comparison weighs, by rule, and what is noise."""

    off: frozenset[str]
    facts: list[FactChange] = field(default_factory=list)
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    noise: dict[str, str] = field(default_factory=dict)
    changed: int = 0
    removed: int = 0
    sentences: int = 0
    words: int = 0
    notices: int = 0
    moved: int = 0

    def compare(self, found: Comparison) -> None:
        self.facts = [fact for fact in facts_of(found) if not _only_recased(fact, found)]
        stated = {fact.where for fact in self.facts}
        factual = {(fact.from_index, fact.to_index) for fact in self.facts}
        for change in found.fields:
            self._field(change, stated)
        old, new = (_Size.of(article.body) for article in (found.before, found.after))
        self.sentences, self.words = max(old.sentences, new.sentences, 1), max(old.words, 1)
        known = {entry.id for entry in found.before.entries}
        for block in found.blocks:
            if type(block) is not Equal:
                self._block(block, factual, known)
        stayed = sum(len(passage.before.split()) for passage in found.passages)
        self.removed = max(0, self.removed - stayed)
        self.moved += len(found.passages)

    def reasons(self) -> list[Reason]:
        """Return the rules that gave points, noise left out."""
        return [*self._facts(), *self._body(), *(Reason(rule, *told) for rule, told in self.fields.items())]

    def _facts(self) -> Iterator[Reason]:
        for kind, (rule, first) in FACTS.items():
            found = [fact for fact in self.facts if fact.kind == kind]
            if found:
                yield Reason(rule, round(first * (1 - FADING ** len(found)) / (1 - FADING)), _told(found))

    def _body(self) -> Iterator[Reason]:
        if self.changed:
            share = min(1.0, self.changed / self.sentences)
            words = f"{self.changed} of {self.sentences} sentences changed"
            yield Reason("body", 4 + round(26 * sqrt(share)), words)
        if self.removed:
            share = min(1.0, self.removed / self.words)
            words = f"{self.removed} of {self.words} words were taken out"
            yield Reason("removed", max(1, round(25 * sqrt(share))), words)
        if self.notices:
            yield Reason("notice", 10, "a correction notice appeared, changed or went")
        if self.moved:
            yield Reason("order", 2, "paragraphs or sentences stand elsewhere")

    def _field(self, change: TextChange | ListChange, stated: Collection[str]) -> None:
        name = change.name
        if isinstance(change, TextChange):
            found = None if name in stated or name not in FIELDS else noise_of(change.wording, self.off)
            if found:
                self._quiet(found, f"{name}: {change.before} → {change.after}")
            elif name in FIELDS:
                rule, points = FIELDS[name]
                before = self.fields.get(rule, (0, ""))[0]
                self.fields[rule] = (before + points, f"“{change.before or ''}” → “{change.after or ''}”")
            else:
                self._label(name)
        elif name in LISTS:
            self._list(change)
        else:
            self._label(name)

    def _list(self, change: ListChange) -> None:
        rule, points = LISTS[change.name]
        noise = next((name for name in _list_noise(change) if name not in self.off), None)
        if noise:
            self._quiet([noise], NOISE[noise])
        else:
            self.fields[rule] = (points, _counted(change))

    def _label(self, name: str) -> None:
        if "labels" in self.off:
            self.fields["labels"] = (2, f"{name} changed")
        else:
            self._quiet(["labels"], f"{name} changed")

    def _block(
        self,
        change: Inserted | Deleted | Replaced | Moved | Equal,
        factual: Collection[tuple[int | None, int | None]],
        known: Collection[str],
    ) -> None:
        match change:
            case Inserted(block=block):
                if block.entry and block.entry not in known and "live-entries" not in self.off:
                    self._quiet(["live-entries"], NOISE["live-entries"])
                elif not self._notice([block]):
                    self.changed += len(sentences(block.text))
            case Deleted(block=block):
                if not self._notice([block]):
                    self.changed += len(sentences(block.text))
                    self.removed += len(block.text.split())
            case Replaced() | Moved():
                self.moved += isinstance(change, Moved)
                self._edited(change, factual)

    def _edited(self, change: Replaced | Moved, factual: Collection[tuple[int | None, int | None]]) -> None:
        if change.wording is None or self._notice([*change.before, *change.after]):
            return
        pairs = {(old, new) for old in change.from_indexes for new in change.to_indexes}
        found = None if pairs & set(factual) else noise_of(change.wording, self.off)
        before, after = (BREAK.join(block.text for block in side) for side in (change.before, change.after))
        if found:
            self._quiet(found, _edits(change))
            return
        old, new = sentences(before), sentences(after)
        self.changed += max(len(set(old) - set(new)), len(set(new) - set(old)))
        self.removed += max(0, change.wording.removed - change.wording.added)

    def _notice(self, blocks: Sequence[Block]) -> bool:
        told = any(block.role == "notice" for block in blocks)
        self.notices += told
        return told

    def _quiet(self, rules: Collection[str], words: str) -> None:
        for rule in rules:
            self.noise.setdefault(rule, words)


class _Size(NamedTuple):
    sentences: int
    words: int

    @classmethod
    def of(cls, body: Sequence[Block]) -> _Size:
        return cls(sum(len(sentences(block.text)) for block in body), sum(len(block.text.split()) for block in body))


def _only_recased(fact: FactChange, found: Comparison) -> bool:
    """Return whether a name came or went because its capital did."""
    name = (fact.after or fact.before or "").casefold()
    if fact.kind != "name" or (fact.before and fact.after) or fact.from_index is None or fact.to_index is None:
        return False
    texts = found.before.body[fact.from_index].text, found.after.body[fact.to_index].text
    return all(name in text.casefold() for text in texts)


def _list_noise(change: ListChange) -> Iterator[str]:
    """Yield the noise rules that explain a change of a list."""
    if change.name == "authors" and same_names(_texts(change.before), _texts(change.after)):
        yield "byline-format"
    elif change.name == "pictures" and same_files(change):
        yield "picture-file"
    elif change.name == "links":
        if same_targets(change):
            yield "link-parameters"
        if only_read_more(change):
            yield "read-more"
    elif change.name == "stamps" and same_instants(_stamps(change.before), _stamps(change.after)):
        yield "time-format"


def _stamps(items: Sequence[object]) -> list[Stamp]:
    return [item for item in items if isinstance(item, Stamp)]


def _texts(items: Sequence[object]) -> list[str]:
    return [item for item in items if isinstance(item, str)]


def _told(facts: Sequence[FactChange]) -> str:
    shown = [f"{fact.before or 'nothing'} → {fact.after or 'nothing'}" for fact in facts[:3]]
    more = len(facts) - len(shown)
    return "; ".join(shown) + (f"; {more} more" if more else "")


def _counted(change: ListChange) -> str:
    counts = {"added": len(change.added), "removed": len(change.removed), "edited": len(change.changed)}
    return f"{change.name}: " + (", ".join(f"{count} {what}" for what, count in counts.items() if count) or "reordered")


def _edits(change: Replaced | Moved) -> str:
    edits = change.wording.edits if change.wording else ()
    old, new = ("".join(edit.text for edit in edits if edit.op == op).strip() for op in ("delete", "insert"))
    return f"{old or 'nothing'} → {new or 'nothing'}"[:200]
