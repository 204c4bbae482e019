"""Anyone's WARC files, from a file or a pipe, read as far as they are whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BufferedReader

from news.errors import ObjectCorrupt
from storage.warc.members import GZIP
from storage.warc.reading import Record, records

MAGIC = b"\x1f\x8b"
CHUNK = 1 << 16


def whole_records(stream: BufferedReader) -> Iterator[Record]:
    """Yield the whole records of a WARC file, plain or gzipped, whether record by record or as one.

    Raises `ObjectCorrupt` behind the last whole record of a file that is torn or damaged.
    """
    content = _Forward(stream)
    for number, record in enumerate(records(content), start=1):  # type: ignore[arg-type]
        if "\n" in record.type:
            raise ObjectCorrupt(f"record {number} has header lines that end without CR: `import` reads such a file")
        stated = record.get("Content-Length")
        if stated is None or not stated.isdecimal() or len(stated) > 18 or int(stated) != len(record.block):
            raise ObjectCorrupt(f"the WARC file is torn: its record {number} is not whole{content.said()}")
        yield record
    if content.problem:
        raise ObjectCorrupt(f"the WARC file can't be read to its end{content.said()}")


class _Forward:
    """What FastWARC asks of a stream: reading on, and how far that was. What is gzipped comes inflated.

    Where that can't go on, the stream ends, so that all before is read first; `problem` then says why.
    """

    def __init__(self, stream: BufferedReader) -> None:
        self.problem: str | None = None
        self._at = 0
        self._left = b""
        gzipped = stream.peek(2)[:2] == MAGIC
        self._pieces = self._inflated(stream) if gzipped else iter(lambda: stream.read1(CHUNK), b"")

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            self._left = next(self._pieces, b"")
        size = len(self._left) if size < 0 else size
        piece, self._left = self._left[:size], self._left[size:]
        self._at += len(piece)
        return piece

    def tell(self) -> int:
        return self._at

    def said(self) -> str:
        return f": {self.problem}" if self.problem else ""

    def _inflated(self, stream: BufferedReader) -> Iterator[bytes]:
        """Yield what the gzip members hold; zero bytes behind them pad a file to a block and say nothing."""
        inflater = zlib.decompressobj(GZIP)
        begun = False
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            left = chunk
            while left := left if begun else left.lstrip(b"\0"):
                try:
                    piece = inflater.decompress(left)
                except zlib.error as error:
                    self.problem = f"the gzip stream is damaged ({error})"
                    return
                if piece:
                    yield piece
                begun, left = not inflater.eof, inflater.unused_data if inflater.eof else b""
                if not begun:
                    inflater = zlib.decompressobj(GZIP)
        if begun:
            self.problem = "the gzip stream breaks off"
