"""What a page needs to look right: pictures, style sheets, scripts and fonts, as a browser would ask for them.

Addresses keep the page's own spelling, made absolute without a fragment: replay looks for what the browser asks.
Sources: HTML, sections 4.8.4 (srcset) and 4.6.7 (link types); CSS Syntax 3, section 4.3.6 (url tokens).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from lxml import etree
from lxml.etree import _Element as Element

from news.discovery.links import base_of
from news.model import Document
from news.reading.page import absolute, parse
from news.urls import is_http

RequisiteKind = Literal["picture", "style", "script", "font"]
Wanted = Literal["none", "pictures", "all"]
Named: TypeAlias = tuple[str | None, RequisiteKind]
"""An address as it is spelt, and as what it is drawn on; None where a style sheet's token names nothing."""

MOST_NAMED = 30_000
"""Attributes and tokens of style sheets that are looked at; long pages have some thousands."""

MOST_REQUISITES = 3_000
"""Addresses, as they are spelt, that are made out; no page draws on so many."""

_LONGEST = 4_000
"""Characters of an address: what is longer is embedded (data:) or nonsense."""

_LONGEST_SRCSET = 20_000
_LONGEST_SHEET = 4_000_000

_PICTURES = {
    "img": ("src", "data-src", "data-lazy-src", "data-original"),
    "input": ("src",),
    "video": ("poster", "data-poster"),
    "image": ("href", "xlink:href"),
}
_ANYWHERE = ("background", "data-bg", "data-background-image")
_SRCSETS = ("srcset", "data-srcset", "data-lazy-srcset", "imagesrcset")
_ATTRIBUTES = sorted({*_PICTURES["img"], *_PICTURES["video"], *_ANYWHERE, *_SRCSETS, "style"})
_DRAWING = etree.XPath(
    f"(descendant-or-self::*[self::style or self::link or self::image or @{' or @'.join(_ATTRIBUTES)}])"
    f"[position() <= {MOST_NAMED}]"
)
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
    drawing: list[Element] = _DRAWING(root)
    named = (need for element in drawing for need in _of_element(element))
    chosen = (need for need in named if which == "all" or need[1] == "picture")
    return _made_out(chosen, base_of(root, document.url))


def requisites_in_css(text: str, url: str) -> tuple[Requisite, ...]:
    """Return what a style sheet at `url` names by url() and @import, in its order, each address once."""
    return _made_out(_in_css(text), url)


def _of_element(element: Element) -> Iterator[Named]:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag == "script":
        yield element.get("src"), "script"
    elif tag == "link":
        yield from _of_link(element)
    elif tag == "style":
        yield from _in_css("".join(element.itertext()))
    else:
        for name in (*_PICTURES.get(tag, ()), *_ANYWHERE):
            yield element.get(name), "picture"
    if tag in {"img", "source", "link"}:
        for name in _SRCSETS:
            yield _best(element.get(name) or ""), "picture"
    yield from _in_css(element.get("style") or "")


def _of_link(link: Element) -> Iterator[Named]:
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
        yield link.get("href"), kind


def _best(srcset: str) -> str | None:
    """Return the candidate with the most pixels; addresses in a srcset may hold commas themselves."""
    best, most, position = None, -1.0, 0
    srcset = srcset[:_LONGEST_SRCSET]
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


def _in_css(text: str) -> Iterator[Named]:
    for token in _TOKEN.finditer(text[:_LONGEST_SHEET]):
        imported = token["import"] is not None
        groups = ("double", "single", "bare", "text", "other") if imported else ("double", "single", "bare")
        found = next((token[group] for group in groups if token[group]), "")
        if not 0 < len(found) <= _LONGEST:
            yield None, "picture"
            continue
        named = _CSS_ESCAPE.sub(_unescaped, found)
        yield named, "style" if imported else _kind_in_css(named)


def _unescaped(found: re.Match[str]) -> str:
    if found[1] is None:
        return "" if found[2] == "\n" else str(found[2])
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _kind_in_css(url: str) -> RequisiteKind:
    if _FONT.search(url):
        return "font"
    return "style" if _STYLE.search(url) else "picture"


def _made_out(named: Iterable[Named], base: str) -> tuple[Requisite, ...]:
    """Return the addresses absolute, each once as what it is first drawn on; bounded, whatever the page names."""
    spelt: dict[str, RequisiteKind] = {}
    for href, kind in islice(named, MOST_NAMED):
        if href and len(href) <= _LONGEST and not href.lstrip().startswith(("#", "data:")):
            spelt.setdefault(href, kind)
        if len(spelt) >= MOST_REQUISITES:
            break
    unique: dict[str, Requisite] = {}
    for href, kind in spelt.items():
        url = absolute(base, href)
        if url and is_http(url):
            unique.setdefault(url, Requisite(url=url, kind=kind))
    return tuple(unique.values())
