"""What a page states of its article in JSON-LD (schema.org), read however broken the JSON is."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml.etree import _Element as Element

from news.reading.text import fold, folded_or_none

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Node = dict[str, Json]

_ARTICLE = re.compile(r"(?:.*(?:Article|BlogPosting|Posting)|Report|Review|CriticReview|Recipe|AnalysisNewsArticle)$")
_ASIDE = {
    "hasPart",
    "isPartOf",
    "mentions",
    "itemListElement",
    "liveBlogUpdate",
    "citation",
    "relatedLink",
    "subjectOf",
}
_OPENING = re.compile(r"<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[")
_CLOSING = re.compile(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_COMMENT = re.compile(r"/\*|^[^\S\n]*//[^\n]*$", re.MULTILINE)
_GAP = re.compile(r"[ \t\r\n,;]*")
_DECODER = json.JSONDecoder(strict=False)
_DEEPEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageClaim:
    """A picture that the JSON-LD names."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedArticle:
    """The article as the page's JSON-LD has it; all None and empty when it has none (`types` is empty then).

    `published` and `modified` are the publisher's words. `free` is `isAccessibleForFree`. `other_types` are the
    types of the page's nodes that are no articles: `ItemList`, `CollectionPage`, `WebSite`.
    """

    types: tuple[str, ...] = ()
    other_types: tuple[str, ...] = ()
    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    url: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    body: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    images: tuple[ImageClaim, ...] = ()
    language: str | None = None
    free: bool | None = None


def linked_article(scripts: Iterable[Element]) -> LinkedArticle:
    """Return the page's own article: the fullest of its scripts' article nodes, others' stories in rails aside."""
    nodes = [node for script in _stating(scripts) for node in _nodes(_loaded(script), depth=0)]
    named = {cast("str", node["@id"]): node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    others = tuple(dict.fromkeys(kind for node in nodes for kind in _types(node) if not _is_article(kind)))
    articles = [node for node in nodes if any(map(_is_article, _types(node)))]
    if not articles:
        return LinkedArticle(other_types=others)
    return _article(max(articles, key=_fullness), named, others)


@lru_cache(maxsize=1024)
def _is_article(kind: str) -> bool:
    return _ARTICLE.match(kind) is not None


def _fullness(node: Node) -> int:
    """Prefer the node that says most; `max` keeps the first among equals."""
    wanted = ("headline", "datePublished", "dateModified", "author", "articleBody", "image", "description", "publisher")
    return sum(bool(node.get(key)) for key in wanted)


def _stating(scripts: Iterable[Element]) -> Iterator[str]:
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            yield script.text


def _loaded(text: str) -> Json:
    for attempt in (str, _mended, lambda words: _mended(html.unescape(words))):
        loaded = _decoded(attempt(text))
        if loaded:
            return loaded
    return None


def _mended(text: str) -> str:
    """Return the JSON without comments, CDATA marks and commas too many; in time that grows as the text does."""
    inner = text.strip()
    opening = _OPENING.match(inner)
    inner = (inner[opening.end() :] if opening else inner).rstrip().rstrip(";").rstrip()
    return _TRAILING_COMMA.sub("", _without_comments(_CLOSING.sub("", inner))).strip().rstrip(";")


def _without_comments(text: str) -> str:
    kept, place, closes = list[str](), 0, True
    while found := _COMMENT.search(text, place):
        end = found.end()
        if found[0] == "/*":
            end = text.find("*/", end) + 2 if closes else 1
            closes = end > 1
            if not closes:  # and no later one is closed either
                kept.append(text[place : found.end()])
                place = found.end()
                continue
        kept.append(text[place : found.start()])
        place = end
    return "".join([*kept, text[place:]])


def _decoded(text: str) -> Json:
    """Return the value, or a list of the values where several stand in a row."""
    values: list[object] = []
    text = text.strip()
    place = 0
    try:
        while place < len(text):
            value, end = _DECODER.raw_decode(text, place)
            values.append(value)
            place = _gap(text, end)
    except (ValueError, RecursionError):
        return cast("Json", values) or None
    return cast("Json", values[0] if len(values) == 1 else values)


def _gap(text: str, place: int) -> int:
    """Return where the next value starts."""
    found = _GAP.match(text, place)
    return found.end() if found else place


def _nodes(value: Json, *, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for member in value:
            yield from _nodes(member, depth=depth + 1)
    elif isinstance(value, dict):
        yield value
        for key, member in value.items():
            if key not in _ASIDE and isinstance(member, dict | list):
                yield from _nodes(member, depth=depth + 1)


def _types(node: Node) -> tuple[str, ...]:
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return tuple(name.rsplit("/", 1)[-1] for name in names if isinstance(name, str))


def _article(node: Node, named: dict[str, Node], others: tuple[str, ...]) -> LinkedArticle:
    return LinkedArticle(
        types=_types(node),
        other_types=others,
        headline=_text(node, "headline") or _text(node, "name"),
        alternative_headline=_text(node, "alternativeHeadline"),
        description=_text(node, "description"),
        url=_text(node, "url") or _id(node.get("mainEntityOfPage")),
        published=_text(node, "datePublished"),
        modified=_text(node, "dateModified"),
        authors=tuple(_names(node.get("author") or node.get("creator"), named)),
        publisher=next(_names(node.get("publisher"), named), None),
        body=_text(node, "articleBody") or _text(node, "reviewBody"),
        section=_text(node, "articleSection"),
        keywords=tuple(dict.fromkeys(_keywords(node.get("keywords")))),
        images=tuple(_images(node.get("image"), named)),
        language=_text(node, "inLanguage"),
        free=_truth(node.get("isAccessibleForFree")),
    )


def _text(node: Node, key: str) -> str | None:
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, list):
        value = next((member for member in value if isinstance(member, str)), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return folded_or_none(html.unescape(value)) if isinstance(value, str) else None


def _id(value: Json) -> str | None:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else None


def _names(value: Json, named: dict[str, Node]) -> Iterator[str]:
    """Yield the names of people and organisations, references into the graph followed."""
    if isinstance(value, str):
        yield html.unescape(str(named[value].get("name") or "") if value in named else value)
    elif isinstance(value, list):
        for member in value:
            yield from _names(member, named)
    elif isinstance(value, dict):
        full = value if "name" in value else named.get(str(value.get("@id")), value)
        name = full.get("name")
        yield from _names(name, {}) if isinstance(name, str | list) else ()


def _keywords(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield from filter(None, map(fold, html.unescape(value).split(",")))
    elif isinstance(value, list):
        for member in value:
            word = member.get("name") if isinstance(member, dict) else member
            if isinstance(word, str) and fold(word):
                yield fold(html.unescape(word))


def _images(value: Json, named: dict[str, Node]) -> Iterator[ImageClaim]:
    if isinstance(value, str):
        yield ImageClaim(url=value)
    elif isinstance(value, list):
        for member in value:
            yield from _images(member, named)
    elif isinstance(value, dict):
        full = named.get(str(value.get("@id")), value) if "url" not in value else value
        url = full.get("url") or full.get("contentUrl")
        if isinstance(url, str):
            yield ImageClaim(url=url, caption=_text(full, "caption"), credit=_text(full, "creditText"))


def _truth(value: Json) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None
