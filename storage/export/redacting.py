"""Cookies and tokens taken out of copied records, on request: such a record is another one, and its header says so.

What identifies us or our session in what we sent and in what was set for us: fields, those behind a chunked body too,
and parameters of addresses in a request line, a `Referer` or a `Location`. The publisher's words, the rest of the head
and every body stay as they are, and so does the record's own address, without which it can't be replayed; of bytes
behind an answer, whose form nobody knows, each such line goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from news.serial import digest_of
from storage.export.segments import Member
from storage.ledger.records import digested
from storage.warc.http1 import ResponseParser
from storage.warc.members import MemberWriter, decompress
from storage.warc.segment import STRAYS

SECRET = re.compile(
    r"(proxy-)?authorization|(set-)?cookie2?|(proxy-)?authentication-info|x-auth(-key|orization)?"
    r"|.*(token|secret|passw|api-?key|session-?id|signature).*",
    re.IGNORECASE,
)
"""Fields whose values are secrets; besides those that HTTP has, `X-Api-Key`, `X-Csrf-Token`, `X-Amz-Signature`."""

PARAMETER = re.compile(
    r"signature|token|session|sessid|passw|secret|credential|(?:api|access)[-_]?key|jwt"
    r"|(?:^|[-_.])(?:sig|key|auth|authorization|sid|pwd|pass|hmac)$",
    re.IGNORECASE,
)
"""What the names of secret parameters hold, or end with as a word of its own: `key`, but not `keyword`."""

ADDRESSED = ("location", "content-location", "referer", "refresh")
"""Fields whose values are addresses."""

REPLACED = b"redacted"
FIELD = "Stoppress-Redacted"
"""The WARC header field of a rewritten record: the HTTP fields whose values were taken out, then the SHA-256 of the
block as it is archived, by which the original is found."""

_HTTP = "application/http"
_FIELD = re.compile(rb"(?<![^\r\n])([ \t]*+([^\s:]++)\s*+:)([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)")
"""A field with its folds; one begins behind a bare CR too, where some readers end a line."""

_REQUEST = re.compile(rb"(?<![^\r\n])([A-Z]++[ \t])([^\r\n]*+)(?<=[ \t]HTTP/\d\.\d)")
_PARAMETER = re.compile(rb"([?&;#]([^=&;#?\s]++)=)[^&;#?\s\"'>]++")
_USER = re.compile(rb"(://)[^/?#@\s]++(?=@)")
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
    clean, names = _clean(block) if strays else _without_secrets(block)
    if not names:
        return member, ()
    content = _rewritten(head, block, clean, names)
    found = next(digested(BytesIO(content)))
    return replace(member, content=content, fields=found.fields), names


def _without_secrets(block: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return an HTTP message, with the answers before it, whose secret fields have another value, and their names."""
    parts, names = list[bytes](), list[str]()
    at = 0
    for start, stop in _fields_of(block):
        clean, found = _clean(block[start:stop])
        parts += [block[at:start], clean]
        names += found
        at = stop
    return b"".join([*parts, block[at:]]), tuple(names)


def _fields_of(block: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the fields of an HTTP message lie: its head, those of 1xx answers before it, and its trailer."""
    at = 0
    while True:  # 1xx answers stand before the final one in what was archived by others
        end = _END_OF_HEAD.search(block, at)
        stop = end.end() if end else len(block)
        yield at, stop
        if not re.match(rb"[\r\n]*HTTP/\S+ 1\d\d", block[at:stop]) or stop >= len(block):
            break
        at = stop
    if b"chunked" in block[at:stop].lower():
        answer = ResponseParser()
        answer.feed(block)
        answer.close()
        if answer.trailer is not None:
            yield answer.trailer, answer.end


def _clean(fields: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return these lines without the secrets in them, and the name of each field that held one."""
    names = list[str]()

    def hide(found: re.Match[bytes]) -> bytes:
        name = found[2].decode("latin-1")
        value = found[3]
        if SECRET.fullmatch(name):
            value = b" " + REPLACED
        elif name.lower() in ADDRESSED:
            value = _without_tokens(value)
        if value != found[3]:
            names.append(name.title())
        return found[1] + value

    def hide_in_request(found: re.Match[bytes]) -> bytes:
        value = _without_tokens(found[2])
        if value != found[2]:
            names.append("Request-Line")
        return found[1] + value

    clean = _REQUEST.sub(hide_in_request, fields)
    return _FIELD.sub(hide, clean), tuple(names)


def _without_tokens(address: bytes) -> bytes:
    """Return an address, or a line with one, without what lets its bearer in."""

    def hide(found: re.Match[bytes]) -> bytes:
        return found[1] + REPLACED if PARAMETER.search(found[2].decode("latin-1")) else found[0]

    return _USER.sub(rb"\g<1>" + REPLACED, _PARAMETER.sub(hide, address))


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
