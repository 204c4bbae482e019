"""What captured pages need to look right, as far as it was captured: for each the state nearest to the page's time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from news.discovery import requisites, requisites_in_css
from news.errors import ObjectCorrupt
from news.model import Document
from news.urls import joined
from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows
from storage.export.segments import Opened
from storage.warc.reading import document, only_record

HTML = ("text/html", "application/xhtml+xml")
CSS = "text/css"
DEPTH = 4
"""Steps from a page to what a style sheet of a style sheet names, redirects counted."""


def requisites_of(rows: Rows, opened: Opened, pages: Sequence[Row], *, max_body_bytes: int) -> Iterator[Row]:
    """Yield the captures that these pages draw on, each once; what was never captured is passed over."""
    told, named = {row["record_id"] for row in pages}, _Names(rows, opened, max_body_bytes)
    todo = [(row, row["at"], 0) for row in pages]
    while todo:
        capture, at, depth = todo.pop()
        for url in named.by(capture) if depth < DEPTH else ():
            found = _nearest(rows, capture["site"], url, at)
            if found is not None and found["record_id"] not in told:
                told.add(found["record_id"])
                todo.append((found, at, depth + 1))
                yield found


class _Names:
    """What captures name; the same bytes are read once."""

    def __init__(self, rows: Rows, opened: Opened, max_body_bytes: int) -> None:
        self._rows = rows
        self._opened = opened
        self._max = max_body_bytes
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def by(self, capture: Row) -> tuple[str, ...]:
        status = capture["status"] or 0
        if 300 <= status < 400 and status != 304:
            return self._redirect(capture)
        if status != 200 or capture["media_type"] not in (*HTML, CSS):
            return ()
        key = (capture["url"], capture["payload_digest"] or capture["record_id"])
        if key not in self._known:
            shown = self._document(capture)
            self._known[key] = _named(shown) if shown else ()
        return self._known[key]

    def _redirect(self, capture: Row) -> tuple[str, ...]:
        shown = self._document(capture)
        to = shown.header("Location") if shown else None
        leads = joined(capture["url"], to) if to else None
        return (leads,) if leads else ()

    def _document(self, capture: Row) -> Document | None:
        original = reading.original(self._rows, capture["refers_to"])
        try:
            body_of = self._record(original) if original else None
            return document(self._record(capture), max_bytes=self._max, body_of=body_of)
        except (ObjectCorrupt, zlib.error):
            return None

    def _record(self, row: Row) -> Any:
        file = self._opened(row["site"], row["segment"])
        return only_record(file.member(row["offset"], row["length"]).content)


def _named(shown: Document) -> tuple[str, ...]:
    if shown.media_type == CSS:
        return tuple(need.url for need in requisites_in_css(shown.text, shown.url))
    return tuple(need.url for need in requisites(shown, "all"))


def _nearest(rows: Rows, site: str, url: str, at: str) -> Row | None:
    """Return the last capture of an address up to an instant, else the first after it; 304s aside."""
    asked = "SELECT * FROM captures WHERE url = :url AND site = :site AND status IS NOT NULL AND status <> 304 AND at"
    found = rows(f"{asked} <= :at ORDER BY at DESC LIMIT 1", url=url, site=site, at=at)
    found = found or rows(f"{asked} > :at ORDER BY at LIMIT 1", url=url, site=site, at=at)
    return found[0] if found else None
