"""What the newsroom tells machines: robots.txt, sitemaps, feeds."""

import gzip
from collections.abc import Sequence
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from newsroom.layouts.shell import NAME, TAGLINE, TITLES, Place
from newsroom.model import Story
from newsroom.times import local_iso, rss_date, utc_iso

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
ARTICLES = "/sitemaps/articles-1.xml.gz"


def robots(place: Place, crawl_delay: float | None) -> str:
    """robots.txt (RFC 9309): everything but the search may be read."""
    delay = f"Crawl-delay: {crawl_delay:g}\n" if crawl_delay is not None else ""
    return f"User-agent: *\n{delay}Disallow: /search/\n\nSitemap: {place.url('/sitemap.xml')}\n"


def sitemap_index(place: Place, stories: Sequence[Story]) -> str:
    """The index of both sitemaps; the articles' one is as new as its newest change."""
    newest = max((story.modified for story in stories), default=None)
    lastmod = f"<lastmod>{utc_iso(newest)}</lastmod>" if newest else ""
    parts = "".join(
        f"<sitemap><loc>{escape(place.url(path))}</loc>{lastmod}</sitemap>\n"
        for path in ("/news-sitemap.xml", ARTICLES)
    )
    return f'{HEAD}<sitemapindex xmlns="{SITEMAP}">\n{parts}</sitemapindex>\n'


def news_sitemap(place: Place, stories: Sequence[Story], now: datetime) -> str:
    """The stories of the last two days, as Google's news sitemaps have them."""
    fresh = [story for story in stories if now - story.published <= timedelta(days=2)]
    parts = "".join(_news_url(place, story) for story in fresh)
    return f'{HEAD}<urlset xmlns="{SITEMAP}" xmlns:news="{NEWS}">\n{parts}</urlset>\n'


def _news_url(place: Place, story: Story) -> str:
    return (
        f"<url><loc>{escape(place.url(story.path))}</loc><news:news>"
        f"<news:publication><news:name>{NAME}</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{local_iso(story.published)}</news:publication_date>"
        f"<news:title>{escape(story.headline)}</news:title></news:news></url>\n"
    )


def articles_sitemap(place: Place, stories: Sequence[Story]) -> bytes:
    """Every story with the structured stamp as its lastmod, gzipped as a file."""
    parts = "".join(
        f"<url><loc>{escape(place.url(story.path))}</loc><lastmod>{utc_iso(story.modified)}</lastmod></url>\n"
        for story in stories
    )
    text = f'{HEAD}<urlset xmlns="{SITEMAP}">\n{parts}</urlset>\n'
    return gzip.compress(text.encode(), mtime=0)


def rss(place: Place, stories: Sequence[Story]) -> str:
    """The newest thirty as RSS 2.0; the guid is the story's key, which outlives its address."""
    items = "".join(_item(place, story) for story in stories[:30])
    return (
        f'{HEAD}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n<title>{NAME}</title>\n'
        f"<link>{escape(place.base)}</link>\n<description>{TAGLINE}</description>\n<language>en-gb</language>\n"
        f"{items}</channel></rss>\n"
    )


def _item(place: Place, story: Story) -> str:
    authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in story.authors)
    return (
        f"<item><title>{escape(story.headline)}</title><link>{escape(place.url(story.path))}</link>"
        f'<guid isPermaLink="false">harbour-{story.key}</guid><pubDate>{rss_date(story.published)}</pubDate>'
        f"<category>{TITLES.get(story.section, story.section)}</category>{authors}"
        f"<description>{escape(story.standfirst)}</description></item>\n"
    )


def atom(place: Place, stories: Sequence[Story]) -> str:
    """The newest thirty as Atom (RFC 4287)."""
    newest = max((story.modified for story in stories), default=None)
    updated = utc_iso(newest) if newest else "1970-01-01T00:00:00Z"
    entries = "".join(_entry(place, story) for story in stories[:30])
    return (
        f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><title>{NAME}</title><id>{escape(place.base)}</id>'
        f'<link rel="self" href="{escape(place.url("/atom.xml"))}"/><updated>{updated}</updated>\n{entries}</feed>\n'
    )


def _entry(place: Place, story: Story) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in story.authors or (NAME,))
    url = escape(place.url(story.path))
    return (
        f'<entry><title>{escape(story.headline)}</title><id>{url}</id><link href="{url}"/>{authors}'
        f"<published>{utc_iso(story.published)}</published><updated>{utc_iso(story.modified)}</updated>"
        f"<summary>{escape(story.standfirst)}</summary></entry>\n"
    )
