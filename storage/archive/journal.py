"""A segment's journal: JSON lines beside the open WARC file that say what its records are and what the looks found.

A capture's line is written when its records are, and handed to the operating system at once, so a killed process
loses none; `sync` puts all on the disk at each commit. A torn last line is cut when the journal is read again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Line = Mapping[str, Any]


class Journal:
    """The journal of an open segment; only ever appended to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)  # a buffer would hold on to bytes that a full disk refused

    def append(self, line: Line) -> None:
        """Write a line and hand it to the operating system, or, on a full disk, write nothing of it."""
        before, content = os.fstat(self._file.fileno()).st_size, encode(line)
        try:
            while content:
                content = content[self._file.write(content) :]
        except OSError:
            self._file.truncate(before)
            raise

    def sync(self) -> None:
        """Put all that was written on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def encode(line: Line) -> bytes:
    """Return the line as it stands in a journal."""
    return json.dumps(line, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def read(path: Path) -> Iterator[Line]:
    """Yield the whole lines of a journal."""
    with path.open("rb") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                yield json.loads(line)


def cut_torn_line(path: Path) -> int:
    """Cut what a killed writer left of a last line; return how many bytes went."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        content = stream.read()
        whole = content.rfind(b"\n") + 1
        stream.truncate(whole)
    return size - whole


def rewrite(path: Path, lines: Sequence[Line]) -> None:
    """Put these lines in the journal's place, all or none."""
    aside = path.with_suffix(".rewritten")
    with aside.open("wb") as stream:
        stream.writelines(encode(line) for line in lines)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
