"""A diff of words as jsdiff's `diffWords` makes it: Myers' shortest edit script over words, spaces and marks.

Ours, in Python, after what that library documents: the text is cut at white space and at word borders, brackets and
quotation marks stand alone, and tokens that are white space on both sides count as equal. It is no port of its code.
E. W. Myers, "An O(ND) difference algorithm and its variations", Algorithmica 1 (1986).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TOKEN = re.compile(r"""\s+|[()\[\]{}'"]|\w+|[^\w\s]""")

Edit = tuple[str, str]


def diff_words(before: str, after: str) -> list[Edit]:
    """Return `(op, text)`; of white space that differs, the new one is told as kept where its length allows it."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    steps = _script([_key(token) for token in old], [_key(token) for token in new])
    edits: list[Edit] = []
    at_old = at_new = 0
    for op in steps:
        if op == "equal" and old[at_old] == new[at_new]:
            edits.append((op, old[at_old]))
        elif op == "equal":
            edits += [("delete", old[at_old]), ("insert", new[at_new])]
        else:
            edits.append((op, old[at_old] if op == "delete" else new[at_new]))
        at_old += op != "insert"
        at_new += op != "delete"
    return edits


def _key(token: str) -> str:
    return " " if token.isspace() else token


def _script(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the shortest script of single steps, by the greedy algorithm of the paper."""
    frontier, trails = {1: 0}, []
    for distance in range(len(old) + len(new) + 1):
        trails.append(dict(frontier))
        for diagonal in range(-distance, distance + 1, 2):
            down = diagonal == -distance or (
                diagonal != distance and frontier.get(diagonal - 1, -1) < frontier.get(diagonal + 1, -1)
            )
            left = frontier[diagonal + 1] if down else frontier[diagonal - 1] + 1
            right = left - diagonal
            while left < len(old) and right < len(new) and old[left] == new[right]:
                left, right = left + 1, right + 1
            frontier[diagonal] = left
            if left >= len(old) and right >= len(new):
                return _walked_back(trails, len(old), len(new))
    return []


def _walked_back(trails: list[dict[int, int]], left: int, right: int) -> list[str]:
    steps: list[str] = []
    for distance in range(len(trails) - 1, -1, -1):
        frontier, diagonal = trails[distance], left - right
        down = diagonal == -distance or (
            diagonal != distance and frontier.get(diagonal - 1, -1) < frontier.get(diagonal + 1, -1)
        )
        before = diagonal + 1 if down else diagonal - 1
        old_left = frontier[before]
        old_right = old_left - before
        while left > max(old_left, 0) and right > max(old_right, 0) and (left, right) != (old_left, old_right):
            if left - 1 < old_left + (not down) or right - 1 < old_right + down:
                break
            steps.append("equal")
            left, right = left - 1, right - 1
        if distance:
            steps.append("insert" if down else "delete")
            left, right = old_left, old_right
    return steps[::-1]
