"""A tree as the lines a person sees, in page order: one line for each run of text between block borders."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from news.reading.text import fold

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


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in a line: its words and its href as written."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text; `element` is the block it stands in, `marks` the tags around it that give it a role."""

    text: str
    element: Element
    marks: frozenset[str]
    anchors: tuple[Anchor, ...] = ()
    linked: int = 0
    bold: int = 0

    @property
    def heading(self) -> bool:
        """True in h1 to h6."""
        return bool(self.marks & _HEADINGS)

    @property
    def link_share(self) -> float:
        """The part of its characters that are links."""
        return self.linked / max(1, len(self.text))


@dataclass(slots=True)
class _Run:
    """What has been read since the last block border."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    anchors: list[Anchor] = field(default_factory=list)
    breaks: int = 0


@dataclass(slots=True)
class _Walk:
    """Where the walk stands: the blocks and marks around it, and the link it is in."""

    blocks: list[Element] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    run: _Run = field(default_factory=_Run)
    link_from: int | None = None
    href: str = ""
    bold: int = 0

    def add(self, text: str | None) -> None:
        if not text:
            return
        self.run.pieces.append(text)
        if text.strip():
            self.run.breaks = 0
            size = len(text.strip())
            self.run.linked += size if self.link_from is not None else 0
            self.run.bold += size if self.bold else 0

    def close_run(self) -> Line | None:
        """Return the line read so far, None where it is empty, and begin the next."""
        if not self.run.pieces:
            self.link_from = None if self.link_from is None else 0
            return None
        run, self.run = self.run, _Run()
        if self.link_from is not None:
            self._note_link(run)
            self.link_from = 0
        text = fold("".join(run.pieces))
        if not text:
            return None
        return Line(
            text, self.blocks[-1], frozenset(self.marks), tuple(run.anchors), min(run.linked, len(text)), run.bold
        )

    def open_link(self, href: str | None) -> None:
        self.link_from, self.href = len(self.run.pieces), href or ""

    def close_link(self) -> None:
        self._note_link(self.run)
        self.link_from = None

    def _note_link(self, run: _Run) -> None:
        words = fold("".join(run.pieces[self.link_from :]))
        if words and self.href:
            run.anchors.append(Anchor(words, self.href))


def lines(root: Element, *, without: AbstractSet[Element] = frozenset()) -> Iterator[Line]:
    """Yield the lines under an element, leaving out what no one sees and the elements `without`.

    Walks without recursion: pages nested thousands deep are read like others.
    """
    walk = _Walk(blocks=[root])
    stack: list[tuple[Element, bool]] = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        if leaving:
            line = _leave(walk, element, root)
            if line:
                yield line
            continue
        if not isinstance(element.tag, str) or element.tag in UNSEEN or element in without:
            if element is not root:
                if element.tag in {"img", "picture", "iframe", "video"} or element in without:
                    line = walk.close_run() if element.tag not in INLINE else None
                    if line:
                        yield line
                walk.add(element.tail)
            continue
        line = _enter(walk, element)
        if line:
            yield line
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))


def _enter(walk: _Walk, element: Element) -> Line | None:
    tag = element.tag
    line = None
    if tag == "br":
        walk.run.breaks += 1
        line = walk.close_run() if walk.run.breaks > 1 else None
        walk.run.breaks = 0 if line else walk.run.breaks
        walk.run.pieces.append(" ")
    elif tag not in INLINE:
        line = walk.close_run()
        walk.blocks.append(element)
        if tag in _MARKS:
            walk.marks.append(tag)
    elif tag in {"td", "th"}:
        walk.run.pieces.append(" ")
    elif tag == "a":
        walk.open_link(element.get("href"))
    walk.bold += tag in {"b", "strong"}
    walk.add(element.text)
    return line


def _leave(walk: _Walk, element: Element, root: Element) -> Line | None:
    tag, line = element.tag, None
    walk.bold -= tag in {"b", "strong"}
    if tag == "a":
        walk.close_link()
    elif tag != "br" and tag not in INLINE:
        line = walk.close_run()
        walk.blocks.pop()
        if tag in _MARKS:
            walk.marks.pop()
    if element is not root:
        walk.add(element.tail)
    return line
