"""A segment's records, each found in its own gzip member and digested as it streams by; no block is held whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from news.errors import ObjectCorrupt
from storage.warc.members import BROKEN, inflater

CHUNK = 1 << 15
"""Small, since what a chunk holds behind a member's end is copied for each member in it."""

LONGEST_HEAD = 1 << 20
END = b"\r\n\r\n"
_FOLDED = re.compile(r"\r\n[ \t]+")

Fields = tuple[tuple[str, str], ...]
Tap = Callable[[bytes], object]


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """A record: where its member lies in bytes, its header's fields, and the SHA-256 of header and block.

    `head_digest` covers the header from `WARC/` to the empty line that ends it, as it lies in the file.
    """

    offset: int
    length: int
    fields: Fields
    head_digest: str
    block_digest: str
    block_length: int

    @property
    def name(self) -> str:
        """The record's id in its angle brackets, or where it lies when it has none."""
        return field(self.fields, "WARC-Record-ID") or f"byte {self.offset}"


def field(fields: Fields, name: str) -> str | None:
    """Return the first field of that name, in any case, or None."""
    wanted = name.lower()
    return next((value for key, value in fields if key.lower() == wanted), None)


def digested(stream: Source, taps: Callable[[Fields], Sequence[Tap]] = lambda _: ()) -> Iterator[Digested]:
    """Yield the records of a segment; `taps` names for a record's fields who else is handed its block, piece by piece.

    Raises `ObjectCorrupt` where a member can't be read or holds anything but one record.
    """
    member, start, at = _Member(0, taps), 0, 0
    opened = inflater()
    while chunk := stream.read(CHUNK):
        while chunk:
            try:
                member.feed(opened.decompress(chunk))
            except BROKEN as error:
                raise ObjectCorrupt(f"the gzip member at byte {start} can't be read: {error}") from error
            rest = opened.unused_data if opened.eof else b""
            at += len(chunk) - len(rest)
            if opened.eof:
                yield member.end(at)
                member, start, opened = _Member(at, taps), at, inflater()
            chunk = rest
    if at != start:
        raise ObjectCorrupt(f"the gzip member at byte {start} breaks off")


class _Member:
    """A gzip member as it is inflated: one record's header, its block, and the two line ends after it."""

    def __init__(self, offset: int, taps: Callable[[Fields], Sequence[Tap]]) -> None:
        self._offset = offset
        self._choose = taps
        self._waiting = b""
        self._fields: Fields | None = None
        self._head = ""
        self._block = sha256()
        self._size = 0
        self._taps: Sequence[Tap] = ()

    def feed(self, content: bytes) -> None:
        content = self._waiting + content if self._waiting else content
        if self._fields is None:
            end = content.find(END)
            if end < 0:
                self._wait_for_head(content)
                return
            self._begin(content[: end + len(END)])
            content = content[end + len(END) :]
        self._take(content[: -len(END)])  # the last four bytes seen may be the record's end
        self._waiting = content[-len(END) :]

    def end(self, at: int) -> Digested:
        if self._fields is None or self._waiting != END:
            raise ObjectCorrupt(f"the gzip member at byte {self._offset} holds no whole WARC record")
        return Digested(
            offset=self._offset,
            length=at - self._offset,
            fields=self._fields,
            head_digest=self._head,
            block_digest=f"sha256:{self._block.hexdigest()}",
            block_length=self._size,
        )

    def _wait_for_head(self, content: bytes) -> None:
        if len(content) > LONGEST_HEAD:
            raise ObjectCorrupt(f"the gzip member at byte {self._offset} begins with no WARC header")
        self._waiting = content

    def _begin(self, head: bytes) -> None:
        if not head.startswith(b"WARC/"):
            raise ObjectCorrupt(f"the gzip member at byte {self._offset} begins with no WARC header")
        self._fields = _fields(head)
        self._head = f"sha256:{sha256(head).hexdigest()}"
        self._taps = self._choose(self._fields)

    def _take(self, content: bytes) -> None:
        self._block.update(content)
        self._size += len(content)
        for tap in self._taps:
            tap(content)


def _fields(head: bytes) -> Fields:
    """Return a header's fields in order; a line that begins with a blank goes on with the one before."""
    text = head.decode("utf-8", "replace")
    if b"\n " in head or b"\n\t" in head:
        text = _FOLDED.sub(" ", text)
    parted = [line.partition(":") for line in text.split("\r\n")[1:-2] if ":" in line]
    return tuple([(name.strip(), value.strip()) for name, _, value in parted])
