"""Which element holds the article's text: the one with most running text and least else, near the headline."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lxml.etree import _Element as Element

from news.reading.lines import Line
from news.reading.phrases import READ_MORE, SENTENCE_END
from news.reading.text import count_words

_WORTH = 20
"""Score, in words of running text, below which no element is taken for an article's."""

_AT_HOME = 0.3
"""Share of the best score from which the article element around the headline goes before it."""


def _weights(every: list[Line]) -> list[float]:
    return [_weight(line, every[place - 1] if place else None) for place, line in enumerate(every)]


def _is_link(line: Line) -> bool:
    return line.link_share > 0.7


def _titles_a_teaser(line: Line) -> bool:
    """Return whether a line is another story's linked title, so that what follows introduces that story."""
    return _is_link(line) and count_words(line.text) > 2 and not READ_MORE.match(line.text)


def _weight(line: Line, before: Line | None) -> float:
    words = count_words(line.text)
    if line.link_share > 0.5:
        return -2 - 0.3 * words
    if line.heading:
        return 0
    if "li" in line.marks and line.anchors and line.link_share > 0.15 and line.text.startswith(line.anchors[0].text):
        return 0.1 * words
    sentence = line.text.endswith(SENTENCE_END)
    if words >= 8 and (sentence or words >= 20):
        if before is not None and _titles_a_teaser(before):
            return 0.1 * words
        return words * (1.0 if line.marks & {"p", "blockquote"} else 0.8)
    return 0.5 * words if sentence or "li" in line.marks else -1


_TEXT_LEVEL = frozenset(("p", "blockquote", "ul", "ol", "h2", "h3", "h4", "table", "pre", "dl", "span"))


def container_of(every: list[Line], headline: Element | None) -> Element | None:
    """Return the element that holds the article's text and least else, or None where no text is worth the name."""
    tally = _tally(every)
    if not tally.score:
        return None
    best = max(tally.score, key=lambda element: (tally.score[element], tally.depth[element]))
    if tally.score[best] <= _WORTH:
        return None
    home = _home(headline)
    if home is not None and tally.score.get(home, 0) > max(_WORTH, _AT_HOME * tally.score[best]):
        best = home
    return tally.narrowed(best)


def _home(headline: Element | None) -> Element | None:
    """Return the article element around the headline."""
    return next(headline.iterancestors("article"), None) if headline is not None else None


@dataclass(slots=True)
class _Tally:
    score: dict[Element, float]
    depth: dict[Element, int]
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
    score: dict[Element, float] = defaultdict(float)
    links: dict[Element, int] = defaultdict(int)
    own: dict[Element, float] = defaultdict(float)
    depth: dict[Element, int] = {}
    chains: dict[Element, list[Element]] = {}
    for line, weight in zip(every, _weights(every), strict=True):
        chain = _chain(line.element, chains)
        own[line.element] += weight
        linking = _is_link(line)
        for element in chain:
            score[element] += weight
            links[element] += linking
            depth[element] = len(chains[element])
    return _Tally(score, depth, links, own)


def _chain(element: Element, known: dict[Element, list[Element]]) -> list[Element]:
    """Return an element and those around it, innermost first; lines side by side share what is around them."""
    path = []
    walk: Element | None = element
    while walk is not None and walk not in known:
        path.append(walk)
        walk = walk.getparent()
    around = known[walk] if walk is not None else []
    for inner in reversed(path):
        around = known[inner] = [inner, *around]
    return known[element]
