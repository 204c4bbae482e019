"""What is asked of the site and what it answers, before HTTP dresses it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: its method, its target as it stood on the request line, its headers by lower-case name."""

    method: str
    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response. Status 0 hangs up without a byte; `cut` hangs up half-way through the body; `delay` is in seconds."""

    body: bytes
    kind: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    modified: datetime | None = None
    delay: float = 0.0
    cut: bool = False


def html(text: str, status: int = 200) -> Answer:
    """A page that says of itself only that it shouldn't be kept."""
    return Answer(body=text.encode(), status=status, headers=(("Cache-Control", "private, max-age=0"),))


def lasting(body: bytes, kind: str) -> Answer:
    """Bytes that stay the same until they change, under a strong validator."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Answer(body=body, kind=kind, etag=etag, headers=(("Cache-Control", "public, max-age=60"),))


def redirect(location: str, status: int = 301) -> Answer:
    """The address elsewhere."""
    return Answer(body=b"Moved\n", kind=TEXT, status=status, headers=(("Location", location),))
