"""The content of a WARC file, plain, gzipped or in Zstandard, and where in the file its gzip members lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import zstandard

from storage.warc.members import BROKEN, inflater

CHUNK = 1 << 16
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
DICTIONARY = 0x184D2A5D
"""The skippable frame that holds a `.warc.zst` file's dictionary (WARC in Zstandard, section 4)."""
LONGEST_DICTIONARY = 1 << 26


class Content:
    """A file's content, read onwards. Where it can't go on it ends, and `problem` says why."""

    def __init__(self, path: Path) -> None:
        self.problem: str | None = None
        self.position = 0
        self._held = bytearray()
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._file = path.open("rb")
        self._pieces = self._opened(self._file)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def consumed(self) -> int:
        """Bytes of the file that were read so far."""
        return self._file.tell()

    def ended(self) -> bool:
        """Return whether nothing is left; afterwards the ends of all members up to here are known."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return True
            self._held += piece
        return False

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        while len(self._held) < size and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        return self._taken(size)

    def skip(self, size: int) -> int:
        """Pass over `size` bytes and return how many there were; no more than a piece is held."""
        left = size
        while left and not self.ended():
            left -= len(self._taken(left))
        return size - left

    def line(self, longest: int) -> bytes:
        """Return the next line with its end, or what there is of it in `longest` bytes or to the end."""
        while (at := self._held.find(b"\n")) < 0 and len(self._held) < longest:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        return self._taken(min(at + 1 if at >= 0 else longest, longest))

    def pass_line_ends(self) -> bytes:
        """Pass over line ends, and the zeros that pad a file, and return them."""
        passed = bytearray()
        while not self.ended():
            rest = self._held.lstrip(b"\r\n\0")
            passed += self._taken(len(self._held) - len(rest))
            if rest:
                break
        return bytes(passed)

    def member(self, start: int, end: int) -> tuple[int, int] | None:
        """Return offset and length of the gzip member that holds exactly this content, or None where none does."""
        begins, ends = self._starts.get(start), self._ends.get(end)
        within = any(start < at < end for at in self._starts)
        self._starts = {at: place for at, place in self._starts.items() if at >= end}
        self._ends = {at: place for at, place in self._ends.items() if at >= end}
        return None if begins is None or ends is None or within else (begins, ends - begins)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        self.position += len(taken)
        return taken

    def _opened(self, stream: BinaryIO) -> Iterator[bytes]:
        start = stream.read(8)
        stream.seek(0)
        if start.startswith(GZIP):
            return self._inflated(stream)
        if start.startswith(ZSTD) or (len(start) == 8 and struct.unpack("<I", start[:4])[0] == DICTIONARY):
            return self._unpacked(stream)
        return iter(lambda: stream.read(CHUNK), b"")

    def _inflated(self, stream: BinaryIO) -> Iterator[bytes]:
        member, begun, content, at = inflater(), False, 0, 0
        while chunk := stream.read(CHUNK):
            while chunk := chunk if begun else self._without_padding(chunk):
                if not begun:
                    self._starts[content] = stream.tell() - len(chunk)
                try:
                    piece = member.decompress(chunk)
                except BROKEN as error:
                    self.problem = f"the gzip stream is damaged at byte {stream.tell() - len(chunk)} ({error})"
                    return
                begun = not member.eof
                chunk = member.unused_data if member.eof else b""
                content += len(piece)
                if member.eof:
                    at = stream.tell() - len(chunk)
                    self._ends.setdefault(content, at)
                    member = inflater()
                if piece:
                    yield piece
        if begun:
            self.problem = f"the gzip stream breaks off behind byte {at}"

    @staticmethod
    def _without_padding(chunk: bytes) -> bytes:
        return chunk.lstrip(b"\0")

    def _unpacked(self, stream: BinaryIO) -> Iterator[bytes]:
        try:
            unpacker = zstandard.ZstdDecompressor(dict_data=_dictionary(stream))
            with unpacker.stream_reader(stream, read_across_frames=True, closefd=False) as reader:
                while piece := reader.read(CHUNK):
                    yield piece
        except (zstandard.ZstdError, struct.error, EOFError) as error:
            self.problem = f"the Zstandard stream is damaged ({error})"


def _dictionary(stream: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary that stands before everything else, if there is one; `stream` stands behind it then."""
    magic, length = struct.unpack("<II", stream.read(8))
    if magic != DICTIONARY:
        stream.seek(0)
        return None
    if length > LONGEST_DICTIONARY:
        raise EOFError("its dictionary is too long to be one")
    raw = stream.read(length)
    if raw.startswith(ZSTD):
        raw = zstandard.ZstdDecompressor().stream_reader(BytesIO(raw)).read(LONGEST_DICTIONARY)
    return zstandard.ZstdCompressionDict(raw)


def file_range(path: Path, offset: int, length: int) -> bytes:
    """Return bytes of a file."""
    with path.open("rb") as stream:
        stream.seek(offset)
        return stream.read(length)
