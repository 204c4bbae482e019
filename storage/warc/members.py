"""gzip members: one a record, through isal where it is installed (ten times zlib's speed at its level), else zlib."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

try:
    from isal import isal_zlib as codec

    LEVEL = 2
except ImportError:  # pragma: no cover  isal has no wheel for every machine
    codec = zlib  # type: ignore[misc]
    LEVEL = 6

GZIP = 16 + zlib.MAX_WBITS
PLAIN_HEADS = (b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x08")
"""How members begin whose head says nothing, or a file's name."""

SMALL, MOST_TIMES = 1 << 24, 100
"""How much is held of what others may have packed: so many bytes, and so many times those that it is packed in."""

LONGEST_LINE = 1 << 24
PIECE = 1 << 20

BROKEN = (zlib.error, cast("type[Exception]", codec.error))
"""What an inflater raises for bytes that are no gzip member."""


class MemberWriter:
    """What is written between two flushes becomes one gzip member of the file; `seen` is handed all its bytes."""

    def __init__(self, out: BinaryIO, seen: Callable[[bytes], object] | None = None) -> None:
        self._out = out
        self._seen = seen or (lambda _: None)
        self._member: Any = None

    def write(self, content: bytes) -> int:
        """Take the next bytes of the member."""
        if self._member is None:
            self._member = codec.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self._put(self._member.compress(content))
        return len(content)

    def write_whole(self, content: bytes) -> int:
        """Write a member of its own that holds this; return its length in bytes."""
        member = bytes(codec.compress(content, LEVEL, GZIP))
        self._put(member)
        return len(member)

    def append_made(self, member: bytes) -> None:
        """Append a whole member that was made elsewhere."""
        self._put(member)

    def flush(self) -> None:
        """End the member."""
        if self._member is not None:
            member, self._member = self._member, None
            self._put(member.flush())

    def discard(self) -> None:
        """Forget a member that could not be written whole; what is in the file of it is the file's owner's to cut."""
        self._member = None

    def _put(self, content: bytes) -> None:
        """Write all of it: an unbuffered file takes as much as fits and says how much that was."""
        self._seen(content)
        while content:
            written = self._out.write(content)
            content = content[written:]


def inflater() -> Any:
    """Return what inflates one gzip member piece by piece, with `eof` and `unused_data` as zlib's has them."""
    return codec.decompressobj(GZIP)


def deflated(content: bytes) -> bytes:
    """Return the content in zlib's format, packed quickly."""
    return bytes(codec.compress(content, 1))


def inflated(stored: bytes) -> bytes:
    """Return what `deflated` packed; raises `zlib.error` for what is none of it."""
    try:
        return bytes(codec.decompress(stored))
    except BROKEN as error:
        raise zlib.error(str(error)) from error


def decompress(member: bytes) -> bytes:
    """Return the content of one whole gzip member; raises `zlib.error` where it is not that."""
    try:
        return bytes(codec.decompress(member, GZIP))
    except Exception as error:
        raise zlib.error(str(error)) from error


def unpacked(stored: bytes) -> bytes:
    """Return the content of one whole gzip member of the store's; raises `zlib.error` for any other, and for a bomb.

    It is for content whose lines hold digests, which don't shrink.
    """
    content, most = bytearray(), SMALL + MOST_TIMES * len(stored)
    for piece in _pieces(stored):
        content += piece
        if len(content) > most:
            raise zlib.error(f"its {len(stored)} bytes unpack to more than {most}")
    return bytes(content)


def unpacked_lines(stored: bytes) -> Iterator[bytes]:
    """Yield the lines of one whole gzip member; raises `zlib.error` for any other, and where a line has no end.

    However much there is of them, one is held at a time.
    """
    waiting = b""
    for piece in _pieces(stored):
        *whole, waiting = (waiting + piece).split(b"\n")
        yield from whole
        if len(waiting) > LONGEST_LINE:
            raise zlib.error(f"it holds a line of more than {LONGEST_LINE} bytes")
    if waiting:
        yield waiting


def _pieces(stored: bytes) -> Iterator[bytes]:
    opened, rest = zlib.decompressobj(GZIP), stored
    while not opened.eof:
        piece = opened.decompress(rest, PIECE)
        rest = opened.unconsumed_tail
        if not piece and not rest and not opened.eof:
            raise zlib.error("it breaks off")
        yield piece
    if opened.unused_data:
        raise zlib.error("something lies behind its end")


def gunzipped(body: bytes, cap: int) -> bytes | None:
    """Return what a gzip body of one whole, plain member holds; None for any other, and where it is more than `cap`.

    Such a body ends in its content's size (RFC 1952, section 2.3.1); no more is inflated of one that lies.
    """
    size = int.from_bytes(body[-4:], "little")
    if body[:4] not in PLAIN_HEADS or not 0 < size <= cap:
        return None
    opened = inflater()
    try:
        content = bytes(opened.decompress(body, size + 1))
    except BROKEN:
        return None
    return content if opened.eof and not opened.unused_data and len(content) == size else None
