"""One HTTP exchange as it crossed the wire, on its way from the crawler into a segment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Literal

from storage.warc.http1 import Head
from storage.warc.telling import Tls

ExchangeKind = Literal["page", "robots", "sitemap", "feed", "front", "requisite", "import", "unknown"]
Truncated = Literal["length", "time", "disconnect", "unspecified"]
"""Why a record is not whole (WARC 1.1, section 5.13); `unspecified` where framing broke and nobody read on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was sent and what came back; `started` is when the request was sent.

    `response` holds the final answer's bytes, `response_length` of them, of which the first `head_length` are its head
    with the empty line; it is None when none came. `payload_digest`
    (`sha256:<hex>`) covers the entity: transfer coding removed, content coding kept. `interim` are the 1xx answers
    before it, `strays` what came with its last bytes and lies behind it. `page` is the address under which the
    catalogue knows what was looked for, where a redirect led on.
    """

    url: str
    method: str
    kind: ExchangeKind
    started: datetime
    request: bytes
    response: BinaryIO | None = None
    response_length: int = 0
    head_length: int = 0
    head: Head | None = None
    payload_digest: str | None = None
    interim: bytes = b""
    strays: bytes = b""
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher: str | None = None
    truncated: Truncated | None = None
    problem: str | None = None
    page: str | None = None
    tls: Tls | None = None
