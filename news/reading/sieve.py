"""Which elements are no part of any article: what is hidden, what serves the site, what its names give away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lxml.etree import _Element as Element

Said = Mapping[str, str]
"""An element's attributes, taken from the tree once: each look at one of them there costs more than a dictionary's."""

_NAMES = ("class", "id", "data-testid", "data-component", "data-type")
_KEPT = frozenset(("html", "body", "main", "article", "blockquote", "h1", "br", "b", "i", "em", "strong"))
_TEXTUAL = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "blockquote", "li"))
_LITTLE = 250
"""Characters of paragraphs below which an element with a weak name is taken for what its name says."""

_SCANT = 500
"""Characters in paragraphs below which a page is one that writes its text into other elements."""

_DROPPED = frozenset(("nav", "aside", "footer", "form", "dialog", "menu", "select", "address"))
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
_START, _END = r"(?:^|[\s_\-:.]|(?<=[a-z])(?=[A-Z]))", r"(?=$|[\s_\-:.\d]|[A-Z])"
_STRONG = re.compile(
    _START + r"(?i:"
    r"nav|navi|navbar|navigation|menu|breadcrumbs?|footer|masthead|topbar|toolbar|skip-?links?|pagination|pager|"
    r"share|sharing|sharebar|share-?buttons|follow-us|addtoany|sharedaddy|"
    r"related|relateds|related-?content|related-?articles|recommend\w*|recirc\w*|teasers?|promos?|promobox|trending|"
    r"most-?popular|"
    r"most-?read|more-?on|more-?stories|more-?from|read-?more|see-?also|also-?read|read-?also|read-?next|up-?next|"
    r"outbrain|taboola|"
    r"newsletters?|signup|sign-up|donate|"
    r"comments?|comment-list|disqus|respond|replies|kommentare?|komentare?|commentaires?|comentarios|"
    r"adslot|advert\w*|adsense|adbox|sponsored|werbung|publicidad|pubblicita|"
    r"taglist|tag-list|carousel|"
    r"author-?(?:bio|box|info|card|details?|profile|description)|about-(?:the-)?authors?|biography|bylines?|dateline|"
    r"timestamps?|pub-?date|"
    r"cookies?|gdpr|modal|popup|pop-up|tooltip|lightbox|print-only|noprint|no-print|visually-?hidden|"
    r"screen-reader(?:-text)?|sr-only|"
    r"login|poll|quiz|toc"
    r")" + _END
)
_SURE = re.compile(
    _START + r"(?i:cookies?|gdpr|cookie-?consent|consent-?banner|popup|onetrust\w*|didomi\w*|sp_message\w*)" + _END
)
_WEAK = re.compile(
    _START + r"(?i:"
    r"sidebar|side-bar|rail|social|socials|follow|promoted|popular|widget|subscri(?:be|ption)\w*|paywall|regwall|"
    r"piano|donat\w*|support-us|membership|"
    r"ads?|sponsor\w*|dfp|anzeige|reklama?|banner|tags?|topics?|keywords|categories|credits?|copyright|gallery|"
    r"slideshow|"
    r"bio|authors?|published|post-?meta|entry-?meta|article-?meta|meta|consent|overlay|hidden|"
    r"player|podcast|audio|video|embed(?:ded)?|infobox|factbox|disclaimer|register"
    r")" + _END
)
_INLINE = frozenset(("b", "strong", "i", "em", "span", "q", "font", "u"))
_CAPTION = re.compile(_START + r"(?i:(?:[a-z]+-?_?)?captions?|photo-?credits?|image-?credits?|wp-caption-text)" + _END)
_SAVING = re.compile(
    r"article-?_?(?:body|text|content)|entry-?_?content|post-?_?(?:body|content)|story-?_?(?:body|content|text)|"
    r"body-?_?(?:copy|text|content)|"
    r"main-?content|content-?_?body|rich-?text|paragraph",
    re.IGNORECASE,
)


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
    asides, captions, plain = set[Element](), set[Element](), set[Element]()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag, said, held = str(element.tag), dict(element.items()), mass.get(element, 0)
        if _is_caption(tag, said) and held <= most:
            captions.add(element)
        elif _is_plain(element, said):
            if held <= most:
                plain.add(element)
                continue  # nobody looks inside: navigation and feet are most of a page
        elif said and _named_aside(tag, said, held, most):
            asides.add(element)
        if tag != "svg":
            waiting.extend(element)
    return Sieve(frozenset(asides | plain), frozenset(captions), frozenset(plain))


def _masses(root: Element, *texts: str) -> dict[Element, int]:
    """Return how many characters of running text each element holds in such tags, links not counted."""
    mass: dict[Element, int] = {}
    for element in root.iter(*texts):
        own = sum(map(len, _words(element)))
        around: Element | None = element if own else None
        while around is not None:
            mass[around] = mass.get(around, 0) + own
            around = around.getparent()
    return mass


def _is_caption(tag: str, said: Said) -> bool:
    if tag in {"figure", "figcaption"}:
        return True
    return "class" in said and tag in {"div", "p", "span", "small", "cite"} and _captioned(said["class"])


def _words(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in _INLINE:
            yield child.text or ""
        yield child.tail or ""


def _named_aside(tag: str, said: Said, mass: int, most: float) -> bool:
    names = " ".join(filter(None, map(said.get, _NAMES)))
    if not names or tag in _KEPT:
        return False
    told = _told_by(names)
    if told == "weak" and (mass >= _LITTLE or tag in _TEXTUAL):
        return False
    return told == "sure" or (told != "" and mass <= most)


@lru_cache(maxsize=8192)  # a page's names repeat, a site's do more: this halves the time
def _told_by(names: str) -> Literal["sure", "strong", "weak", ""]:
    """Return how surely these names say that an element is no text."""
    if _SURE.search(names):
        return "sure"
    if _SAVING.search(names):
        return ""
    if _STRONG.search(names):
        return "strong"
    return "weak" if _WEAK.search(names) else ""


@lru_cache(maxsize=8192)
def _captioned(names: str) -> bool:
    return _CAPTION.search(names) is not None


def _is_plain(element: Element, said: Said) -> bool:
    if element.tag == "footer" and next(element.iterancestors("blockquote"), None) is not None:
        return False  # who said it: HTML, 4.4.4
    if element.tag in _DROPPED:
        return True
    return bool(said) and (said.get("role") in _ROLES or _unseen(said))


def _unseen(said: Said) -> bool:
    return (
        "hidden" in said
        or said.get("aria-hidden") == "true"
        or ("style" in said and _HIDDEN.search(said["style"]) is not None)
    )
