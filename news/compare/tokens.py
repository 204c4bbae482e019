"""Text cut into the units that a change never splits.

A number is one unit with its sign, currency, separators and unit (`-5 %`, `£1.2m`, `10-15`, `7.30am`, `10 000`);
a word keeps its inner hyphens and apostrophes; each other mark, quotation marks above all, stands alone, so that
a lost comma or new quotation marks show as exactly that. Scripts that write no spaces between words are cut by
character. White space belongs to no token.
"""
# ruff: noqa: RUF001, RUF003 (the marks that look alike are what this file is about)

from __future__ import annotations

import re

_MARKS = (
    r"!\"#'()*+,\-./:;<=>?\[\\\]^_`{|}~"  # ASCII without % $ & @, which belong to what they touch
    r"¡¦§«¬¶·»¿×÷−"
    r"\u2010-\u2027\u2039-\u2043\u2045-\u205e"  # dashes, quotation marks, dots
    r"\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_SPACELESS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CORE = rf"[^\s{_MARKS}{_SPACELESS}]"
_MONEY = "[£$€¥₹₽₺]"

_JOIN = (
    r"(?:(?<=\d)[,:/×x](?=\d)"  # 12,000 · 12:30 · 24/7
    rf"|[–−](?={_MONEY}?\d)"  # 10–15
    rf"|[.'’\-\u2010\u2011](?={_CORE}))"  # 1.5 · U.S · don't · well-known · £10-£15
)
_SIGN = r"(?<![^\s(\[{\"'“‘«])[-−–+±~≈<>≤≥]*"  # a sign opens a word, else it is a hyphen
_GROUPS = rf"{_MONEY}?\d{{1,3}}(?:[ \u00a0\u2009\u202f]\d{{3}})+(?!\d)"  # 10 000

_TOKEN = re.compile(
    r"([A-Za-z]+(?!\S)|"  # most words are plain and stand between spaces: no need to look further
    rf"(?:{_SIGN}(?={_MONEY}?[-−]?\.?\d)(?:{_MONEY}?[-−](?=\.?\d))?\.?)?"
    rf"(?:{_GROUPS}|{_CORE}+)"
    rf"(?:{_JOIN}{_CORE}+)*"
    rf"(?:(?<=\d)[ \u00a0\u202f][%‰°](?:[CFK]\b)?)?"
    r"|\S)"
)
_LIKENESS = re.compile(rf"[^\W{_SPACELESS}]+|[{_SPACELESS}]")


def cut(text: str) -> list[str]:
    """Return the text in parts that join to it: white space (or nothing), token, white space, ..., white space."""
    return _TOKEN.split(text)


def tokens(text: str) -> list[str]:
    """Return the tokens of the text; only white space is left out."""
    return cut(text)[1::2]


def content(text: str) -> list[str]:
    """Return the words of the text, roughly and quickly: what likeness is judged by."""
    return _LIKENESS.findall(text)
