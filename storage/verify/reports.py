"""What checking a segment comes to: counts, findings, and its revisions as their chain needs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from storage.verify.findings import Finding

MOST = 20
"""Findings told of one kind in one segment; what is damaged all over is told once more in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """A revision as its chain needs it."""

    key: str
    digest: str
    article: str
    reader: str
    previous: str | None
    relaid: bool = False  # by a reread, beside the chain that was there


@dataclass(slots=True, kw_only=True)
class SegmentReport:
    """What checking a segment came to; counts by what was checked."""

    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    revisions: list[Chained] = field(default_factory=list)

    def count(self, what: str, number: int = 1) -> None:
        """Count what was checked."""
        self.counts[what] = self.counts.get(what, 0) + number

    def tell(self, findings: Iterable[Finding]) -> None:
        """Add findings, of many only the first."""
        told = list(findings)
        self.findings += told[:MOST]
        if len(told) > MOST:
            last = told[MOST]
            more = f"and {len(told) - MOST} more like the ones before, the next: {last.problem}"
            self.findings.append(Finding(object=last.object, problem=more, advice=last.advice))
