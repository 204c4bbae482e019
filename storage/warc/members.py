"""gzip members: one a record, through isal where it is installed (ten times zlib's speed at its level), else zlib."""

from __future__ import annotations

import zlib
from typing import Any, BinaryIO

try:
    from isal import isal_zlib as codec

    LEVEL = 2
except ImportError:  # pragma: no cover  isal has no wheel for every machine
    codec = zlib  # type: ignore[misc]
    LEVEL = 6

GZIP = 16 + zlib.MAX_WBITS


class MemberWriter:
    """A file for warcio: what is written between two flushes becomes one gzip member."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._member: Any = None

    def write(self, content: bytes) -> int:
        """Take the next bytes of the member."""
        if self._member is None:
            self._member = codec.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self._put(self._member.compress(content))
        return len(content)

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
        while content:
            written = self._out.write(content)
            content = content[written:]


def decompress(member: bytes) -> bytes:
    """Return the content of one whole gzip member; raises `zlib.error` where it is not that."""
    try:
        return bytes(codec.decompress(member, GZIP))
    except Exception as error:
        raise zlib.error(str(error)) from error
