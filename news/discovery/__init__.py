"""Where pages are found: sitemaps, feeds, robots.txt, fronts; and what a page needs to look right.

The law here: bytes in, values out, and the bytes are a stranger's. What can be read of a broken source is read, what
is no source at all raises `DiscoveryError`, and nothing that a publisher sends makes us expand, fetch or hang.
"""

from news.discovery.feeds import parse_feed
from news.discovery.found import DiscoveryError, Find, FindKind
from news.discovery.links import PageLinks, links
from news.discovery.requisites import Requisite, RequisiteKind, Wanted, requisites, requisites_in_css
from news.discovery.sitemaps import Sitemap, parse_sitemap, sitemaps_in_robots

__all__ = [
    "DiscoveryError",
    "Find",
    "FindKind",
    "PageLinks",
    "Requisite",
    "RequisiteKind",
    "Sitemap",
    "Wanted",
    "links",
    "parse_feed",
    "parse_sitemap",
    "requisites",
    "requisites_in_css",
    "sitemaps_in_robots",
]
