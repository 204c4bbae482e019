"""A WARC file whose writer was killed: find its last whole gzip member and cut what follows, filling nothing."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

CHUNK = 1 << 16  # what is left of a chunk is copied for each member in it


def cut_torn_record(path: Path) -> int:
    """Cut the file after its last whole gzip member, and put it on the disk; return how many bytes went."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        whole = _last_whole(path)
        if whole < size:
            stream.truncate(whole)
            stream.flush()
        os.fsync(stream.fileno())
    return size - whole


def cut_from(path: Path, offset: int) -> int:
    """Cut the file at a place where a member begins, and put it on the disk; return how many bytes went."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.truncate(offset)
        stream.flush()
        os.fsync(stream.fileno())
    return size - offset


def _last_whole(path: Path) -> int:
    """Return the offset behind the last member that decompresses to its end and passes its own checksum."""
    whole = at = 0
    member = zlib.decompressobj(31)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            while chunk:
                try:
                    member.decompress(chunk)
                except zlib.error:
                    return whole
                if not member.eof:
                    at += len(chunk)
                    break
                at += len(chunk) - len(member.unused_data)
                whole, chunk, member = at, member.unused_data, zlib.decompressobj(31)
    return whole
