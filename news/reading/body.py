"""Where the article's text stands and what of it is text: by structure, then words, with names as hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from lxml.etree import _Element as Element

from news.reading.authors import names_in
from news.reading.captioning import captions
from news.reading.container import container_of
from news.reading.lines import INLINE, Line, lines
from news.reading.page import Page
from news.reading.phrases import COMMENTS, COUNTER, LABEL, SENTENCE_END, TAIL, is_notice
from news.reading.serving import is_choice, leads_elsewhere, runs, without_boxes, without_tail
from news.reading.sieve import Sieve
from news.reading.text import count_words, words_of

_ARTICLE = 60
"""Words before a heading of comments from which it stands under an article."""


@dataclass(frozen=True, slots=True)
class Found:
    """The body as found: the headline over it, where it stands, and its lines in page order; never without one.

    `inside` are all lines of the container, the asides in it left out; `described` those that stand alone with a
    picture, each with the box of both.
    """

    headline: Element | None
    container: Element
    lines: tuple[Line, ...]
    inside: tuple[Line, ...]
    described: tuple[tuple[Element, Line], ...] = ()


def find_body(page: Page, out: Sieve, headline: Element | None) -> Found | None:
    """Return the article's text on this page, or None where there is none."""
    every = list(lines(page.root, without=out.all))
    container = container_of(every, headline)
    if container is None:
        return None
    inside = _inside(every, container)
    shown = captions(inside, container)
    text = [line for line in trimmed(inside, titles=titles(page)) if id(line) not in shown]
    kept = without_tail(without_boxes(text, container), names_in(page.linked.authors))
    described = tuple((shown[id(line)], line) for line in inside if id(line) in shown)
    return Found(headline, container, (*kept, *_notes_under(every, inside)), tuple(inside), described) if kept else None


def with_asides(found: Found, out: Sieve) -> Sequence[Line]:
    """Return the lines of the container with those of its asides; captions and plain asides stay out."""
    container = found.container
    named = out.asides - out.plain
    apart = container.tag in INLINE or next(container.iterancestors("a"), None) is not None
    if not apart and not any(container in aside.iterancestors() for aside in named):
        return found.inside
    return list(lines(container, without=out.plain | out.captions))


def titles(page: Page) -> tuple[str, ...]:
    """Return what the page's head calls the article."""
    stated = (page.linked.headline, page.meta.first("og:title"), page.meta.first("twitter:title"), page.meta.title)
    return tuple(title for title in stated if title)


def _inside(every: list[Line], container: Element) -> list[Line]:
    within: dict[Element, bool] = {container: True}
    kept = []
    for line in every:
        answer = within.get(line.element)
        if answer is None:
            answer = _is_within(line.element, within)
        if answer:
            kept.append(line)
    return kept


def _is_within(element: Element, within: dict[Element, bool]) -> bool:
    """Return whether an element lies in what is known to be within; what is found on the way is known from then on."""
    parent = element.getparent()
    if parent in within:  # as for most: lines stand side by side
        return within[parent]
    path = [element]
    while parent is not None and parent not in within:
        path.append(parent)
        parent = parent.getparent()
    answer = parent is not None and within[parent]
    within.update(dict.fromkeys(path, answer))
    return answer


def trimmed(inside: list[Line], *, titles: tuple[str, ...]) -> list[Line]:
    """Return the lines that are text, without what stands over the title, rails, labels and lone links."""
    named = [words_of(title.casefold()) for title in titles]
    counts = {len(words) for words in named} | {count_words(title) for title in titles}
    heads = [place for place, line in enumerate(inside) if _is_title(line, named, counts)]
    start = heads[-1] + 1 if heads else 0
    if start and _words_in(inside[:start]) > _words_in(inside[start:]):
        start = 0
    above = {id(inside[place]) for place in heads if place >= start}
    return [line for line in _before_tail(inside[start:]) if _kept(line) and id(line) not in above]


def _words_in(lines: Sequence[Line]) -> int:
    return sum([line.words for line in lines])


def _is_title(line: Line, named: list[list[str]], counts: set[int]) -> bool:
    if "h1" in line.marks:
        return True
    count = line.words
    if count <= 2 or count not in counts:
        return False
    return words_of(line.text.casefold()) in named


def _before_tail(inside: list[Line]) -> list[Line]:
    """Cut where a heading opens comments, or a rail of other stories and little text of ours follows.

    A correction notice under a rail is kept: it speaks of this article.
    """
    inside = _before_comments(inside)
    opening = [place for place, line in enumerate(inside) if place and _opens_rail(line)]
    if not opening:
        return inside
    before = [0, *accumulate(line.words for line in inside)]
    good, linked, size = _sums_to_the_end(inside)
    for place in opening:
        rest = place + 1
        if _is_rail(good=good[rest], linked=linked[rest], size=size[rest], before=before[place]):
            return inside[:place] + [line for line in inside[place:] if _notes(line)]
    return inside


def _before_comments(inside: list[Line]) -> list[Line]:
    """Cut at the heading of what readers wrote, however much that is, where an article stands before it."""
    for place, line in enumerate(inside):
        if line.heading and len(line.text) < 60 and COMMENTS.fullmatch(line.text):
            return inside[:place] if _words_in(inside[:place]) >= _ARTICLE else inside
    return inside


def _notes_under(every: list[Line], inside: list[Line]) -> list[Line]:
    """Return the correction notices that stand under the container, in the same article or main part of the page."""
    last = inside[-1]
    home = next(last.element.iterancestors("article", "main"), None)
    after = every[next(place for place, line in enumerate(every) if line is last) + 1 :]
    return [line for line in after if _notes(line) and home is not None and home in line.element.iterancestors()]


def _notes(line: Line) -> bool:
    return not line.linked and not line.heading and line.words >= 8 and is_notice(line.text)


def _sums_to_the_end(inside: list[Line]) -> tuple[list[int], list[int], list[int]]:
    """Return, for each place, the words of text, characters of links and characters of all from there on."""
    back = inside[::-1]
    good = [0, *accumulate(line.words if "p" in line.marks and _kept(line) else 0 for line in back)]
    linked = [0, *accumulate(line.linked for line in back)]
    size = [0, *accumulate(len(line.text) for line in back)]
    return good[::-1], linked[::-1], size[::-1]


def _opens_rail(line: Line) -> bool:
    return len(line.text) < 60 and bool(TAIL.match(line.text)) and (line.heading or not line.text.endswith("."))


def _is_rail(*, good: int, linked: int, size: int, before: int) -> bool:
    """Return whether what follows is little text of ours, or mostly links."""
    return good < 0.25 * before and (good < 30 or linked > 0.2 * size)


def _kept(line: Line) -> bool:
    if line.linked and line.link_share > 0.6 and not (line.text.endswith((".", "?", "!")) and line.words > 12):
        return False
    if len(line.text) < 80 and (LABEL.search(line.text) or COUNTER.match(line.text)) and not leads_elsewhere(line):
        return False
    if is_choice(line) or runs(line):
        return False
    return bool(line.marks or line.bold) or line.text.endswith(SENTENCE_END) or line.words > 6
