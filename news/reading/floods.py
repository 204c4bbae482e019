"""Tags with thousands of attributes: no page has one, and the parser compares each attribute with all before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_ATTRIBUTES = 1_000
_BLOCK = 8_000
"""Characters without a tag's end that make us look closer: in twice as many there always is such a block."""

_LONG = 100_000
_MOST_EQUALS = 8_000
"""Equals signs in a page of `_LONG` from which it is too: where values hold tags' ends, each attribute has one."""

_NAME = re.compile(r"<([a-z][^\s/>]*+)", re.IGNORECASE)
_ATTRIBUTE = r"[\s/]*+=?[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE})*+")
_ONE = re.compile(rf"{_ATTRIBUTE}|[\s/]++")  # what is left over is taken in one step, not tried place by place
_RAW = frozenset(("script", "style"))


def without_floods(text: str) -> str:
    """Return a page's text with the attributes taken from tags that have more than `MOST_ATTRIBUTES`.

    The time for 40,000 attributes is 20 s in the parser, for 100,000 it is minutes.
    """
    if len(text) < _BLOCK or not _may_hold_one(text):
        return text
    kept, at = [], 0
    for start, end in _attributes(text):
        if sum(1 for _ in _ONE.finditer(text, start, end)) > MOST_ATTRIBUTES:
            kept.append(text[at:start])
            at = end
    return "".join([*kept, text[at:]]) if kept else text


def _may_hold_one(text: str) -> bool:
    if len(text) > _LONG and text.count("=") > _MOST_EQUALS:
        return True
    return any(_NAME.search(text, start, end) for start, end in _stretches(text))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield where no tag ends for a block's length and more; shorter ones may be yielded, longer ones always are."""
    at = 0
    while at < len(text):
        if text.find(">", at, at + _BLOCK) >= 0:
            at += _BLOCK
            continue
        start, end = text.rfind(">", 0, at) + 1, text.find(">", at)
        at = end + 1 if end >= 0 else len(text)
        yield start, at


def _attributes(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the attributes of each long tag begin and end; what scripts and styles hold is no tag."""
    at = 0
    while found := _NAME.search(text, at):
        said = _ATTRIBUTES.match(text, found.end())
        start, at = found.end(), said.end() if said else found.end()
        if at - start > 2 * MOST_ATTRIBUTES:
            yield start, at
        if found[1].lower() in _RAW:
            ends = text.find("</", at)
            at = ends if ends >= 0 else len(text)
