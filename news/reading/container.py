"""Which element holds the article's text: the one with most running text and least else, near the headline."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lxml.etree import _Element as Element

from news.reading.lines import Line
from news.reading.phrases import SENTENCE_END, leads_on

_WORTH = 20
"""Score, in words of running text, below which no element is taken for an article's."""

_BRIEF = 8
"""The same of the article element around the headline: a brief may be one sentence."""

_AT_HOME = 0.3
"""Share of the best score from which the article element around the headline goes before it."""


_RUNNING = frozenset(("p", "blockquote"))


def _weights(every: list[Line]) -> list[float]:
    return [_weight(line, every[place - 1] if place else None) for place, line in enumerate(every)]


def _is_link(line: Line) -> bool:
    return line.linked > 0 and line.link_share > 0.7


def _titles_a_teaser(line: Line) -> bool:
    """Return whether a line is another story's linked title, so that what follows introduces that story."""
    return _is_link(line) and line.words > 2 and not leads_on(line.text)


def _weight(line: Line, before: Line | None) -> float:
    words, share = line.words, line.link_share
    if share > 0.5:
        return -2 - 0.3 * words
    if line.heading:
        return 0
    if share > 0.15 and "li" in line.marks and line.anchors and line.text.startswith(line.anchors[0].text):
        return 0.1 * words
    sentence = line.text.endswith(SENTENCE_END)
    if words >= 8 and (sentence or words >= 20):
        if before is not None and _titles_a_teaser(before):
            return 0.1 * words
        return words * (0.8 if _RUNNING.isdisjoint(line.marks) else 1.0)
    return 0.5 * words if sentence or "li" in line.marks else -1


_TEXT_LEVEL = frozenset(("p", "blockquote", "ul", "ol", "h2", "h3", "h4", "table", "pre", "dl", "span"))


def container_of(every: list[Line], headline: Element | None) -> Element | None:
    """Return the element that holds the article's text and least else, or None where no text is worth the name."""
    tally = _tally(every)
    if not tally.score:
        return None
    most = max(tally.score.values())
    home = _home(headline)
    if most <= _WORTH:
        return tally.narrowed(home) if home is not None and tally.score.get(home, 0) > _BRIEF else None
    best = max((element for element, score in tally.score.items() if score == most), key=_depth)
    if home is not None and tally.score.get(home, 0) > max(_WORTH, _AT_HOME * most):
        best = home
    return tally.narrowed(best)


def _home(headline: Element | None) -> Element | None:
    """Return the article element around the headline."""
    return next(headline.iterancestors("article"), None) if headline is not None else None


@dataclass(slots=True)
class _Tally:
    score: dict[Element, float]
    links: dict[Element, int]
    own: dict[Element, float]

    def narrowed(self, element: Element) -> Element:
        """Go down while one child holds the text and what stands beside it is of another kind."""
        while True:
            children = [child for child in element if self.score.get(child, 0) > 0]
            if not children:
                parent = element.getparent()
                return parent if element.tag in _TEXT_LEVEL and parent is not None else element
            core = max(children, key=lambda child: self.score[child])
            rest = [child for child in children if child is not core]
            if self.own.get(element, 0) > 0.2 * self.score[element]:
                return element
            if (
                core.tag in _TEXT_LEVEL
                or core in self.own
                or self.score[core] < 0.35 * sum(self.score[child] for child in children)
            ):
                return element
            alike = sum(self.score[child] for child in rest if self.alike(child, core))
            if alike > 0.5 * sum(self.score[child] for child in rest) and alike > 0.03 * self.score[core]:
                return element
            element = core

    def alike(self, child: Element, core: Element) -> bool:
        if child.tag in _TEXT_LEVEL or child in self.own:
            return True
        if self.links.get(child, 0) == 0 and self.score[child] > 60:
            return True
        return child.tag == core.tag and _first_name(child) == _first_name(core)


def _first_name(element: Element) -> str:
    return (element.get("class") or "").split(" ")[0]


def _tally(every: list[Line]) -> _Tally:
    """Return what each element around a line holds; lines side by side are counted together."""
    own: dict[Element, float] = defaultdict(float)
    links: dict[Element, int] = defaultdict(int)
    for line, weight in zip(every, _weights(every), strict=True):
        own[line.element] += weight
        if _is_link(line):
            links[line.element] += 1
    inner: dict[Element, float] = defaultdict(float)
    linking: dict[Element, int] = defaultdict(int)
    for element, weight in own.items():
        parent = element.getparent()
        if parent is not None:
            inner[parent] += weight
            linking[parent] += links.get(element, 0)
    score = dict(own)
    for element, weight in inner.items():
        around: Element | None = element
        while around is not None:
            score[around] = score.get(around, 0.0) + weight
            links[around] += linking[element]
            around = around.getparent()
    return _Tally(score, links, own)


def _depth(element: Element) -> int:
    return sum(1 for _ in element.iterancestors())
