"""Letters that a regular expression can't do without: by them an index or a plain search narrows down what it reads."""

from __future__ import annotations

import re

_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|.", re.DOTALL)
_MARKS = frozenset("*+?.^${)")
_OPTIONAL = ("*", "?", "{")
_CLASSES = frozenset("dDsSwWbBAZ")


def literal_in(expression: re.Pattern[str]) -> str | None:
    """Return the longest run of letters that stands in every match as it is written, or None where none can be told.

    What is not understood is given up: alternatives outside brackets, letters by their number, verbose expressions.
    """
    if expression.flags & re.VERBOSE or "(?#" in expression.pattern:
        return None
    runs, depth = [""], 0
    for part in _PART.findall(expression.pattern):
        depth += (part == "(") - (part == ")")
        letter = _letter(part)
        if depth == 0 and (part == "|" or letter is None):
            return None
        if part.startswith(_OPTIONAL):
            runs[-1] = runs[-1][:-1]
        if depth == 0 and letter:
            runs[-1] += letter
        else:
            runs.append("")
    return max(runs, key=len) or None


def _letter(part: str) -> str | None:
    """Return the letter that a part stands for, "" where it is no certain one, None for what we don't read."""
    if len(part) == 1:
        return "" if part in _MARKS else part
    if part[0] != "\\":
        return ""
    return part[1] if not part[1].isalnum() else "" if part[1] in _CLASSES else None
