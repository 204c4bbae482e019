"""LBC's pictures: those between headline and tail, alt, caption and credit apart, by structure and words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from news.errors import LayoutChanged
from news.model import Picture
from news.reading.page import Page
from news.reading.pictures import picture_url, split_credit
from news.reading.text import fold, folded_or_none, same_words
from news.sites.lbc_order import Parts

_SERVED = re.compile(r"(https?://[^/?#\s]+/images/\d+)(?:[?#].*)?")
"""Matches a picture on LBC's image server: the query chooses crop and size, and signs them."""

_IMAGE = re.compile(r"\.(?:jpe?g|png|webp|avif|gif)$|/images/\d+$", re.IGNORECASE)
_PORTRAIT = re.compile(r"/(?:people|authors?|presenters?|avatars?)/", re.IGNORECASE)
_EMPTY = re.compile(r"logo|sprite|pixel|spacer|placeholder|blank\b|1x1|\.svg$", re.IGNORECASE)
_LEAST_SIDE = 100
_TINY = frozenset(map(str, range(_LEAST_SIDE)))
_UNSEEN = frozenset(("button", "script", "style", "noscript", "template"))

Shown = tuple[Element, Picture]


def pictures_of(page: Page, parts: Parts, names: Sequence[str]) -> tuple[Shown, ...]:
    """Return the article's pictures in page order, each once, with the element that shows it.

    Raises `LayoutChanged` for a captioned figure whose picture has no address that can be read.
    """
    found: dict[str, Shown] = {}
    people = {name.casefold() for name in names}
    for place, images in _placed(parts):
        url = next((url for image in images if (url := _address(image, page))), None)
        if place.tag != "figure" and (url is None or _is_portrait(images[0], url, people)):
            continue
        picture = _picture(place, images[0], url or "", parts)
        if url is None and picture.caption:
            raise LayoutChanged(
                f"{page.document.url} has a picture whose address was not found, over {picture.caption!r}; "
                "mend news/sites/lbc_pictures.py"
            )
        if url and not (picture.caption is None and _shows(images[0], people)):
            found.setdefault(url, (place, picture))
    return tuple(found.values())


def _placed(parts: Parts) -> Iterator[tuple[Element, list[Element]]]:
    """Yield each figure, and each image outside of one, with its images, from the headline to the tail."""
    passed, ends = False, {str(end.tag) for end in (parts.headline, parts.tail) if end is not None}
    for element in parts.scope.iter(*sorted(ends | {"figure", "img", "amp-img"})):
        if element is parts.tail:
            return
        passed = passed or element is parts.headline
        if not passed or element.tag not in {"figure", "img", "amp-img"} or _is_outside(element, parts):
            continue
        if element.tag != "figure":
            yield element, [element]
        elif element in parts.figures and (images := list(element.iter("img", "amp-img"))):
            yield element, images


def _is_outside(element: Element, parts: Parts) -> bool:
    """Return whether an element serves the site, leads to another story, or is told with the figure around it."""
    around = element.iterancestors()
    if any(above in parts.apart or above.tag == "figure" or _leads_away(above) for above in around):
        return True
    return element.tag == "figure" and any(_leads_away(link) for link in element.iter("a") if _holds_image(link))


def _leads_away(element: Element) -> bool:
    """Return whether an element is a link to anything but a picture's larger form."""
    return element.tag == "a" and not _IMAGE.search(_path(element.get("href")))


def _holds_image(element: Element) -> bool:
    return next(element.iter("img", "amp-img"), None) is not None


def _path(href: str | None) -> str:
    try:
        return urlsplit(href or "").path
    except ValueError:
        return ""


def _address(image: Element, page: Page) -> str | None:
    """Return the picture's own address, None for one that only fills its place until a script comes."""
    if any((image.get(side) or "").removesuffix("px") in _TINY for side in ("width", "height")):
        return None
    src = image.get("src") or ""
    url = src if _SERVED.fullmatch(src) else picture_url(image, page)
    if url is None or _EMPTY.search(_path(url)):
        return None
    served = _SERVED.fullmatch(url)
    return served[1] if served else url


def _picture(place: Element, image: Element, url: str, parts: Parts) -> Picture:
    alt = folded_or_none(image.get("alt"))
    if place.tag == "figure":
        caption, credit = _captioned(place)
    else:
        caption, credit = split_credit(_line_under(place, alt, parts))
    return Picture(url=url, alt=alt, caption=caption, credit=credit)


def _captioned(figure: Element) -> tuple[str | None, str | None]:
    """Return a figure's caption and credit; a `cite` of its own is the credit, whatever it says."""
    captions = list(figure.iter("figcaption")) or [figure]
    cite = next((cite for caption in captions for cite in caption.iter("cite")), None)
    said = fold(" ".join(_words(caption, without=cite) for caption in captions))
    caption, credit = split_credit(said)
    if cite is None:
        return caption, credit
    named = fold(_words(cite))
    return caption, split_credit(named)[1] or folded_or_none(named.strip("()[] ")) or credit


def _words(element: Element, *, without: Element | None = None) -> str:
    """Return what people see of an element, buttons, scripts and one element left out."""
    pieces: list[str] = []
    waiting: list[Element | str] = [element]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            pieces.append(part)
        elif part is not without and part.tag not in _UNSEEN:
            pieces.append(part.text or "")
            for child in reversed(part):
                waiting.extend((child.tail or "", child))
    return "".join(pieces)


def _line_under(image: Element, alt: str | None, parts: Parts) -> str | None:
    """Return the line under an image outside of a figure where a credit in it or the alt says it is its caption."""
    order = {element: place for place, element in enumerate(parts.scope.iter())}
    at = order[image]
    line = next((pair for pair in parts.told if order[pair[1].element] > at or image in pair[1].element), None)
    if line is None:
        return None
    kind, under = line
    return under.text if kind == "caption" or (alt and same_words(under.text, alt)) else None


def _is_portrait(image: Element, url: str, people: set[str]) -> bool:
    """Return whether an image outside of a figure shows who wrote the article."""
    return _shows(image, people) or _PORTRAIT.search(_path(url)) is not None


def _shows(image: Element, people: set[str]) -> bool:
    return fold(image.get("alt")).casefold() in people
