"""What all views for people share: harmless text, edits that read well, and the words of the summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias

from news.compare.changes import (
    BREAK,
    BlockChange,
    Comparison,
    Deleted,
    Equal,
    FieldChange,
    Inserted,
    ItemChange,
    ListItem,
    Moved,
    Replaced,
    TextChange,
    WordEdit,
    WordOp,
    stood,
)
from news.compare.rolling import is_rolled_off
from news.model import Block, Link, Picture, Stamp

Mark = Literal["", "fact", "moved"]
Span: TypeAlias = tuple[int, int, Mark]
"""A stretch of a text to be marked: where it begins, where it ends, and why."""


class Marks(NamedTuple):
    """The stretches to be marked in blocks of either body, by index, and in fields, by name."""

    old: Mapping[int, Sequence[Span]]
    new: Mapping[int, Sequence[Span]]
    fields: Mapping[str, tuple[Sequence[Span], Sequence[Span]]]


NO_MARKS: Final = Marks({}, {}, {})

FIELD_NAMES: Final = {
    "kicker": "Kicker",
    "headline": "Headline",
    "standfirst": "Standfirst",
    "authors": "Authors",
    "stamps": "Stamps",
    "section": "Section",
    "pictures": "Pictures",
    "links": "Links",
    "tags": "Tags",
    "language": "Language",
    "canonical_url": "Address",
}

# C0 and C1 controls (a terminal obeys them), marks that reorder or hide text, line ends that are no line feed,
# lone surrogates (can't be written), tag characters, characters that no text exchanges.
_UNSHOWN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return the text with every character that acts instead of being seen written out; line feeds stay."""
    return _UNSHOWN.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x09:
        return " "
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures: ESC becomes one small "ESC"
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def one_line(text: str) -> str:
    """Return the visible text on one line."""
    return " ".join(visible(text).split())


class Shown(NamedTuple):
    """An edit as a person sees it; `mark` says that it is part of a changed fact, or of a sentence that moved."""

    op: WordOp
    text: str
    mark: Mark = ""


def readable(edits: Sequence[WordEdit], old: Sequence[Span] = (), new: Sequence[Span] = ()) -> list[Shown]:
    """Return the edits without islands: small words left standing between two replacements join them.

    Only for people: "for the man" become "by the woman" reads as one replacement. Counts and JSON keep the words.
    `old` and `new` are the stretches of either text to be marked.
    """
    kept: list[WordEdit] = []
    at = 0
    while at < len(edits):
        edit = edits[at]
        if edit.op == "equal" and _between_replacements(kept, edits, at) and _island(edit.text):
            removed, added = kept[-2].text + edit.text, kept[-1].text + edit.text
            kept[-2:] = [
                WordEdit("delete", removed + edits[at + 1].text),
                WordEdit("insert", added + edits[at + 2].text),
            ]
            at += 3
        else:
            kept.append(edit)
            at += 1
    return list(_with_breaks(_marked(kept, old, new)))


def _marked(edits: Sequence[WordEdit], old: Sequence[Span], new: Sequence[Span]) -> list[Shown]:
    """Return the edits cut where a marked stretch begins or ends; what stayed needs no mark."""
    shown: list[Shown] = []
    at = {"delete": 0, "insert": 0}
    for op, text in edits:
        if op == "equal":
            shown.append(Shown(op, text))
        else:
            shown += _cut(op, text, at[op], old if op == "delete" else new)
        for side in at:
            at[side] += len(text) * (op in ("equal", side))
    return shown


def _cut(op: WordOp, text: str, begins: int, spans: Sequence[Span]) -> Iterator[Shown]:
    at = 0
    for start, end, mark in sorted(spans):
        left, right = max(start - begins, at), min(end - begins, len(text))
        if left < right:
            if left > at:
                yield Shown(op, text[at:left])
            yield Shown(op, text[left:right], mark)
            at = right
    if at < len(text):
        yield Shown(op, text[at:])


def _with_breaks(edits: Sequence[Shown]) -> Iterator[Shown]:
    """Yield the edits with a sign where a paragraph's or line's end came or went: nobody sees white space."""
    for index, edit in enumerate(edits):
        if edit.op == "equal" or edit.text.strip():
            yield edit
        elif "\n" in edit.text:
            yield Shown(edit.op, "¶\n" if edit.op == "insert" else "¶")
            if edit.op == "delete":
                yield Shown("equal", " ")
        elif not any(near.op != "equal" and "\n" in near.text for near in edits[max(index - 1, 0) : index + 2]):
            yield edit


def _between_replacements(kept: Sequence[WordEdit], edits: Sequence[WordEdit], at: int) -> bool:
    around = [*kept[-2:], *edits[at + 1 : at + 3]]
    return [edit.op for edit in around] == ["delete", "insert", "delete", "insert"]


def _island(text: str) -> bool:
    """Tell a stretch of at most two short words, no number among them, all on one line."""
    words = text.split()
    return len(words) <= 2 and "\n" not in text and all(len(word) <= 3 and word.isalpha() for word in words)


def summarise(comparison: Comparison, *, classes: Iterable[str] = (), declared_by: Iterable[str] = ()) -> str:
    """Return one line such as `12 words added, 3 removed, 1 paragraph moved; declared by stamp`."""
    named = [FIELD_NAMES[change.name].lower() for change in comparison.fields]
    body = ", ".join(_counted(comparison) or _uncounted(comparison))
    line = "; ".join(filter(None, [body, f"{_listed(named)} changed" if named else ""])) or "nothing changed"
    stated, by = set(classes), list(declared_by)
    if "stealth" in stated:
        line += "; nothing declared it"
    elif "declared" in stated:
        line += f"; declared by {' and '.join(map(one_line, by))}" if by else "; declared"
    return line


def _counted(comparison: Comparison) -> list[str]:
    stats, parts = comparison.stats, []
    if stats.words_added:
        parts.append(f"{_number(stats.words_added, 'word')} added")
    if stats.words_removed:
        words = f"{stats.words_removed:,}" if parts else _number(stats.words_removed, "word")
        parts.append(f"{words} removed")
    if stats.moves:
        parts.append(f"{_number(stats.moves, 'paragraph')} moved")
    if stats.sentences_moved:
        parts.append(f"{_number(stats.sentences_moved, 'sentence')} moved")
    if stats.entries_rolled_off:
        parts.append(rolled_off_in_words(stats.entries_rolled_off))
    return parts


def _uncounted(comparison: Comparison) -> list[str]:
    changed = sum(not isinstance(change, Equal) for change in comparison.blocks)
    return [f"{_number(changed, 'paragraph')} set differently, the words unchanged"] if changed else []


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def rolled_off_in_words(entries: int) -> str:
    """Return what stands for so many entries that left a live blog's page at its other end."""
    return f"{entries:,} older {'entry' if entries == 1 else 'entries'} rolled off the page"


def unchanged(count: int) -> str:
    """Return what stands for so many equal blocks."""
    return f"{_number(count, 'paragraph')} unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """The place that a moved block left."""

    moved: Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledOff:
    """Neighbouring blocks of live entries that newer ones pushed off the page."""

    blocks: tuple[Block, ...]

    @property
    def entries(self) -> int:
        """How many entries these blocks are of."""
        return len({block.entry for block in self.blocks})


def with_departures(blocks: Sequence[BlockChange]) -> list[BlockChange | Departure | RolledOff]:
    """Return the changes with a sign at each place that a moved block left, and one for what rolled off there."""
    moves = sorted((change for change in blocks if isinstance(change, Moved)), key=lambda moved: moved.from_indexes)
    listed: list[BlockChange | Departure | RolledOff] = []
    for off, run in groupby(blocks, key=is_rolled_off):
        if off:
            listed.append(RolledOff(blocks=tuple(change.block for change in run if isinstance(change, Deleted))))
            continue
        for change in run:
            while moves and moves[0].from_indexes[0] < stood(change):
                listed.append(Departure(moved=moves.pop(0)))
            listed.append(change)
    return [*listed, *(Departure(moved=moved) for moved in moves)]


def note(change: BlockChange) -> str:
    """Return what must be said of a block besides its words; "" where the marks say all."""
    match change:
        case Moved():
            said = [f"moved from paragraph {change.from_indexes[0] + 1}"]
        case Replaced():
            said = []
        case Equal() | Inserted() | Deleted():
            return ""
    old, new = len(change.before), len(change.after)
    if old == 1 < new:
        said.append(f"split into {new} paragraphs")
    elif new == 1 < old:
        said.append(f"{old} paragraphs joined")
    elif old > 1:
        said.append(f"paragraphs divided anew, {old} into {new}")
    if change.before[0].role != change.after[0].role:
        said.append(f"{change.before[0].role} became {change.after[0].role}")
    if change.wording and change.wording.degraded:
        said.append("too long to compare every word")
    return ", ".join(said)


def role_of(change: BlockChange) -> str:
    """Return the role that the block has now, or had when it went."""
    match change:
        case Equal(block=block) | Inserted(block=block) | Deleted(block=block):
            return block.role
        case Replaced() | Moved():
            return change.after[0].role


def number_of(change: BlockChange) -> int:
    """Return the paragraph's number, from 1: where it stands now, or stood when it went."""
    match change:
        case Equal(to_index=index) | Inserted(to_index=index) | Deleted(from_index=index):
            return index + 1
        case Replaced() | Moved():
            return change.to_indexes[0] + 1


def edits_of(change: BlockChange, marks: Marks = NO_MARKS) -> list[Shown]:
    """Return the block's text as edits that read well."""
    match change:
        case Equal(block=block):
            return [Shown("equal", block.text)]
        case Inserted(block=block, to_index=index):
            return readable([WordEdit("insert", block.text)], new=marks.new.get(index, ()))
        case Deleted(block=block, from_index=index):
            return readable([WordEdit("delete", block.text)], old=marks.old.get(index, ()))
        case Moved(wording=None):
            return [Shown("equal", BREAK.join(block.text for block in change.after))]
        case Replaced() | Moved():
            old = _joined_spans(change.before, change.from_indexes, marks.old)
            new = _joined_spans(change.after, change.to_indexes, marks.new)
            return readable(change.wording.edits if change.wording else (), old, new)


def _joined_spans(blocks: Sequence[Block], indexes: Sequence[int], spans: Mapping[int, Sequence[Span]]) -> list[Span]:
    """Return the stretches of these blocks as places in their texts joined."""
    found, begins = [], 0
    for block, index in zip(blocks, indexes, strict=True):
        found += [(begins + start, begins + end, mark) for start, end, mark in spans.get(index, ())]
        begins += len(block.text) + len(BREAK)
    return found


def field_lines(change: FieldChange, marks: Marks = NO_MARKS) -> list[list[Shown]]:
    """Return a changed field line by line, as edits."""
    if isinstance(change, TextChange):
        old, new = marks.fields.get(change.name, ((), ()))
        return [readable(change.wording.edits, old, new)]
    lines = [_item_part(item, part) for item in change.changed for part in _told(item)]
    lines += [[Shown("delete", item_line(item))] for item in change.removed]
    lines += [[Shown("insert", item_line(item))] for item in change.added]
    return lines or [[Shown("equal", "in another order: " + "; ".join(map(item_line, change.after)))]]


def _told(item: ItemChange) -> Sequence[TextChange]:
    """Return the parts worth a line: how a stamp was read only where its words don't say it."""
    texts = [part for part in item.parts if part.name != "at"]
    return texts or item.parts


def _item_part(item: ItemChange, part: TextChange) -> list[Shown]:
    match item.after:
        case Stamp(kind=kind, source=source):
            label = kind if item.after.printed else f"{kind} ({source})"
            label += ", read as" if part.name == "at" else ""
        case Picture() | Link():
            label = f"{part.name} of {item_line(item.before)}" if part.name not in ("caption", "text") else part.name
        case _:
            label = part.name
    return [Shown("equal", f"{label}: "), *readable(part.wording.edits)]


def item_line(item: ListItem) -> str:
    """Return an item of a list field in one line of words."""
    match item:
        case str():
            return item or "(empty)"
        case Stamp(kind=kind, at=at, text=text):
            return f"{kind}: {text}" + (f" ({at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)" if at else "")
        case Picture(url=url, alt=alt, caption=caption, credit=credit):
            words = caption or alt
            said = f"{words} <{url}>" if words else f"<{url}>"
            return f"{said}, credit: {credit}" if credit else said
        case Link(text=text, url=url):
            return f"{text} <{url}>"
