"""Any news page: what its JSON-LD and meta tags state, what it prints, and its text where structure shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from news.errors import NotAnArticle
from news.model import Article, Document, Picture, Site, Stamp
from news.reading.addresses import on_site
from news.reading.authors import names_in
from news.reading.blocks import blocks_of, inline_links, read_more_links
from news.reading.body import Found, find_body, titles, with_asides
from news.reading.captioning import captioned
from news.reading.dating import printed_in, time_stamps
from news.reading.fallback import stated_article
from news.reading.fronts import claims_to_be_article, is_front
from news.reading.meta import AUTHORS
from news.reading.page import Page, open_page
from news.reading.pictures import pictures_of
from news.reading.sieve import Sieve, sieve
from news.reading.stating import canonical_url, keywords, language, section, structured_stamps
from news.reading.surfaces import surfaces_of
from news.reading.text import said_in
from news.reading.visible import (
    Head,
    bylines,
    head_of,
    headline_element,
    introducing,
    standfirst,
    told_before,
    without_opening,
)
from news.reading.walls import FLASH, check_answer, is_dated_article, what_stands_there
from news.stamps import choose

_LEAST = 25
"""Words of text below which a page is no article that does not say that it is one."""


_TELLING = 60
"""Words of text from which a page at an article's address is one, though nothing on it says so."""


@dataclass(frozen=True, slots=True)
class GenericReader:
    """Reads any news page."""

    name: str = "generic"
    version: int = 3

    def read(self, document: Document, site: Site) -> Article:
        """Return the article on this page; raises `NotAnArticle` or `Blocked` where there is none to be read."""
        page = open_page(document)
        check_answer(page)
        out = sieve(page.root)
        found = find_body(page, out, headline_element(page))
        words = sum([line.words for line in found.lines]) if found else 0
        wall = what_stands_there(page, body_words=words if words >= _LEAST else 0)
        if wall is not None:
            raise wall
        if is_front(page, site, words=words):
            raise NotAnArticle(f"{document.url} leads to articles and is none itself", reason="front")
        if found is None or words < (FLASH if is_dated_article(page) else _LEAST):
            stated = stated_article(page, site, least_words=_TELLING) if claims_to_be_article(page) else None
            if stated is not None:
                return stated
            raise NotAnArticle(f"{document.url} holds no text of an article", reason="no-article")
        article = _article(page, site, found, out)
        if not (claims_to_be_article(page) or article.stamps or (words > _TELLING and follows(document.url, site))):
            raise NotAnArticle(
                f"{document.url} has text, but neither a date nor a word that it is an article", reason="no-article"
            )
        return article

    def follows(self, url: str, site: Site) -> bool:
        """Return whether a link has the shape of an article's: a date or a long slug or a number in its path."""
        return follows(url, site)


def _article(page: Page, site: Site, found: Found, out: Sieve) -> Article:
    text = without_opening(found.lines, page, titles(page))
    head = head_of(found, text[0], without=out.plain | out.captions)
    opening = found.lines[: len(found.lines) - len(text)]
    lead = standfirst(head, page, titles(page)) or introducing(head, opening, titles(page))
    text = told_before(opening, lead) + text
    body = [line for line in text if lead is None or line.text != lead.text]
    read_more = read_more_links(with_asides(found, out), page)
    return Article(
        headline=_headline(page, head),
        standfirst=lead.text if lead else None,
        authors=_authors(page, head),
        section=section(page),
        language=language(page, site),
        canonical_url=canonical_url(page),
        stamps=stamps_of(page, head, site),
        body=blocks_of(body),
        pictures=_pictures(page, head, found, out),
        links=(*read_more, *inline_links(body, page)),
        tags=keywords(page),
        surfaces=_surfaces(page, head),
    )


def _surfaces(page: Page, head: Head) -> tuple[tuple[str, str], ...]:
    """Return the headlines stated elsewhere; among them the h1, where a lesser heading is the article's own."""
    if head.headline is None or head.headline.tag == "h1":
        return surfaces_of(page)
    first = next((words for h1 in page.heads if (words := said_in(h1))), None)
    return tuple(sorted((*surfaces_of(page), *((("h1", first),) if first else ()))))


def _headline(page: Page, head: Head) -> str:
    if head.headline is not None:
        return said_in(head.headline)
    stated = page.linked.headline or page.meta.first("og:title", "twitter:title") or page.meta.title
    if not stated:
        raise NotAnArticle(f"{page.document.url} has text and no headline", reason="no-article")
    return stated


def _authors(page: Page, head: Head) -> tuple[str, ...]:
    """Return the authors as JSON-LD has them, else as the byline or the meta tags do."""
    host = urlsplit(page.document.url).netloc.removeprefix("www.")
    houses = [
        name for name in (page.linked.publisher, page.meta.first("og:site_name"), host, host.split(".")[0]) if name
    ]
    stated = page.meta.first(*AUTHORS)
    for names in (page.linked.authors, (stated,) if stated else (), bylines(head)):
        authors = names_in(names, publishers=houses)
        if authors:
            return authors
    return names_in(page.linked.authors)


def stamps_of(page: Page, head: Head, site: Site) -> tuple[Stamp, ...]:
    """Return all stamps of the page, printed and structured, of each kind the chosen first."""
    month_first = language(page, site) == "en-US"
    near = head.between
    printed = printed_in(near, timezone=site.timezone, month_first=month_first)
    if not printed:
        near = head.before
        printed = printed_in(near, timezone=site.timezone, month_first=month_first)
    times = dict.fromkeys(element for line in near if len(line.text) < 160 for element in line.element.iter("time"))
    timed = time_stamps(list(times), timezone=site.timezone)
    return choose((*printed, *structured_stamps(page, head.scope, site), *timed), zone_known=site.timezone != "UTC")


def _pictures(page: Page, head: Head, found: Found, out: Sieve) -> tuple[Picture, ...]:
    lead = (page.meta.first("og:image") or "").rsplit("/", 1)[-1].split("?")[0]
    pictures = pictures_of(head.scope, found.container, page, without=out.asides, lead=lead)
    return captioned(pictures, found.described, page)


_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|pdf|mp[34]|css|js|json|xml|rss|atom|zip|ico|woff2?)$", re.IGNORECASE
)
_NO_ARTICLE = re.compile(
    r"/(?:tags?|topics?|authors?|category|categories|sections?|search|login|register|account|subscribe|newsletters?|"
    r"about(?:-us)?|contact(?:-us)?|"
    r"privacy(?:-policy)?|terms(?:-and-conditions|-of-use)?|cookies?(?:-policy)?|feeds?|rss|sitemap|amp|print|share|"
    r"galleries|videos?|podcasts?|live-?tv|profile|people|help|jobs|advertis\w+)(?:/|$)",
    re.IGNORECASE,
)
_DATE = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]|$)", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|[-_/.])[a-z]{0,8}\d{5,}(?:[-_/.]|$)|-[a-z0-9]{6,}_\d$", re.IGNORECASE)
_NO_STORY = re.compile(
    r"/(?:info|legal|company|corporate|services?|static|pages?|users?|shop|store|events?|collections?|series|hubs?|"
    r"locations?|places|teams?|clubs?|players?|columnists?|dossiers?|temas?|thema|themen|schlagworte?|sujets?|"
    r"autor(?:en|es)?|auteurs?)/"
    r"|/(?:about|contact|terms|cookies?|privacy|imprint|impressum|datenschutz|code-of|how-we|latest|most|all|our|faqs?|"
    r"subscri(?:be|ption)s?|newsletters?|sign-(?:up|in)|log-(?:in|out)|rss|archives?)[-_][^/]*$"
    r"|[-_](?:(?:privacy|cookies?|comments?|editorial|corrections?)-polic(?:y|ies)|terms|guidelines|faqs?|newsletters?|"
    r"complaints|fixtures|standings|tables?|archives?|all|of-use|(?:join|follow|support|with|for)-us|the-team)$"
    r"|[-_](?:and|und|et|y|e|og|och|en|i|oraz)[-_][^-_/]+$",
    re.IGNORECASE,
)
"""What says that a path with three words at its end leads to a section or a service, `/life/food-and-drink`."""


def follows(url: str, site: Site) -> bool:
    """Return whether a link has the shape of an article's on one of the site's hosts."""
    if not on_site(url, site):
        return False
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    slug = re.sub(r"\.\w{2,5}$", "", path.rsplit("/", 1)[-1])
    if not slug or _MEDIA.search(path) or _NO_ARTICLE.search(parts.path):
        return False
    words = [word for word in re.split(r"[-_]", slug) if word.isalnum()]
    if len(words) == 3 and path.count("/") >= 2 and not _NO_STORY.search(f"{path.rsplit('/', 1)[0]}/{slug}"):
        return True
    return len(words) >= 4 or bool((_DATE.search(path) and len(words) >= 2) or _NUMBER.search(path))


READER = GenericReader()
