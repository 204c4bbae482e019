"""Where the article's text stands and what of it is text: by structure, then words, with names as hints."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.etree import _Element as Element

from news.reading.container import container_of
from news.reading.lines import Line, lines
from news.reading.page import Page
from news.reading.phrases import COUNTER, LABEL, SENTENCE_END, TAIL
from news.reading.sieve import Sieve
from news.reading.text import count_words, words_of


@dataclass(frozen=True, slots=True)
class Found:
    """The body as found: the headline over it, where it stands, and its lines in page order; never without one."""

    headline: Element | None
    container: Element
    lines: tuple[Line, ...]


def find_body(page: Page, out: Sieve, headline: Element | None) -> Found | None:
    """Return the article's text on this page, or None where there is none."""
    every = list(lines(page.root, without=out.all))
    container = container_of(every, headline)
    if container is None:
        return None
    kept = trimmed(_inside(every, container), titles=titles(page))
    return Found(headline, container, tuple(kept)) if kept else None


def titles(page: Page) -> tuple[str, ...]:
    """Return what the page's head calls the article."""
    stated = (page.linked.headline, page.meta.first("og:title"), page.meta.first("twitter:title"), page.meta.title)
    return tuple(title for title in stated if title)


def _inside(every: list[Line], container: Element) -> list[Line]:
    within: dict[Element, bool] = {container: True}
    return [line for line in every if _is_within(line.element, within)]


def _is_within(element: Element, within: dict[Element, bool]) -> bool:
    path = []
    walk: Element | None = element
    while walk is not None and walk not in within:
        path.append(walk)
        walk = walk.getparent()
    answer = walk is not None and within[walk]
    within.update(dict.fromkeys(path, answer))
    return answer


def trimmed(inside: list[Line], *, titles: tuple[str, ...]) -> list[Line]:
    """Return the lines that are text, without what stands over the title, rails, labels and lone links."""
    named = [words_of(title.casefold()) for title in titles]
    start = max((place + 1 for place, line in enumerate(inside) if _is_title(line, named)), default=0)
    if start and _words_in(inside[:start]) > _words_in(inside[start:]):
        start = 0
    kept = [line for line in _before_tail(inside[start:]) if _kept(line) and not _is_title(line, named)]
    while kept and (kept[-1].heading or LABEL.search(kept[-1].text)):
        kept.pop()
    return kept


def _words_in(lines: list[Line]) -> int:
    return sum(count_words(line.text) for line in lines)


def _is_title(line: Line, named: list[list[str]]) -> bool:
    if "h1" in line.marks:
        return True
    count = count_words(line.text)
    if count <= 2 or (line.text.isascii() and all(len(words) != count for words in named)):
        return False
    return words_of(line.text.casefold()) in named


def _before_tail(inside: list[Line]) -> list[Line]:
    """Cut where a heading opens a rail of other stories and little text of ours follows."""
    for place, line in enumerate(inside):
        if place and _opens_rail(line):
            before = sum(count_words(other.text) for other in inside[:place])
            if _is_rail(inside[place + 1 :], before=before):
                return inside[:place]
    return inside


def _opens_rail(line: Line) -> bool:
    return len(line.text) < 60 and bool(TAIL.match(line.text)) and (line.heading or not line.text.endswith("."))


def _is_rail(rest: list[Line], *, before: int) -> bool:
    """Return whether what follows is little text of ours, or mostly links."""
    good = sum(count_words(line.text) for line in rest if "p" in line.marks and _kept(line))
    linked = sum(line.linked for line in rest)
    return good < 0.25 * before and (good < 30 or linked > 0.2 * sum(len(line.text) for line in rest))


def _kept(line: Line) -> bool:
    if line.link_share > 0.6 and not (line.text.endswith((".", "?", "!")) and count_words(line.text) > 12):
        return False
    if len(line.text) < 80 and (LABEL.search(line.text) or COUNTER.match(line.text)):
        return False
    return bool(line.marks or line.bold) or line.text.endswith(SENTENCE_END) or count_words(line.text) > 6
