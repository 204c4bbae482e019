"""The article's own pictures: where they lie, what stands under them, whose they are."""

# ruff: noqa: RUF001 - dashes, quotes and letters as pages print them

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml.etree import _Element as Element

from news.model import Picture
from news.reading.page import Page
from news.reading.text import fold, folded_or_none

_CREDIT = re.compile(
    r"\s*[|(\[–—-]?\s*\b(?:picture|photo(?:graph)?|image|pic|credit|copyright|foto|bild|bildquelle|quelle|fotocredit|"
    r"crédits?(?:\s+photo)?|crédito|"
    r"immagine|imagem|zdjęcie|fot\.|kuva|фото(?:граф)?|تصوير)s?(?:\s+(?:credit|by))?\s*[:/]\s*(?P<credit>[^:\s)\]][^:]{0,119})$"
    r"|\s*[|(\[–—-]?\s*(?:©|\(c\))\s*(?P<owner>[^©\s)\]][^©]{0,119})$",
    re.IGNORECASE,
)
_CREDIT_SIGNS = (":", "/", "©", "(c)", "(C)")
"""Each credit has one of them; the pattern takes long to find none."""

_FEW_PIXELS = re.compile(r"[0-9]{1,2}(?:px)?")
_CLOSED = re.compile(r"\s*[)\]][\s.]*$")
_CREDIT_NAME = re.compile(r"credit|copyright|source|photographer|byline|quelle|rights", re.IGNORECASE)
_CAPTION_NAME = re.compile(r"caption|legend|description|bildunterschrift", re.IGNORECASE)
_NO_PICTURE = (
    "logo", "avatar", "icon", "sprite", "pixel", "spacer", "placeholder", "blank.", "1x1", "/author", "gravatar",
    "badge", "emoji", ".svg?",
)  # fmt: skip
_SIZES = frozenset("""
    w h width height quality q auto fit crop dpr format fm resize size strip ssl usm blur ixlib sharp downsize
    output-quality im impolicy
""".split())  # fmt: skip  # noqa: SIM905 - query parameters by which image servers are told a size
_SIGNED = frozenset("s sig sign signature token hash hmac expires policy key-pair-id".split())  # noqa: SIM905
_NO_CREDIT = frozenset(("img", "picture", "a", "source"))
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "data-lazy-srcset", "srcset", "src")


_Shot: TypeAlias = tuple[Element, str]
"""An image, and where its picture lies."""


def split_credit(text: str | None) -> tuple[str | None, str | None]:
    """Return caption and credit apart: `A view. Picture: Getty` gives `A view.` and `Getty`."""
    words = fold(text)
    found = _CREDIT.search(words) if any(map(words.__contains__, _CREDIT_SIGNS)) else None
    if not found:
        return words or None, None
    return words[: found.start()].rstrip(" |-–—") or None, _within_brackets(found["credit"] or found["owner"])


def _within_brackets(credit: str) -> str:
    """Return the credit without a closing bracket that was opened before it: `Jo (AP)` keeps its own."""
    opened = sum(map(credit.count, "(["))
    return _CLOSED.sub("", credit) if sum(map(credit.count, ")]")) > opened else credit


def pictures_of(
    scope: Element, container: Element, page: Page, *, without: frozenset[Element], lead: str
) -> tuple[Picture, ...]:
    """Return the article's pictures in page order, each once, with alt, caption and credit apart.

    Those of the scope: in figures anywhere in it, bare ones inside the container, or as the `lead`, a file's name.
    """
    every, own, framed = dict[str, _Shot](), dict[str, str](), dict[str, str]()
    for image in scope.iter("img", "amp-img"):
        around = list(image.iterancestors())
        if image in without or not without.isdisjoint(around):
            continue
        url = picture_url(image, page)
        if not url or _is_furniture(url) or _tiny(image):
            continue
        file = _same_file(url)
        every.setdefault(file, (image, url))
        if container in around:
            own.setdefault(file, url)
        if _in_figure(around, scope):
            framed.setdefault(file, url)
    ours = {*own.values(), *framed.values()}
    return tuple(_picture(image, url) for image, url in every.values() if url in ours or (lead and lead in url))


def _in_figure(around: Sequence[Element], scope: Element) -> bool:
    inside = around[: around.index(scope) + 1] if scope in around else around
    return any(element.tag == "figure" for element in inside)


def _is_furniture(url: str) -> bool:
    lower = url.lower()
    return lower.endswith(".svg") or any(map(lower.__contains__, _NO_PICTURE))


def _tiny(image: Element) -> bool:
    sizes = [image.get(side) or "" for side in ("width", "height")]
    return any(_FEW_PIXELS.fullmatch(size) for size in sizes)


def _picture(image: Element, url: str) -> Picture:
    caption, credit = _words_of(_figure_of(image))
    alt = folded_or_none(image.get("alt"))
    return Picture(url=url, alt=alt, caption=caption, credit=credit)


def _figure_of(image: Element) -> Element | None:
    """Return the figure around an image, or what stands for one: a small box with this image and a caption."""
    for depth, above in enumerate(image.iterancestors()):
        if above.tag == "figure":
            return above
        if above.tag in {"article", "main", "body"} or depth > 4:
            return None
        if depth < 4 and _holds_one(above) and _caption_element(above) is not None:
            return above
    return None


def _holds_one(element: Element) -> bool:
    images = element.iterdescendants("img")
    return next(images, None) is not None and next(images, None) is None


def _caption_element(figure: Element) -> Element | None:
    caption = next(figure.iterdescendants("figcaption"), None)
    if caption is not None:
        return caption
    named = (child for child in figure.iter() if _names_caption(child.get("class", "")))
    return next((child for child in named if child.tag != "img"), None)


@lru_cache(maxsize=1024)
def _names_caption(names: str) -> bool:
    return _CAPTION_NAME.search(names) is not None


@lru_cache(maxsize=1024)
def _names_credit(names: str) -> bool:
    return _CREDIT_NAME.search(names) is not None


def _words_of(figure: Element | None) -> tuple[str | None, str | None]:
    """Return caption and credit; a credit in an element of its own is no part of the caption."""
    caption = _caption_element(figure) if figure is not None else None
    if figure is None:
        return None, None
    own = next((child for child in figure.iter() if child is not caption and _is_credit(child)), None)
    credit_words = _text(own) if own is not None else None
    caption_words = _text(caption, without=own) if caption is not None else None
    words, credit = split_credit(caption_words)
    return words, _bare_credit(credit_words) or credit


def _is_credit(element: Element) -> bool:
    if element.tag == "cite":
        return True
    names = element.get("class", "")
    return names != "" and element.tag not in _NO_CREDIT and _names_credit(names)


def _bare_credit(words: str | None) -> str | None:
    return (split_credit(words)[1] or folded_or_none((words or "").strip("()[] "))) if words else None


def _text(element: Element, *, without: Element | None = None) -> str:
    pieces: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            pieces.append(part)
            continue
        if part is without or part.tag in {"button", "script", "style", "noscript"}:
            continue
        pieces.append(part.text or "")
        for child in reversed(part):
            stack.extend([child.tail or "", child])
    return fold("".join(pieces))


def picture_url(image: Element, page: Page) -> str | None:
    """Return the address of the largest form of an image that the page offers, lazy loading seen through."""
    for name in _SOURCES:
        value = image.get(name)
        if value and not value.strip().startswith("data:"):
            return _bare(page.absolute(_largest(value) if "srcset" in name else value))
    parent = image.getparent()
    sources = (
        [source.get("srcset") or source.get("data-srcset") for source in parent.findall("source")]
        if parent is not None
        else []
    )
    return next((_bare(page.absolute(_largest(source))) for source in sources if source), None)


def _largest(srcset: str) -> str:
    candidates = [part.split() for part in re.split(r",\s+", srcset.strip()) if part.split()]
    return max(candidates, key=_size)[0].rstrip(",") if candidates else ""


def _size(candidate: list[str]) -> float:
    try:
        return float(candidate[1].rstrip("wxh,")) if len(candidate) > 1 else 0.0
    except ValueError:
        return 0.0


def _bare(url: str | None) -> str | None:
    """Return the address without the query that only chooses a size; a signed query stays whole."""
    if url is None or "?" not in url:
        return url
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if any(name.lower() in _SIGNED for name, _ in query) or not any(name.lower() in _SIZES for name, _ in query):
        return url
    kept = [(name, value) for name, value in query if name.lower() not in _SIZES]
    return parts._replace(query=urlencode(kept)).geturl()


def _same_file(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1] or url
