"""What a page needs to look right: pictures, style sheets, scripts and fonts, as a browser would ask for them.

Addresses keep the page's own spelling, made absolute without a fragment: replay looks for what the browser asks.
Sources: HTML, sections 4.8.4 (srcset) and 4.6.7 (link types); CSS Syntax 3, section 4.3.6 (url tokens).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lxml.etree import _Element as Element

from news.discovery.links import base_of
from news.model import Document
from news.reading.page import absolute, parse
from news.urls import is_http

RequisiteKind = Literal["picture", "style", "script", "font"]
Wanted = Literal["none", "pictures", "all"]

_PICTURES = {
    "img": ("src", "data-src", "data-lazy-src", "data-original"),
    "input": ("src",),
    "video": ("poster", "data-poster"),
    "image": ("href", "xlink:href"),
}
_ANYWHERE = ("background", "data-bg", "data-background-image")
_SRCSETS = ("srcset", "data-srcset", "data-lazy-srcset", "imagesrcset")
_PRELOADS: dict[str, RequisiteKind] = {"font": "font", "style": "style", "script": "script", "image": "picture"}
_FONT = re.compile(r"\.(?:woff2?|ttf|otf|eot)(?:$|[?#])", re.IGNORECASE)
_STYLE = re.compile(r"\.css(?:$|[?#])", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*(\S+)")
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)[wx](?:\s|$)")
_TOKEN = re.compile(
    r"""/\*.*?(?:\*/|\Z)
    | (?P<import>@import\s+)? (?:
        url\(\s*(?:"(?P<double>(?:[^"\\\n]|\\.)*)"? | '(?P<single>(?:[^'\\\n]|\\.)*)'? | (?P<bare>[^\s"'()]*))
      | "(?P<text>(?:[^"\\\n]|\\.)*)"?
      | '(?P<other>(?:[^'\\\n]|\\.)*)'? )""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requisite:
    """An address that the page draws on, and as what."""

    url: str
    kind: RequisiteKind


def requisites(document: Document, which: Wanted) -> tuple[Requisite, ...]:
    """Return what the page itself names, in page order, each address once; style sheets may name more."""
    root = None if which == "none" else parse(document.text)
    if root is None:
        return ()
    base = base_of(root, document.url)
    found = (need for element in root.iter() for need in _of_element(element, base))
    return _each_once(need for need in found if which == "all" or need.kind == "picture")


def requisites_in_css(text: str, url: str) -> tuple[Requisite, ...]:
    """Return what a style sheet at `url` names by url() and @import, in its order, each address once."""
    return _each_once(_in_css(text, url))


def _of_element(element: Element, base: str) -> Iterator[Requisite]:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag == "script":
        yield from _need(element.get("src"), base, "script")
    elif tag == "link":
        yield from _of_link(element, base)
    elif tag == "style":
        yield from _in_css("".join(element.itertext()), base)
    else:
        for name in (*_PICTURES.get(tag, ()), *_ANYWHERE):
            yield from _need(element.get(name), base, "picture")
    if tag in {"img", "source", "link"}:
        for name in _SRCSETS:
            yield from _need(_best(element.get(name) or ""), base, "picture")
    yield from _in_css(element.get("style") or "", base)


def _of_link(link: Element, base: str) -> Iterator[Requisite]:
    rel = (link.get("rel") or "").lower().split()
    kind: RequisiteKind | None = None
    if "stylesheet" in rel:
        kind = "style"
    elif "modulepreload" in rel:
        kind = "script"
    elif "preload" in rel:
        kind = _PRELOADS.get((link.get("as") or "").strip().lower())
    elif any("icon" in word for word in rel):
        kind = "picture"
    if kind:
        yield from _need(link.get("href"), base, kind)


def _best(srcset: str) -> str | None:
    """Return the candidate with the most pixels; addresses in a srcset may hold commas themselves."""
    best, most, position = None, -1.0, 0
    while found := _CANDIDATE.match(srcset, position):
        url, position = found[1], found.end()
        size = 1.0
        if not url.endswith(","):
            comma = srcset.find(",", position)
            end = len(srcset) if comma < 0 else comma
            described = _SIZE.match(srcset, position, end)
            size, position = float(described[1]) if described else 1.0, end
        if size > most:
            best, most = url.rstrip(","), size
    return best


def _in_css(text: str, url: str) -> Iterator[Requisite]:
    for token in _TOKEN.finditer(text):
        imported = token["import"] is not None
        groups = ("double", "single", "bare", "text", "other") if imported else ("double", "single", "bare")
        found = next((token[group] for group in groups if token[group]), "")
        named = _CSS_ESCAPE.sub(_unescaped, found)
        yield from _need(named, url, "style" if imported else _kind_in_css(named))


def _unescaped(found: re.Match[str]) -> str:
    if found[1] is None:
        return "" if found[2] == "\n" else str(found[2])
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _kind_in_css(url: str) -> RequisiteKind:
    if _FONT.search(url):
        return "font"
    return "style" if _STYLE.search(url) else "picture"


def _need(href: str | None, base: str, kind: RequisiteKind) -> Iterator[Requisite]:
    url = None if (href or "#").lstrip().startswith("#") else absolute(base, href)
    if url and is_http(url):
        yield Requisite(url=url, kind=kind)


def _each_once(found: Iterable[Requisite]) -> tuple[Requisite, ...]:
    unique: dict[str, Requisite] = {}
    for need in found:
        unique.setdefault(need.url, need)
    return tuple(unique.values())
