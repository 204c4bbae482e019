"""White space is folded, nothing else: quotes, dashes and case are the publisher's and stay as they are."""

from __future__ import annotations

import re

_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힣]{1,2}|[^\W぀-ヿ㐀-鿿가-힣]+")


def fold(text: str | None) -> str:
    """Return the text with every run of white space (no-break spaces too) as one space, none at its ends.

    Folding twice is folding once. Zero-width characters are no white space and stay.
    """
    return " ".join(text.split()) if text else ""


def folded_or_none(text: str | None) -> str | None:
    """Return the folded text, or None where nothing is left of it."""
    return fold(text) or None


def count_words(text: str) -> int:
    """Return how many runs of letters and digits the text has; Chinese and Japanese count two signs a word."""
    return len(_WORD.findall(text))


def same_words(one: str, other: str) -> bool:
    """Return whether two texts say the same but for case, punctuation and white space."""
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())
