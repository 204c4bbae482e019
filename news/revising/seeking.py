"""Where words came or went: a pattern, and the pieces of a change in which it is not only standing about.

A pattern is words (each must be there), phrases in double quotes, and `begin*`. A hit needs one of its words inside
what the word diff calls inserted or deleted, and more of them on that side than on the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.fuzz import ratio

from news.compare.sentences import sentence_spans
from news.compare.wording import wording

ALIKE: Final = 50
"""Percent of likeness from which two sentences are one that was edited."""

_ACCENTED = re.compile(r"[^\x00-\x7f]")
_TERM = re.compile(r'"([^"]+)"|(\S+)')
_MARKS = str.maketrans("‘’‚“”„«»‐‑–—", '\'\'\'"""""----')  # noqa: RUF001  marks that people type otherwise


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: `terms` as written, each with its regular expression, or a user's own and no terms.

    `folds` where accents don't matter; `lowers` where expressions are of small letters and texts are to be, too.
    """

    terms: tuple[str, ...]
    expressions: tuple[re.Pattern[str], ...]
    folds: bool = True
    lowers: bool = False


class Hit(NamedTuple):
    """A sentence with what came or went: where it stands, the text, and the places of the words in it."""

    where: str
    sentence: str
    spans: tuple[tuple[int, int], ...]
    piece: int


def sought(text: str, *, regex: bool = False, ignore_case: bool | None = None) -> Sought:
    """Return a pattern, read from its text; small letters stand for capitals too unless there is a capital.

    Raises `ValueError` for one that holds no word, or no regular expression.
    """
    loose = text == text.lower() if ignore_case is None else ignore_case
    if regex:
        try:
            return Sought((), (re.compile(text, re.IGNORECASE if loose else re.NOFLAG),), folds=False)
        except re.error as error:
            raise ValueError(f"{text!r} is no regular expression: {error}") from None
    terms = tuple(phrase or word for phrase, word in _TERM.findall(text.translate(_MARKS)))
    if not any(letter.isalnum() for letter in text):
        raise ValueError(f"{text!r} holds no word to look for")
    folds = plain_letters(text) == text
    written = [_lowered(term) if loose else term for term in terms]
    return Sought(terms, tuple(re.compile(_expression(term)) for term in written), folds=folds, lowers=loose)


def hits(pieces: Sequence[tuple[str, str, str]], pattern: Sought, *, added: bool) -> list[Hit]:
    """Return where the pattern came (or, with `added` false, went) in pieces of place, text before and text after."""
    return [hit for at, piece in enumerate(pieces) if (hit := _hit(at, piece, pattern, added=added))]


def likely(pieces: Sequence[tuple[str, str, str]], pattern: Sought, *, added: bool) -> bool:
    """Return whether one of the pieces holds the pattern more often on that side: cheap, and true of every hit."""
    return any(_more(piece, pattern, added=added) is not None for piece in pieces)


def same_sentence(removed: Sequence[Hit], added: Sequence[Hit]) -> tuple[Hit, Hit] | None:
    """Return the first sentence that was edited from one hit to the other, or None where none was."""
    pairs = ((old, new) for old in removed for new in added if old.where == new.where)
    return next((pair for pair in pairs if _one_sentence(*pair)), None)


def _one_sentence(old: Hit, new: Hit) -> bool:
    return old.piece == new.piece and ratio(old.sentence, new.sentence) >= ALIKE


def _hit(at: int, piece: tuple[str, str, str], pattern: Sought, *, added: bool) -> Hit | None:
    here = _more(piece, pattern, added=added)
    if here is None:
        return None
    where, text = piece[0], piece[2 if added else 1]
    fresh = [
        span for span in here if any(span[0] < end and start < span[1] for start, end in _runs(piece, added=added))
    ]
    if not fresh:
        return None
    start, end = next((span for span in sentence_spans(text) if span[0] <= fresh[0][0] < span[1]), (0, len(text)))
    inside = tuple((a - start, min(b, end) - start) for a, b in fresh if start <= a < end)
    return Hit(where, text[start:end], inside, at)


def _more(piece: tuple[str, str, str], pattern: Sought, *, added: bool) -> list[tuple[int, int]] | None:
    """Return where the pattern's words stand in a side's text, None where the other side has as many."""
    text, other = (piece[2], piece[1]) if added else (piece[1], piece[2])
    here = _found(text, pattern)
    return here if here is not None and len(here) > len(_spans(other, pattern)) else None


def _found(text: str, pattern: Sought) -> list[tuple[int, int]] | None:
    """Return where the pattern's words stand in a text, None where one of them is missing."""
    plain = _plain(text, pattern)
    return _spans_in(plain, pattern) if all(one.search(plain) for one in pattern.expressions) else None


def _spans(text: str, pattern: Sought) -> list[tuple[int, int]]:
    return _spans_in(_plain(text, pattern), pattern)


def _spans_in(plain: str, pattern: Sought) -> list[tuple[int, int]]:
    return sorted({match.span() for one in pattern.expressions for match in one.finditer(plain) if match.group()})


def _runs(piece: tuple[str, str, str], *, added: bool) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the text on one side that the word diff calls inserted, or deleted."""
    _, before, after = piece
    place, kept = 0, "insert" if added else "delete"
    for edit in wording(before, after).edits:
        if edit.op == kept:
            yield place, place + len(edit.text)
        place += len(edit.text) if edit.op in ("equal", kept) else 0


def _expression(term: str) -> str:
    """Return the expression of a term; it begins with letters, which are found far sooner than a border of words."""
    begin = term.endswith("*")
    first, *others = map(re.escape, term.rstrip("*").split() or [""])
    alone = rf"{first}(?<!\w{first})" if term[:1].isalnum() else first
    return r"\s+".join([alone, *others]) + (r"\w*" if begin else r"(?!\w)" if term[-1:].isalnum() else "")


def _plain(text: str, pattern: Sought) -> str:
    if not text.isascii():
        marked = text.translate(_MARKS) if pattern.terms else text
        text = plain_letters(marked) if pattern.folds else marked
    return _lowered(text) if pattern.lowers else text


def plain_letters(text: str) -> str:
    """Return a text without its accents, letter by letter, so that places stay."""
    return text if text.isascii() else _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], text)


def _lowered(text: str) -> str:
    """Return a text in small letters, letter by letter, so that places stay."""
    return text.lower() if text.isascii() else "".join(map(_small, text))


@lru_cache(maxsize=4096)
def _small(letter: str) -> str:
    return next((one for one in (letter.casefold(), letter.lower()) if len(one) == 1), letter)
