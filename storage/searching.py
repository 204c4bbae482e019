"""Search in what revisions added and removed: candidates from the catalogue's full text, then the word diff's verdict.

SQLite answers by FTS5, PostgreSQL by tsvector; both only narrow down, so that either finds the same. Newest first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from news.revising.seeking import Hit, Sought, hits, plain_letters, same_sentence
from storage.catalogue.differing import row_pieces
from storage.catalogue.opening import Row, Rows

_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Which changes are asked about; times are RFC 3339 as in the catalogue, both inclusive. None does not filter."""

    site: str | None = None
    since: str | None = None
    until: str | None = None
    edit_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to find: what came (`added`), what went (`removed`), or either where both are given.

    `exchange` asks for revisions in which `removed` went and `added` came.
    """

    added: Sought | None = None
    removed: Sought | None = None
    exchange: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A revision that answers: its row, its number, the hits, and whether an exchange is of one `sentence`."""

    row: Row
    number: int
    added: tuple[Hit, ...]
    removed: tuple[Hit, ...]
    together: str | None = None

    def json(self) -> dict[str, Any]:
        """Return it as `grep --json` prints it."""
        row = self.row
        return {
            "article": {"id": row["article_id"], "site": row["site"], "url": row["url"], "headline": row["headline"]},
            "number": self.number,
            "seen_first": row["seen_first"],
            "not_before": row["not_before"],
            "classes": json.loads(row["classes"]),
            "declared_by": json.loads(row["declared_by"]),
            "added": [_hit_json(hit) for hit in self.added],
            "removed": [_hit_json(hit) for hit in self.removed],
            "together": self.together,
            "significance": json.loads(row["significance"]),
        }


def search(rows: Rows, question: Question, limits: Limits, *, served: bool) -> Iterator[Found]:
    """Yield the revisions that answer, newest first; `served` says that the catalogue is a server's."""
    for candidate in _candidates(rows, question, limits, served=served):
        row = _whole(rows, candidate["id"])
        found = _judged(row, question)
        if found:
            added, removed, together = found
            number = _number(rows, row)
            yield Found(row=row, number=number, added=added, removed=removed, together=together)


def _judged(row: Row, question: Question) -> tuple[tuple[Hit, ...], tuple[Hit, ...], str | None] | None:
    pieces = row_pieces(row)
    came = tuple(hits(pieces, question.added, added=True)) if question.added else ()
    went = tuple(hits(pieces, question.removed, added=False)) if question.removed else ()
    if not question.exchange:
        return (came, went, None) if came or went else None
    if not came or not went:
        return None
    pair = same_sentence(went, came)
    return ((pair[1],), (pair[0],), "sentence") if pair else (came, went, "revision")


def _candidates(rows: Rows, question: Question, limits: Limits, *, served: bool) -> list[Row]:
    wanted, parameters = _by_words(question, served=served)
    filters = {
        "d.site = :site": limits.site,
        "d.at >= :since": limits.since,
        "d.at <= :until": limits.until,
        "r.classes LIKE :class": f'%"{limits.edit_class}"%' if limits.edit_class else None,
    }
    said = {sql: value for sql, value in filters.items() if value is not None}
    parameters |= {sql.rsplit(":", 1)[1]: value for sql, value in said.items()}
    conditions = " AND ".join(["r.superseded = 0", *said, *wanted])
    return rows(
        f"SELECT d.id FROM changes d JOIN revisions r ON r.digest = d.digest WHERE {conditions} "  # noqa: S608  ours
        "ORDER BY d.at DESC, d.digest DESC",
        **parameters,
    )


def _by_words(question: Question, *, served: bool) -> tuple[list[str], dict[str, Any]]:
    """Return conditions that candidates meet, and their parameters; none where the index can't tell."""
    asked = {"removed": question.removed, "added": question.added}
    if any(one is not None and not _words_of(one, served=served) for one in asked.values()):
        return [], {}
    sides = {side: _words_of(one, served=served) for side, one in asked.items() if one is not None}
    joined = " AND " if question.exchange else " OR "
    if served:
        match = joined.join(f"d.{side}_words @@ to_tsquery('simple', :{side})" for side in sides)
        return [f"({match})"], {side: " & ".join(words) for side, words in sides.items()}
    match = joined.join(f"({{{side}}} : ({' AND '.join(words)}))" for side, words in sides.items())
    return ["d.id IN (SELECT rowid FROM changes_words WHERE changes_words MATCH :words)"], {"words": match}


def _words_of(pattern: Sought, *, served: bool) -> list[str]:
    """Return the words by which the index is asked, as it wants them written; none where it has to be a scan.

    A server is asked for words of plain letters and figures only: how it takes others depends on its locale.
    """
    told = []
    for term in pattern.terms:
        words = _WORDS.findall(plain_letters(term))
        for at, word in enumerate(words):
            begins = term.endswith("*") and at == len(words) - 1
            if not served:
                told.append(f'"{word}"{"*" if begins else ""}')
            elif word.isascii():
                told.append(f"'{word.lower()}'{':*' if begins else ''}")
    return told


def _whole(rows: Rows, number: int) -> Row:
    return rows(
        """
        SELECT d.article_id, d.site, d.digest, d.places, d.removed, d.added, d.significance, r.classes, r.declared_by,
          r.seen_first, r.not_before, COALESCE(r.headline, a.headline) AS headline, a.url
        FROM changes d JOIN revisions r ON r.digest = d.digest JOIN articles a ON a.id = d.article_id WHERE d.id = :id
        """,
        id=number,
    )[0]


def _number(rows: Rows, row: Row) -> int:
    """Return the revision's place in its article's chain, from 1."""
    found = rows(
        "SELECT COUNT(*) AS number FROM revisions WHERE article_id = :id AND superseded = 0 "
        "AND (seen_first < :at OR (seen_first = :at AND digest <= :digest))",
        id=row["article_id"],
        at=row["seen_first"],
        digest=row["digest"],
    )
    return int(found[0]["number"])


def _hit_json(hit: Hit) -> Mapping[str, Any]:
    words = [hit.sentence[start:end] for start, end in hit.spans]
    return {"where": hit.where, "sentence": hit.sentence, "words": words, "at": [list(span) for span in hit.spans]}
