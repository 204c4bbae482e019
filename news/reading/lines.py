"""A tree as the lines a person sees, in page order: one line for each run of text between block borders."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.etree import _Element as Element

from news.reading.text import count_words, fold

INLINE = frozenset("""
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small
    span strike strong sub sup td th time tt u var wbr bold italic amp-link
""".split())  # fmt: skip  # noqa: SIM905 - read as a text it can be checked against the standard
UNSEEN = frozenset("""
    script style noscript template head title meta link svg math canvas map area object embed applet audio video source
    track input select option optgroup textarea button datalist param img picture iframe frame frameset
""".split())  # fmt: skip  # noqa: SIM905
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_MARKS = _HEADINGS | {"blockquote", "li", "figcaption", "p", "tr", "dd", "dt", "pre"}
_BORDERS = frozenset(("img", "picture", "iframe", "video"))
"""What no one reads, but what parts the text before it from the text after it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in a line: its words and its href as written."""

    text: str
    href: str


@dataclass(slots=True, eq=False)  # not frozen: a page has hundreds, and a frozen one takes three times as long to make
class Line:
    """A run of text; `element` is the block it stands in, `marks` the tags around it that give it a role.

    Made here and changed nowhere.
    """

    text: str
    element: Element
    marks: frozenset[str]
    anchors: tuple[Anchor, ...] = ()
    linked: int = 0
    bold: int = 0
    _words: int = field(default=-1, init=False, repr=False)

    @property
    def heading(self) -> bool:
        """True in h1 to h6."""
        return not _HEADINGS.isdisjoint(self.marks)

    @property
    def link_share(self) -> float:
        """The part of its characters that are links."""
        return self.linked / max(1, len(self.text)) if self.linked else 0.0

    @property
    def words(self) -> int:
        """How many words it has, counted once."""
        if self._words < 0:
            self._words = count_words(self.text)
        return self._words


class _Walk:
    """Where the walk stands: the blocks and marks around it, the link it is in, what it read since the last block
    border, and the lines that are done.
    """

    __slots__ = (
        "anchors", "blocks", "bold", "bolds", "breaks", "done", "href", "link_from", "linked", "marks", "pieces",
    )  # fmt: skip

    def __init__(self, root: Element) -> None:
        self.blocks: list[Element] = [root]
        self.marks: list[frozenset[str]] = [frozenset()]
        self.done: list[Line] = []
        self.link_from: int | None = None
        self.href = ""
        self.bolds = 0
        self._begin()

    def _begin(self) -> None:
        self.pieces: list[str] = []
        self.anchors: list[Anchor] = []
        self.linked = self.bold = self.breaks = 0

    def add(self, text: str | None) -> None:
        if not text:
            return
        if text.isspace():
            if self.pieces:
                self.pieces.append(text)
            return
        self.pieces.append(text)
        self.breaks = 0
        if self.link_from is not None or self.bolds:
            size = len(text.strip())
            self.linked += size if self.link_from is not None else 0
            self.bold += size if self.bolds else 0

    def end_run(self) -> None:
        """Note the line read so far, if it has words, and begin the next."""
        if self.link_from is not None:
            self._note_link()
            self.link_from = 0
        if not self.pieces:
            return
        text = fold("".join(self.pieces))
        if text:
            linked, anchors = min(self.linked, len(text)), tuple(self.anchors)
            self.done.append(Line(text, self.blocks[-1], self.marks[-1], anchors, linked, self.bold))
        self._begin()

    def _note_link(self) -> None:
        words = fold("".join(self.pieces[self.link_from :]))
        if words and self.href:
            self.anchors.append(Anchor(words, self.href))

    def pass_by(self, element: Element, *, parts: bool) -> None:
        """Leave an element out; a block or a picture still `parts` the text before it from that after it."""
        if parts and element.tag not in INLINE:
            self.end_run()

    def take(self, element: Element, tag: str) -> None:
        """Read an element that holds no others."""
        if tag in INLINE or tag == "br" or self.link_from is not None or self.bolds:
            self.enter(element, tag)
            self.leave(tag)
            return
        if self.pieces:
            self.end_run()
        text = fold(element.text)
        if text:
            self.done.append(Line(text, element, _marked(self.marks[-1], tag)))

    def enter(self, element: Element, tag: str) -> None:
        if tag == "br":
            self._break()
        elif tag not in INLINE:
            self.end_run()
            self.blocks.append(element)
            self.marks.append(_marked(self.marks[-1], tag))
        elif tag == "a":
            self.link_from, self.href = len(self.pieces), element.get("href") or ""
        elif tag in {"td", "th"}:
            self.pieces.append(" ")
        elif tag in {"b", "strong"}:
            self.bolds += 1
        self.add(element.text)

    def _break(self) -> None:
        self.breaks += 1
        if self.breaks > 1:
            self.end_run()
        self.pieces.append(" ")

    def leave(self, tag: str) -> None:
        if tag == "a":
            self._note_link()
            self.link_from = None
        elif tag in {"b", "strong"}:
            self.bolds -= 1
        elif tag not in INLINE and tag != "br":
            self.end_run()
            self.blocks.pop()
            self.marks.pop()


@lru_cache(maxsize=1024)
def _marked(marks: frozenset[str], tag: str) -> frozenset[str]:
    return marks | {tag} if tag in _MARKS else marks


def lines(root: Element, *, without: AbstractSet[Element] = frozenset()) -> Iterator[Line]:
    """Yield the lines under an element, leaving out what no one sees and the elements `without`.

    Walks without recursion: pages nested thousands deep are read like others.
    """
    if not _is_seen(root.tag) or root in without:
        return
    walk = _Walk(root)
    done = walk.done
    walk.enter(root, str(root.tag))
    around = [(root, iter(root))]
    while around:
        element, children = around[-1]
        for child in children:
            tag: str = child.tag  # type: ignore[assignment]
            left_out = child in without
            if left_out or tag in UNSEEN or not isinstance(tag, str):
                walk.pass_by(child, parts=left_out or tag in _BORDERS)
            elif len(child):
                walk.enter(child, tag)
                around.append((child, iter(child)))
                break
            else:
                walk.take(child, tag)
            walk.add(child.tail)
            if done:
                yield from done
                done.clear()
        else:
            around.pop()
            walk.leave(element.tag)  # type: ignore[arg-type]
            walk.add(element.tail if around else None)
        if done:
            yield from done
            done.clear()


def _is_seen(tag: object) -> bool:
    return tag not in UNSEEN and isinstance(tag, str)
