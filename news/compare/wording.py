"""How one text became another, word by word.

The law: no token is ever split (see `tokens`), every character of either text is told, and the answer is the same
seen from either side: the texts are aligned in a fixed order of their own and the answer turned round if need be.

A text keeps its common beginning and end; between them stands the longest common subsequence of tokens (bit-parallel,
by rapidfuzz). Where that would take more than `MAX_CELLS`, runs of six tokens that occur once on each side are made
anchors first, and what still is too large between two anchors is told as replaced (`degraded`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rapidfuzz.distance import LCSseq

from news.compare.changes import WordEdit, Wording, WordOp
from news.compare.order import heaviest_increasing
from news.compare.tokens import cut, shared

KEPT_AT_LEAST = 0.35
"""Below this share of common characters two texts are shown as one replacement, not as a patchwork."""

MAX_CELLS = 50_000_000
"""Largest table of one alignment, in pairs of tokens: 6 MB and some 20 ms."""

MAX_COUNTED_CELLS = 200_000_000
"""Largest product of word counts for which the words kept are counted exactly: some 60 ms."""

ANCHOR_TOKENS = 6

SENTENCE_ENDS = '.!?…"”'


Run: TypeAlias = tuple[int, int, int]
"""Where a run of the same tokens begins in the old text, where in the new, and how many they are."""


def wording(before: str, after: str) -> Wording:
    """Return the edits that turn one text into the other, and how many words they add and remove."""
    if before == after:
        return Wording(edits=(WordEdit(op="equal", text=before),) if before else (), added=0, removed=0)
    head, tail = _frame(before, after)
    old, new = _Text(before[head : len(before) - tail]), _Text(after[head : len(after) - tail])
    runs, degraded = _aligned(old, new)
    if before and after and not _enough_kept(before, after, head + tail + _length(old, runs)):
        both = (WordEdit(op="delete", text=before), WordEdit(op="insert", text=after))
        return Wording(edits=both, added=_count(after), removed=_count(before), whole=True, degraded=degraded)
    edits = _edits(before[:head], old, new, _slid(old, new, runs), before[len(before) - tail :])
    added, removed = _words_changed(old.text, new.text, edits)
    return Wording(edits=edits, added=added, removed=removed, degraded=degraded)


def _frame(before: str, after: str) -> tuple[int, int]:
    """Return how long a beginning and end the texts share, cut where no token can reach over."""
    shortest = min(len(before), len(after))
    head = _seam_before(before, shared(before, after, shortest))
    room = shortest - head
    tail = shared(before[: -room - 1 : -1], after[: -room - 1 : -1], room) if room else 0
    tail = len(before) - _seam_after(before, len(before) - tail) if tail else 0
    if head + tail == shortest:
        # One text only grew: where, the words around it may say better than the letters, so they are left in.
        return 0, 0
    return head, tail


def _seam_before(text: str, end: int) -> int:
    """Return the last place up to `end` that follows a space which no number holds."""
    space = text.rfind(" ", 0, end)
    while space > 0 and text[space - 1].isdigit():
        space = text.rfind(" ", 0, space)
    return space + 1


def _seam_after(text: str, start: int) -> int:
    """Return the first place past `start` where such a space stands."""
    space = text.find(" ", start + 1)
    while space > 0 and text[space - 1].isdigit():
        space = text.find(" ", space + 1)
    return space if space > 0 else len(text)


class _Text:
    """A text cut into tokens and the white space between them."""

    __slots__ = ("parts", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = cut(text)
        self.tokens = self.parts[1::2]

    def space_before(self, index: int) -> bool:
        """Tell whether white space or an end of the text stands before that token."""
        return index == 0 or index >= len(self.tokens) or self.parts[2 * index] != ""

    def between(self, left: int, right: int) -> str:
        """Return all that stands after the token before `left` and before the token `right`."""
        return "".join(self.parts[2 * left : 2 * right + 1])

    def stretch(self, first: int, size: int) -> str:
        """Return the text of so many tokens."""
        return "".join(self.parts[2 * first + 1 : 2 * (first + size)])


def _aligned(old: _Text, new: _Text) -> tuple[list[Run], bool]:
    """Return the runs common to both, in order, and whether some stretch was too large to look into."""
    if old.text > new.text:
        runs, degraded = _aligned(new, old)
        return [(right, left, size) for left, right, size in runs], degraded
    if len(old.tokens) * len(new.tokens) <= MAX_CELLS:
        return _longest_common(old.tokens, new.tokens), False
    head = _common_head(old.tokens, new.tokens)
    room = min(len(old.tokens), len(new.tokens)) - head
    tail = _common_head(old.tokens[: -room - 1 : -1], new.tokens[: -room - 1 : -1]) if room else 0
    old_end, new_end = len(old.tokens) - tail, len(new.tokens) - tail
    middle, degraded = _middle(old.tokens[head:old_end], new.tokens[head:new_end])
    runs = [(0, 0, head), *_shifted(middle, head, head), (old_end, new_end, tail)]
    return [run for run in runs if run[2]], degraded


def _shifted(runs: Sequence[Run], by_old: int, by_new: int) -> list[Run]:
    return [(left + by_old, right + by_new, size) for left, right, size in runs]


def _common_head(old: Sequence[str], new: Sequence[str]) -> int:
    for index, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            return index
    return min(len(old), len(new))


def _middle(old: Sequence[str], new: Sequence[str]) -> tuple[list[Run], bool]:
    runs: list[Run] = []
    degraded = False
    at_old = at_new = 0
    for left, right, size in [*_anchors(old, new), (len(old), len(new), 0)]:
        gap_old, gap_new = old[at_old:left], new[at_new:right]
        if len(gap_old) * len(gap_new) <= MAX_CELLS:
            runs += _shifted(_longest_common(gap_old, gap_new), at_old, at_new)
        else:
            degraded = True
        runs.append((left, right, size))
        at_old, at_new = left + size, right + size
    return [run for run in runs if run[2]], degraded


def _longest_common(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    if not old or not new:
        return []
    return [(block.a, block.b, block.size) for block in LCSseq.opcodes(old, new).as_matching_blocks() if block.size]


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Return runs of tokens that occur once on each side, in an order that holds on both."""
    old_once, new_once = _once(old), _once(new)
    pairs = sorted((index, new_once[key]) for key, index in old_once.items() if key in new_once)
    stay = heaviest_increasing([index for _, index in pairs], [1] * len(pairs))
    runs: list[Run] = []
    end_old = end_new = 0
    for left, right in (pairs[index] for index in stay):
        if left < end_old or right < end_new:  # overlaps the run before: only what lies past it is new
            skip = max(end_old - left, end_new - right)
            size = ANCHOR_TOKENS - skip
            if size <= 0:
                continue
            runs.append((left + skip, right + skip, size))
        else:
            runs.append((left, right, ANCHOR_TOKENS))
        end_old, end_new = left + ANCHOR_TOKENS, right + ANCHOR_TOKENS
    return runs


def _once(tokens: Sequence[str]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    repeated = set()
    for index in range(len(tokens) - ANCHOR_TOKENS + 1):
        key = tuple(tokens[index : index + ANCHOR_TOKENS])
        if key in found:
            repeated.add(key)
        found[key] = index
    return {key: index for key, index in found.items() if key not in repeated}


def _length(side: _Text, runs: Sequence[Run]) -> int:
    return sum(len(side.stretch(left, size)) for left, _, size in runs)


def _enough_kept(before: str, after: str, kept: int) -> bool:
    """Tell whether so many characters stayed that single edits are readable."""
    shorter = min(len(before), len(after))
    # A sentence that only grew keeps all of its words, though they may be few beside the new ones.
    return 2 * kept >= KEPT_AT_LEAST * (len(before) + len(after)) or (shorter > 12 and kept >= 0.8 * shorter)


def _slid(old: _Text, new: _Text, runs: Sequence[Run]) -> list[Run]:
    """Return the runs with each pure insertion or deletion slid to where a reader would set it.

    In "A. B." become "A. X. B." it is "X." that came, not ". X".
    """
    slid = [(0, 0, 0), *runs, (len(old.tokens), len(new.tokens), 0)]
    for index in range(1, len(slid)):
        (at_old, at_new, before), (left, right, after) = slid[index - 1], slid[index]
        gap_old, gap_new = left - at_old - before, right - at_new - before
        if bool(gap_old) == bool(gap_new):
            continue
        side, end, gap = (new, right, gap_new) if gap_new else (old, left, gap_old)
        offset = _best_offset(side, end - gap, end, before, after)
        slid[index - 1] = (at_old, at_new, before + offset)
        slid[index] = (left + offset, right + offset, after - offset)
    return [run for run in slid if run[2]]


def _best_offset(side: _Text, start: int, end: int, room_left: int, room_right: int) -> int:
    tokens = side.tokens
    offsets = [0]
    for step in range(1, min(room_left, 200) + 1):
        if tokens[start - step] != tokens[end - step]:
            break
        offsets.append(-step)
    for step in range(min(room_right, 200)):
        if tokens[start + step] != tokens[end + step]:
            break
        offsets.append(step + 1)
    if len(offsets) == 1:
        return 0
    return max(offsets, key=lambda offset: (_seam(side, start + offset, end + offset), -abs(offset), offset))


def _seam(side: _Text, start: int, end: int) -> int:
    """Return how natural it is to cut the text before the tokens `start` and `end`."""
    spaced = side.space_before(start) + side.space_before(end)
    whole_sentence = spaced == 2 and (start == 0 or side.tokens[start - 1] in SENTENCE_ENDS)
    return 2 * spaced + whole_sentence


def _edits(head: str, old: _Text, new: _Text, runs: Sequence[Run], tail: str) -> tuple[WordEdit, ...]:
    """Return the edits, neighbours of one kind joined."""
    pieces: list[tuple[WordOp, str]] = [("equal", head)]
    at_old = at_new = 0
    for left, right, size in runs:
        pieces += _gap(old.between(at_old, left), new.between(at_new, right))
        at_old, at_new = left + size, right + size
        kept = old.stretch(left, size)
        if kept == new.stretch(right, size):
            pieces.append(("equal", kept))
        else:
            pieces += _respaced(old, new, left, right, size)
    pieces += _gap(old.between(at_old, len(old.tokens)), new.between(at_new, len(new.tokens)))
    pieces.append(("equal", tail))
    return tuple(_joined(pieces))


def _joined(pieces: Sequence[tuple[WordOp, str]]) -> Iterator[WordEdit]:
    held, text = pieces[0]
    for op, piece in pieces[1:]:
        if op == held or not piece:
            text += piece
            continue
        if text:
            yield WordEdit(op=held, text=text)
        held, text = op, piece
    if text:
        yield WordEdit(op=held, text=text)


def _respaced(old: _Text, new: _Text, left: int, right: int, size: int) -> Iterator[tuple[WordOp, str]]:
    """Yield a run whose tokens are the same but not the white space between them."""
    yield "equal", old.tokens[left]
    for step in range(1, size):
        yield from _gap(old.parts[2 * (left + step)], new.parts[2 * (right + step)])
        yield "equal", old.tokens[left + step]


def _gap(old: str, new: str) -> list[tuple[WordOp, str]]:
    """Return what stands between two kept tokens; white space on its borders that both have is kept too."""
    if old == new:
        return [("equal", old)]
    head = _common_space(old, new)
    tail = _common_space(old[: head - len(old) - 1 : -1], new[: head - len(new) - 1 : -1])
    return [
        ("equal", old[:head]),
        ("delete", old[head : len(old) - tail]),
        ("insert", new[head : len(new) - tail]),
        ("equal", old[len(old) - tail :]),
    ]


def _common_space(old: str, new: str) -> int:
    size = 0
    for left, right in zip(old, new, strict=False):
        if left != right or not left.isspace():
            break
        size += 1
    return size


def _words_changed(before: str, after: str, edits: Sequence[WordEdit]) -> tuple[int, int]:
    """Return how many words came and went: all but those of the longest common subsequence of words."""
    old, new = before.split(), after.split()
    if len(old) * len(new) > MAX_COUNTED_CELLS:
        return tuple(sum(_count(edit.text) for edit in edits if edit.op == op) for op in ("insert", "delete"))  # type: ignore[return-value]
    kept = LCSseq.similarity(old, new)
    return len(new) - kept, len(old) - kept


def _count(text: str) -> int:
    return len(text.split())
