"""Feeds: RSS 0.9 to 2.0 (RDF too), Atom 0.3 and 1.0, JSON Feed.

Sources: RSS Advisory Board's RSS 2.0, RFC 4287 (Atom), jsonfeed.org 1.1, xml:base. Names count without namespaces,
as each format borrows from the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import cast
from urllib.parse import urljoin

from lxml.etree import _Element as Element

from news.discovery.dates import parse_date
from news.discovery.found import DiscoveryError, Find, address, first_of_each
from news.discovery.markup import collect, local_name, looks_like_xml, text_of, unpacked, words_of
from news.urls import is_http

FEED_ROOTS = frozenset({"rss", "rdf", "feed"})
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MEDIA = re.compile(r"mrss|itunes|^media:", re.IGNORECASE)
_PUBLISHED = ("published", "pubdate", "issued", "date", "created")
_CHANGED = ("updated", "modified")


def parse_feed(body: bytes, url: str, limit: int = 50_000) -> tuple[Find, ...]:
    """Return what the feed at `url` names, in its order, each address once, at most `limit` entries.

    Raises DiscoveryError for what is no feed.
    """
    body = unpacked(body)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return first_of_each(_json_finds(body, url, limit))
    if not looks_like_xml(body):
        raise DiscoveryError(f"{url} is no feed: neither XML nor JSON")
    root, finds = collect(body, {"item": lambda item: _find(item, url), "entry": lambda item: _find(item, url)}, limit)
    if root not in FEED_ROOTS and not finds:
        raise DiscoveryError(f"{url} is no feed: its root element is <{root}>")
    return first_of_each(finds)


def _find(item: Element, source: str) -> Find | None:
    base = _base(item, source)
    found = next((url for link in _links(item) if (url := address(link, base))), None)
    if found is None:
        return None
    texts = _texts(item)
    return Find(
        url=found,
        source=source,
        kind="feed",
        title=_title(texts.get("title")),
        published=parse_date(_first(texts, _PUBLISHED)),
        lastmod=parse_date(_first(texts, _CHANGED)),
    )


def _base(item: Element, source: str) -> str:
    """Return what relative links of this item start from: xml:base of the elements around it, outermost first."""
    bases = [element.get(_XML_BASE) for element in (item, *item.iterancestors())]
    for base in reversed(bases):
        source = _joined(source, base)
    return source


def _joined(source: str, base: str | None) -> str:
    try:
        joined = urljoin(source, base or "")
    except ValueError:
        return source
    return joined if is_http(joined) else source


def _links(item: Element) -> Iterator[str]:
    """Yield the item's addresses, the best first: before redirects by a feed service, its link, its lasting id."""
    parts = [(local_name(part), part) for part in item]
    yield from (text for name, part in parts if name == "origlink" and (text := text_of(part).strip()))
    yield from (text for name, part in parts if name == "link" and (text := text_of(part).strip()))
    links = [part for name, part in parts if name == "link" and part.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda link: "html" not in link.get("type", "html"))
    yield from (href for link in links if (href := link.get("href")))
    ids = [part for name, part in parts if name in {"guid", "id"} and part.get("isPermaLink", "true") != "false"]
    yield from (text for part in ids if is_http(text := text_of(part)))
    about = item.get(_RDF_ABOUT)
    if about:
        yield about


def _texts(item: Element) -> dict[str, str]:
    """Return the first text of each name, without those of the item's pictures and recordings (Media RSS, iTunes)."""
    texts: dict[str, str] = {}
    for part in item:
        text = words_of(part)
        if text and not _MEDIA.search(str(part.tag)):
            texts.setdefault(local_name(part), text)
    return texts


def _first(texts: dict[str, str], names: Iterable[str]) -> str | None:
    return next((texts[name] for name in names if name in texts), None)


def _title(text: str | None) -> str | None:
    return " ".join(unescape(text).split()) or None if text else None


def _json_finds(body: bytes, url: str, limit: int) -> Iterator[Find]:
    try:
        feed = json.loads(body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        raise DiscoveryError(f"{url} is no feed: it starts as JSON and can't be read as such") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise DiscoveryError(f"{url} is no feed: JSON without a list of items")
    for item in items[:limit]:
        find = _json_find(cast("dict[str, object]", item), url) if isinstance(item, dict) else None
        if find:
            yield find


def _json_find(item: dict[str, object], source: str) -> Find | None:
    texts = {key: value for key, value in item.items() if isinstance(value, str)}
    links = [
        texts[key] for key in ("url", "id", "external_url") if key in texts and (key == "url" or is_http(texts[key]))
    ]
    found = next((url for link in links if (url := address(link, source))), None)
    if found is None:
        return None
    return Find(
        url=found,
        source=source,
        kind="feed",
        title=_title(texts.get("title")),
        published=parse_date(texts.get("date_published")),
        lastmod=parse_date(texts.get("date_modified")),
    )
