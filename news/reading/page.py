"""A document parsed once, with what its head says: what every reader starts from."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.etree import _Element as Element

from news.errors import NotAnArticle
from news.model import Document
from news.reading.codings import unreadable
from news.reading.floods import without_floods
from news.reading.jsonld import LinkedArticle, linked_article
from news.reading.meta import MetaTags, meta_tags

MOST_CHARACTERS = 8_000_000
MOST_TAGS = 200_000
"""The longest live blogs have some 60,000 tags and 3 MB; a bomb of 64 MB would take minutes and gigabytes to read."""

_HTML = {None, "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"}
_LONGEST_KEPT = 1_000_000
"""Characters of the longest page whose tree is kept for the next who asks: it takes some 20 MB."""

_READ = ("base", "title", "meta", "link", "script", "h1")
_MARKUP_FIRST = ("text/plain", "application/xml", "text/xml", None)
_HOST = re.compile(r"https?://[A-Za-z0-9-][A-Za-z0-9.:-]*(?=/|$)")
_PLAIN = re.compile(r"(https?://[A-Za-z0-9-][A-Za-z0-9.:-]*)?/(?!/)[A-Za-z0-9_~%,=+/.-]*(?:\?[A-Za-z0-9_~%,=+&/.:-]+)?")
"""Matches addresses that joining and splitting leave as they are, save for dot segments: nothing odd, no fragment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page; `base` is what its relative links start from, `heads` its h1 elements."""

    document: Document
    root: Element
    base: str
    linked: LinkedArticle
    meta: MetaTags
    heads: tuple[Element, ...]

    def absolute(self, href: str | None) -> str | None:
        """Return a link of this page as an absolute http(s) address, or None for any other."""
        return absolute(self.base, href)


def open_page(document: Document) -> Page:
    """Return the document parsed.

    Raises `NotAnArticle` with reason `empty`, `not-html` or `too-long` for one that holds no page of a bearable size.
    """
    root = _parsed(document)
    named: dict[str, list[Element]] = {tag: [] for tag in _READ}
    for element in root.iter(*_READ):  # one way through the tree for all of them
        named[element.tag].append(element)  # type: ignore[index]
    start = next((base.get("href") for base in named["base"] if "href" in base.attrib), None)
    return Page(
        document=document,
        root=root,
        base=absolute(document.url, start) or document.url,
        linked=linked_article(named["script"]),
        meta=meta_tags(root, named),
        heads=tuple(named["h1"]),
    )


def _parsed(document: Document) -> Element:
    if not document.text or document.text.isspace():  # strip would copy 60 MB
        coding = unreadable(document.header("Content-Encoding"))
        if coding:
            said = f"{document.url} came in a coding that can't be taken off ({coding}); its bytes are kept"
            raise NotAnArticle(said, reason="unknown-coding")
        raise NotAnArticle(f"{document.url} has an empty body: nothing to read", reason="empty")
    head = document.text[:2000].lower()
    if document.media_type not in _HTML or (
        document.media_type in _MARKUP_FIRST and "<html" not in head and "<!doctype html" not in head
    ):
        raise NotAnArticle(f"{document.url} is {document.media_type or 'unlabelled'}, no HTML page", reason="not-html")
    if len(document.text) > MOST_CHARACTERS:  # a part of it would pass for an article that was cut by its publisher
        raise NotAnArticle(f"{document.url} is longer than {MOST_CHARACTERS} characters", reason="too-long")
    root = tree_of(document)
    if root is None:
        raise NotAnArticle(f"{document.url} has no element at all: nothing to read", reason="empty")
    return root


def tree_of(document: Document) -> Element | None:
    """Return the root of a document's tree as `parse` does, to be read and never changed.

    The reader, and who looks for links or requisites, ask for the same document in a row: it is parsed once for them.
    """
    if len(document.text) > _LONGEST_KEPT:
        return parse(document.text)
    return _tree(_Same(document))


class _Same:
    """A document as a key: equal to itself only, so that nobody hashes its text."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.document is self.document


@lru_cache(maxsize=1)
def _tree(key: _Same) -> Element | None:
    document, body = key.document, key.document.body
    whole = without_floods(document.text) is document.text
    spelt = whole and document.encoding == "utf-8" and not body.startswith(codecs.BOM_UTF8) and b"\x00" not in body
    if spelt and "\ufffd" not in document.text and _is_bearable(document.text):
        return _parsed_bytes(body)  # what the text would be encoded to
    return parse(document.text)


def parse(text: str) -> Element | None:
    """Return the root of a page's tree, or None where there is none; comments and instructions are left out.

    What lies past `MOST_CHARACTERS` or `MOST_TAGS` is left out too, and floods of attributes: no page is like that, and
    traps are.
    """
    text = text[:MOST_CHARACTERS]
    if not _is_bearable(text):
        text = "<".join(text.split("<", MOST_TAGS)[:MOST_TAGS])
    text = without_floods(text)
    if "\x00" in text:
        text = text.replace("\x00", "")
    return _parsed_bytes(text.encode("utf-8", errors="replace"))


def _is_bearable(text: str) -> bool:
    """Return whether a text of at most `MOST_CHARACTERS` has no more tags than that: each has three characters."""
    return len(text) <= 3 * MOST_TAGS or text.count("<") <= MOST_TAGS


def _parsed_bytes(markup: bytes) -> Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True, collect_ids=False
    )
    try:
        return etree.fromstring(markup, parser)
    except etree.ParserError:
        return None
    except etree.XMLSyntaxError:
        return None


def absolute(base: str, href: str | None) -> str | None:
    """Return the address absolute and without its fragment, or None for what is no http(s) address."""
    if not href or not href.strip():
        return None
    plain, host = _PLAIN.fullmatch(href), _HOST.match(base)
    if plain and (plain[1] or host) and "/." not in href:  # nearly all links of a page: a tenth of the time
        return href if plain[1] or not host else host[0] + href
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts._replace(fragment="").geturl() if parts.scheme in {"http", "https"} and parts.netloc else None
