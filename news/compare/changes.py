"""What a comparison says, as values: it holds all that any view of it needs, and decides nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from news.model import Article, Block, Link, Picture, Stamp

WordOp = Literal["equal", "insert", "delete"]


class WordEdit(NamedTuple):
    """A run of text with its fate; `equal` and `delete` joined give the old text, `equal` and `insert` the new."""

    op: WordOp
    text: str


class Wording(NamedTuple):
    """How one text became another, with the words (runs between white space) that came and went.

    `whole` says that so little was kept that it is told as one replacement; `degraded` that the texts were too
    long to compare word by word everywhere.
    """

    edits: tuple[WordEdit, ...]
    added: int
    removed: int
    whole: bool = False
    degraded: bool = False


class Equal(NamedTuple):
    """A block that stands as it stood.

    Like `WordEdit`, `Wording` and `Replaced` a named tuple: a comparison makes them by the hundred, and a frozen
    dataclass takes three times as long to make.
    """

    block: Block
    from_index: int
    to_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserted:
    """A block that was not there."""

    block: Block
    to_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A block that is no longer there; `rolled_off` where newer entries of a live blog pushed it off the page."""

    block: Block
    from_index: int
    rolled_off: bool = False


class Replaced(NamedTuple):
    """A block that was edited in its place, or several that were split, joined or divided anew.

    `wording` compares the texts of either side joined by `BREAK`.
    """

    before: tuple[Block, ...]
    after: tuple[Block, ...]
    from_indexes: tuple[int, ...]
    to_indexes: tuple[int, ...]
    wording: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A block (or one that was split or joined) that stands elsewhere; `wording` is None when it kept its words."""

    before: tuple[Block, ...]
    after: tuple[Block, ...]
    from_indexes: tuple[int, ...]
    to_indexes: tuple[int, ...]
    wording: Wording | None


class Passage(NamedTuple):
    """A sentence that stands elsewhere though its block did not move: the block and the place in it, then and now.

    `wording` is None when it kept its words.
    """

    before: str
    after: str
    from_index: int
    from_at: int
    to_index: int
    to_at: int
    wording: Wording | None


BlockChange: TypeAlias = Equal | Inserted | Deleted | Replaced | Moved


def stood(change: BlockChange) -> int:
    """Return where a block that did not move stood, -1 for one that was nowhere or elsewhere."""
    match change:
        case Equal(from_index=index) | Deleted(from_index=index):
            return index
        case Replaced(from_indexes=indexes):
            return indexes[0]
        case Inserted() | Moved():
            return -1


BREAK = "\n\n"
"""Stands between the texts of blocks where several are compared as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A field of text that changed; None where the page has none."""

    name: str
    before: str | None
    after: str | None
    wording: Wording


ListItem: TypeAlias = str | Picture | Link | Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """An item that is recognisably the same on both sides, and the wording of each part of it that changed."""

    before: ListItem
    after: ListItem
    parts: tuple[TextChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """A field of several items that changed; with nothing added, removed or changed, only their order did."""

    name: str
    before: tuple[ListItem, ...]
    after: tuple[ListItem, ...]
    added: tuple[ListItem, ...]
    removed: tuple[ListItem, ...]
    changed: tuple[ItemChange, ...]


FieldChange: TypeAlias = TextChange | ListChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Words and moves of the body; fields count their own words in their `wording`.

    The words of a live blog's entries that rolled off its page are not among those removed.
    """

    words_added: int = 0
    words_removed: int = 0
    moves: int = 0
    sentences_moved: int = 0
    entries_rolled_off: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that changed between two states of an article, the body's blocks in the order of a reader of both."""

    before: Article
    after: Article
    fields: tuple[FieldChange, ...]
    blocks: tuple[BlockChange, ...]
    stats: Stats
    passages: tuple[Passage, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when a reader of either article read the same."""
        return not self.fields and all(isinstance(change, Equal) for change in self.blocks)

    @property
    def degraded(self) -> bool:
        """True when some text was too long to be compared word by word everywhere."""
        wordings = [change.wording for change in self.blocks if isinstance(change, Replaced | Moved)]
        return any(wording.degraded for wording in wordings if wording)

    def field(self, name: str) -> FieldChange | None:
        """Return the change of that field, or None where it did not change."""
        return next((change for change in self.fields if change.name == name), None)
