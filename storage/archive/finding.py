"""What a look came to, and what the page's row is to hold after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from news.model import Article, Outcome, Revision
from news.revising import NewRevision, Unchanged
from news.revising.deciding import Decision
from news.serial import rfc3339
from storage.archive.look import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a look came to, before it is written down."""

    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    article_id: str | None = None
    article_url: str | None = None
    article: Article | None = None
    decision: Decision | None = None

    @property
    def revision(self) -> Revision | None:
        """The revision that the look made, if it made one."""
        return self.decision.revision if isinstance(self.decision, NewRevision) else None

    @property
    def signals(self) -> tuple[tuple[str, str], ...]:
        """What an observation without a revision notes beside its outcome."""
        return self.decision.signals if isinstance(self.decision, Unchanged) else ()


def page_state(look: Look, finding: Finding) -> dict[str, Any]:
    """Return what the page's row is to hold after this look: validators, rest asked for, time of publication."""
    state: dict[str, Any] = {"source": look.source, "retry_at": rfc3339(look.retry_at) if look.retry_at else None}
    if look.imported:
        state["due_from"] = rfc3339(look.imported.at)
    published = finding.article.chosen("published") if finding.article else None
    if published is not None and published.at is not None:
        state["published"] = rfc3339(published.at)
    if finding.outcome == "not-modified":
        return state
    whole = finding.outcome in ("new", "changed", "unchanged") and look.capture is not None
    said = dict(look.capture.evidence) if whole and look.capture else {}
    return state | {
        "etag": said.get("ETag"),
        "last_modified": said.get("Last-Modified"),
        "validated": look.capture.record_id if whole and look.capture else None,
    }
