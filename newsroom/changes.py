"""Edits as pure functions: a story in, another story out."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypedDict

from newsroom import markup
from newsroom.model import Block, Picture, Story


class Change(TypedDict, total=False):
    """What an edit may do to a story; several at once are made in this order."""

    headline: str
    standfirst: str
    authors: list[str]
    replace: dict[str, str]  # words in the body, and the words instead at every place
    remove: str  # the block that holds these words goes
    add: str  # blocks in the newsroom's markup, put at the end
    insert: str  # the same, put after the first block


def changed(story: Story, change: Change) -> Story:
    """The story after the change; ValueError if words to be replaced or removed aren't in the body."""
    story = replace(
        story,
        headline=change.get("headline", story.headline),
        standfirst=change.get("standfirst", story.standfirst),
        authors=tuple(change.get("authors", story.authors)),
    )
    for words, instead in change.get("replace", {}).items():
        story = _replaced(story, words, instead)
    if "remove" in change:
        story = _without(story, change["remove"])
    if "add" in change:
        story = replace(story, body=(*story.body, *markup.blocks(change["add"], story.published)))
    if "insert" in change:
        story = replace(
            story, body=(*story.body[:1], *markup.blocks(change["insert"], story.published), *story.body[1:])
        )
    return story


def moved(story: Story, position: int, to: int) -> Story:
    """The story with its paragraph `position` where its paragraph `to` was; other blocks keep their places."""
    places = [place for place, block in enumerate(story.body) if block.role == "paragraph"]
    body = list(story.body)
    block = body.pop(places[position])
    body.insert(places[to], block)
    return replace(story, body=tuple(body))


def with_notice(story: Story, notice: str) -> Story:
    """The story with that notice as its last block."""
    return replace(story, body=(*story.body, Block(role="notice", text=notice)))


def with_picture(story: Story, words: dict[str, object]) -> Story:
    """The story with its leading picture changed; a caption that changes takes an equal alt along."""
    shown = story.picture
    if shown is None:
        raise ValueError(f"{story.path} has no picture")
    wanted = {name: str(value) for name, value in words.items()}
    scene, _, shade = wanted.pop("scene", f"{shown.scene}:{shown.shade}").partition(":")
    if shown.alt == shown.caption and "caption" in wanted:
        wanted.setdefault("alt", wanted["caption"])
    picture = Picture(
        scene=scene,
        shade=int(shade or 0),
        alt=wanted.get("alt", shown.alt),
        caption=wanted.get("caption", shown.caption),
        credit=wanted.get("credit", shown.credit),
    )
    return replace(story, picture=picture)


def _replaced(story: Story, old: str, new: str) -> Story:
    def swap(block: Block) -> Block:
        return replace(
            block, text=block.text.replace(old, new), items=tuple(item.replace(old, new) for item in block.items)
        )

    return replace(story, body=_touching(story, old, swap))


def _touching(story: Story, words: str, swap: Callable[[Block], Block]) -> tuple[Block, ...]:
    """The body with `swap` made on the blocks that hold the words; ValueError if none does."""
    if not any(_holds(block, words) for block in story.body):
        raise ValueError(f"{story.path} doesn't say {words!r}")
    return tuple(swap(block) if _holds(block, words) else block for block in story.body)


def _without(story: Story, words: str) -> Story:
    _touching(story, words, lambda block: block)
    return replace(story, body=tuple(block for block in story.body if not _holds(block, words)))


def _holds(block: Block, words: str) -> bool:
    return block.role != "read-more" and any(words in text for text in (block.text, *block.items))
