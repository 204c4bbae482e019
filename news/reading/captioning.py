"""Captions that no tag and no name gives away: a line that shares its box with a picture and with no other line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml.etree import _Element as Element

from news.model import Picture
from news.reading.lines import Line
from news.reading.page import Page
from news.reading.phrases import SENTENCE_END
from news.reading.pictures import picture_url, split_credit

_SHOWN = ("img", "picture", "video", "amp-img")
_LONGEST = 70
_LONGEST_SENTENCE = 25
"""Words above which a line beside a picture is a paragraph; the second where it is one by its tag and ends as one."""

_MOST = 0.25
"""Share of an article's words above which lines beside pictures are how its text is laid out."""


def captions(inside: Sequence[Line], container: Element) -> dict[int, Element]:
    """Return, by the line's id, the box of each line that stands alone with a picture and so describes it.

    None where these lines are much of the text.
    """
    found: dict[int, Element] = {}
    words = 0
    for place, line in enumerate(inside):
        if not _may_describe(line):
            continue
        near = [inside[other].element for other in (place - 1, place + 1) if 0 <= other < len(inside)]
        box = box_of(line, near, container)
        if box is not None and next(box.iter(*_SHOWN), None) is not None:
            found[id(line)] = box
            words += line.words
    return found if words <= _MOST * sum([line.words for line in inside]) else {}


def _may_describe(line: Line) -> bool:
    if line.heading or "li" in line.marks or "blockquote" in line.marks:
        return False
    sentence = "p" in line.marks and line.text.endswith(SENTENCE_END)
    return line.words <= (_LONGEST_SENTENCE if sentence else _LONGEST)


def box_of(line: Line, near: Sequence[Element], container: Element) -> Element | None:
    """Return the largest element around a line's own, within the container, that holds neither line beside it."""
    parent = line.element.getparent()
    box = None
    if line.element is container or next(line.element.iter(*_SHOWN), None) is not None:
        return None
    apart = {above for element in near for above in (element, *element.iterancestors())}
    while parent is not None and parent is not container and parent not in apart:
        box, parent = parent, parent.getparent()
    return box


def captioned(
    pictures: Sequence[Picture], described: Sequence[tuple[Element, Line]], page: Page
) -> tuple[Picture, ...]:
    """Return the pictures, those without caption and credit with the words that stand alone with them."""
    words: dict[str, str] = {}
    for box, line in described:
        for image in box.iter("img", "amp-img"):
            words.setdefault(picture_url(image, page) or "", line.text)
    return tuple(_with_words(picture, words.get(picture.url)) for picture in pictures)


def _with_words(picture: Picture, words: str | None) -> Picture:
    if words is None or picture.caption or picture.credit:
        return picture
    caption, credit = split_credit(words)
    return replace(picture, caption=caption, credit=credit)
