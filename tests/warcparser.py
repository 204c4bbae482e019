"""A WARC reader by the letter of ISO 28500:2017 (WARC/1.1), annexes A and D; no library, for tests to compare with.

    record  = header CRLF block CRLF CRLF
    header  = version CRLF *( name ":" value CRLF )        value may be folded; names know no case

Each record lies in a gzip member of its own (annex D.2). Whatever is not so raises `NotWarc`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
MANDATORY = ("warc-type", "warc-record-id", "warc-date", "content-length")


class NotWarc(Exception):
    """These bytes are no WARC file; says what is wrong and where."""


@dataclass(frozen=True)
class Parsed:
    """One record and where its member lies."""

    offset: int
    length: int
    fields: tuple[tuple[str, str], ...]
    block: bytes

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


def members(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    at = 0
    while at < len(content):
        inflater = zlib.decompressobj(31)
        whole = inflater.decompress(content[at:])
        if not inflater.eof:
            raise NotWarc(f"the gzip member at {at} is cut short")
        length = len(content) - at - len(inflater.unused_data)
        yield at, whole, length
        at += length


def parse(content: bytes) -> Iterator[Parsed]:
    for offset, whole, length in members(content):
        head, gap, rest = whole.partition(b"\r\n\r\n")
        version, *lines = head.split(b"\r\n")
        if not gap or version != b"WARC/1.1":
            raise NotWarc(f"no WARC/1.1 header at {offset}")
        fields = tuple(_fields(lines, offset))
        said = {name.lower(): value for name, value in fields}
        if missing := [name for name in MANDATORY if name not in said]:
            raise NotWarc(f"the record at {offset} lacks {missing}")
        size = int(said["content-length"])
        if rest[size:] != b"\r\n\r\n":
            raise NotWarc(f"the block at {offset} does not end as it must")
        yield Parsed(offset, length, fields, rest[:size])


def _fields(lines: list[bytes], offset: int) -> Iterator[tuple[str, str]]:
    unfolded: list[bytes] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1] += b" " + line.strip()
        else:
            unfolded.append(line)
    for line in unfolded:
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(name):
            raise NotWarc(f"no field in the record at {offset}: {line!r}")
        yield name.decode(), value.strip(b" \t").decode()


def digest(said: str, content: bytes) -> str:
    """The digest of these bytes, in the algorithm and the notation (hex or base32) that `said` has."""
    name, _, value = said.partition(":")
    found = hashlib.new(name, content)
    spelt = found.hexdigest() if len(value) == 2 * found.digest_size else base64.b32encode(found.digest()).decode()
    return f"{name}:{spelt}"
