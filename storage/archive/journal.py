"""A segment's journal: JSON lines beside the open WARC file that say what its records are and what the looks found.

A capture's line is written when its records are, and handed to the operating system at once, so a killed process
loses none; `sync` puts all on the disk at each commit. A torn last line is cut when the journal is read again. A line
that a disk changed can't be read, lacks what its kind tells, or holds a revision of another digest than it names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from news.errors import ObjectCorrupt
from news.serial import canonical, digest_of
from storage.catalogue.statements import COLUMNS

Line = Mapping[str, Any]

_ENCODE = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode
_REVISION = b',"revision":{'
"""Where a look's revision begins: within a string each quote has a backslash before it, so this stands nowhere else."""

_TOLD = {"capture": COLUMNS["captures"], "alias": ("url", "article_id", "at"), "look": ("observation",)}
"""What a line of each kind tells at least."""


class Journal:
    """The journal of an open segment; only ever appended to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)  # a buffer would hold on to bytes that a full disk refused
        self._size = os.fstat(self._file.fileno()).st_size

    def append(self, line: Line, revision: bytes | None = None) -> None:
        """Write a line and hand it to the operating system, or, on a full disk, write nothing of it.

        `revision` is the canonical JSON of the revision that a look made.
        """
        content = encode(line, revision)
        whole = len(content)
        try:
            while content:
                content = content[self._file.write(content) :]
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += whole

    def sync(self) -> None:
        """Put all that was written on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def encode(line: Line, revision: bytes | None = None) -> bytes:
    """Return the line as it stands in a journal; a look's revision, as the store is to hold it, comes last."""
    said = _ENCODE(line).encode()
    return said + b"\n" if revision is None else b"".join((said[:-1], b',"revision":', revision, b"}\n"))


def parted(raw: bytes) -> tuple[bytes, bytes | None]:
    """Return a line without its revision, and the revision's bytes, None where it has none or not in its last place."""
    if not raw.endswith(b"}}\n"):
        return raw, None
    said, mark, rest = raw.partition(_REVISION)
    return (said + b"}\n", b"{" + rest[:-2]) if mark else (raw, None)


def read(path: Path) -> Iterator[Line]:
    """Yield the whole lines of a journal; raises `ObjectCorrupt` at one that a disk has changed."""
    for number, raw in enumerate(raw_lines(path), start=1):
        yield _sure(fitting(raw), path, number)


def read_raw(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a journal as they stand there; raises `ObjectCorrupt` at one that a disk has changed."""
    for number, raw in enumerate(raw_lines(path), start=1):
        said, revision = parted(raw)
        _sure(fitting(raw) if revision is None else _fitting(said, revision), path, number)
        yield raw


def raw_lines(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a journal as they stand there, whatever became of them."""
    with path.open("rb") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                yield line


def fitting(raw: bytes) -> Line | None:
    """Return what a line says, or None where a disk has changed it."""
    said, revision = parted(raw)
    line = _fitting(said, revision)
    if line is None or revision is None:
        return line if line is None or _revisions_fit(line) else None
    return {**line, "revision": json.loads(revision)}


def _fitting(said: bytes, revision: bytes | None) -> Line | None:
    """Return what a line says without its revision, or None where a disk has changed either."""
    try:
        line = json.loads(said)
        named = line["observation"]["revision"] if line["t"] == "look" else None
        whole = all(name in line for name in _TOLD.get(line["t"], ()))
        whole = whole and all(
            name in line.get("observation", COLUMNS["observations"]) for name in COLUMNS["observations"]
        )
    except (ValueError, KeyError, TypeError):
        return None
    return line if whole and (revision is None or digest_of(revision) == named) else None


def _revisions_fit(line: Line) -> bool:
    """Return whether the revisions within a line are those that it names: of one that is read as a whole."""
    try:
        if line["t"] == "look":
            held = line.get("revision")
            named: str | None = line["observation"]["revision"]
            return (digest_of(canonical(held)) if held else None) == named
        return all(digest_of(canonical(link["object"])) == link["digest"] for link in line.get("revisions", ()))
    except (ValueError, KeyError, TypeError):
        return False


def _sure(line: Line | None, path: Path, number: int) -> Line:
    if line is None:
        raise ObjectCorrupt(
            f"line {number} of {path} is not what was written there: the disk has changed it, and the spool is kept. "
            "The next start of `stoppress crawl`, `tick` or `run` mends what can be mended"
        )
    return line


def cut_torn_line(path: Path) -> int:
    """Cut what a dead writer left from the first line on that is not whole; return how many bytes went.

    A power cut may leave zeros where a line was not yet on the disk, and later lines behind them.
    """
    size, whole = path.stat().st_size, 0
    with path.open("r+b") as stream:
        for line in stream:
            if not line.endswith(b"\n") or fitting(line) is None:
                break
            whole += len(line)
        stream.truncate(whole)
    return size - whole


def cut_after(path: Path, lines: int) -> None:
    """Keep so many lines, and put them on the disk."""
    with path.open("r+b") as stream:
        stream.truncate(sum(len(line) for line in islice(stream, lines)))
        stream.flush()
        os.fsync(stream.fileno())


def rewrite(path: Path, lines: Sequence[Line]) -> None:
    """Put these lines in the journal's place, all or none."""
    written = aside(path)
    with written.open("wb") as stream:
        stream.writelines(_encoded(line) for line in lines)
        stream.flush()
        os.fsync(stream.fileno())
    written.replace(path)


def _encoded(line: Line) -> bytes:
    if line["t"] != "look" or not line.get("revision"):
        return encode(line)
    return encode({name: value for name, value in line.items() if name != "revision"}, canonical(line["revision"]))


def aside(path: Path) -> Path:
    """Return where a journal's new lines lie until they take its place; what a kill left there is nothing."""
    return path.with_suffix(".rewritten")
