"""What a person sees around the text: the headline, and between it and the text the standfirst, byline and dates."""

# ruff: noqa: RUF001 - quotes and letters as pages print them

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from lxml.etree import _Element as Element

from news.reading.body import Found
from news.reading.dating import dates_the_page, mentions_date, printed_in, undated
from news.reading.lines import Line, lines
from news.reading.page import Page
from news.reading.phrases import COUNTER, LABEL
from news.reading.text import fold, said_in, same_words

_BYLINE = re.compile(
    r"^\W*(?:(?:written |reported |words |text )?by|von|par|por|di|door|av|af|автор(?:ы|и)?(?=\s*:)|بقلم)\b[\s:]+\S",
    re.IGNORECASE,
)
_BY_WITHIN = re.compile(r"\b(?:by|von|par|por|di|door|av|af)\s+([A-ZÀ-Þ][\w.'’-]+(?:\s[A-ZÀ-Þ][\w.'’-]+){1,3})")
_BYLINE_NAME = re.compile(
    r"byline|author(?!ity)|writer|contributor|autor|auteur|redakteur|verfasser|signature|firma\b", re.IGNORECASE
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|by|profile|people|reporters?|journalist\w*|redakt\w*|staff)/[^/]",
    re.IGNORECASE,
)
_PICTURE_NAME = re.compile(r"image|img|gallery|media|caption|photo|picture|video|figure", re.IGNORECASE)
_LEAD_NAME = re.compile(
    r"standfirst|sub-?(?:title|head|headline|heading|deck)|\bdek\b|deck\b|\blead\b|lede|intro(?:duction)?\b|summary|"
    r"excerpt|abstract|"
    r"article-?_?_?(?:lead|intro|description|summary|teaser)|teaser-?text|chapo|chapeau|sous-titre|subtitulo|"
    r"entradilla|bajada|sommario|occhiello|ingress|"
    r"vorspann|anriss|unterzeile|\bstrap(?:line)?\b|preamble|\bperex\b|manchet|description",
    re.IGNORECASE,
)

_NAMES = frozenset(("class", "id", "itemprop", "rel", "data-testid", "data-component"))
_STOPS = (".", "!", "?", "…", "。", "！", "？")
_OPENING = 8
"""Lines into which a text's opening is looked for: kicker, standfirst, byline, role, place, counters, dates."""


@dataclass(frozen=True, slots=True)
class Head:
    """A page's top: the headline's element, the scope that holds headline and text, the lines between the two."""

    headline: Element | None
    scope: Element
    before: tuple[Line, ...]
    between: tuple[Line, ...]


def headline_element(page: Page) -> Element | None:
    """Return the heading that names the article: the h1 that says what the head says, or the first with words."""
    stated = [
        words
        for words in (page.linked.headline, page.meta.first("og:title", "twitter:title"), page.meta.title)
        if words
    ]
    heads = [head for head in page.heads if said_in(head)]
    lesser = (
        head
        for level in ("h2", "h3")
        for head in page.root.iter(level)
        if not any(above.tag == "a" for above in head.iterancestors())
    )
    for head in chain(heads, lesser):
        words = said_in(head)
        if any(
            same_words(words, title) or (len(words) > 10 and words.casefold() in title.casefold()) for title in stated
        ):
            return head
    return heads[0] if heads else None


def head_of(found: Found, first: Line, *, without: frozenset[Element]) -> Head:
    """Return the page's top, read from the headline to the text's first line."""
    headline, container = found.headline, found.container
    scope = _shared(headline, container) if headline is not None else _parent(container)
    before: list[Line] = []
    between: list[Line] = []
    passed = headline is None
    for line in lines(scope, without=without):
        if headline is not None and (line.element is headline or headline in line.element.iterancestors()):
            passed = True
        elif line.element is first.element and line.text == first.text:
            break
        else:
            (between if passed else before).append(line)
    return Head(headline, scope, tuple(before[-6:]), tuple(between[:60]) if passed else ())


def _parent(element: Element) -> Element:
    parent = element.getparent()
    return element if parent is None else parent


def _shared(one: Element, other: Element) -> Element:
    above = {one, *one.iterancestors()}
    return next((element for element in (other, *other.iterancestors()) if element in above), other)


def bylines(head: Head) -> tuple[str, ...]:
    """Return the byline's words: lines that begin with "By", or stand in an element named for authors."""
    told = [undated(line.text) for line in head.between if len(line.text) < 120 and _BYLINE.match(line.text)]
    if told:
        return tuple(told[:2])  # a page may name writer and photographer in two lines
    within = [found[1] for line in head.between if dates_the_page(line) and (found := _BY_WITHIN.search(line.text))]
    if within:
        return tuple(within[:1])
    paged = [
        anchor.text
        for line in head.between
        if len(line.text) < 120
        for anchor in line.anchors
        if _AUTHOR_PAGE.search(anchor.href)
    ]
    if paged:
        return tuple(paged)
    apart = [words for line in head.between if dates_the_page(line) for words in _named_within(line.element)]
    if apart:
        return tuple(apart[:2])
    named = [
        line
        for line in head.between
        if len(line.text) < 120 and _named(line.element, _BYLINE_NAME) and not mentions_date(line.text)
    ]
    linked = [anchor.text for line in named for anchor in line.anchors if "/" in anchor.href]
    return tuple(linked) or tuple(line.text for line in named[:1])


def _named_within(block: Element) -> list[str]:
    """Return what the elements named for authors say in a block that holds the date too."""
    return [
        words
        for element in block.iter("span", "a", "b", "strong", "em", "i", "cite", "address")
        if any(key in _NAMES and _says(_BYLINE_NAME, said) for key, said in element.items())
        if (words := said_in(element)) and len(words) < 60 and not mentions_date(words)
    ]


def is_byline(line: Line) -> bool:
    """Return whether a line names the author."""
    return len(line.text) < 120 and bool(_BYLINE.match(line.text)) and not line.text.endswith((".", "?"))


def standfirst(head: Head, page: Page, titles: Sequence[str]) -> Line | None:
    """Return the line between headline and text that introduces it: by what the head says of it, by name, by place."""
    candidates = [
        line
        for line in head.between
        if (_long_enough(line) or _named_itself(line) or _described(line, page)) and _may_introduce(line, titles)
    ]
    described = [
        words for words in (page.linked.description, page.meta.first("og:description", "description")) if words
    ]
    for line in candidates:
        if _described(line, page) or any(_opens_with(line.text, words) for words in described):
            return line
    named = [line for line in candidates if _named(line.element, _LEAD_NAME)]
    return (
        named[0]
        if named
        else next(
            (line for line in candidates if line.words >= 10 and line.text.endswith((".", "!", "?", "…"))),
            None,
        )
    )


def without_opening(text: Sequence[Line], page: Page, titles: Sequence[str]) -> list[Line]:
    """Return the text without the lines that stand in its element but before it.

    Dates and bylines there belong to the head, with the short lines over them; so does a first line that is named or
    described as the standfirst.
    """
    start = 0
    sentence = False
    for place, line in enumerate(text):
        if _of_head(line, page, titles) if start == place else _surely_head(line, after_sentence=sentence):
            start = place + 1
        elif place >= _OPENING or not _may_stand_over_dates(line) or (sentence and _is_sentence(line)):
            break
        else:
            sentence = sentence or _is_sentence(line)
    return list(text[start:] or text)


def _of_head(line: Line, page: Page, titles: Sequence[str]) -> bool:
    """Return whether a line that no text stands over belongs to the head: a standfirst, a date, a byline."""
    introduces = (_named_itself(line) or _described(line, page)) and _may_introduce(line, titles)
    return introduces or dates_the_page(line) or is_byline(line)


def introducing(head: Head, opening: Sequence[Line], titles: Sequence[str]) -> Line | None:
    """Return the standfirst that only its place tells: the first line of the opening that is none about the author."""
    for before, line in zip((None, *head.between), head.between, strict=False):
        about_author = before is not None and is_byline(before) and not _is_sentence(line)
        if line.text in {other.text for other in opening} and _introduces_by_place(line, titles) and not about_author:
            return line
    return None


def told_before(opening: Sequence[Line], lead: Line | None) -> list[Line]:
    """Return the opening's sentences that are no standfirst: they are text, though the dates stand under them."""
    return [
        line
        for line in opening
        if _is_sentence(line) and not dates_the_page(line) and (lead is None or line.text != lead.text)
    ]


def _introduces_by_place(line: Line, titles: Sequence[str]) -> bool:
    return _long_enough(line) and _may_introduce(line, titles) and not dates_the_page(line)


def _surely_head(line: Line, *, after_sentence: bool) -> bool:
    """Return whether a line dates the page or names its author, without a doubt: after a sentence only a time does."""
    if line.heading or _is_sentence(line):
        return False
    if dates_the_page(line) and printed_in([line], timezone="UTC", month_first=False):
        return not after_sentence or next(line.element.iter("time"), None) is not None
    by = _BYLINE.match(line.text)
    return not after_sentence and by is not None and is_byline(line) and by[0][-1].isupper()


def _may_stand_over_dates(line: Line) -> bool:
    if line.marks & {"li", "blockquote", "pre", "tr"}:
        return False
    return _is_sentence(line) or line.words < 12


def _is_sentence(line: Line) -> bool:
    text = line.text.rstrip("\"'”’»)")
    return text.endswith(_STOPS) and text[-4:-1].lower() not in {"a.m", "p.m"}


def _named_itself(line: Line) -> bool:
    return any(key in ("class", "itemprop") and _says(_LEAD_NAME, name) for key, name in line.element.items())


def _described(line: Line, page: Page) -> bool:
    told = (page.linked.description, page.meta.first("og:description", "description"))
    return any(same_words(line.text, words) for words in told if words)


def _may_introduce(line: Line, titles: Sequence[str]) -> bool:
    if line.link_share > 0.5 or "figcaption" in line.marks or "li" in line.marks or _serves(line):
        return False
    if any(same_words(line.text, title) for title in titles) or is_byline(line) or _named(line.element, _PICTURE_NAME):
        return False
    return not (len(line.text) < 80 and mentions_date(line.text)) and len(line.text) < 900


def _long_enough(line: Line) -> bool:
    """Return whether a line that nothing names has the words of a standfirst: a role or a place has fewer."""
    return line.words >= 5


def _serves(line: Line) -> bool:
    """Return whether a line counts readers or labels a tool; a longer one that begins like a label may be text."""
    if len(line.text) >= 80:
        return False
    return bool(COUNTER.match(line.text) or (not _long_enough(line) and LABEL.search(line.text)))


def _opens_with(text: str, described: str) -> bool:
    one, other = fold(text).casefold().rstrip(".…"), fold(described).casefold().rstrip(".…")
    return len(other) > 20 and (one.startswith(other[:60]) or other.startswith(one[:60]))


def _named(element: Element, name: re.Pattern[str]) -> bool:
    """Return whether an element, or one of the two around it, has such a class, id, itemprop or rel."""
    around: Element | None = element
    for _ in range(3):
        if around is None:
            return False
        if any(key in _NAMES and _says(name, said) for key, said in around.items()):
            return True
        around = around.getparent()
    return False


@lru_cache(maxsize=4096)  # lines side by side stand in elements of one name
def _says(name: re.Pattern[str], said: str) -> bool:
    return name.search(said) is not None
