"""XML from strangers, element by element: no DTD, no network, no expansion, bounded size, and mended where broken.

Entities are never expanded: what declares its own is refused. Memory stays flat, as read elements are let go.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from html.entities import html5
from io import BytesIO
from itertools import islice
from typing import TypeAlias, TypeVar

from lxml import etree
from lxml.etree import _Element as Element

from news.discovery.found import DiscoveryError

Value = TypeVar("Value")
Take: TypeAlias = Callable[[Element], Value | None]
"""What makes a value of an element, or None of one that says nothing."""

MOST_BYTES = 50_000_000
"""Of a source, unpacked: the sitemap protocol allows 50 MB; what lies beyond is not read."""

MOST_MEMBERS = 10_000
"""Of a gzipped source: one is usual, and each costs."""

MOST_EVENTS = 4_000_000
"""Starts and ends of elements: 50,000 news entries with a dozen elements each take 1.2 million."""

_ENTITY = tuple("<!ENTITY".encode(coding) for coding in ("ascii", "utf-16-le", "utf-16-be"))
_GZIP = b"\x1f\x8b"
_START = re.compile(rb"<\?xml|<!DOCTYPE|<!--|<(?:[\w.-]+:)?(?:urlset|sitemapindex|rss|feed|RDF)\b", re.IGNORECASE)
_BARE = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{0,31};))?", re.DOTALL
)
_XML_ENTITIES = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}


class _Lost(Exception):
    """The parser told of an element and had none: met once in some ten million broken feeds."""


def unpacked(body: bytes) -> bytes:
    """Return the bytes without gzip wrappers, what can be unpacked of them, at most `MOST_BYTES`."""
    for _ in range(2):  # a .gz file behind a server that compresses once more
        if not body.startswith(_GZIP):
            break
        body = b"".join(_inflated(body))
    return body[:MOST_BYTES]


def looks_like_xml(body: bytes) -> bool:
    """Return whether XML starts somewhere near the beginning of these bytes."""
    return body.startswith((b"\xff\xfe", b"\xfe\xff")) or _START.search(body[:4096]) is not None


def collect(body: bytes, take: Mapping[str, Take[Value]], limit: int) -> tuple[str, list[Value]]:
    """Return the root's name, and what `take` makes of each element that it has a name for, at most `limit` values.

    Names are local and in lower case. What is not well-formed is mended. Raises DiscoveryError for what declares
    entities or holds no element.
    """
    body = _from_start(body)
    if any(declaration in body for declaration in _ENTITY):
        raise DiscoveryError("the XML declares entities of its own, as attacks on parsers do; it was not read")
    try:
        return _read(_events(body, recover=False), take, limit)
    except (etree.XMLSyntaxError, _Lost):
        pass  # so it is mended
    try:
        return _read(_events(_BARE.sub(_escaped, body), recover=True), take, limit)
    except (etree.XMLSyntaxError, _Lost) as why:
        said = why.msg if isinstance(why, etree.XMLSyntaxError) else why
        raise DiscoveryError(f"the XML can't be read: {said}") from None


def local_name(element: Element) -> str:
    """Return the element's name in lower case without its namespace, or "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def text_of(element: Element) -> str:
    """Return the text inside an element as it stands."""
    return "".join(element.itertext())


def words_of(element: Element | None) -> str | None:
    """Return the words inside an element, white space folded; None when there are none."""
    return None if element is None else " ".join(text_of(element).split()) or None


def _from_start(body: bytes) -> bytes:
    """Cut what stands before the XML, which allows nothing there: a BOM, blank lines, a script's warnings."""
    found = _START.search(body[:4096])
    return body[found.start() :] if found else body


def _events(body: bytes, *, recover: bool) -> Iterator[tuple[str, Element | None]]:
    return etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _read(
    events: Iterator[tuple[str, Element | None]], take: Mapping[str, Take[Value]], limit: int
) -> tuple[str, list[Value]]:
    root, inside, values = "", 0, list[Value]()
    for event, element in islice(events, MOST_EVENTS):
        if element is None:
            raise _Lost(f"the parser lost its place at the {event} of an element")
        name = local_name(element)
        root = root or name
        if name in take:
            inside += 1 if event == "start" else -1
        if event == "start" or inside:
            continue
        value = take[name](element) if name in take else None
        values += [] if value is None else [value]
        _let_go(element)
        if len(values) >= limit:
            break
    return root, values


def _let_go(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _inflated(body: bytes) -> Iterator[bytes]:
    """Yield what can be unpacked, member by member, until enough came or the rest is broken."""
    came, at = 0, 0
    for _ in range(MOST_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        while at < len(body) and came < MOST_BYTES and not member.eof:
            window = body[at : at + 65_536]
            at += len(window)
            try:
                piece = member.decompress(window, MOST_BYTES - came)
            except zlib.error:
                return
            came += len(piece)
            yield piece
        at -= len(member.unused_data)
        if not member.eof or not body.startswith(_GZIP, at):
            return


def _escaped(found: re.Match[bytes]) -> bytes:
    """Write HTML's entities as XML's numbers, and escape the ampersands of addresses; CDATA stays as it is."""
    whole, name = found[0], found[1]
    if whole.startswith(b"<") or (whole != b"&" and name is None) or name in _XML_ENTITIES:
        return whole
    characters = html5.get(name.decode("ascii")) if name else None
    if characters is None:
        return b"&amp;" + whole[1:]
    return "".join(f"&#{ord(character)};" for character in characters).encode("ascii")
