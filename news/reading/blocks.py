"""From a body's lines to its blocks and links: a role for each, list items together, read-more links apart."""

from __future__ import annotations

from collections.abc import Sequence

from news.model import Block, BlockRole, Link
from news.reading.lines import Line
from news.reading.page import Page
from news.reading.phrases import NOTICE, READ_MORE


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return the blocks that these lines make; the items of one list are one block, an item a line of it."""
    blocks: list[Block] = []
    last: object = None
    for line in lines:
        role, group = _role(line), _list(line)
        if role == "list" and blocks and group is last:
            blocks[-1] = Block(role="list", text=f"{blocks[-1].text}\n{line.text}")
        else:
            blocks.append(Block(role=role, text=line.text))
        last = group
    return tuple(blocks)


def _role(line: Line) -> BlockRole:
    if NOTICE.match(line.text):
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
    """Return the links to other stories that stand between the text: `Read more:` in the line or in the line before."""
    found: list[Link] = []
    announced = False
    for line in lines:
        label = READ_MORE.match(line.text)
        if line.anchors and (label or (announced and line.link_share > 0.6)):
            found.extend(_read_more(line, page))
        announced = bool(label and not line.anchors) or (announced and line.link_share > 0.6)
    return tuple(dict.fromkeys(found))


def _read_more(line: Line, page: Page) -> list[Link]:
    return [
        Link(role="read-more", text=words, url=url)
        for anchor in line.anchors
        if (words := READ_MORE.sub("", anchor.text)) and (url := page.absolute(anchor.href))
    ]
