"""Search in what revisions added and removed: candidates from the catalogue's full text, then the word diff's verdict.

SQLite answers by FTS5, PostgreSQL by tsvector; both only narrow down, so that either finds the same. Newest first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from news.revising.literals import literal_in
from news.revising.seeking import Hit, Sought, hits, likely, plain_letters, same_sentence
from storage.catalogue.differing import row_pieces
from storage.catalogue.opening import Row, Rows

FIRST, MOST = 100, 1600
"""How many changes are read at a time, at first and at most: some two megabytes."""

TEXTS = "d.id, d.at, d.digest, d.places, d.removed, d.added"

LETTERS = 3
"""How many letters of a regular expression must be known before texts are looked through for them."""

_DOUBTFUL = frozenset("iksIKS%_\\")
"""Letters that others than their capitals stand for where case is ignored, and LIKE's own marks: any letter will do."""

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
        found = _judged(candidate, question)
        row = _whole(rows, candidate["id"]) if found else None
        if found and row:
            added, removed, together = found
            number = _number(rows, row)
            yield Found(row=row, number=number, added=added, removed=removed, together=together)


def _judged(row: Row, question: Question) -> tuple[tuple[Hit, ...], tuple[Hit, ...], str | None] | None:
    pieces = row_pieces(row)
    if question.exchange and question.removed and not likely(pieces, question.removed, added=False):
        return None
    came = tuple(hits(pieces, question.added, added=True)) if question.added else ()
    if question.exchange and not came:
        return None
    went = tuple(hits(pieces, question.removed, added=False)) if question.removed else ()
    if not question.exchange:
        return (came, went, None) if came or went else None
    if not went:
        return None
    pair = same_sentence(went, came)
    return ((pair[1],), (pair[0],), "sentence") if pair else (came, went, "revision")


def _candidates(rows: Rows, question: Question, limits: Limits, *, served: bool) -> Iterator[Row]:
    """Yield `id`, `places`, `removed` and `added` of the changes to be judged, newest first."""
    by_words, words = _by_words(question, served=served)
    by_letters, letters = ([], {}) if by_words else _by_letters(question, served=served)
    within, narrowed = _within(limits)
    if by_words or by_letters:
        return _narrowed(rows, [*by_words, *by_letters, *within], words | letters | narrowed)
    return _read_through(rows, within, narrowed)


def _within(limits: Limits) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions that the limits make, and their parameters."""
    filters = {
        "d.site = :site": limits.site,
        "d.at >= :since": limits.since,
        "d.at <= :until": limits.until,
        "r.classes LIKE :class": f'%"{limits.edit_class}"%' if limits.edit_class else None,
    }
    said = {sql: value for sql, value in filters.items() if value is not None}
    return list(said), {sql.rsplit(":", 1)[1]: value for sql, value in said.items()}


def _narrowed(rows: Rows, conditions: Sequence[str], parameters: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the changes that meet the conditions; texts are fetched some at a time, as far as they are asked for."""
    found = rows(
        f"SELECT d.id {_source(parameters)} WHERE {' AND '.join(conditions)} ORDER BY d.at DESC, d.digest DESC",
        **parameters,
    )
    numbers = [int(row["id"]) for row in found]
    for batch in _growing(numbers):
        texts = rows(f"SELECT {TEXTS} FROM changes d WHERE d.id IN ({','.join(map(str, batch))})")  # noqa: S608  numbers
        known = {row["id"]: row for row in texts}
        yield from (known[number] for number in batch if number in known)


def _source(parameters: Mapping[str, Any]) -> str:
    """Return the tables to be asked: a class is the revision's, which costs as much as all else."""
    return f"FROM changes d {'JOIN revisions r ON r.digest = d.digest' if 'class' in parameters else ''}"


def _growing(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a list in batches: small ones first, as the newest answers are often enough."""
    at, most = 0, FIRST
    while at < len(numbers):
        yield numbers[at : at + most]
        at, most = at + most, min(most * 2, MOST)


def _read_through(rows: Rows, conditions: Sequence[str], parameters: Mapping[str, Any]) -> Iterator[Row]:
    """Yield all changes within the limits, some at a time, each time going on below the last one."""
    last: dict[str, Any] = {}
    most = FIRST
    while True:
        below = "(d.at, d.digest) < (:last_at, :last_digest)" if last else "0 = 0"
        found = rows(
            f"SELECT {TEXTS} {_source(parameters)} WHERE {' AND '.join([below, *conditions])} "
            "ORDER BY d.at DESC, d.digest DESC LIMIT :most",
            most=most,
            **parameters,
            **last,
        )
        yield from found
        if len(found) < most:
            return
        last, most = {"last_at": found[-1]["at"], "last_digest": found[-1]["digest"]}, min(most * 2, MOST)


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


def _by_letters(question: Question, *, served: bool) -> tuple[list[str], dict[str, Any]]:
    """Return the condition that candidates for regular expressions meet, and its parameters; none without letters."""
    asked = {"removed": question.removed, "added": question.added}
    sides = {side: _like(one) for side, one in asked.items() if one is not None}
    if not all(sides.values()):
        return [], {}
    like = "ILIKE" if served else "LIKE"
    joined = " AND " if question.exchange else " OR "
    return [f"({joined.join(f'd.{side} {like} :{side}' for side in sides)})"], dict(sides)


def _like(pattern: Sought) -> str | None:
    """Return the pattern for LIKE of the letters that each match holds, None where those are too few to help."""
    found = [literal for one in pattern.expressions if not pattern.terms and (literal := literal_in(one))]
    letters = "".join(
        "_" if letter in _DOUBTFUL or not letter.isascii() else letter for text in found for letter in text
    )
    return f"%{letters}%" if len(letters) - letters.count("_") >= LETTERS else None


def _whole(rows: Rows, number: int) -> Row | None:
    """Return a change with its revision and article; None for one that no longer stands in its article's history."""
    found = rows(
        """
        SELECT d.article_id, d.site, d.digest, d.places, d.removed, d.added, d.significance, r.classes, r.declared_by,
          r.seen_first, r.not_before, COALESCE(r.headline, a.headline) AS headline, a.url
        FROM changes d JOIN revisions r ON r.digest = d.digest JOIN articles a ON a.id = d.article_id
        WHERE d.id = :id AND r.superseded = 0
        """,
        id=number,
    )
    return found[0] if found else None


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
