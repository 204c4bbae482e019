"""What a revision changed, as a row: the texts that went and came, piece by piece, and how much they weigh.

A piece is a block or a field that changed, with its text before and after; either is empty where there was none. What
stayed is left out, so that a search in the rows is a search in what changed.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from news.compare import (
    BREAK,
    BlockChange,
    Deleted,
    Equal,
    FieldChange,
    Inserted,
    Moved,
    Replaced,
    TextChange,
    compare,
)
from news.entries import without_rolled_off
from news.model import Article, Block, Link, Picture, Revision
from news.revising.weighing import weigh, weight_json
from news.serial import revision_from_json

Row = Mapping[str, Any]

log = logging.getLogger(__name__)

EDGE = "\x1e"
"""Parts the pieces of a row's texts (ASCII's record separator); a page's own ones become spaces."""

READ = ("headline", "kicker", "standfirst", "authors", "pictures", "links")
"""The fields that a reader of the article reads; the others are not searched."""


class Piece(NamedTuple):
    """A block (`body`) or field that changed: its text before and after, "" where there was none."""

    where: str
    before: str
    after: str


def pieces(before: Article, after: Article) -> list[Piece]:
    """Return what changed between two states, fields first, in the order in which a reader meets it."""
    found = compare(without_rolled_off(before, after), after)
    told = [piece for change in found.fields if change.name in READ for piece in _of_field(change)]
    told += [piece for change in found.blocks for piece in _of_block(change)]
    return [piece for piece in told if piece.before != piece.after]


def change_rows(rows: Iterable[Row], earlier: Callable[[Sequence[str]], Mapping[str, Row]]) -> list[dict[str, Any]]:
    """Return the `changes` rows of these revisions' rows, those without a predecessor left out.

    `earlier` gives rows by digest, with `previous` and `object`; they are asked for until each has one with a text.
    """
    known = {row["digest"]: row for row in rows}
    told = [row for row in known.values() if row["previous"]]
    wanted = {row["previous"] for row in told} - known.keys()
    while wanted:
        found = dict(earlier(sorted(wanted)))
        known |= found
        bare = {row["previous"] for row in found.values() if row["previous"] and row["content_digest"] is None}
        wanted = bare - known.keys()
    return [made for row in told if (made := _made(row, _spoken(row["previous"], known)))]


def row_pieces(row: Row) -> list[Piece]:
    """Return the pieces that a row of `changes` holds."""
    places = json.loads(row["places"])
    if not places:
        return []
    return list(map(Piece, places, row["removed"].split(EDGE), row["added"].split(EDGE)))


def _made(row: Row, before: Article | None) -> dict[str, Any] | None:
    """Return the row, or None where it can't be made: what helps to search must not keep a commit from being one."""
    try:
        return _row(row, before)
    except Exception:
        log.exception("change can't be told revision=%s", row["digest"])
        return None


def _row(row: Row, before: Article | None) -> dict[str, Any]:
    revision = _revision(row)
    told = pieces(before, revision.article) if before and revision.article else []
    weight = weight_json(weigh(before, revision.article, classes=revision.classes, at=revision.seen_first))
    return {
        "digest": row["digest"],
        "article_id": row["article_id"],
        "site": row["site"],
        "at": row["seen_first"],
        "places": json.dumps([piece.where for piece in told]),
        "removed": EDGE.join(_clean(piece.before) for piece in told),
        "added": EDGE.join(_clean(piece.after) for piece in told),
        "score": weight["score"],
        "significance": json.dumps(weight),
    }


def _spoken(digest: str | None, known: Mapping[str, Row]) -> Article | None:
    """Return the newest article from this revision back."""
    while digest is not None and digest in known:
        row = known[digest]
        if row["content_digest"] is not None:
            return _revision(row).article
        digest = row["previous"]
    return None


def _revision(row: Row) -> Revision:
    return revision_from_json(json.loads(zlib.decompress(row["object"])))


def _of_field(change: FieldChange) -> Iterator[Piece]:
    if isinstance(change, TextChange):
        yield Piece(change.name, change.before or "", change.after or "")
        return
    for old in change.removed:
        yield Piece(change.name, _words(old), "")
    for new in change.added:
        yield Piece(change.name, "", _words(new))
    for item in change.changed:
        yield Piece(change.name, _words(item.before), _words(item.after))


def _of_block(change: BlockChange) -> Iterator[Piece]:
    match change:
        case Inserted(block=block):
            yield Piece("body", "", block.text)
        case Deleted(block=block):
            yield Piece("body", block.text, "")
        case Replaced() | Moved():
            yield Piece("body", _joined(change.before), _joined(change.after))
        case Equal():
            return


def _joined(blocks: Sequence[Block]) -> str:
    return BREAK.join(block.text for block in blocks)


def _words(item: object) -> str:
    if isinstance(item, Picture):
        return " ".join(filter(None, (item.caption, item.credit)))
    return item.text if isinstance(item, Link) else item if isinstance(item, str) else ""


def _clean(text: str) -> str:
    """Return a text as both catalogues can hold it: no NUL, no lone surrogate, and none of our marks."""
    return text.replace(EDGE, " ").replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
