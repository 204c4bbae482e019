"""LBC (lbc.co.uk): where it is, which of its links are articles, and its reader.

How its pages are read is in `lbc_reading`, which is loaded with the first page: commands that read none pay nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from news.model import Article, Document, Site
from news.reading.addresses import on_site

SITE = Site(
    name="lbc",
    home="https://www.lbc.co.uk/",
    hosts=("lbc.co.uk", "www.lbc.co.uk"),
    fronts=(
        "https://www.lbc.co.uk/",
        "https://www.lbc.co.uk/news/",
        "https://www.lbc.co.uk/politics/",
        "https://www.lbc.co.uk/world-news/",
        "https://www.lbc.co.uk/crime/",
        "https://www.lbc.co.uk/opinion/",
    ),
    timezone="Europe/London",
    language="en-GB",
    reader="lbc",
    requests_per_minute=10,
)

_NEW_PATH = re.compile(r"^/article/[a-z0-9][a-z0-9-]*-[A-Za-z0-9]{5,12}_\d+/?$")
_OLD_PATH = re.compile(r"^/[a-z][a-z0-9-]*/(?:[a-z0-9-]+/)?[a-z0-9]+(?:-[a-z0-9]+){2,}/?$")
_OTHER_PATH = re.compile(
    r"^/(?:presenters?|radio|search|tags?|topics?|authors?|schedule|shows?|podcasts?|listen|watch|videos?|about|contact|advertise|"
    r"competitions?|win|events?|terms|privacy|cookies?|help|account|login|register|apps?|weather|travel-news|frequency|article)/"
)


@dataclass(frozen=True, slots=True)
class LbcReader:
    """Reads LBC's articles, on whatever host the site is configured for."""

    name: str = "lbc"
    version: int = 2

    def read(self, document: Document, site: Site) -> Article:
        """Return the article on this page.

        Raises `NotAnArticle` or `Blocked` where there is none to read, and `LayoutChanged`, naming the part, where
        the page is plainly an article whose headline, date line or text can't be read whole.
        """
        from news.sites import lbc_reading

        return lbc_reading.read(document, site)

    def follows(self, url: str, site: Site) -> bool:
        """Return whether a link on one of the site's hosts has the shape of an article's."""
        path = urlsplit(url).path if on_site(url, site) else ""
        return bool(_NEW_PATH.match(path) or (_OLD_PATH.match(path) and not _OTHER_PATH.match(path)))


READER = LbcReader()
