"""What a page points at: its feeds, its canonical address, and every page that a reader could click through to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.etree import _Element as Element

from news.discovery.found import address
from news.model import Document
from news.reading.page import absolute, parse

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
}  # not application/json: that is how WordPress announces its API

MOST_LINKS = 4_000
"""Addresses taken from one page, as it spells them; the longest archive pages of news sites have some 2,000."""

LONGEST_HREF = 4_000
"""Characters past which a link leads nowhere that a sane server would answer for."""

_MOST_CHARACTERS = 500_000
"""Of all links of a page together: what bounds the time that hostile ones can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Addresses in page order, each once, in their one spelling.

    `anchors` keeps links marked nofollow: that word is for search engines' ranking, and readers follow them.
    """

    alternates: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    canonical: str | None = None
    amphtml: str | None = None


def links(document: Document) -> PageLinks:
    """Return what the page points at; nothing for a page that can't be parsed."""
    root = parse(document.text)
    if root is None:
        return PageLinks()
    base = base_of(root, document.url)
    heads = [(_rel(link), link) for link in islice(root.iter("link"), MOST_LINKS)]
    feeds = [link for rel, link in heads if "alternate" in rel and _media_type(link) in _FEED_TYPES]
    return PageLinks(
        alternates=_addresses(feeds, base),
        anchors=_addresses(root.iter("a", "area"), base),
        canonical=next(iter(_addresses((link for rel, link in heads if "canonical" in rel), base)), None),
        amphtml=next(iter(_addresses((link for rel, link in heads if "amphtml" in rel), base)), None),
    )


def base_of(root: Element, url: str) -> str:
    """Return what the page's relative links start from: its first <base href>, else its own address."""
    base = root.find(".//base[@href]")
    return url if base is None else absolute(url, base.get("href")) or url


def _rel(link: Element) -> set[str]:
    return set((link.get("rel") or "").lower().split())


def _media_type(link: Element) -> str:
    return (link.get("type") or "").partition(";")[0].strip().lower()


def _addresses(found: Iterable[Element], base: str) -> tuple[str, ...]:
    named = (address(href, base) for href in _spelt(found))
    return tuple(dict.fromkeys(url for url in named if url))


def _spelt(found: Iterable[Element]) -> Iterator[str]:
    """Yield the addresses as they are spelt, each once, until so many came that no page of a reader's has more."""
    seen, characters = set[str](), 0
    for element in found:
        href = element.get("href") or ""
        if href in seen or len(href) > LONGEST_HREF or href.lstrip()[:1] in ("", "#"):
            continue
        seen.add(href)
        characters += len(href)
        if len(seen) > MOST_LINKS or characters > _MOST_CHARACTERS:
            return
        yield href
