"""What a look has come to before it is archived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from news.revising import Verdict
from storage.archive import Failed, NotModified
from storage.warc.segment import Capture
from storage.warc.telling import Witness


@dataclass(slots=True, kw_only=True)
class PageLook:
    """One look at a page as it came off the wire; `verdict` is filled in when it is read.

    `page` is what was ordered, `address` where the answer came from, `left_by` the redirect that led away from `page`.
    """

    site: str
    page: str
    why: str
    source: str
    at: datetime
    address: str
    capture: Capture | None
    left_by: Capture | None = None
    left_at: datetime | None = None
    ended: Failed | NotModified | None = None
    retry_at: datetime | None = None
    witnesses: tuple[Witness, ...] = ()
    verdict: Verdict | None = field(default=None, repr=False)
