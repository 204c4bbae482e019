"""A WARC file whose writer was killed, or whose disk changed bytes: its whole gzip members found, and nothing filled.

A killed writer leaves a torn end, which is cut. Where whole members lie behind the damage the disk has lost something:
they are found again by how a member begins, and written to a file of their own that takes the damaged one's place.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO

from storage.warc.members import GZIP

CHUNK = 1 << 16
PIECE = 1 << 12
"""Bytes that are read at a time: most members are little longer."""

LONGEST_HEAD = 1 << 16
MAGIC = b"\x1f\x8b\x08"
WARC = b"WARC/"

MOST_INFLATED = 8
"""How many times a file's size may be inflated in vain while the next member is sought, before whole stretches are
passed over: members within members, made for this, would cost the square of it."""

_NAME = re.compile(rb"^WARC-Record-ID:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^WARC-Type:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A whole gzip member: where it lies, and the id and type of the record that it begins with, empty where none."""

    offset: int
    length: int
    name: str
    type: str

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + self.length


def cut_torn_record(path: Path, *, mend: Callable[[], object] = lambda: None) -> int:
    """Cut the file behind its last whole gzip member, and put it on the disk; return how many bytes went.

    `mend` is called first where something is to be cut: it may put another file in this one's place.
    """
    whole = _first_damage(path)
    if whole < path.stat().st_size:
        mend()
        whole = _first_damage(path)
    return cut_from(path, whole)


def cut_from(path: Path, offset: int) -> int:
    """Cut the file at a place where a member begins, and put it on the disk; return how many bytes went."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        if offset < size:
            stream.truncate(offset)
            stream.flush()
        os.fsync(stream.fileno())
    return size - offset


def whole_members(path: Path, lengths: Mapping[int, int] | None = None) -> list[Member]:
    """Return all whole members of a file in their order, those behind damaged ones too.

    `lengths` tells by offset how long members are known to be: behind a damaged one of these it goes on there, since a
    body that was stored as it came may hold members of its own.
    """
    lengths, size = lengths or {}, path.stat().st_size
    found, at, in_vain, sought = list[Member](), 0, 0, False
    with path.open("rb", buffering=CHUNK) as stream:
        while at < size:
            member, inflated = _member_at(stream, at, sought=sought)
            sought = member is None
            if member is not None:
                found.append(member)
                at = member.end
                continue
            in_vain += inflated
            behind = at + lengths.get(at, 0)
            if at < behind and (behind == size or _member_at(stream, behind, sought=True)[0]):
                at = behind
            else:
                passed = 1 if in_vain <= MOST_INFLATED * size else max(inflated, 1)
                at = _next_beginning(stream, at + passed, size)
    return found


def without_gaps(members: Iterable[Member]) -> list[Member]:
    """Return the members from the file's beginning to the first gap between two of them."""
    ends = [0]

    def adjoins(member: Member) -> bool:
        ends.append(member.end)
        return member.offset == ends[-2]

    return list(takewhile(adjoins, members))


def keep_members(path: Path, members: Iterable[Member]) -> None:
    """Put a file of these of its members, on the disk, in the file's place."""
    written = aside(path)
    with path.open("rb") as stream, written.open("wb") as out:
        for member in members:
            stream.seek(member.offset)
            left = member.length
            while left:
                left -= out.write(stream.read(min(left, CHUNK)))
        out.flush()
        os.fsync(out.fileno())
    written.replace(path)


def aside(path: Path) -> Path:
    """Return where a file's whole members lie until they take its place; what a kill left there is nothing."""
    return path.with_suffix(".mended")


def _first_damage(path: Path) -> int:
    """Return the offset behind the last member before which every one is whole."""
    at = 0
    with path.open("rb", buffering=CHUNK) as stream:
        while (member := _member_at(stream, at)[0]) is not None:
            at = member.end
    return at


def _member_at(stream: IO[bytes], at: int, *, sought: bool = False) -> tuple[Member | None, int]:
    """Return the whole member at this place, if one lies there, and how many bytes were inflated for it.

    It decompresses to its end and passes its own checksum; one that was `sought` begins as a WARC record does, too.
    """
    stream.seek(at)
    opened, head, read = zlib.decompressobj(GZIP), b"", 0
    while not opened.eof:
        piece = opened.unconsumed_tail or stream.read(PIECE if read < CHUNK else CHUNK)
        if not piece:
            return None, read
        read += 0 if opened.unconsumed_tail else len(piece)
        try:
            content = opened.decompress(piece, CHUNK if head or not sought else len(WARC))
        except zlib.error:
            return None, read if head else 0
        if len(head) < LONGEST_HEAD and b"\r\n\r\n" not in head:
            head += content
        if sought and not (head.startswith(WARC) if opened.eof else head.startswith(WARC[: len(head)])):
            return None, 0
    length, head = read - len(opened.unused_data), head.partition(b"\r\n\r\n")[0]
    return Member(offset=at, length=length, name=_field(_NAME, head), type=_field(_TYPE, head)), length


def _field(field: re.Pattern[bytes], head: bytes) -> str:
    found = field.search(head)
    return found[1].decode("utf-8", "replace") if found else ""


def _next_beginning(stream: IO[bytes], at: int, size: int) -> int:
    """Return where from this place on bytes lie that a member begins with, or the file's size where none do."""
    stream.seek(at)
    before = b""
    while piece := stream.read(PIECE):
        if (found := (before + piece).find(MAGIC)) >= 0:
            return at - len(before) + found
        at += len(piece)
        before = (before + piece)[-len(MAGIC) + 1 :]
    return size
