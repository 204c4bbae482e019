"""Why a look gave no whole answer, in the words of observations."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)

from crawler.capture.connecting import PrivateAddress
from crawler.sitework import OffSite, Refusing, Resting
from storage.archive import Failed

NETWORK = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError)


class Disallowed(IgnoreRequest):
    """robots.txt asks us not to fetch this."""


class RobotsUnavailable(IgnoreRequest):
    """The server could not give its robots.txt, which RFC 9309 reads as a complete refusal for now."""


_REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (PrivateAddress, "blocked", "private-address"),
    (Disallowed, "blocked", "robots"),
    (OffSite, "blocked", "off-site"),
    (RobotsUnavailable, "failed", "robots-unavailable"),
    (Refusing, "failed", "refusing"),
    (Resting, "failed", "resting"),
    (CannotResolveHostError, "failed", "no-such-host"),
    (DownloadConnectionRefusedError, "failed", "no-connection"),
    (DownloadTimeoutError, "failed", "timeout"),
)


def why_failed(error: BaseException, truncated: str | None) -> tuple[Failed, datetime | None]:
    """Return what the failure says of the page, and when the server asked us to come again."""
    retry_at = error.until if isinstance(error, Resting) else None
    for kind, outcome, reason in _REASONS:
        if isinstance(error, kind):
            return Failed(outcome=outcome, reason=reason, detail=str(error)), retry_at  # type: ignore[arg-type]
    if isinstance(error, DownloadFailedError):
        reason = {"length": "too-long", "time": "timeout"}.get(truncated or "", "broken-answer")
        return Failed(outcome="failed", reason=reason, detail=str(error)), retry_at
    return Failed(outcome="failed", reason="crawler-error", detail=f"{type(error).__name__}: {error}"), retry_at
