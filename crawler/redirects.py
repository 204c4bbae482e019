"""Redirects: where they lead, and which of them only respell an address."""

from __future__ import annotations

from scrapy.http import Response

from news.urls import normalise, same_page_key


def location(response: Response) -> str | None:
    """Return the absolute address that a redirect names, in its one spelling, or None where it names none."""
    said = response.headers.get("Location")
    if not said:
        return None
    try:
        return normalise(response.urljoin(said.decode("utf-8", "replace").strip()))
    except ValueError:
        return None


def harmless(page: str, address: str) -> bool:
    """Return whether a redirect only changed the spelling of an address: scheme, www, trailing slash."""
    return same_page_key(page) == same_page_key(address)
