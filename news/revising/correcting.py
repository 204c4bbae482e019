"""Which change a correction notice explains: its own, an earlier one that nobody declared, or none that we saw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from news.compare.sentences import sentences
from news.model import Article
from news.revising.content import notices

_WORD = re.compile(r"[£$€]?\d[\d.,:]*(?:\s?(?:%|m|bn|k)\b)?|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_USUAL_WORDS = """
a an the this that these those and or but of in on at by for from to with as is are was were be been being has have had
it its his her their they he she we our who which what when where not no correction clarification corrected amended
updated update article story version earlier previous headline said saying stated says say wrongly incorrectly wrong
incorrect error mistake mistakenly make clear changed change edited published editor note since would will more than
also there after before into about
"""
_USUAL = frozenset(_USUAL_WORDS.split())
"""Words that nearly every notice is made of: sharing them ties nothing."""

TIED = 2
"""Points from which a notice is tied to a change: a figure or a name that changed gives two, another word one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A revision with the state before it; `before` is None for the first, `after` for one without an article."""

    number: int
    before: Article | None
    after: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """The notices that a revision added, the revision whose change they explain (None: none that was seen), and why.

    `by` holds the words that notice and change share, or `same edit` where it names nothing and came with a change.
    """

    notices: tuple[str, ...]
    explains: int | None
    by: tuple[str, ...]


def tie(steps: Sequence[Step]) -> Tie | None:
    """Return to which change the notices that the last of these steps added belong; None where it added none."""
    last = steps[-1]
    if last.after is None or last.before is None:
        return None
    old = notices(last.before)
    told = tuple(text for text in notices(last.after) if text not in old)
    if not told:
        return None
    said = _words(" ".join(told))
    shared = {step.number: _weighed(said & _changed(step)) for step in steps}
    best = max(steps, key=lambda step: (shared[step.number][0], step.number))
    points, words = shared[best.number]
    if points >= TIED:
        return Tie(notices=told, explains=best.number, by=words)
    if _changed(last):
        return Tie(notices=told, explains=last.number, by=("same edit",))
    return Tie(notices=told, explains=None, by=())


def _changed(step: Step) -> frozenset[str]:
    """Return the words of the sentences that came or went with a step, less those that stand in both."""
    if step.before is None or step.after is None:
        return frozenset()
    before, after = _sentences(step.before), _sentences(step.after)
    came, went = (_words(" ".join(one - other)) for one, other in ((after, before), (before, after)))
    return came ^ went


def _sentences(article: Article) -> set[str]:
    blocks = [block.text for block in article.body if block.role != "notice"]
    return {sentence for text in (article.headline, article.standfirst or "", *blocks) for sentence in sentences(text)}


def _words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip(".,:") for word in _WORD.findall(text) if word.casefold() not in _USUAL)


def _weighed(words: frozenset[str]) -> tuple[int, tuple[str, ...]]:
    fact = {word for word in words if word[-1].isdigit() or word[0] in "£$€" or word[0].isdigit() or word[0].isupper()}
    return 2 * len(fact) + len(words - fact), tuple(sorted(words))
