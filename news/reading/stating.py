"""What a page states in its head, for machines: times, address, language, section, keywords."""

from __future__ import annotations

from lxml.etree import _Element as Element

from news.model import Site, Stamp, StampKind
from news.reading.meta import KEYWORDS, MODIFIED, PUBLISHED
from news.reading.page import Page, absolute
from news.reading.text import fold
from news.stamps import structured_stamp

_Claim = tuple[StampKind, str, str]
_MICRODATA: dict[str, StampKind] = {"datePublished": "published", "dateModified": "updated"}


def structured_stamps(page: Page, scope: Element, site: Site) -> tuple[Stamp, ...]:
    """Return the stamps of JSON-LD, of meta tags, and of microdata within the scope, in that order."""
    claims = [*_head_claims(page), *_microdata_claims(scope)]
    made = [structured_stamp(kind, words, source=source, timezone=site.timezone) for kind, words, source in claims]
    return tuple(stamp for stamp in made if stamp is not None)


def _head_claims(page: Page) -> list[_Claim]:
    linked: list[_Claim] = [
        ("published", page.linked.published or "", "json-ld:datePublished"),
        ("updated", page.linked.modified or "", "json-ld:dateModified"),
    ]
    published: list[_Claim] = [("published", words, f"meta:{name}") for name, words in page.meta.named(PUBLISHED)]
    updated: list[_Claim] = [("updated", words, f"meta:{name}") for name, words in page.meta.named(MODIFIED)]
    return linked + published + updated


def _microdata_claims(scope: Element) -> list[_Claim]:
    claims: list[_Claim] = []
    for element in scope.iter():  # twenty times as fast as XPath
        kind = _MICRODATA.get(element.get("itemprop", ""))
        if kind is not None and element is not scope:
            words = element.get("content") or element.get("datetime") or ""
            claims.append((kind, words, f"microdata:{element.get('itemprop')}"))
    return sorted(claims, key=lambda claim: claim[0])


def language(page: Page, site: Site) -> str | None:
    """Return the page's language as it says, in the form `en-GB`, else the site's."""
    stated = page.meta.language or page.meta.first("og:locale", "content-language", "language") or page.linked.language
    return fold(stated).replace("_", "-") if stated else site.language


def canonical_url(page: Page) -> str | None:
    """Return the address that the page gives itself, absolute."""
    stated = (page.meta.canonical, page.meta.first("og:url"), page.linked.url)
    return next((url for href in stated if (url := absolute(page.base, href))), None)


def section(page: Page) -> str | None:
    """Return the section that the page says it is in."""
    names = ("article:section", "og:article:section", "parsely-section", "section", "cxenseparse:section")
    return page.linked.section or page.meta.first(*names)


def keywords(page: Page) -> tuple[str, ...]:
    """Return the page's keywords, each once."""
    if page.linked.keywords:
        return page.linked.keywords
    words = [word for content in page.meta.every(*KEYWORDS) for word in content.split(",")]
    return tuple(dict.fromkeys(filter(None, map(fold, words))))
