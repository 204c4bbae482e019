"""Lines that a journal has lost, told again from the catalogue, which knew them at their commit.

What a look taught of its page is told as far as the page still says so. Lines come into the places
of those that were lost.
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
_LOOK = re.compile(rb'"id":"([0-9a-f]{8}-[0-9a-f-]{27})"')
_CAPTURE = re.compile(rb'"record_id":"([^"]+)"')
_VALIDATORS = ("etag", "last_modified", "validated")


def capture_line(row: Row) -> Line:
    """Return the line of a capture that the catalogue knows."""
    told = {name: row[name] for name in COLUMNS["captures"]}
    return {"t": "capture", **told, "evidence": json.loads(row["evidence"])}


def look_lines(rows: Rows, looks: Iterable[Row]) -> Iterator[Line]:
    """Yield the lines of looks that the catalogue knows, each with its revision."""
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


def alias_lines(rows: Rows, segment: str) -> Iterator[Line]:
    """Yield the lines of the aliases that were found when a look of this segment was made."""
    asked = """
        SELECT DISTINCT a.url, a.article_id, a.since AS at FROM aliases a JOIN observations o ON o.at = a.since
        WHERE o.segment = :name ORDER BY a.since, a.url
    """
    yield from ({"t": "alias", **alias} for alias in rows(asked, name=segment))


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


def filled(lines: Sequence[Line | None], raws: Sequence[bytes], lost: Iterable[Line]) -> list[Line]:
    """Return the lines with the lost ones in the places of those that are None, of which `raws` holds what is left.

    Each comes where its id still stands, the others in the order of time. What finds no place of its own comes in the
    last: two lines become one where the byte between them changed.
    """
    waiting = {_name(line): line for line in sorted(lost, key=_moment)}
    known = [waiting.pop(_left_of(raw), None) if line is None else line for line, raw in zip(lines, raws, strict=True)]
    rest, places, whole = list(reversed(waiting.values())), known.count(None), list[Line]()
    for line in known:
        if line is not None:
            whole.append(line)
            continue
        places -= 1
        for _ in range(min(len(rest), 1 if places else len(rest))):
            whole.append(rest.pop())
    return [*whole, *reversed(rest)]


def _name(line: Line) -> str:
    """Return what tells a line from all others."""
    match line["t"]:
        case "capture":
            return str(line["record_id"])
        case "look":
            return str(line["observation"]["id"])
    return json.dumps(line, sort_keys=True)


def _left_of(raw: bytes) -> str:
    """Return the id of the capture or look that a line told of which can't be read; empty where that is gone too."""
    found = (_LOOK if b'"observation"' in raw else _CAPTURE).search(raw)
    return found[1].decode("utf-8", "replace") if found else ""


def _moment(line: Line) -> tuple[str, int]:
    if line["t"] == "capture":
        return line["at"], 0
    if line["t"] == "look":
        return line["observation"]["at"], 1
    return line["at"] if line["t"] == "alias" else line["revisions"][-1]["seen_first"], 2


def _page(rows: Rows, look: Row) -> Mapping[str, Any]:
    """Return what a page's row says that a look at it may have taught; see `archive.finding.page_state`."""
    page = _first(rows("SELECT * FROM pages WHERE url = :url", url=look["url"]))
    if page is None:
        return {}
    taught = {name: page[name] for name in ("source", "found_in", "published") if page[name] is not None}
    taught["retry_at"] = page["retry_at"] if page["last_look"] == look["at"] else None
    if look["outcome"] != "not-modified":
        own = page["validated"] is not None and page["validated"] == look["record_id"]
        taught |= {name: page[name] if own else None for name in _VALIDATORS}
    return taught


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
