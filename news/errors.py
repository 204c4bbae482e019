"""One family of errors, split by who must act (style.md, rule 9).

Every message says what happened, where, and what to do next.
"""

from __future__ import annotations


class StopPressError(Exception):
    """Root of the family; catch it at an edge and print its message, it is written for people."""


class ConfigError(StopPressError):
    """The operator must mend the configuration (exit status 3)."""


class UnknownSite(StopPressError):
    """A site was named that is not configured (exit status 2)."""


class BadAddress(StopPressError):
    """An address was named that can't be looked at, or that is not the site's (exit status 2)."""


class PageError(StopPressError):
    """A page did not give an article; `reason` is a short stable word for observations."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotAnArticle(PageError):
    """The page is real and no article: a front, a gallery index, a soft 404. Observed as `not-article`."""


class Blocked(PageError):
    """A wall stands before the article: consent, bot check, paywall, login. Observed as `blocked`."""


class LayoutChanged(PageError):
    """The page is an article that its site's reader no longer reads whole; the site's author must look.

    Observed as `failed` with reason `layout-changed`; the capture is kept, and `reread` catches up later.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="layout-changed")


class StoreError(StopPressError):
    """The store or the catalogue can't be used (exit status 4)."""


class StoreUnavailable(StoreError):
    """The store or the catalogue did not answer or is full; nothing is lost, try again."""


class SpoolUnavailable(StoreUnavailable):
    """The spool's disk is full, broken or read-only: no store that is waited for mends that."""


class SpoolFull(StoreUnavailable):
    """The spool has grown to its bound, or its disk nearly so; nothing is fetched until there is room again."""


class FormatTooNew(StoreError):
    """The store was written by a newer Stop Press; use that one."""


class SchemaMismatch(StoreError):
    """The catalogue's schema is not this program's; the message says how to bring it here."""


class ObjectMissing(StoreError):
    """An object that the archive names is not in the store; run `stoppress verify`."""


class ObjectCorrupt(StoreError):
    """An object's bytes are not what its name or its manifest says; run `stoppress verify`."""


class SiteBusy(StoreError):
    """Another process writes this site just now; wait for it or stop it."""


class LeaseLost(SiteBusy):
    """Another took the site while we did nothing for too long; what we wrote is in our spool, for the next start."""
