"""Which elements are no part of any article: what is hidden, what serves the site, what its names give away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lxml.etree import _Element as Element

from news.reading.naming import captioned, told_by

_Kind = Literal["caption", "plain", "sure", "strong", "weak", ""]
Said = Mapping[str, str]
"""An element's attributes, taken from the tree once: each look at one of them there costs more than a dictionary's."""

_NAMES = ("class", "id", "data-testid", "data-component", "data-type")
_KEPT = frozenset(("html", "body", "main", "article", "blockquote", "h1", "br", "b", "i", "em", "strong"))
_TEXTUAL = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "blockquote", "li"))
_LITTLE = 250
"""Characters of paragraphs below which an element with a weak name is taken for what its name says."""

_SCANT = 500
"""Characters in paragraphs below which a page is one that writes its text into other elements."""

_PICTURED = frozenset(("figure", "figcaption"))
_CAPTIONED = frozenset(("div", "p", "span", "small", "cite"))
_DROPPED = frozenset(("nav", "aside", "footer", "form", "dialog", "menu", "select", "address"))
_SENTENCE = 40
"""Characters of text on both sides of a link or span from which it is taken for a part of a sentence."""

_TELLING = _PICTURED | _DROPPED
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ROLES = frozenset(
    (
        "navigation",
        "complementary",
        "contentinfo",
        "search",
        "dialog",
        "alertdialog",
        "banner",
        "menu",
        "tablist",
        "toolbar",
    )
)
_INLINE = frozenset(("b", "strong", "i", "em", "span", "q", "font", "u"))


@dataclass(frozen=True, slots=True)
class Sieve:
    """What of a page is not the article's text: `asides` serve the site, `captions` belong to pictures.

    `plain` are those of the asides whose tag, role or style says so, without a look at their names.
    """

    asides: frozenset[Element]
    captions: frozenset[Element]
    plain: frozenset[Element]

    @property
    def all(self) -> frozenset[Element]:
        """Both kinds."""
        return self.asides | self.captions


def sieve(root: Element) -> Sieve:
    """Return the elements to leave out; never one that holds more than a third of the page's running text.

    What stands inside a plain one is not named again.
    """
    mass = _masses(root, "p")
    if mass.get(root, 0) < _SCANT:
        mass = _masses(root, "p", "div", "td", "section", "article", "span", "center")
    most = max(1, mass.get(root, 0)) / 3
    heavy = {element for element, held in mass.items() if held > most}
    asides, captions, plain = set[Element](), set[Element](), set[Element]()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag: str = element.tag  # type: ignore[assignment]
        said = element.items()
        if said or tag in _TELLING:
            light = element not in heavy
            kind = _kind(element, tag, said, light=light)
            if kind == "caption":
                captions.add(element)
            elif kind == "plain":
                if light:
                    plain.add(element)
                    continue  # nobody looks inside: navigation and feet are most of a page
            elif kind and _is_aside(kind, tag, mass.get(element, 0), light=light) and not _in_sentence(element, tag):
                asides.add(element)
        if tag != "svg" and len(element):
            waiting.extend(element)
    return Sieve(frozenset(asides | plain), frozenset(captions), frozenset(plain))


def _kind(element: Element, tag: str, said: Sequence[tuple[str, str]], *, light: bool) -> _Kind:
    """Return what an element is by its tag, its attributes and its names; a caption only where it is light."""
    if light and tag in _PICTURED:
        return "caption"
    if len(said) == 1 and tag not in _DROPPED and said[0][0] in _NAMES:  # most have a class only
        key, names = said[0]
        if light and key == "class" and tag in _CAPTIONED and captioned(names):
            return "caption"
        return "" if tag in _KEPT else told_by(names)
    every = dict(said)
    if light and tag in _CAPTIONED and captioned(every.get("class", "")):
        return "caption"
    if _is_plain(element, tag, every):
        return "plain"
    return "" if tag in _KEPT else told_by(" ".join([every[key] for key in _NAMES if key in every]))


def _is_aside(kind: _Kind, tag: str, mass: int, *, light: bool) -> bool:
    if kind == "weak" and (tag in _TEXTUAL or mass >= _LITTLE):
        return False
    return light or kind == "sure"


def _in_sentence(element: Element, tag: str) -> bool:
    """Return whether a link or span stands in a sentence or opens one: then its name is no matter."""
    parent = element.getparent()
    if (tag not in _INLINE and tag != "a") or parent is None:
        return False
    before = element.getprevious()
    ahead = ((parent.text if before is None else before.tail) or "").strip()
    after = (element.tail or "").strip()
    opens = before is None and parent.tag == "p" and after[:1].islower()
    return len(ahead) + len(after) >= _SENTENCE and bool(after) and (bool(ahead) or opens)


def _masses(root: Element, *texts: str) -> dict[Element, int]:
    """Return how many characters of running text each element holds in such tags, links not counted."""
    mass: dict[Element, int] = {}
    inner: dict[Element, int] = {}
    for element in root.iter(*texts):
        own = _running(element)
        if own:
            mass[element] = own
            parent = element.getparent()
            if parent is not None:
                inner[parent] = inner.get(parent, 0) + own
    for element, held in inner.items():
        around: Element | None = element
        while around is not None:
            mass[around] = mass.get(around, 0) + held
            around = around.getparent()
    return mass


def _running(element: Element) -> int:
    """Return how many characters of running text stand in an element itself."""
    size = len(element.text or "")
    for child in element if len(element) else ():
        if child.tag in _INLINE:
            size += len(child.text or "")
        size += len(child.tail or "")
    return size


def _is_plain(element: Element, tag: str, said: Said) -> bool:
    if tag in _DROPPED:  # but a foot within a quotation says who said it: HTML, 4.4.4
        return tag != "footer" or next(element.iterancestors("blockquote"), None) is None
    return (
        "hidden" in said
        or said.get("role") in _ROLES
        or said.get("aria-hidden") == "true"
        or ("style" in said and _HIDDEN.search(said["style"]) is not None)
    )
