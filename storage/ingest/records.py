"""Records of anyone's WARC file (WARC/1.0, 1.1), header and block byte for byte, each made a gzip member of ours."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import new as new_hash
from io import BytesIO
from pathlib import Path

from news.serial import digest_of
from storage.ingest.content import Content
from storage.warc.members import MemberWriter
from storage.warc.reading import Record

LONGEST_HEAD = 1 << 18
LARGEST = 512_000_000
"""Bytes of a block that are held; the records of longer ones are passed over and told."""
END = b"\r\n\r\n"
_LENGTH_NAME = re.compile(rb"\ncontent-length([ \t]*:)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,18}")
KNOWN_DIGESTS = ("sha1", "sha256", "sha512", "md5")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """A record as it lies in its file: `head` up to the empty line that ends it, `block` None where it is too long.

    `member` is the offset and length of the gzip member that holds it and nothing else, if there is one.
    """

    record: Record
    head: bytes
    block: bytes | None
    ending: bytes
    member: tuple[int, int] | None

    @property
    def whole(self) -> bool:
        """False where its block was too long to be held."""
        return self.block is not None

    @property
    def verbatim(self) -> bool:
        """True when its member can stand in a segment as it is: CRLF line ends, and nothing but the record."""
        return self.member is not None and self.ending == END and self.head == _as_read(self.head)

    def packed(self, path: Path) -> bytes:
        """Return the record as one gzip member: the file's own where it can, else anew with the same content.

        A header with lines that end in LF alone gets CRLF, as the standard has it; a small `content-length` gets its
        capitals, without which FastWARC reads no record. Nothing else is changed.
        """
        assert self.block is not None
        if self.verbatim and self.member is not None:
            with path.open("rb") as stream:
                stream.seek(self.member[0])
                return stream.read(self.member[1])
        out = BytesIO()
        MemberWriter(out).write_whole(_as_read(self.head) + self.block + END)
        return out.getvalue()

    def damage(self) -> str | None:
        """Return what is wrong with the block by the digest that the record states of it, or None."""
        said = self.record.get("WARC-Block-Digest")
        if said is None or self.block is None:
            return None
        name, _, value = said.partition(":")
        if name.lower() not in KNOWN_DIGESTS:
            return None
        raw = new_hash(name.lower(), self.block, usedforsecurity=False).digest()
        fits = value.lower() == raw.hex() or value.upper().rstrip("=") == b32encode(raw).decode().rstrip("=")
        return None if fits else "its block is not what its block digest says"

    @property
    def block_digest(self) -> str:
        """The block's SHA-256."""
        return digest_of(self.block or b"")


def _as_read(head: bytes) -> bytes:
    """Return a header as every reader takes it: each line ended by CR LF, `Content-Length` spelt so."""
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    while not lines[-1].strip():
        lines.pop()
    lined = b"\r\n".join(lines) + END
    return _LENGTH_NAME.sub(rb"\nContent-Length\1", lined, count=1)


def raw_records(path: Path, content: Content) -> Iterator[RawRecord]:
    """Yield the whole records of a file; behind the last, `content.problem` says where it could not be read further."""
    content.pass_line_ends()
    number = 0
    while not content.ended():
        number += 1
        start = content.position
        head = _head(content)
        length = _length(head)
        if length is None:
            where = f"at byte {start} of the content" + (f", behind record {number - 1}" if number > 1 else "")
            content.problem = content.problem or f"no WARC record begins {where} of {path.name}"
            return
        block = content.read(length) if length <= LARGEST else None
        if (len(block) if block is not None else content.skip(length)) != length:
            content.problem = content.problem or f"its record {number} breaks off"
            return
        ending = content.pass_line_ends()
        fields = _fields(head)
        yield RawRecord(
            record=Record(offset=start, fields=fields, block=block or b""),
            head=head,
            block=block,
            ending=ending,
            member=content.member(start, content.position),
        )


def _head(content: Content) -> bytes:
    """Return the next header with the empty line that ends it; what is none ends without one."""
    lines = [content.line(LONGEST_HEAD)]
    if not lines[0].startswith(b"WARC/"):
        return lines[0]
    size = len(lines[0])
    while lines[-1].strip() and size < LONGEST_HEAD and not content.ended():
        lines.append(content.line(LONGEST_HEAD))
        size += len(lines[-1])
    return b"".join(lines)


def _length(head: bytes) -> int | None:
    """Return the block's length that a header states, None for what is no whole header."""
    if not head.startswith(b"WARC/") or head.splitlines()[-1].strip():
        return None
    said = next((value for name, value in _fields(head) if name.lower() == "content-length"), "")
    return int(said) if _NUMBER.fullmatch(said) else None


def _fields(head: bytes) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and line.strip() and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            found.append((name.strip(), value.strip()))
    return tuple(found)
