"""What a person sees around the text: the headline, and between it and the text the standfirst, byline and dates."""

# ruff: noqa: RUF001 - quotes as pages print them

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from news.reading.body import Found
from news.reading.dating import dates_the_page, mentions_date
from news.reading.lines import Line, lines
from news.reading.page import Page
from news.reading.text import count_words, fold, same_words

_BYLINE = re.compile(
    r"^\W*(?:(?:written |reported |words |text )?by|von|par|por|di|door|av|af)\b[\s:]+\S", re.IGNORECASE
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
    heads = [head for head in page.root.iter("h1") if _words(head)]
    lesser = (
        head
        for level in ("h2", "h3")
        for head in page.root.iter(level)
        if not any(above.tag == "a" for above in head.iterancestors())
    )
    for head in (*heads, *lesser):
        words = _words(head)
        if any(
            same_words(words, title) or (len(words) > 10 and words.casefold() in title.casefold()) for title in stated
        ):
            return head
    return heads[0] if heads else None


def _words(element: Element) -> str:
    return fold("".join(element.itertext()))


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
    told = [line.text for line in head.between if len(line.text) < 120 and _BYLINE.match(line.text)]
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
    named = [
        line
        for line in head.between
        if len(line.text) < 120 and _named(line.element, _BYLINE_NAME) and not mentions_date(line.text)
    ]
    linked = [anchor.text for line in named for anchor in line.anchors if "/" in anchor.href]
    return tuple(linked) or tuple(line.text for line in named[:1])


def is_byline(line: Line) -> bool:
    """Return whether a line names the author."""
    return len(line.text) < 120 and bool(_BYLINE.match(line.text)) and not line.text.endswith((".", "?"))


def standfirst(head: Head, page: Page, titles: Sequence[str]) -> Line | None:
    """Return the line between headline and text that introduces it: by what the head says of it, by name, by place."""
    candidates = [line for line in head.between if _may_introduce(line, titles)]
    described = [
        words for words in (page.linked.description, page.meta.first("og:description", "description")) if words
    ]
    for line in candidates:
        if any(_opens_with(line.text, words) for words in described):
            return line
    named = [line for line in candidates if _named(line.element, _LEAD_NAME)]
    return (
        named[0]
        if named
        else next(
            (line for line in candidates if count_words(line.text) >= 10 and line.text.endswith((".", "!", "?", "…"))),
            None,
        )
    )


def without_opening(text: Sequence[Line], page: Page, titles: Sequence[str]) -> list[Line]:
    """Return the text without the lines that stand in its element but before it.

    Dates and bylines there belong to the head; so does a first line that is named or described as the standfirst.
    """
    for place, line in enumerate(text):
        introduces = (_named_itself(line) or _described(line, page)) and _may_introduce(line, titles)
        if not (introduces or dates_the_page(line) or is_byline(line)):
            return list(text[place:])
    return list(text)


def _named_itself(line: Line) -> bool:
    return any(_LEAD_NAME.search(line.element.get(key) or "") for key in ("class", "itemprop"))


def _described(line: Line, page: Page) -> bool:
    told = (page.linked.description, page.meta.first("og:description", "description"))
    return any(same_words(line.text, words) for words in told if words)


def _may_introduce(line: Line, titles: Sequence[str]) -> bool:
    if count_words(line.text) < 5 or line.link_share > 0.5 or "figcaption" in line.marks or "li" in line.marks:
        return False
    if any(same_words(line.text, title) for title in titles) or is_byline(line) or _named(line.element, _PICTURE_NAME):
        return False
    return not (len(line.text) < 80 and mentions_date(line.text)) and len(line.text) < 900


def _opens_with(text: str, described: str) -> bool:
    one, other = fold(text).casefold().rstrip(".…"), fold(described).casefold().rstrip(".…")
    return len(other) > 20 and (one.startswith(other[:60]) or other.startswith(one[:60]))


def _named(element: Element, name: re.Pattern[str]) -> bool:
    """Return whether an element, or one of the two around it, has such a class, id, itemprop or rel."""
    for depth, place in enumerate((element, *element.iterancestors())):
        if depth > 2:
            return False
        if any(
            name.search(place.get(key) or "")
            for key in ("class", "id", "itemprop", "rel", "data-testid", "data-component")
        ):
            return True
    return False
