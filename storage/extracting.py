"""Saved pages and anyone's WARC files through a reader: no archive needed, one row for each HTML answer."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from news.errors import ObjectCorrupt, PageError
from news.model import Document, Site
from news.reading.decode import DECODED_CAP, html_document
from news.reading.page import open_page
from news.reading.stating import canonical_url
from news.revising import judge
from news.serial import article_json, rfc3339
from news.sites import KNOWN, Reader, citation, known_site, load_reader
from news.urls import belongs, is_http
from storage.warc.foreign import MAGIC, whole_records
from storage.warc.reading import Record, document

HTML = ("text/html", "application/xhtml+xml")
START = 1 << 16
_ZSTANDARD = "it is compressed with Zstandard: unpack it with `zstd -d`, or take it into an archive with `import`"
UNREAD = {
    b"\x28\xb5\x2f\xfd": _ZSTANDARD,
    b"\x5d\x2a\x4d\x18": _ZSTANDARD,  # the frame that a dictionary stands in
    b"filedesc://": "it is an ARC file, from before WARC: `warcio recompress` makes a WARC file of it",
    b"PK\x03\x04": "it is a ZIP file: of a WACZ file, give the WARC files in it: unzip it, 'archive/*'",
}
"""How files begin that hold pages and aren't read here, and what to do with them."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller knows better than the source: the page's address, the site it is from."""

    url: str | None = None
    site: Site | None = None


def extract(stream: BufferedReader, *, path: Path | None, wish: Wish) -> Iterator[Row]:
    """Yield a row for each HTML answer in a saved page or a WARC file, gzipped or not; `path` is None for a pipe.

    A row is the article object of design.md, section 8, with its `url`, or `{"url", "error"}`. Raises `ObjectCorrupt`
    behind the last whole record of a torn WARC file and for a kind of file that isn't read, and OSError when the source
    can't be read.
    """
    start = _start(stream.peek(START)[:START])
    unread = next((said for magic, said in UNREAD.items() if start.startswith(magic)), None)
    if unread:
        raise ObjectCorrupt(unread)
    if start.lstrip()[:5] == b"WARC/":
        for record in whole_records(stream):
            row = _record_row(record, wish)
            if row is not None:
                yield row
    else:
        yield _page_row(_saved_page(stream), path, wish)


def _start(raw: bytes) -> bytes:
    """Return how the content begins, inflated where it is gzipped."""
    if raw[:2] != MAGIC:
        return raw[:16]
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(raw, 16)
    except zlib.error:
        return b""


def _saved_page(stream: BufferedReader) -> bytes:
    if stream.peek(2)[:2] != MAGIC:
        return stream.read(DECODED_CAP)
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = inflater.decompress(stream.read(), DECODED_CAP)
    except zlib.error as error:
        raise ObjectCorrupt(f"the gzip file is damaged: {error}") from error
    if not inflater.eof and len(body) < DECODED_CAP:
        raise ObjectCorrupt("the gzip file breaks off")
    return body


def _page_row(body: bytes, path: Path | None, wish: Wish) -> Row:
    saved = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path else datetime.now(UTC)
    place = path.absolute().as_uri() if path else "about:blank"
    page = html_document(wish.url or place, body, saved)
    if wish.url is None:
        page = replace(page, url=_own_address(page) or place)
    return _row(page, wish.site, captured_at=None)


def _own_address(page: Document) -> str | None:
    """Return the address that a saved page gives itself, or None."""
    try:
        stated = canonical_url(open_page(page))
    except PageError:
        return None
    return stated if stated and is_http(stated) else None


def _record_row(record: Record, wish: Wish) -> Row | None:
    """Return the row of a response, revisit or resource record in HTML; None for any other record."""
    url = record.url
    if record.type not in ("response", "revisit", "resource") or url is None:
        return None
    page = document(record, max_bytes=DECODED_CAP)
    if record.type == "revisit":
        return _repeated(record, url, page)
    if page is None:
        broken = is_http(url) and _looks_like_html(record.block[:START].decode("latin-1"))
        return {"url": url, "error": "the record holds no HTTP answer"} if broken else None
    if page.status == 304 or not _is_html(page):
        return None
    at = rfc3339(record.at) if record.at else None
    if record.get("WARC-Truncated"):
        return _failed(page.url, f"the capture was cut short ({record.get('WARC-Truncated')})", at)
    return _row(page, wish.site, captured_at=at)


def _repeated(record: Record, url: str, page: Document | None) -> Row | None:
    """Return the row of a revisit: what it repeats. One that holds no head may be of HTML, a 304 shows nothing."""
    if page is not None and (page.status == 304 or page.media_type not in (*HTML, None)):
        return None
    named = record.get("WARC-Refers-To")
    shown = record.get("WARC-Refers-To-Target-URI"), record.get("WARC-Refers-To-Date")
    what = " of ".join(said.strip("<>") for said in shown if said) or (f"record {named}" if named else "another record")
    why = f"a revisit without a body, it repeats {what}: `import` reads it together with that"
    return _failed(url, why, rfc3339(record.at) if record.at else None)


def _is_html(page: Document) -> bool:
    return page.media_type in HTML if page.media_type else _looks_like_html(page.text[:START])


def _looks_like_html(text: str) -> bool:
    start = text[:4096].lower()
    return "<html" in start or "<!doctype html" in start


def _row(page: Document, site: Site | None, *, captured_at: str | None) -> Row:
    if not 200 <= page.status < 300:
        return _failed(page.url, f"the server answered {page.status}, no article", captured_at)
    odd = _odd(page.url)
    if odd is not None:
        return _failed(page.url, odd, captured_at)
    reader, site = _reader(page.url, site)
    verdict = judge(page, site, reader)
    if verdict.article is None:
        return _failed(page.url, verdict.detail or verdict.reason or "no article", captured_at)
    row = {"url": page.url, **article_json(verdict.article), "reader": citation(reader)}
    return row | ({"captured_at": captured_at} if captured_at else {})


def _odd(url: str) -> str | None:
    """Return why an address is none that a reader can take apart, or None."""
    try:
        urlsplit(url)
    except ValueError as error:
        return f"its address can't be read: {error}"
    return None


def _failed(url: str, why: str, captured_at: str | None) -> Row:
    return {"url": url, "error": why} | ({"captured_at": captured_at} if captured_at else {})


def _reader(url: str, site: Site | None) -> tuple[Reader, Site]:
    """Return the reader for this address and the site that it reads as: the one asked for, a known one, or any."""
    if site is None:
        known = (cast("Site", known_site(name)) for name in KNOWN)
        site = next((profile for profile in known if belongs(url, profile)), None)
    if site is None:
        parts = urlsplit(url)
        site = Site(name=parts.netloc or "page", home=f"{parts.scheme}://{parts.netloc}/")
    return load_reader(site.reader), site
