"""Pages that lead to articles and are none: homes, sections, searches, contact pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from news.model import Site
from news.reading.page import Page

_LISTS = {"CollectionPage", "SearchResultsPage", "ContactPage", "AboutPage", "ProfilePage", "CheckoutPage", "FAQPage"}
_FRONT_PATH = re.compile(
    r"^/(?:index\.\w+|home|search|suche|recherche|contact(?:-us)?|about(?:-us)?|privacy(?:-policy)?|terms|"
    r"authors?/[^/]+|tags?/[^/]+|topics?/[^/]+|category/.*)?/?$",
    re.IGNORECASE,
)
_SHORT = 150
"""Words of text below which a page with many linked headings is taken for a list of stories."""


def claims_to_be_article(page: Page) -> bool:
    """Return whether the page's head says that it is an article."""
    return bool(page.linked.types) or (page.meta.first("og:type") or "").lower() in {
        "article",
        "news",
        "newsarticle",
        "blog",
    }


def is_front(page: Page, site: Site, *, words: int) -> bool:
    """Return whether this page leads to articles: by its address, by its types, by its many linked headings."""
    parts = urlsplit(page.document.url)
    fronts = {urlsplit(front).path.rstrip("/") for front in (site.home, *site.fronts)}
    if parts.scheme in {"http", "https"} and (
        (parts.path.rstrip("/") in fronts and not parts.query) or _FRONT_PATH.match(parts.path)
    ):
        return not page.linked.types or words < _SHORT
    if claims_to_be_article(page):
        return False
    if _LISTS & set(page.linked.other_types):
        return True
    return words < _SHORT and _linked_headings(page) >= 6


def _linked_headings(page: Page) -> int:
    heads = (head for level in ("h2", "h3", "h4") for head in page.root.iter(level))
    return sum(
        head.find(".//a[@href]") is not None or any(above.tag == "a" for above in head.iterancestors())
        for head in heads
    )
