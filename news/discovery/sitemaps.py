"""Sitemaps: the lists of pages that a site keeps for search engines, and robots.txt, which names them.

Formats: sitemaps.org 0.9 (XML, plain text, gzip) and Google's news extension. Namespaces are often wrong, so names
count without them; pictures, videos and translations inside an entry are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from lxml.etree import _Element as Element

from news.discovery.dates import parse_date
from news.discovery.feeds import FEED_ROOTS, parse_feed
from news.discovery.found import DiscoveryError, Find, address, first_of_each
from news.discovery.markup import collect, local_name, looks_like_xml, text_of, unpacked, words_of
from news.urls import is_http

_LINE = re.compile(r"^[ \t\ufeff]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap read: an `index` names other sitemaps, a `urlset` pages. `full` when it holds as many as we took."""

    kind: Literal["index", "urlset"]
    entries: tuple[Find, ...]
    full: bool = False


def parse_sitemap(body: bytes, url: str, limit: int = 50_000) -> Sitemap:
    """Return what the sitemap at `url` names, in its order, each address once, at most `limit` entries.

    Feeds and plain lists of addresses are sitemaps too. Raises DiscoveryError for anything else.
    """
    body = unpacked(body)
    if not looks_like_xml(body):
        return _plain(body, url, limit)
    root, entries = collect(
        body, {"url": lambda entry: _find(entry, url), "sitemap": lambda entry: _find(entry, url)}, limit
    )
    if root in FEED_ROOTS:
        return Sitemap(kind="urlset", entries=parse_feed(body, url, limit))
    if root not in {"urlset", "sitemapindex"} and not entries:
        raise DiscoveryError(f"{url} is no sitemap: its root element is <{root}>")
    kind: Literal["index", "urlset"] = "index" if root == "sitemapindex" else "urlset"
    return Sitemap(kind=kind, entries=first_of_each(entries), full=len(entries) >= limit)


def sitemaps_in_robots(text: str) -> tuple[str, ...]:
    """Return the addresses that robots.txt names as sitemaps, in its order, each once (RFC 9309, section 2.2.4)."""
    named = (address(found, found) for found in _LINE.findall(text.replace("\r", "\n")) if is_http(found))
    return tuple(dict.fromkeys(url for url in named if url))


def _find(entry: Element, source: str) -> Find | None:
    parts = {local_name(part): part for part in entry}
    url = address(text_of(parts["loc"]), source) if "loc" in parts else None
    if url is None:
        return None
    news = parts.get("news")
    told = {} if news is None else {local_name(part): words_of(part) for part in news}
    return Find(
        url=url,
        source=source,
        kind="sitemap" if news is None else "news-sitemap",
        title=told.get("title"),
        published=parse_date(told.get("publication_date")),
        lastmod=parse_date(words_of(parts.get("lastmod"))),
    )


def _plain(body: bytes, url: str, limit: int) -> Sitemap:
    lines = body.decode("utf-8-sig", errors="replace").split("\n")
    named = list(islice((line.strip() for line in lines if is_http(line)), limit))
    if not named:
        raise DiscoveryError(f"{url} is no sitemap: neither XML nor a list of addresses")
    finds = (Find(url=found, source=url, kind="sitemap") for line in named if (found := address(line, url)))
    return Sitemap(kind="urlset", entries=first_of_each(finds), full=len(named) >= limit)
