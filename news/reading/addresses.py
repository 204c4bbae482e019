"""Which addresses belong to a site."""

from __future__ import annotations

from urllib.parse import urlsplit

from news.model import Site


def on_site(url: str, site: Site) -> bool:
    """Return whether a link leads to one of the site's hosts, with or without `www.`, over http or https."""
    try:
        parts, home = urlsplit(url), urlsplit(site.home)
    except ValueError:
        return False
    hosts = {host.lower().removeprefix("www.") for host in (home.netloc, *site.hosts)}
    return parts.scheme in {"http", "https"} and parts.netloc.lower().removeprefix("www.") in hosts
