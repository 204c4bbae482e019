"""The one place where bytes become text: content codings off, then the charset by BOM, header, meta, detection."""

from __future__ import annotations

import codecs
import re
from datetime import datetime

from news.model import Document
from news.reading.codings import Gunzip, remove_codings

DECODED_CAP = 64 * 1024 * 1024
"""Bytes of a body after decompression at which we stop: 64 MB, the same as `max_body_megabytes`."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;\"',]+)", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"^\s*([\w.+-]+/[\w.+-]+)")
_META_REACH = 4096
_GUESSABLE = 200
"""Bytes below which a statistical guess is worth less than the web's most frequent legacy charset."""

_GUESSES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "koi8_r",
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
_TEXT_CODEC = re.compile(r"(iso8859-|cp\d|koi8-|big5|euc_|mac-|gb|hz|iso2022_jp|shift_jis|johab|utf-(8|16|32)).*")

_LABELS = {  # WHATWG Encoding Standard, 4.2: what browsers read under these names
    **dict.fromkeys(
        (
            "ascii",
            "us-ascii",
            "ansi_x3.4-1968",
            "iso-8859-1",
            "iso8859-1",
            "iso_8859-1",
            "iso88591",
            "latin1",
            "latin-1",
            "l1",
            "cp1252",
            "x-cp1252",
            "windows-1252",
            "cp819",
            "ibm819",
        ),
        "windows-1252",
    ),
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "x-unicode20utf8", "utf-8mb4", "utf8mb4"), "utf-8"),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5", "l5", "windows-1254"), "windows-1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874"), "cp874"),
    **dict.fromkeys(("gb2312", "gb_2312", "gb_2312-80", "gbk", "x-gbk", "chinese", "gb18030"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "korean", "windows-949"), "cp949"),
    **dict.fromkeys(("utf-16", "utf-16le", "ucs-2", "unicode"), "utf-16-le"),
}  # fmt: skip  # fmt: skip


def decode(
    *,
    url: str,
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    captured_at: datetime,
    cap: int = DECODED_CAP,
    gunzip: Gunzip | None = None,
) -> Document:
    """Return the decoded view of an exchange whose body has its transfer coding off and its content codings on.

    Reads at most `cap` bytes of the decompressed body; bytes that no charset explains become U+FFFD.
    """
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    plain = remove_codings(body, codings, cap=cap, gunzip=gunzip)
    encoding, text = _as_text(plain, content_type)
    return Document(
        url=url,
        status=status,
        headers=headers,
        media_type=_media_type(content_type),
        encoding=encoding,
        body=plain,
        text=text,
        captured_at=captured_at,
    )


def html_document(url: str, body: bytes, captured_at: datetime) -> Document:
    """Return the document of a saved page: plain bytes without headers, taken as a good answer in HTML.

    Tools that save pages often re-encode them and leave the old meta charset in, so that bytes which are valid
    UTF-8 are read as such.
    """
    utf8 = "" if _detected(body[: 1 << 20]) != "utf-8" or body.isascii() else "; charset=utf-8"
    headers = (("Content-Type", f"text/html{utf8}"),)
    return decode(url=url, status=200, headers=headers, body=body, captured_at=captured_at)


def _media_type(content_type: str) -> str | None:
    found = _MEDIA_TYPE.match(content_type)
    return found[1].lower() if found else None


def _as_text(body: bytes, content_type: str) -> tuple[str | None, str]:
    if not body:
        return None, ""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding, body[len(mark) :].decode(encoding, errors="replace")
    stated = _from_header(content_type) or _from_markup(body)
    encoding = stated or _detected(body)
    return encoding, body.decode(encoding, errors="replace")


def _from_header(content_type: str) -> str | None:
    found = _HEADER.search(content_type)
    return _known(found[1]) if found else None


def _from_markup(body: bytes) -> str | None:
    found = _XML.search(body[:_META_REACH]) or _META.search(body[:_META_REACH])
    encoding = _known(found[1].decode("ascii", errors="replace")) if found else None
    return (
        "utf-8" if encoding and encoding.startswith("utf-16") else encoding
    )  # HTML 13.2.3.2: such a meta can't be true


def _known(label: str) -> str | None:
    """Return the codec that browsers read under this label, or None: no zip, rot13 or utf-7 by a page's order."""
    name = label.strip().strip("\"'").lower()
    if name in _LABELS:
        return _LABELS[name]
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return codec if _TEXT_CODEC.fullmatch(codec) else None


def _detected(body: bytes) -> str:
    """Return utf-8 where that fits, else what charset-normalizer makes of the first 64 kB, else windows-1252."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_short = error.reason == "unexpected end of data" and not body[: error.start].isascii()
        return "utf-8" if cut_short else _guessed(body[: 64 * 1024])
    return "utf-8"


def _guessed(prefix: bytes) -> str:
    if len(prefix) < _GUESSABLE:
        return "windows-1252"
    from charset_normalizer import from_bytes

    best = from_bytes(prefix, cp_isolation=list(_GUESSES)).best()
    return (_known(best.encoding) if best else None) or "windows-1252"
