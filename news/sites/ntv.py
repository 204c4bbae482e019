"""n-tv (n-tv.de), a German broadcaster's news site: the general reader's article, with what this site prints apart.

Over each article stands an `h2` of two lines, the topic (our kicker) and the headline that readers see; its `h1` is
hidden and written for search engines. The head names the house as the author of all that has no byline, the byline may
end with the place where it was written, and the first paragraph is the standfirst when the description repeats it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from news.errors import LayoutChanged, NotAnArticle
from news.model import Article, Block, Document, Site
from news.reading.addresses import on_site
from news.reading.authors import names_in
from news.reading.page import Page, open_page
from news.reading.surfaces import surfaces_of
from news.reading.text import fold, same_words
from news.sites.generic import READER as GENERIC

SITE = Site(
    name="ntv",
    home="https://www.n-tv.de/",
    hosts=("n-tv.de", "www.n-tv.de", "ntv.de", "www.ntv.de"),
    fronts=(
        "https://www.n-tv.de/",
        "https://www.n-tv.de/politik/",
        "https://www.n-tv.de/wirtschaft/",
        "https://www.n-tv.de/panorama/",
        "https://www.n-tv.de/sport/",
        "https://www.n-tv.de/wissen/",
    ),
    timezone="Europe/Berlin",
    language="de",
    reader="ntv",
    requests_per_minute=10,
)

_ARTICLE = re.compile(r"^/(?P<section>[a-z][a-z0-9-]*)/(?:[a-z0-9_-]+/)*[^/]+-(?:article|id)\d{5,}\.html$")
_FILM = re.compile(r"^/(?:mediathek|videos?|audio|bilderserien|ticker)/")
_HOUSES = ("n-tv", "ntv", "ntv.de", "n-tv.de", "n-tv NACHRICHTEN", "ntv NACHRICHTEN")
_BYLINE = re.compile(r"^Von (?P<names>.{3,90}?)\s+\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2} Uhr$")
_PLACE = re.compile(r",\s+[A-ZÄÖÜ]\w+$")
_SEEMING = frozenset(("no-article", "front"))
"""Why the general reader takes a page for none; at an article's address it is one whose layout it doesn't know."""


@dataclass(frozen=True, slots=True)
class NtvReader:
    """Reads n-tv's articles, on whatever host the site is configured for."""

    name: str = "ntv"
    version: int = 3

    def read(self, document: Document, site: Site) -> Article:
        """Return the article on this page.

        Raises `NotAnArticle` or `Blocked` where there is none to read, and `LayoutChanged` where the address is an
        article's and its text or its time was not found.
        """
        try:
            article = GENERIC.read(document, site)
        except NotAnArticle as error:
            if error.reason in _SEEMING and _path(document.url) is not None:
                raise _changed(document, f"text was not found ({error})") from error
            raise
        if _path(document.url) is not None and article.chosen("published") is None:
            raise _changed(document, "time was not found")
        return _refined(article, open_page(document))

    def follows(self, url: str, site: Site) -> bool:
        """Return whether a link on one of the site's hosts has the shape of an article's."""
        return on_site(url, site) and _path(url) is not None


def _changed(document: Document, what: str) -> LayoutChanged:
    return LayoutChanged(f"{document.url} has the address of an article, but its {what}; mend news/sites/ntv.py")


def _path(url: str) -> re.Match[str] | None:
    """Return the parts of an article's path, None for another."""
    path = urlsplit(url).path
    return None if _FILM.match(path) else _ARTICLE.match(path)


def _refined(article: Article, page: Page) -> Article:
    kicker, headline = _title(page) or (article.kicker, article.headline)
    standfirst, body = _lead(article, page)
    found = _path(page.document.url)
    return replace(
        article,
        headline=headline,
        kicker=kicker,
        standfirst=standfirst,
        body=body,
        authors=_authors(page) or names_in(article.authors, publishers=_HOUSES),
        surfaces=_surfaces(page),
        section=article.section or (found["section"].capitalize() if found else None),
    )


def _title(page: Page) -> tuple[str | None, str] | None:
    """Return kicker and headline as the page shows them: an h2 of two lines, the second of which is its og:title."""
    stated = page.meta.first("og:title")
    for heading in page.root.iter("h2"):
        parts = [words for part in heading if (words := fold("".join(part.itertext())))]
        if stated and len(parts) == 2 and same_words(parts[1], stated):
            return parts[0], parts[1]
    kicker = page.meta.first("ntv:kicker")
    return (kicker, stated) if kicker and stated else None


def _surfaces(page: Page) -> tuple[tuple[str, str], ...]:
    """Return the headlines stated elsewhere, the hidden h1 among them."""
    hidden = next((words for h1 in page.root.iter("h1") if (words := fold("".join(h1.itertext())))), None)
    return tuple(sorted((*surfaces_of(page), *((("h1", hidden),) if hidden else ()))))


def _lead(article: Article, page: Page) -> tuple[str | None, tuple[Block, ...]]:
    """Return standfirst and body: a first paragraph that the description repeats is the standfirst."""
    described = page.meta.first("og:description", "description")
    if article.standfirst or len(article.body) < 2 or not described:
        return article.standfirst, article.body
    first = article.body[0]
    if first.role == "paragraph" and same_words(first.text, described):
        return first.text, article.body[1:]
    return None, article.body


def _authors(page: Page) -> tuple[str, ...]:
    """Return who the line with the date names, without the place where it was written."""
    for element in page.root.iter("div", "p", "span"):
        words = fold("".join(element.itertext())) if len(element) < 12 else ""
        if len(words) < 140 and (found := _BYLINE.match(words)):
            return names_in([f"Von {_PLACE.sub('', found['names'])}"], publishers=_HOUSES)
    return ()


READER = NtvReader()
