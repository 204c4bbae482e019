"""Which facts changed: numbers with their units and signs, quotations, names, dates.

Only what was edited can state a changed fact: a sentence that stayed, with another number in it. Sentences and
paragraphs that came, went, moved or were written anew change no fact of another; they are told as such. A fact that is
only written otherwise ("5%" for "five per cent") did not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from news.compare.changes import (
    BREAK,
    BlockChange,
    Comparison,
    ItemChange,
    ListChange,
    Moved,
    Passage,
    Replaced,
    TextChange,
)
from news.compare.matching import FactPart, Pair, changed_facts
from news.compare.names import known_names
from news.compare.statements import Fact, FactKind, Hearing
from news.model import Article, Block, Link, Picture

FIELDS: Final = ("kicker", "headline", "standfirst")
CAPTIONS: Final = ("caption", "text")


class FactChange(NamedTuple):
    """One fact as it was and as it is; None on the side that does not state it.

    `part` is set for quotations only: their words changed, or who is said to have spoken them. The values are the facts
    in one spelling. `where` is `body`, `kicker`, `headline`, `standfirst`, `pictures` or `links`; the indexes tell the
    block of either body, None outside it; the places count characters in the text of that block or field.
    """

    kind: FactKind
    part: FactPart | None
    before: str | None
    after: str | None
    before_value: str | None
    after_value: str | None
    where: str
    from_index: int | None
    to_index: int | None
    from_at: int | None
    to_at: int | None


def facts_of(comparison: Comparison) -> tuple[FactChange, ...]:
    """Return the facts that changed, in reading order, of articles that are compared already."""
    edited = [change for change in comparison.blocks if isinstance(change, Replaced | Moved) and change.wording]
    if not edited and not comparison.fields and not comparison.passages:
        return ()
    hearing = _hearing(comparison.before, comparison.after)
    found = [fact for change in comparison.fields for fact in _of_field(change, hearing)]
    found += [fact for change in edited for fact in _of_block(change, hearing)]
    moved = [passage for passage in comparison.passages if passage.wording]
    return (*found, *(fact for passage in moved for fact in _of_passage(passage, hearing)))


def _hearing(before: Article, after: Article) -> Hearing:
    texts = {block.text for article in (before, after) for block in article.body}
    authors = {word for article in (before, after) for name in article.authors for word in name.split()}
    return Hearing(known_names(texts) | authors, (after.language or before.language or "").lower().startswith("de"))


def _of_field(change: TextChange | ListChange, hearing: Hearing) -> Iterator[FactChange]:
    if isinstance(change, TextChange):
        parts = [change] if change.name in FIELDS else []
        where = change.name
    else:
        parts = [part for item in change.changed for part in _captions(item)]
        where = change.name
    for part in parts:
        if part.before and part.after:
            for pair in changed_facts(part.before, part.after, hearing, is_field=True):
                old = _Place(None, pair.before.start if pair.before else None)
                new = _Place(None, pair.after.start if pair.after else None)
                yield _placed(pair, (part.before, part.after), where, old, new)


def _captions(item: ItemChange) -> list[TextChange]:
    return [part for part in item.parts if part.name in CAPTIONS and isinstance(item.before, Picture | Link)]


def _of_block(change: BlockChange, hearing: Hearing) -> Iterator[FactChange]:
    assert isinstance(change, Replaced | Moved)
    texts = _text(change.before), _text(change.after)
    for pair in changed_facts(*texts, hearing):
        old = _standing(change.before, change.from_indexes, pair.before)
        new = _standing(change.after, change.to_indexes, pair.after)
        yield _placed(pair, texts, "body", old, new)


def _of_passage(passage: Passage, hearing: Hearing) -> Iterator[FactChange]:
    for pair in changed_facts(passage.before, passage.after, hearing):
        old = _Place(passage.from_index, passage.from_at + pair.before.start if pair.before else None)
        new = _Place(passage.to_index, passage.to_at + pair.after.start if pair.after else None)
        yield _placed(pair, (passage.before, passage.after), "body", old, new)


class _Place(NamedTuple):
    block: int | None
    at: int | None


def _standing(blocks: Sequence[Block], indexes: Sequence[int], fact: Fact | None) -> _Place:
    """Return the block that states the fact and its place there; of a fact not stated, the first block."""
    if fact is None:
        return _Place(indexes[0], None)
    at = fact.start
    for block, index in zip(blocks, indexes, strict=True):
        if at < len(block.text):
            return _Place(index, at)
        at -= len(block.text) + len(BREAK)
    return _Place(indexes[-1], None)


def _text(blocks: Sequence[Block]) -> str:
    return BREAK.join(block.text for block in blocks)


def _placed(pair: Pair, texts: tuple[str, str], where: str, old_place: _Place, new_place: _Place) -> FactChange:
    (before, after), old, new = texts, pair.before, pair.after
    return FactChange(
        kind=pair.kind,
        part=pair.part,
        before=before[old.start : old.end] if old else None,
        after=after[new.start : new.end] if new else None,
        before_value=old.value if old else None,
        after_value=new.value if new else None,
        where=where,
        from_index=old_place.block,
        to_index=new_place.block,
        from_at=old_place.at,
        to_at=new_place.at,
    )
