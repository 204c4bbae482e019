"""Lines that a journal has lost, told again from the catalogue, which knew them at their commit.

What a look taught of its page is told as far as the page still says so. Lines come into their place in time.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zlib import error as ZlibError  # noqa: N812  its name in the library

from news.errors import ObjectCorrupt
from storage.archive.journal import Line
from storage.catalogue.opening import Row, Rows
from storage.catalogue.statements import COLUMNS
from storage.warc.members import inflated

log = logging.getLogger(__name__)

_RELAID = re.compile(rb'"article_id":"([0-9a-f]{20})"')
_AT_LAST = ("etag", "last_modified", "validated", "retry_at")


def capture_line(row: Row) -> Line:
    """Return the line of a capture that the catalogue knows."""
    told = {name: row[name] for name in COLUMNS["captures"]}
    return {"t": "capture", **told, "evidence": json.loads(row["evidence"])}


def look_lines(rows: Rows, looks: Iterable[Row]) -> Iterator[Line]:
    """Yield the lines of looks that the catalogue knows, each with its revision, and those of aliases found at them."""
    for look in looks:
        seen = {name: look[name] for name in COLUMNS["observations"]}
        line = {
            "t": "look",
            "observation": {**seen, "signals": json.loads(look["signals"])},
            "article": _first(rows("SELECT id, site, url FROM articles WHERE id = :id", id=look["article_id"])),
            "page": _page(rows, look),
        }
        try:
            yield {**line, "revision": _revision(rows, look["revision"])} if look["revision"] else line
        except ObjectCorrupt:
            log.exception("a look can't be told again at=%s url=%s", look["at"], look["url"])
            continue
        for alias in rows("SELECT url, article_id FROM aliases WHERE since = :at", at=look["at"]):
            yield {"t": "alias", **alias, "at": look["at"]}


def laid_lines(rows: Rows, raw: bytes) -> Iterator[Line]:
    """Yield, for a line that laid an article's chain and can't be read, the chain as the catalogue has it."""
    for article_id in dict.fromkeys(_RELAID.findall(raw) if b'"reread"' in raw else ()):
        asked = "SELECT * FROM revisions WHERE article_id = :id AND superseded = 0 ORDER BY seen_first"
        chain = rows(asked, id=article_id.decode())
        article = _first(rows("SELECT url FROM articles WHERE id = :id", id=article_id.decode()))
        if chain and article:
            said = {name: chain[0][name] for name in ("site", "article_id", "reader")}
            links = [
                {**{name: row[name] for name in ("digest", "seen_first", "seen_last")}, "object": _object(row)}
                for row in chain
            ]
            yield {"t": "reread", **said, **article, "revisions": links}


def in_time(lines: Sequence[Line], lost: Sequence[Line]) -> list[Line]:
    """Return the lines with the lost ones among them: each before the first that tells of something later."""
    waiting, merged = sorted(lost, key=_moment), list[Line]()
    waiting.reverse()
    for line in lines:
        while waiting and line["t"] in ("capture", "look") and _moment(waiting[-1]) < _moment(line):
            merged.append(waiting.pop())
        merged.append(line)
    return [*merged, *reversed(waiting)]


def _moment(line: Line) -> tuple[str, int]:
    if line["t"] == "capture":
        return line["at"], 0
    if line["t"] == "look":
        return line["observation"]["at"], 1
    return line["at"] if line["t"] == "alias" else line["revisions"][-1]["seen_first"], 2


def _page(rows: Rows, look: Row) -> Mapping[str, Any]:
    """Return what a page's row says that a look at it may have taught: of its validators only the last look's."""
    page = _first(rows("SELECT * FROM pages WHERE url = :url", url=look["url"]))
    if page is None:
        return {}
    names = ("source", "found_in", "published", *(_AT_LAST if page["last_look"] == look["at"] else ()))
    return {name: page[name] for name in names if page[name] is not None or name in _AT_LAST}


def _revision(rows: Rows, digest: str) -> Mapping[str, Any]:
    row = _first(rows("SELECT * FROM revisions WHERE digest = :digest", digest=digest))
    if row is None:
        raise ObjectCorrupt(f"the catalogue lacks revision {digest}, which it says that a look made")
    return _object(row)


def _object(row: Row) -> Mapping[str, Any]:
    try:
        read: Mapping[str, Any] = json.loads(inflated(row["object"]))
    except (ZlibError, ValueError) as error:
        raise ObjectCorrupt(f"the catalogue's copy of revision {row['digest']} can't be read ({error})") from error
    return read


def _first(found: Sequence[Row]) -> dict[str, Any] | None:
    return dict(found[0]) if found else None
