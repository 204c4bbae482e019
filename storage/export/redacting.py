"""Cookies and tokens taken out of copied records, on request: such a record is another one, and its header says so.

What identifies us or our session in what we sent, and the cookies that were set for us. The publisher's words, the rest
of the head and every body stay as they are; of bytes behind an answer, whose form nobody knows, each such line goes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from news.serial import digest_of
from storage.export.segments import Member
from storage.ledger.records import digested
from storage.warc.members import MemberWriter, decompress
from storage.warc.segment import STRAYS

SENT = (
    "authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "x-csrf-token", "x-xsrf-token",
    "x-amz-security-token",
)  # fmt: skip
RECEIVED = ("set-cookie", "set-cookie2", "authentication-info", "proxy-authentication-info")
REPLACED = b"redacted"
FIELD = "Stoppress-Redacted"
"""The WARC header field of a rewritten record: the HTTP fields whose values were taken out, then the SHA-256 of the
block as it is archived, by which the original is found."""

_HTTP = "application/http"
_SECRET = re.compile(
    rb"^((?:"
    + "|".join(re.escape(name) for name in (*SENT, *RECEIVED)).encode()
    + rb")[ \t]*:)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_HEAD = re.compile(rb"(?<=[^\r\n])\r?\n\r?\n")  # neither empty lines before it nor a folded blank end one
_END_OF_RECORD = b"\r\n\r\n"


def redacted(member: Member) -> tuple[Member, tuple[str, ...]]:
    """Return the record without secrets, and the name of each field that held one; without any, as it was."""
    media = (member.get("Content-Type") or "").lower()
    strays = member.type == "metadata" and media == STRAYS
    if not strays and not media.startswith(_HTTP):
        return member, ()
    record = decompress(member.content)
    head, _, rest = record.partition(_END_OF_RECORD)
    block = rest[: -len(_END_OF_RECORD)]
    clean, names = _without_secrets(block, everywhere=strays)
    if not names:
        return member, ()
    content = _rewritten(head, block, clean, names)
    found = next(digested(BytesIO(content)))
    return replace(member, content=content, fields=found.fields), names


def _without_secrets(block: bytes, *, everywhere: bool = False) -> tuple[bytes, tuple[str, ...]]:
    """Return an HTTP message, with the answers before it, whose secret fields have another value.

    `everywhere`: any line that looks like one, in bytes of which nobody knows where a head begins or ends.
    """
    names = list[str]()

    def hide(found: re.Match[bytes]) -> bytes:
        names.append(found[1].rstrip(b": \t").decode("latin-1").title())
        return found[1] + b" " + REPLACED

    if everywhere:
        clean = _SECRET.sub(hide, block)
        return clean, tuple(names)
    parts, at = list[bytes](), 0
    while True:  # 1xx answers stand before the final one in what was archived by others
        end = _END_OF_HEAD.search(block, at)
        stop = end.end() if end else len(block)
        head = block[at:stop]
        parts.append(_SECRET.sub(hide, head))
        at = stop
        if not re.match(rb"[\r\n]*HTTP/\S+ 1\d\d", head) or at >= len(block):
            break
    return b"".join([*parts, block[at:]]), tuple(names)


def _rewritten(head: bytes, block: bytes, clean: bytes, names: tuple[str, ...]) -> bytes:
    """Return the gzip member of the rewritten record: right length and block digest, and the field that says so."""
    lines = list[bytes]()
    for line in head.split(b"\r\n"):
        name = line.partition(b":")[0].strip().lower()
        if name == b"content-length":
            lines.append(b"Content-Length: %d" % len(clean))
        elif name == b"warc-block-digest":
            lines.append(f"WARC-Block-Digest: {digest_of(clean)}".encode())
        else:
            lines.append(line)
    lines.append(f"{FIELD}: {', '.join(dict.fromkeys(names))}; {digest_of(block)}".encode())
    out = BytesIO()
    MemberWriter(out).write_whole(b"\r\n".join(lines) + _END_OF_RECORD + clean + _END_OF_RECORD)
    return out.getvalue()
