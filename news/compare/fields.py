"""The changes of everything but the body: texts word by word, lists item by item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final, TypeAlias

from news.compare.changes import FieldChange, ItemChange, ListChange, ListItem, TextChange
from news.compare.wording import wording
from news.model import Article, Link, Picture, Stamp
from news.serial import rfc3339

TEXTS: Final = ("headline", "kicker", "standfirst", "section", "language", "canonical_url")
LISTS: Final = ("authors", "stamps", "pictures", "links", "tags")
ORDER: Final = (
    "kicker",
    "headline",
    "standfirst",
    "authors",
    "stamps",
    "section",
    "pictures",
    "links",
    "tags",
    "language",
    "canonical_url",
)

Key: TypeAlias = Callable[[ListItem], Hashable]


def compare_fields(before: Article, after: Article) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order in which a reader meets them."""
    return tuple(
        _text_change(name, getattr(before, name), getattr(after, name))
        if name in TEXTS
        else _list_change(name, getattr(before, name), getattr(after, name))
        for name in ORDER
        if getattr(before, name) != getattr(after, name)
    )


def _text_change(name: str, before: str | None, after: str | None) -> TextChange:
    return TextChange(name=name, before=before, after=after, wording=wording(before or "", after or ""))


def _list_change(name: str, before: Sequence[ListItem], after: Sequence[ListItem]) -> ListChange:
    same, left, right = _matched(before, after, _whole)
    for key in (_kin, _closer_kin):
        pairs, left, right = _matched(left, right, key)
        same += pairs
    changed = [ItemChange(before=old, after=new, parts=tuple(_parts(old, new))) for old, new in same if old != new]
    return ListChange(
        name=name,
        before=tuple(before),
        after=tuple(after),
        added=tuple(right),
        removed=tuple(left),
        changed=tuple(changed),
    )


def _matched(
    before: Sequence[ListItem], after: Sequence[ListItem], key: Key
) -> tuple[list[tuple[ListItem, ListItem]], list[ListItem], list[ListItem]]:
    """Return pairs of items with the same key, in order, and what is left over on either side."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, item in enumerate(after):
        waiting[key(item)].append(index)
    pairs, left, paired = [], [], set()
    for item in before:
        here = waiting.get(key(item)) if key(item) is not None else None
        if here:
            index = here.pop(0)
            paired.add(index)
            pairs.append((item, after[index]))
        else:
            left.append(item)
    return pairs, left, [item for index, item in enumerate(after) if index not in paired]


def _whole(item: ListItem) -> Hashable:
    return item


def _kin(item: ListItem) -> Hashable:
    """Return what stays when the item is edited; None for items that are nothing but their words."""
    match item:
        case Picture(url=url) | Link(url=url):
            return url
        case Stamp(kind=kind, source=source):
            return kind, source
        case _:
            return None


def _closer_kin(item: ListItem) -> Hashable:
    """Return what ties two items whose addresses differ: the words of a link."""
    return item.text if isinstance(item, Link) and item.text else None


def _parts(before: ListItem, after: ListItem) -> Iterator[TextChange]:
    for name in ("url", "role", "alt", "caption", "credit", "text"):
        old, new = getattr(before, name, None), getattr(after, name, None)
        if old != new:
            yield _text_change(name, old, new)
    if isinstance(before, Stamp) and isinstance(after, Stamp) and before.at != after.at:
        yield _text_change("at", *(rfc3339(stamp.at) if stamp.at else None for stamp in (before, after)))
