"""From a body's lines to its blocks and links: a role for each, list items together, read-more links apart."""

from __future__ import annotations

from collections.abc import Sequence

from news.model import Block, BlockRole, Link
from news.reading.lines import Line
from news.reading.page import Page
from news.reading.phrases import READ_MORE, is_notice, leads_on

_CHOSEN = 2
"""Links under one label that an editor chose for this article; more are a rail of related stories."""


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return the blocks that these lines make; the items of one list are one block, an item a line of it."""
    blocks: list[tuple[BlockRole, list[str]]] = []
    last: object = blocks
    for line in lines:
        role, group = _role(line), _list(line)
        if role == "list" and group is last and blocks[-1][0] == "list":
            blocks[-1][1].append(line.text)
        else:
            blocks.append((role, [line.text]))
        last = group
    return tuple(Block(role=role, text="\n".join(texts)) for role, texts in blocks)


def _role(line: Line) -> BlockRole:
    if is_notice(line.text):
        return "notice"
    if line.heading:
        return "heading"
    if "blockquote" in line.marks:
        return "quote"
    return "list" if "li" in line.marks else "paragraph"


def _list(line: Line) -> object:
    """Return the list that a line's item stands in."""
    if "li" not in line.marks:
        return None
    return next((element for element in line.element.iterancestors() if element.tag in {"ul", "ol"}), None)


def inline_links(lines: Sequence[Line], page: Page) -> tuple[Link, ...]:
    """Return the links inside the text, in order, repeats once."""
    found = [
        Link(role="inline", text=anchor.text, url=url)
        for line in lines
        for anchor in line.anchors
        if (url := page.absolute(anchor.href))
    ]
    return tuple(dict.fromkeys(found))


def read_more_links(lines: Sequence[Line], page: Page) -> tuple[Link, ...]:
    """Return the links to other stories that stand between the text: `Read more:` in the line or in the line before.

    More than two under one label are a rail, which the site fills anew at each look, and none of them counts.
    """
    found: list[Link] = []
    under: list[Link] = []
    announced = False
    for line in lines:
        label = leads_on(line.text)
        follows = announced and line.link_share > 0.6
        if not follows:
            found.extend(under if len(under) <= _CHOSEN else ())
            under = []
        if line.anchors and follows:
            under.extend(_read_more(line, page))
        elif line.anchors and label:
            found.extend(_read_more(line, page))
        announced = follows or (label and not line.anchors)
    found.extend(under if len(under) <= _CHOSEN else ())
    return tuple(dict.fromkeys(found))


def _read_more(line: Line, page: Page) -> list[Link]:
    return [
        Link(role="read-more", text=words, url=url)
        for anchor in line.anchors
        if (words := READ_MORE.sub("", anchor.text)) and (url := page.absolute(anchor.href))
    ]
