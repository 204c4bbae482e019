"""What a check that broke off had finished: segments that were found whole, by the digest of their manifest.

The file lies in the spool, on this machine; a check that ends takes it away. Without `--resume` nobody reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from news.serial import rfc3339
from storage.verify.manifests import Manifest
from storage.verify.reports import Chained, SegmentReport

FILE = "verified.jsonl"
CHAINED = tuple(field.name for field in fields(Chained))
RESUMABLE = timedelta(days=7)
"""How long a segment that was found whole needs not be read again."""


class Finished:
    """The segments that this check, or the one that it resumes, found whole.

    `held` says what was held against what, the addresses of store and catalogue: what was found of others counts not.
    """

    def __init__(self, spool: Path, *, now: datetime, resume: bool, held: str) -> None:
        self._path = spool / FILE
        self._held = held
        self.resumes = resume
        self.earlier: Mapping[str, SegmentReport] = {}
        if resume:
            self.earlier = _Earlier(self._path, since=rfc3339(now - RESUMABLE), held=held)
        if not resume:
            self.forget()

    def add(self, manifest: Manifest, report: SegmentReport, now: datetime) -> None:
        """Note a segment, if nothing was wrong with it; where nothing can be noted, nothing can be resumed."""
        if report.findings:
            return
        revisions = [{name: getattr(one, name) for name in CHAINED} for one in report.revisions]
        line = {
            "manifest": manifest.digest,
            "held": self._held,
            "at": rfc3339(now),
            "counts": report.counts,
            "revisions": revisions,
        }
        with suppress(OSError), self._path.open("a", encoding="utf-8") as out:
            out.write(f"{json.dumps(line)}\n")

    def forget(self) -> None:
        """Let go of what was noted."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


class _Earlier(Mapping[str, SegmentReport]):
    """What was noted since then, by the digest of its manifest, each report read from the file when it is asked for."""

    def __init__(self, path: Path, *, since: str, held: str) -> None:
        self._path = path
        self._at = dict(_places(path, since, held))

    def __getitem__(self, manifest: str) -> SegmentReport:
        at = self._at[manifest]  # first: what was never noted is asked for too, without a file
        with self._path.open("rb") as stream:
            stream.seek(at)
            return _report(json.loads(stream.readline()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


def _places(path: Path, since: str, held: str) -> Iterator[tuple[str, int]]:
    """Yield what was noted since then of the same; a torn line, or another version's, is passed over."""
    with suppress(OSError), path.open("rb") as stream:
        at = 0
        for line in stream:
            with suppress(ValueError, KeyError, TypeError):
                row = json.loads(line)
                if row["at"] >= since and row["held"] == held and _report(row):
                    yield row["manifest"], at
            at += len(line)


def _report(row: Mapping[str, Any]) -> SegmentReport:
    return SegmentReport(counts=row["counts"], revisions=[Chained(**revision) for revision in row["revisions"]])
