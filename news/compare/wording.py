"""How one text became another, word by word.

The law: no token is ever split (see `tokens`), no quotation is cut through (see `quoting`), every character of either
text is told, and the answer is the same seen from either side: the texts are aligned in a fixed order of their own and
the answer turned round if need be. A text keeps its common beginning and end; what stands between is aligned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from rapidfuzz.distance import LCSseq, Postfix, Prefix

from news.compare.aligning import CutText, Run, aligned
from news.compare.changes import WordEdit, Wording, WordOp
from news.compare.quoting import Quotation, has_marks, quotations, uncut
from news.compare.tokens import tokens

KEPT_AT_LEAST = 0.35
"""Below this share of common characters two texts are shown as one replacement, not as a patchwork."""

MAX_COUNTED_CELLS = 200_000_000
"""Largest product of word counts for which the words kept are counted exactly: some 60 ms."""

SHORT = 200
"""Middles of fewer letters are first asked whether they have anything in common: most have not."""

_PLAIN_WORDS = re.compile(r"[A-Za-z0-9]++(?:[ -][A-Za-z0-9]++)*+")
_edit: Callable[[tuple[WordOp, str]], WordEdit] = partial(tuple.__new__, WordEdit)

SENTENCE_ENDS = '.!?…"”'


def wording(before: str, after: str) -> Wording:
    """Return the edits that turn one text into the other, and how many words they add and remove."""
    if before == after:
        return Wording(edits=(WordEdit(op="equal", text=before),) if before else (), added=0, removed=0)
    head, tail = _frame(before, after)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) + len(new) < SHORT and _are_strangers(old, new):
        return _put_in_place(before, after, (head, tail), old, new)
    if has_marks(f"{old} {new}"):  # the partner of a mark may stand in what both have
        head, tail, old, new = 0, 0, before, after
    if len(old) + len(new) < SHORT and set(tokens(old)).isdisjoint(tokens(new)):
        return _exchanged(before, after, (head, tail), old, new)
    return _told(before, after, (head, tail), CutText(old), CutText(new))


def _are_strangers(old: str, new: str) -> bool:
    """Tell whether both are plain words, single spaces between them, of which none stands in the other."""
    plain = _PLAIN_WORDS.fullmatch(old) and _PLAIN_WORDS.fullmatch(new)
    return plain is not None and set(old.split()).isdisjoint(new.split())


def _put_in_place(before: str, after: str, frame: tuple[int, int], old: str, new: str) -> Wording:
    """Return the wording of two texts of which some plain words became others, and nothing else changed."""
    head, tail = frame
    if not _enough_kept(before, after, head + tail):
        return _whole(before, after, degraded=False)
    edits: tuple[WordEdit, ...] = _edit(("delete", old)), _edit(("insert", new))
    if head:
        edits = (_edit(("equal", before[:head])), *edits)
    if tail:
        edits = (*edits, _edit(("equal", before[-tail:])))
    return Wording(edits, new.count(" ") + 1, old.count(" ") + 1)


def _told(before: str, after: str, frame: tuple[int, int], old: CutText, new: CutText) -> Wording:
    """Return the wording of two texts whose middles are `old` and `new`."""
    head, tail = frame
    runs, degraded = aligned(old, new)
    if not _enough_kept(before, after, head + tail + _length(old, runs)):
        return _whole(before, after, degraded=degraded)
    runs = uncut(_slid(old, new, runs), _quotations(old), _quotations(new))
    edits = _edits(before[:head], old, new, runs, before[len(before) - tail :])
    added, removed = _words_changed(old.text, new.text, edits)
    return Wording(edits=edits, added=added, removed=removed, degraded=degraded)


def _quotations(side: CutText) -> list[Quotation]:
    return quotations(side.tokens, side.space_before) if has_marks(side.text) else []


def _exchanged(before: str, after: str, frame: tuple[int, int], old: str, new: str) -> Wording:
    """Return the wording of two texts whose middles, `old` and `new`, have no token in common."""
    head, tail = frame
    if not _enough_kept(before, after, head + tail):
        return _whole(before, after, degraded=False)
    edits = _joined([("equal", before[:head]), *_gap(old, new), ("equal", before[len(before) - tail :])])
    added, removed = _words_changed(old, new, edits)
    return Wording(edits=edits, added=added, removed=removed)


def _whole(before: str, after: str, *, degraded: bool) -> Wording:
    both = (WordEdit("delete", before), WordEdit("insert", after))
    return Wording(edits=both, added=_count(after), removed=_count(before), whole=True, degraded=degraded)


def _frame(before: str, after: str) -> tuple[int, int]:
    """Return how long a beginning and end the texts share, cut where no token can reach over."""
    shortest = min(len(before), len(after))
    head = _seam_before(before, Prefix.similarity(before, after))
    tail = min(Postfix.similarity(before, after), shortest - head)
    tail = len(before) - _seam_after(before, len(before) - tail, after[-tail - 1 : -tail]) if tail else 0
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


def _seam_after(text: str, start: int, other: str) -> int:
    """Return the first place from `start` where such a space stands; `other` is what the new text has before it."""
    space = text.find(" ", start)
    if space == start and other.isdigit():
        space = text.find(" ", space + 1)
    while space > 0 and text[space - 1].isdigit():
        space = text.find(" ", space + 1)
    return space if space > 0 else len(text)


def _length(side: CutText, runs: Sequence[Run]) -> int:
    return sum(len(side.stretch(left, size)) for left, _, size in runs)


def _enough_kept(before: str, after: str, kept: int) -> bool:
    """Tell whether so many characters stayed that single edits are readable; where one side is empty, they are."""
    shorter = min(len(before), len(after))
    if not shorter:
        return True
    # A sentence that only grew keeps all of its words, though they may be few beside the new ones.
    return 2 * kept >= KEPT_AT_LEAST * (len(before) + len(after)) or (shorter > 12 and kept >= 0.8 * shorter)


def _slid(old: CutText, new: CutText, runs: Sequence[Run]) -> list[Run]:
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


def _best_offset(side: CutText, start: int, end: int, room_left: int, room_right: int) -> int:
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


def _seam(side: CutText, start: int, end: int) -> int:
    """Return how natural it is to cut the text before the tokens `start` and `end`."""
    spaced = side.space_before(start) + side.space_before(end)
    whole_sentence = spaced == 2 and (start == 0 or side.tokens[start - 1] in SENTENCE_ENDS)
    return 2 * spaced + whole_sentence


def _edits(head: str, old: CutText, new: CutText, runs: Sequence[Run], tail: str) -> tuple[WordEdit, ...]:
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
    return _joined(pieces)


def _joined(pieces: Sequence[tuple[WordOp, str]]) -> tuple[WordEdit, ...]:
    edits: list[WordEdit] = []
    held, text = pieces[0]
    for op, piece in islice(pieces, 1, None):
        if op == held or not piece:
            text += piece
            continue
        if text:
            edits.append(WordEdit(held, text))
        held, text = op, piece
    if text:
        edits.append(WordEdit(held, text))
    return tuple(edits)


def _respaced(old: CutText, new: CutText, left: int, right: int, size: int) -> Iterator[tuple[WordOp, str]]:
    """Yield a run whose tokens are the same but not the white space between them."""
    yield "equal", old.tokens[left]
    for step in range(1, size):
        yield from _gap(old.parts[2 * (left + step)], new.parts[2 * (right + step)])
        yield "equal", old.tokens[left + step]


def _gap(old: str, new: str) -> list[tuple[WordOp, str]]:
    """Return what stands between two kept tokens; white space on its borders that both have is kept too."""
    if old == new:
        return [("equal", old)]
    if not (_bordered(old) and _bordered(new)):
        return [("delete", old), ("insert", new)]
    head = _common_space(old, new)
    tail = _common_space(old[: head - len(old) - 1 : -1], new[: head - len(new) - 1 : -1])
    return [
        ("equal", old[:head]),
        ("delete", old[head : len(old) - tail]),
        ("insert", new[head : len(new) - tail]),
        ("equal", old[len(old) - tail :]),
    ]


def _bordered(text: str) -> bool:
    """Tell whether white space stands at the beginning or the end."""
    return text[:1].isspace() or text[-1:].isspace()


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
