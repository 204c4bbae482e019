"""White space is folded, nothing else: quotes, dashes and case are the publisher's and stay as they are."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힣]{1,2}|[^\W぀-ヿ㐀-鿿가-힣]+")
_GAPS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}


def fold(text: str | None) -> str:
    """Return the text with every run of white space (no-break spaces too) as one space, none at its ends.

    Folding twice is folding once. Zero-width characters are no white space and stay.
    """
    return " ".join(text.split()) if text else ""


def folded_or_none(text: str | None) -> str | None:
    """Return the folded text, or None where nothing is left of it."""
    return fold(text) or None


def words_of(text: str) -> list[str]:
    """Return the runs of letters and digits in a text; Chinese and Japanese make a word of two signs."""
    return text.translate(_GAPS).split() if text.isascii() else _WORD.findall(text)  # a seventh of the pattern's time


@lru_cache(maxsize=1024)  # each line of a page is counted up to five times
def count_words(text: str) -> int:
    """Return how many words `words_of` finds in the text."""
    return len(words_of(text))


def same_words(one: str, other: str) -> bool:
    """Return whether two texts say the same but for case, punctuation and white space."""
    return words_of(one.casefold()) == words_of(other.casefold())
