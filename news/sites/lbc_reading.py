"""LBC (lbc.co.uk), both templates: read in page order by words and structure, class names as hints only.

Old template: on-air strip, kicker, h1, date line, picture, author, standfirst, audio player, body, `More Latest News`.
New template (since about 2025, `/article/<slug>-<id>_2/`): the standfirst stands before picture and byline.
No page prints a zone: its words are London's.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from news.errors import LayoutChanged, NotAnArticle
from news.model import Article, Document, Picture, Site, Stamp
from news.reading.authors import names_in
from news.reading.blocks import blocks_of, inline_links, read_more_links
from news.reading.body import find_body
from news.reading.dating import time_stamps
from news.reading.fronts import claims_to_be_article, is_front
from news.reading.page import Page, open_page
from news.reading.pictures import pictures_in
from news.reading.sieve import sieve
from news.reading.stating import canonical_url, keywords, language, section, structured_stamps
from news.reading.text import count_words
from news.reading.visible import headline_element
from news.reading.walls import check_answer, what_stands_there
from news.sites.lbc_order import DATE_LINE, Parts, parts_of, shared_scope, without_kicker
from news.stamps import choose, printed_stamps

_LEAST = 12
"""Words below which what we found of the text is no whole article: LBC's shortest flashes have two sentences."""

_COVERED = 0.6
"""Part of the text that JSON-LD states which we must have found; less, and the layout has changed under us."""


def read(document: Document, site: Site) -> Article:
    """Return the article on this page; see `LbcReader.read`."""
    page = open_page(document)
    check_answer(page)
    out = sieve(page.root)
    headline = headline_element(page)
    found = find_body(page, out, headline)
    words = sum(count_words(line.text) for line in found.lines) if found else 0
    wall = what_stands_there(page, body_words=words)
    if wall is not None:
        raise wall
    if is_front(page, site, words=words):
        raise NotAnArticle(f"{document.url} leads to articles and is none itself", reason="front")
    if headline is None:
        raise _no_article_or_changed(page, "headline: there is no h1", dated=_is_dated(page))
    scope = shared_scope(headline, found.container if found else None)
    parts = parts_of(page, headline, scope, out)
    _check(page, parts)
    return _article(page, site, parts)


def _is_dated(page: Page) -> bool:
    return any(DATE_LINE.match((element.text or "").strip()) for element in page.root.iter("p", "time", "span", "div"))


def _no_article_or_changed(page: Page, what: str, *, dated: bool) -> LayoutChanged | NotAnArticle:
    if claims_to_be_article(page) or dated:
        return LayoutChanged(f"{page.document.url} is an LBC article, but its {what}; mend news/sites/lbc_reading.py")
    return NotAnArticle(
        f"{page.document.url} has neither a date line nor a word that it is an article", reason="no-article"
    )


def _check(page: Page, parts: Parts) -> None:
    """Return only if date line and text were found whole."""
    words = sum(count_words(line.text) for line in parts.body)
    if not parts.dates:
        raise _no_article_or_changed(page, "date line was not found under the headline", dated=False)
    if words < _LEAST:
        raise _no_article_or_changed(page, f"text has {words} words only", dated=True)
    stated = _words(page.linked.body or "")
    ours = _words(" ".join(line.text for line in parts.every))
    if len(stated) > 60 and len(stated & ours) < _COVERED * len(stated):
        raise _no_article_or_changed(page, "text on the page lacks much of what its JSON-LD states", dated=True)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _article(page: Page, site: Site, parts: Parts) -> Article:
    inner_kicker, title = without_kicker(parts.headline)
    names = names_in(line.text for line in parts.bylines)
    return Article(
        headline=title,
        kicker=inner_kicker or parts.kicker,
        standfirst=parts.standfirst.text if parts.standfirst else None,
        authors=names or names_in(page.linked.authors, publishers=(page.linked.publisher or "LBC", "LBC")),
        section=section(page) or _path_section(page.document.url),
        language=language(page, site),
        canonical_url=canonical_url(page),
        stamps=_stamps(page, parts, site),
        body=blocks_of(parts.body),
        pictures=_pictures(page, parts, names),
        links=(*read_more_links(parts.every, page), *inline_links(parts.body, page)),
        tags=keywords(page),
    )


def _stamps(page: Page, parts: Parts, site: Site) -> tuple[Stamp, ...]:
    printed = [stamp for line in parts.dates for stamp in printed_stamps(line.text, timezone=site.timezone)]
    times = dict.fromkeys(element for line in parts.dates for element in line.element.iter("time"))
    return choose(
        (*printed, *structured_stamps(page, parts.scope, site), *time_stamps(list(times), timezone=site.timezone))
    )


def _pictures(page: Page, parts: Parts, names: tuple[str, ...]) -> tuple[Picture, ...]:
    """Return the pictures between headline and tail; authors' portraits and other stories' are no part of it."""
    figures, passed = [], False
    for element in parts.scope.iter("h1", "figure", "img", "div", "h2", "h3", "p", "a", "section"):
        passed = passed or element is parts.headline
        if element is parts.tail:
            break
        if passed and (element.tag == "figure" or (element.tag == "img" and _stands_alone(element))):
            figures.append(element)
    found = pictures_in(figures, page, without=parts.out.asides)
    people = {name.casefold() for name in names}
    return tuple(picture for picture in found if (picture.alt or "").casefold() not in people or picture.caption)


def _stands_alone(image: Element) -> bool:
    """Return whether an image outside a figure is the text's own: in no link, and not beside a name."""
    above = list(image.iterancestors())
    if any(element.tag in {"figure", "a", "li"} for element in above):
        return False
    return not any(
        re.search(r"author|presenter|byline|avatar", element.get("class") or "") for element in [image, *above[:3]]
    )


def _path_section(url: str) -> str | None:
    first = urlsplit(url).path.strip("/").split("/")[0]
    return first if first and first != "article" else None
