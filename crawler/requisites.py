"""What captured articles need to look right: ordered with them, each at most once a day, from the site's own hosts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from news.discovery import Requisite, requisites, requisites_in_css
from news.model import Document
from news.serial import instant
from storage.catalogue import reading
from storage.catalogue.opening import Rows

if TYPE_CHECKING:
    from crawler.sitework import SiteWork

EVERY = timedelta(days=1)
MOST_PER_PAGE = 200
STYLES = ("text/css",)


def needed(work: SiteWork, rows: Rows, document: Document, which: Literal["none", "pictures", "all"]) -> list[str]:
    """Return what this document, a page or a style sheet, draws on and was not fetched for a day."""
    if which == "none":
        return []
    if document.media_type in STYLES:
        named: Iterable[Requisite] = requisites_in_css(document.text, document.url)
    else:
        named = requisites(document, which)
    return [need.url for need in named if work.serves(need.url) and _is_stale(work, rows, need.url)][:MOST_PER_PAGE]


def _is_stale(work: SiteWork, rows: Rows, url: str) -> bool:
    """Return whether a requisite is to be fetched, and note that it will be."""
    now = datetime.now(UTC)
    known = work.requisites.get(url)
    if known is None:
        last = reading.last_answer(rows, work.site.name, url)
        known = instant(last["at"]) if last else None
    if known is not None and now - known < EVERY:
        work.requisites[url] = known
        return False
    work.requisites[url] = now
    return True
