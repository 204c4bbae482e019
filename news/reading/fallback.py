"""Where structure shows no text: an article made of what the page's head states and of what trafilatura finds.

trafilatura costs a third of a second to import and is measurably behind our own structure where that works
(`benchmarks/reading.py`), so it is asked last, and only on pages that say themselves that they are articles.
"""

from __future__ import annotations

from news.model import Article, Block, Site
from news.reading.authors import names_in
from news.reading.page import Page
from news.reading.stating import canonical_url, keywords, language, section, structured_stamps
from news.reading.surfaces import surfaces_of
from news.reading.text import count_words, fold
from news.stamps import choose


def stated_article(page: Page, site: Site, *, least_words: int) -> Article | None:
    """Return the article as the head states it with the text that trafilatura finds; None where that is too little."""
    headline = page.linked.headline or page.meta.first("og:title", "twitter:title")
    body = _body(page) if headline else ()
    if headline is None or sum(count_words(block.text) for block in body) < least_words:
        return None
    stamps = structured_stamps(page, page.root, site)
    return Article(
        headline=fold(headline),
        authors=names_in(page.linked.authors),
        section=section(page),
        language=language(page, site),
        canonical_url=canonical_url(page),
        stamps=choose(stamps, zone_known=site.timezone != "UTC"),
        body=body,
        tags=keywords(page),
        surfaces=surfaces_of(page),
    )


def _body(page: Page) -> tuple[Block, ...]:
    from trafilatura import extract

    text = extract(page.document.text, include_comments=False, favor_precision=True) or page.linked.body or ""
    return tuple(Block(role="paragraph", text=line) for line in map(fold, text.splitlines()) if line)
