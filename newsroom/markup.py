"""The newsroom's plain way of writing bodies.

Blocks are parted by blank lines. `## heading`, `> quote -- Name`, lines of `* item`, `READ slug`,
`READ /path/ | words`, `NOTE text`, `PIC scene:shade | alt | caption | credit`, `POST handle | text`,
`ENTRY minutes | title`; all else is a paragraph.
Inline links are `[words](slug)`, `[words](/path/)` or `[words](https://...)`.
"""

import re
from datetime import datetime, timedelta
from html import escape

from newsroom.model import Block, Picture

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def blocks(text: str, published: datetime) -> tuple[Block, ...]:
    """The blocks that a text in the newsroom's markup holds; entries are timed from `published`."""
    pieces = (" ".join(piece.split("\n")) if "* " not in piece[:2] else piece for piece in _pieces(text))
    return tuple(_block(piece, published) for piece in pieces)


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"\n\s*\n", text.strip()) if piece.strip()]


def _block(piece: str, published: datetime) -> Block:  # noqa: PLR0911  # one arm for each mark
    word, _, rest = piece.partition(" ")
    fields = [field.strip() for field in rest.split("|")]
    match word:
        case "##":
            return Block(role="heading", text=rest)
        case ">":
            words, _, by = rest.partition(" -- ")
            return Block(role="quote", text=words.strip(), by=by.strip() or None)
        case "*":
            items = tuple(line.removeprefix("*").strip() for line in piece.splitlines())
            return Block(role="list", text="", items=items)
        case "READ":
            return Block(role="read-more", text=fields[1] if len(fields) > 1 else "", href=fields[0])
        case "NOTE":
            return Block(role="notice", text=rest)
        case "PIC":
            return Block(role="picture", text="", picture=picture(*fields))
        case "POST":
            return Block(role="post", by=fields[0], text=fields[1])
        case "ENTRY":
            return Block(role="entry", at=published + timedelta(minutes=int(fields[0])), text=fields[1])
    return Block(role="paragraph", text=piece)


def picture(scene: str, alt: str, caption: str, credit: str) -> Picture:
    """A picture from its four fields; an empty alt is the caption again, as most desks do it."""
    name, _, shade = scene.partition(":")
    return Picture(scene=name, shade=int(shade or 0), alt=alt or caption, caption=caption, credit=credit)


def plain(text: str) -> str:
    """The text as a reader sees it: links are their words."""
    return LINK.sub(r"\1", text)


def inline_links(text: str) -> tuple[tuple[str, str], ...]:
    """The words and targets of the inline links, in order."""
    return tuple(LINK.findall(text))


def inline(text: str) -> str:
    """The text as HTML, escaped, its links made."""
    return LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
