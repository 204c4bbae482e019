"""A live blog's entries: its page shows the newest, and what leaves it at the other end was not deleted."""

from __future__ import annotations

from dataclasses import replace

from news.model import Article, Block, Entry, Link, Picture, Stamp


def without_rolled_off(before: Article, after: Article) -> Article:
    """Return the earlier state without the entries that new ones have pushed off the later page.

    An entry rolled off when the later page has new entries at one end and lacks it at the other; one that is missing
    from between those that stayed, or from a page without new ones, was taken away and is kept here.
    """
    gone = rolled_off(before, after)
    if not gone:
        return before
    return replace(
        before,
        body=tuple(block for block in before.body if _stays(block, gone)),
        pictures=tuple(picture for picture in before.pictures if _stays(picture, gone)),
        links=tuple(link for link in before.links if _stays(link, gone)),
        entries=tuple(entry for entry in before.entries if entry.id not in gone),
    )


def rolled_off(before: Article, after: Article) -> frozenset[str]:
    """Return the ids of these entries; none where either page is no live blog's."""
    return _rolled_off(before.entries, after.entries) if before.entries and after.entries else frozenset()


def _stays(part: Block | Picture | Link, gone: frozenset[str]) -> bool:
    return part.entry is None or part.entry not in gone


def _rolled_off(before: tuple[Entry, ...], after: tuple[Entry, ...]) -> frozenset[str]:
    then, now = [entry.id for entry in before], [entry.id for entry in after]
    kept = [place for place, name in enumerate(then) if name in set(now)]
    if not then or not now or set(now) <= set(then):
        return frozenset()
    if not kept:
        return frozenset(then) if _all_older(before, after) else frozenset()
    newest_first, oldest_first = now[0] not in then, now[-1] not in then
    if newest_first == oldest_first:
        return frozenset()
    return frozenset(then[kept[-1] + 1 :] if newest_first else then[: kept[0]])


def _all_older(before: tuple[Entry, ...], after: tuple[Entry, ...]) -> bool:
    """Return whether all entries of one page were published before all of the other's, as far as both say when."""
    then, now = [_published(entry) for entry in before], [_published(entry) for entry in after]
    old, new = [stamp.at for stamp in then if stamp and stamp.at], [stamp.at for stamp in now if stamp and stamp.at]
    return len(old) == len(before) and len(new) == len(after) and max(old) < min(new)


def _published(entry: Entry) -> Stamp | None:
    return next((stamp for stamp in entry.stamps if stamp.kind == "published" and stamp.at), None)
