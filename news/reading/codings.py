"""Content codings off: what decodes is kept, also of a body that was cut, and a bomb stops at the cap."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionReader

_STEP = 64 * 1024
_SLICE = 4096
_GZIP = 16 + zlib.MAX_WBITS
_NONE = frozenset({"", "identity", "chunked", "none", "utf-8"})
_GZIPPED = frozenset({"gzip", "x-gzip"})
_KNOWN = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})

MOST_CODINGS = 4
"""Codings over one another: two happen where a compressed file is compressed once more on its way."""

MOST_MEMBERS = 10_000
"""Members of a gzip body: past that they are there to keep us busy."""

WINDOW = 8 << 20
"""Bytes that a zstd frame may make us hold (RFC 9659: what a content coding may ask for)."""


Gunzip = Callable[[bytes, int], bytes | None]
"""Takes a whole gzip body off at once, quicker than it is done here; None for a body that is to be taken apart here."""


class _Brotli(Protocol):
    def process(self, piece: bytes, output_buffer_limit: int) -> bytes: ...
    def is_finished(self) -> bool: ...


def remove_codings(body: bytes, codings: str | None, *, cap: int, gunzip: Gunzip | None = None) -> bytes:
    """Return the body without the content codings of a `Content-Encoding` header, at most `cap` bytes of it.

    Codings come off in reverse order (RFC 9110, 8.4). A body that says gzip and is none is returned as it came, and
    so is markup of which no other coding that it claims gives anything: some recorders keep the header of a body that
    they decoded. With a coding that can't be read (`unreadable`) nothing is left: b"".
    """
    if unreadable(codings):
        return b""
    for coding in reversed(_named(codings)):
        whole = gunzip(body, cap) if gunzip and coding in _GZIPPED else None
        body = (_joined(_removed(body, coding, cap), cap) or _markup(body)) if whole is None else whole
    return body[:cap]


def unreadable(codings: str | None) -> str | None:
    """Return the coding of a `Content-Encoding` header that this program can't take off, or None."""
    named = _named(codings)
    if len(named) > MOST_CODINGS:
        return f"{len(named)} codings"
    return next((name for name in named if name not in _KNOWN), None)


def _named(codings: str | None) -> list[str]:
    return [name for part in (codings or "").split(",") if (name := part.strip().lower()) not in _NONE]


def _removed(body: bytes, coding: str, cap: int) -> Iterable[bytes]:
    match coding:
        case "deflate":
            return _deflated(body, cap)
        case "br":
            return _unbrotlied(body)
        case "zstd":
            return _unzstded(body)
    return _gunzipped(body, cap) if body[:2] == b"\x1f\x8b" else (body,)


def _markup(body: bytes) -> bytes:
    """Return a body that begins as markup does, b"" for any other."""
    return body if body[:_STEP].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else b""


def _joined(pieces: Iterable[bytes], cap: int) -> bytes:
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece[: cap - size])
        size += len(taken[-1])
        if size >= cap:
            break
    return b"".join(taken)


def _gunzipped(body: bytes, cap: int) -> Iterator[bytes]:
    """Yield all members; anything after the last whole one that is no member is ignored, as browsers do."""
    at = 0
    for _ in range(MOST_MEMBERS):
        if body[at : at + 2] != b"\x1f\x8b":
            return
        inflater = zlib.decompressobj(_GZIP)
        while at < len(body) and not inflater.eof:
            window = body[at : at + _STEP]
            at += len(window)
            yield from _inflated(inflater, window, cap)
            if inflater.unconsumed_tail:
                return  # broken, or the cap is reached
        at -= len(inflater.unused_data)


def _deflated(body: bytes, cap: int) -> Iterator[bytes]:
    """Yield what either reading of "deflate" gives: zlib as the standard has it, or raw as some servers do."""
    zlib_head = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    yield from _inflated(zlib.decompressobj(zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS), body, cap)


def _inflated(inflater: zlib._Decompress, body: bytes, cap: int) -> Iterator[bytes]:
    waiting, left = body, cap
    try:
        while waiting and left > 0 and not inflater.eof:
            piece = inflater.decompress(waiting, min(left, _STEP * 16))
            left -= len(piece)
            yield piece
            waiting = inflater.unconsumed_tail
    except zlib.error:
        return


def _unbrotlied(body: bytes) -> Iterator[bytes]:
    """Yield what decodes; of a slice that ends in something else, what stands before that, byte by byte."""
    import brotli  # type: ignore[import-untyped]  # ships no types

    at, came, inflater = 0, 0, brotli.Decompressor()
    try:
        for at in range(0, len(body), _SLICE):
            came = 0
            for plain in _drained(inflater, body[at : at + _SLICE]):
                came += len(plain)
                yield plain
    except brotli.error:
        again = brotli.Decompressor()
        for _ in _drained(again, body[:at]):
            pass
        with suppress(brotli.error):
            for place in range(at, min(at + _SLICE, len(body))):
                for plain in _drained(again, body[place : place + 1]):
                    yield plain[came:]
                    came = max(came - len(plain), 0)


def _drained(inflater: _Brotli, piece: bytes) -> Iterator[bytes]:
    plain = inflater.process(piece, output_buffer_limit=_STEP) if not inflater.is_finished() else b""
    while plain:
        yield plain
        plain = inflater.process(b"", output_buffer_limit=_STEP) if not inflater.is_finished() else b""


def _unzstded(body: bytes) -> Iterator[bytes]:
    """Yield what decodes; a read that meets an error gives nothing, so its beginning is read again byte by byte."""
    import zstandard

    came = 0
    try:
        with _unzstding(body) as plain:
            while piece := plain.read(_SLICE):  # not read1(), which never returns once the body is at its end
                came += len(piece)
                yield piece
    except zstandard.ZstdError:
        with _unzstding(body) as again, suppress(zstandard.ZstdError):
            for _ in range(came // _SLICE):
                again.read(_SLICE)
            while piece := again.read(1):
                yield piece


def _unzstding(body: bytes) -> ZstdDecompressionReader:
    import zstandard

    return zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(body, read_across_frames=True)
