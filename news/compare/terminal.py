"""The comparison for a terminal: what changed, a paragraph around it, wrapped, in colour or with plain marks.

Whatever an article holds, the only escape sequences written are those of this file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, Literal, TypeAlias

from news.compare.changes import BlockChange, Comparison, Equal, FieldChange, Moved, Replaced
from news.compare.factual import facts_of
from news.compare.marking import marks_of
from news.compare.showing import (
    FIELD_NAMES,
    Departure,
    Mark,
    Marks,
    RolledOff,
    Shown,
    edits_of,
    field_lines,
    note,
    number_of,
    one_line,
    role_of,
    rolled_off_in_words,
    summarise,
    unchanged,
    visible,
    with_departures,
)

Style: TypeAlias = Literal[
    "plain",
    "bold",
    "dim",
    "insert",
    "delete",
    "move",
    "note",
    "insert fact",
    "delete fact",
    "insert moved",
    "delete moved",
]
Span: TypeAlias = tuple[Style, str]

CODES: Final[dict[Style, str]] = {
    "plain": "",
    "bold": "1",
    "dim": "2",
    "insert": "32",
    "delete": "31;9",
    "move": "34",
    "note": "34;3",
    "insert fact": "1;4;32",
    "delete fact": "1;31;9",
    "insert moved": "34",
    "delete moved": "34;9",
}
MARKS: Final[dict[str, tuple[str, str]]] = {"insert": ("{+", "+}"), "delete": ("[-", "-]"), "equal": ("", "")}
MOVED_MARKS: Final[dict[str, tuple[str, str]]] = {"insert": ("{>", ">}"), "delete": ("[<", "<]"), "equal": ("", "")}
STYLES: Final[dict[tuple[str, str], Style]] = {
    ("insert", ""): "insert",
    ("delete", ""): "delete",
    ("insert", "fact"): "insert fact",
    ("delete", "fact"): "delete fact",
    ("insert", "moved"): "insert moved",
    ("delete", "moved"): "delete moved",
}
SIGNS: Final = {"Inserted": "+", "Deleted": "-", "Replaced": "~", "Moved": ">", "Equal": " "}
ROLES: Final = {"heading": "## ", "quote": "> ", "list": "", "notice": "! ", "paragraph": ""}
MARGIN: Final = " " * 6


def render_terminal(
    comparison: Comparison,
    *,
    colour: bool,
    width: int,
    title: Sequence[str] = (),
    classes: Iterable[str] = (),
    declared_by: Iterable[str] = (),
) -> str:
    """Return the comparison as text that ends in a line feed, no line wider than `width` (at least 20).

    `title` lines come first (the address, the two revisions); fields follow, then the summary, then the body.
    """
    paper = _Paper(width=max(width, 20), colour=colour)
    marks = marks_of(comparison, facts_of(comparison) if colour else ())
    for index, line in enumerate(title):
        paper.write([("bold" if index == 0 else "dim", one_line(line))])
    if title:
        paper.blank()
    for change in comparison.fields:
        _write_field(paper, change, marks)
    if comparison.fields:
        paper.blank()
    summary = summarise(comparison, classes=classes, declared_by=declared_by)
    paper.write([("bold", summary[:1].upper() + summary[1:])])
    if any(not isinstance(change, Equal) for change in comparison.blocks):
        paper.blank()
        _write_body(paper, comparison.blocks, marks)
    return paper.text()


class _Paper:
    """Lines as they fill, each no wider than the terminal."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width, self.colour = width, colour
        self.lines: list[str] = []

    def blank(self) -> None:
        self.lines.append("")

    def write(self, spans: Sequence[Span], *, first: str = "", then: str = "") -> None:
        """Add the spans, wrapped, the first line after `first`, the others after `then`."""
        lead = first
        for line in _wrapped(spans, self.width - len(first), self.width - len(then)):
            line[-1] = (line[-1][0], line[-1][1].rstrip())
            self.lines.append((lead + "".join(self._styled(*span) for span in line)).rstrip())
            lead = then

    def _styled(self, style: Style, text: str) -> str:
        code = CODES[style] if self.colour else ""
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text

    def edits(self, edits: Iterable[Shown], equal: Style = "plain") -> list[Span]:
        """Return the edits as spans; without colour the marks tell what came and went."""
        spans: list[Span] = []
        for edit in _apart(edits) if self.colour else _without_facts(edits):
            opening, closing = ("", "") if self.colour else (MOVED_MARKS if edit.mark == "moved" else MARKS)[edit.op]
            style: Style = equal if edit.op == "equal" else STYLES[edit.op, edit.mark]
            text, end = visible(edit.text), ""
            if edit.op != "equal" and text.endswith("\n"):
                text, end = text[:-1], "\n"  # the closing mark belongs on the line it closes
            spans.append((style, f"{opening}{text}{closing}{end}"))
        return spans

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def _apart(edits: Iterable[Shown]) -> Iterator[Shown]:
    """Yield the edits with a space between what went and what came in its place: colours alone run words together."""
    last: Shown | None = None
    for edit in edits:
        if last and (last.op, edit.op) == ("delete", "insert") and last.text[-1:].isalnum() and edit.text[:1].isalnum():
            yield Shown("equal", " ")
        yield edit
        last = edit


def _without_facts(edits: Iterable[Shown]) -> list[Shown]:
    """Return the edits as they stand without colour, where facts have no mark of their own."""
    joined: list[Shown] = []
    for edit in edits:
        mark: Mark = "moved" if edit.mark == "moved" else ""
        if joined and edit.op != "equal" and (joined[-1].op, joined[-1].mark) == (edit.op, mark):
            joined[-1] = Shown(edit.op, joined[-1].text + edit.text, mark)
        else:
            joined.append(Shown(edit.op, edit.text, mark))
    return joined


def _write_field(paper: _Paper, change: FieldChange, marks: Marks) -> None:
    label = f"{FIELD_NAMES[change.name]}: "
    for line in field_lines(change, marks):
        paper.write([("bold", label), *paper.edits(line)], then=" " * 4)


def _write_body(paper: _Paper, blocks: Sequence[BlockChange], marks: Marks) -> None:
    """Write the changed blocks, one equal block around them, and how many others stand between."""
    listed = with_departures(blocks)
    changed = [index for index, change in enumerate(listed) if not isinstance(change, (Equal, RolledOff))]
    shown = {near for index in changed for near in (index - 1, index, index + 1)}
    skipped = 0
    for index, change in enumerate(listed):
        if index not in shown and not isinstance(change, RolledOff):
            skipped += 1
            continue
        _write_skipped(paper, skipped)
        skipped = 0
        if isinstance(change, RolledOff):
            paper.write([("note", f"({rolled_off_in_words(change.entries)})")], first=MARGIN, then=MARGIN)
        elif isinstance(change, Departure):
            _write_departure(paper, change.moved)
        else:
            _write_block(paper, change, marks)
    _write_skipped(paper, skipped)


def _write_skipped(paper: _Paper, skipped: int) -> None:
    if skipped:
        paper.write([("dim", f"… {unchanged(skipped)}")], first=MARGIN, then=MARGIN)


def _write_departure(paper: _Paper, moved: Moved) -> None:
    said = f"(paragraph {moved.from_indexes[0] + 1} moved to {moved.to_indexes[0] + 1})"
    paper.write([("note", said)], first=f"<{MARGIN[1:]}", then=MARGIN)


def _write_block(paper: _Paper, change: BlockChange, marks: Marks) -> None:
    first = f"{SIGNS[type(change).__name__]}{number_of(change):>{len(MARGIN) - 2}} "
    said = note(change)
    if said:
        paper.write([("note", f"({said})")], first=first, then=MARGIN)
        first = MARGIN
    equal: Style = "dim" if isinstance(change, Equal) else "move" if isinstance(change, Moved) else "plain"
    edits = edits_of(change, marks)
    whole = isinstance(change, Replaced | Moved) and change.wording is not None and change.wording.whole
    for paragraph in _by_op(edits) if whole else [edits]:
        paper.write([(equal, ROLES[role_of(change)]), *paper.edits(paragraph, equal)], first=first, then=MARGIN)
        first = MARGIN


def _by_op(edits: Sequence[Shown]) -> list[list[Shown]]:
    return [list(run) for _, run in groupby(edits, key=lambda edit: edit.op)]


def _wrapped(spans: Sequence[Span], first: int, then: int) -> Iterator[list[Span]]:
    """Yield lines of spans, the first no wider than `first`, the others than `then`; a wider word is broken."""
    width, line, used = first, list[Span](), 0
    for style, word in _words(spans):
        if word == "\n":
            yield line or [(style, "")]
            width, line, used = then, [], 0
            continue
        for piece, size in _broken(word, min(first, then)):
            if used + size > width and used:
                yield line
                width, line, used = then, [], 0
            if used or not piece.isspace():
                _lengthen(line, style, piece)
                used += size
    if line:
        yield line


def _lengthen(line: list[Span], style: Style, piece: str) -> None:
    if line and line[-1][0] == style:
        line[-1] = (style, line[-1][1] + piece)
    else:
        line.append((style, piece))


def _words(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield words and the white space between them, each with its style; runs of line feeds count once."""
    ended = True
    for style, text in spans:
        word = ""
        for letter in text:
            if letter == "\n":
                if word:
                    yield style, word
                word = ""
                if not ended:
                    yield style, "\n"
                ended = True
                continue
            ended = False
            if word and letter.isspace() != word[-1].isspace():
                yield style, word
                word = ""
            word += letter
        if word:
            yield style, word


def _broken(word: str, width: int) -> Iterator[tuple[str, int]]:
    """Yield the word in pieces that fit, each with its columns."""
    size = _columns(word)
    if size <= width:
        yield word, size
        return
    start = taken = 0
    for end, letter in enumerate(word):
        columns = _columns(letter)
        if taken + columns > width:
            yield word[start:end], taken
            start, taken = end, 0
        taken += columns
    yield word[start:], taken


def _columns(text: str) -> int:
    """Return how many columns the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
