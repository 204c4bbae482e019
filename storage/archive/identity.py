"""Which article a page shows (first form): one article with aliases, and never two articles merged."""

from __future__ import annotations

from urllib.parse import urlsplit

from news.model import Article, Site
from news.urls import article_id, belongs, normalise, same_page_key
from storage.catalogue import reading
from storage.catalogue.opening import Rows
from storage.catalogue.rows import stored_revision

SHARED = 0.3
"""The part of the shorter text's three-word runs that must stand in the other for two texts to be one story."""

ALIKE = 0.8
"""The part of all three-word runs of two texts that both must have for two live addresses to show one article."""


def identify(rows: Rows, site: Site, page: str, known: reading.Row | None, article: Article) -> tuple[str, str]:
    """Return `(article id, canonical URL at first sight)` of the article that this page shows.

    A page stays with its article, which is `known` then. A new page joins the article of its canonical address, if
    that is on the site and has the same text: the second page of a story, which names the first as canonical, has not.
    """
    if known:
        return known["id"], known["url"]
    canonical = canonical_address(site, page, article)
    if canonical != page and (shared := reading.article_at(rows, canonical)):
        told = [stored_revision(row).article for row in reading.last_revisions(rows, shared["id"])]
        if any(same_text(before, article) for before in told if before):
            return shared["id"], shared["url"]
        return article_id(page), page
    return article_id(canonical), canonical


def canonical_address(site: Site, page: str, article: Article) -> str:
    """Return the article's own canonical address where it can be believed, else the page's."""
    if not article.canonical_url:
        return page
    try:
        canonical = normalise(article.canonical_url)
    except ValueError:
        return page
    if canonical == page:
        return page
    lost = urlsplit(canonical).path in ("", "/") and not urlsplit(canonical).query
    if lost or not belongs(canonical, site) or same_page_key(canonical) == same_page_key(page):
        return page
    return canonical


def same_text(one: Article, other: Article) -> bool:
    """Return whether two addresses show one article: nearly all of their wording is the same."""
    mine, theirs = _runs(one), _runs(other)
    return bool(mine | theirs) and len(mine & theirs) / len(mine | theirs) >= ALIKE


def same_story(before: Article, after: Article) -> bool:
    """Return whether two articles are states of one: the same headline, or texts that share their wording."""
    if before.headline == after.headline:
        return True
    one, other = sorted((_runs(before), _runs(after)), key=len)
    return bool(one) and len(one & other) / len(one) >= SHARED


def _runs(article: Article) -> set[tuple[str, ...]]:
    words = " ".join(block.text for block in article.body).casefold().split()
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
