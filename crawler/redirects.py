"""Redirects: where they lead, and which of them only respell an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from news.urls import normalise, same_page_key

if TYPE_CHECKING:
    from crawler.sitework import SiteWork

MAX_HOPS = 8
LONGEST = 8_000
"""Bytes of an address that is followed: what every server takes (RFC 9110, section 4.1)."""


def location(response: Response) -> str | None:
    """Return the absolute address that a redirect names, in its one spelling, or None where it names none."""
    said = response.headers.get("Location")
    if not said or len(said) > LONGEST:
        return None
    try:
        return normalise(response.urljoin(said.decode("utf-8", "replace").strip()))
    except ValueError:
        return None


def harmless(page: str, address: str) -> bool:
    """Return whether a redirect only changed the spelling of an address: scheme, www, trailing slash."""
    return same_page_key(page) == same_page_key(address)


def following(request: Request, status: int, target: str, work: SiteWork) -> Request | None:
    """Return the request for a redirect's target, or None where it is not followed.

    Its `meta` says what led there: `hops`, whether all of them are `permanent`, and `left_by` and `left_at`, the
    capture and time of the hop that left the page that was asked for.
    """
    hops = request.meta.get("hops", ())
    if len(hops) >= MAX_HOPS or target in (request.url, *hops) or not work.serves(target):
        return None
    meta = {name: value for name, value in request.meta.items() if name not in ("validated", "tries", "capture")}
    meta["hops"] = (*hops, request.url)
    meta["permanent"] = request.meta.get("permanent", True) and status in (301, 308)
    if "left_by" not in meta and not harmless(request.meta["page"], target):
        meta["left_by"], meta["left_at"] = request.meta["capture"], request.meta["looked_at"]
    leads_on = Request(target, meta=meta, dont_filter=True)
    return leads_on if leads_on.url.startswith(("http://", "https://")) else None
