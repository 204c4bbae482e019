"""Content codings off: what decodes is kept, also of a body that was cut, and a bomb stops at the cap."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

_STEP = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class _Brotli(Protocol):
    def process(self, piece: bytes, output_buffer_limit: int) -> bytes: ...
    def is_finished(self) -> bool: ...


class _Zstd(Protocol):
    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, piece: bytes, max_length: int) -> bytes: ...


def remove_codings(body: bytes, codings: str | None, *, cap: int) -> bytes:
    """Return the body without the content codings of a `Content-Encoding` header, at most `cap` bytes of it.

    Codings come off in reverse order (RFC 9110, 8.4). A body that says gzip and is none is returned as it came;
    with a coding this program can't read (br, zstd without their libraries) nothing is left: b"".
    """
    for coding in reversed([name.strip().lower() for name in (codings or "").split(",")]):
        body = _removed(body, coding, cap)
    return body[:cap]


def _removed(body: bytes, coding: str, cap: int) -> bytes:
    if coding in {"", "identity", "chunked", "none", "utf-8"}:
        return body
    if coding in {"gzip", "x-gzip"}:
        return _joined(_gunzipped(body, cap), cap) if body[:2] == b"\x1f\x8b" else body
    if coding == "deflate":
        return _joined(_deflated(body, cap), cap)
    if coding == "br":
        return _joined(_unbrotlied(body), cap)
    return _joined(_unzstded(body), cap) if coding == "zstd" else b""


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
    while body[:2] == b"\x1f\x8b":
        inflater = zlib.decompressobj(_GZIP)
        yield from _inflated(inflater, body, cap)
        if not inflater.eof:
            return
        body = inflater.unused_data


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
        yield inflater.flush(_STEP) if left > 0 and not inflater.eof else b""
    except zlib.error:
        return


def _unbrotlied(body: bytes) -> Iterator[bytes]:
    library = _library("brotli", "brotlicffi")
    if library is None:
        return
    inflater = cast("_Brotli", library.Decompressor())
    try:
        piece = inflater.process(body, output_buffer_limit=_STEP)
        while piece:
            yield piece
            piece = b"" if inflater.is_finished() else inflater.process(b"", output_buffer_limit=_STEP)
    except library.error:
        return


def _unzstded(body: bytes) -> Iterator[bytes]:
    library = _library("compression.zstd", "backports.zstd")
    while library is not None and body:
        inflater = cast("_Zstd", library.ZstdDecompressor())
        try:
            yield inflater.decompress(body, max_length=_STEP)
            while not inflater.eof and not inflater.needs_input:
                yield inflater.decompress(b"", max_length=_STEP)
        except library.ZstdError:
            return
        body = inflater.unused_data if inflater.eof else b""


def _library(*names: str) -> ModuleType | None:
    """Return the first of these optional libraries that is installed."""
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None
