"""What an archive should make of a change: the classes of the revision, from the story before and after it.

The judge reads what a reader sees. A structured stamp that moves without a printed one declares nothing here.
"""

from newsroom import markup
from newsroom.model import Block, Picture, Story


def parts(before: Story, after: Story) -> tuple[str, ...]:
    """The parts of the article that differ, in the order in which revisions name them."""
    differs = {
        "headline": before.headline != after.headline or before.kicker != after.kicker,
        "standfirst": before.standfirst != after.standfirst,
        "body": _texts(before) != _texts(after),
        "authors": before.authors != after.authors,
        "pictures": _pictures(before) != _pictures(after),
        "links": _links(before) != _links(after),
    }
    return tuple(part for part, is_so in differs.items() if is_so)


def declarations(before: Story, after: Story) -> tuple[str, ...]:
    """What tells the reader of the change: a printed stamp that moved, a notice that is new or reads otherwise."""
    said = {
        "stamp": before.updated != after.updated,
        "notice": bool(_notices(after) - _notices(before)),
    }
    return tuple(way for way, is_so in said.items() if is_so)


def verdict(before: Story, after: Story) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes and the `declared_by` of the revision to expect; no classes when none is due."""
    changed, said = parts(before, after), declarations(before, after)
    if not changed:
        return (("restamped",) if said else ()), ()
    correction = ("correction",) if "notice" in said else ()
    return ("declared" if said else "stealth", *changed, *correction), said


def _texts(story: Story) -> list[tuple[str, str, tuple[str, ...], str | None]]:
    return [
        (block.role, markup.plain(block.text), tuple(map(markup.plain, block.items)), block.by)
        for block in story.body
        if block.role not in {"read-more", "picture"}
    ]


def _pictures(story: Story) -> list[tuple[str, str, str]]:
    shown = [story.picture, *(block.picture for block in story.body)]
    return [_seen(picture) for picture in shown if picture is not None]


def _seen(picture: Picture) -> tuple[str, str, str]:
    return picture.path, picture.caption, picture.credit


def _links(story: Story) -> list[tuple[str, str]]:
    return [link for block in story.body for link in _block_links(block)]


def _block_links(block: Block) -> list[tuple[str, str]]:
    if block.role == "read-more":
        return [(block.text, block.href or "")]
    return [link for text in (block.text, *block.items) for link in markup.inline_links(text)]


def _notices(story: Story) -> set[str]:
    return {block.text for block in story.body if block.role == "notice"}
