"""What a crawler tells the archive of one look at a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from news.model import Outcome
from news.revising import Verdict
from storage.warc.segment import Capture
from storage.warc.telling import Witness

TICK = timedelta(microseconds=1)
"""How far apart two looks at an article are put whose records bear the same date, as others' do within a second: an
article has one state at a time, and its looks one order.
"""


WALLS = ("blocked", "failed")
"""Outcomes that say nothing of the page itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The page answered, and this is what its document shows; `address` is where, after any harmless redirect."""

    verdict: Verdict
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that the page is as it was at the look before (304)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected:
    """The page's address leads elsewhere; `verdict` is what lies there, or None when it was not looked at.

    The look's own capture is the redirect; `landed` and `landed_at` are the capture of what was found and its time.
    """

    to: str
    verdict: Verdict | None = None
    landed: Capture | None = None
    landed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No answer that says anything of the page: an outage, a refusal, a wall before the first byte."""

    outcome: Outcome
    reason: str
    detail: str | None = None


def unasked_304(url: str) -> Failed:
    """Return what a 304 comes to where we asked without conditions: it says nothing of the page."""
    said = f"{url} answered 304 to a request without conditions: nothing to read"
    return Failed(outcome="failed", reason="http-304", detail=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The WARC file that a capture was taken from: its name, the SHA-256 of it as it was given, and when that was."""

    file: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a page. `why` says what ordered it; `capture` shows what came, None where nothing did.

    `published` is what a feed or sitemap said of it, `retry_at` when the server asked us to come again, `witnesses` the
    records that show why it was looked at, besides the source that named the page. `imported` is None for our own.
    """

    page: str
    at: datetime
    why: str
    result: Seen | NotModified | Redirected | Failed
    capture: Capture | None = None
    source: str = "user"
    retry_at: datetime | None = None
    witnesses: tuple[Witness, ...] = ()
    imported: Imported | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a look came to: its outcome, and the classes of the revision that it made (None where it made none)."""

    page: str
    outcome: Outcome
    reason: str | None
    headline: str | None
    classes: tuple[str, ...] | None
