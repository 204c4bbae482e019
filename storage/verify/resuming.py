"""What a check that broke off had finished: segments that were found whole, by the digest of their manifest.

The file lies in the spool, on this machine; a check that ends takes it away. Without `--resume` nobody reads it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

from news.serial import rfc3339
from storage.verify.manifests import Manifest
from storage.verify.reports import Chained, SegmentReport

FILE = "verified.jsonl"
CHAINED = tuple(field.name for field in fields(Chained))
RESUMABLE = timedelta(days=7)
"""How long a segment that was found whole needs not be read again."""


class Finished:
    """The segments that this check, or the one that it resumes, found whole."""

    def __init__(self, spool: Path, *, now: datetime, resume: bool) -> None:
        self._path = spool / FILE
        self.earlier = dict(_read(self._path, since=rfc3339(now - RESUMABLE))) if resume else {}
        if not resume:
            self.forget()

    def add(self, manifest: Manifest, report: SegmentReport, now: datetime) -> None:
        """Note a segment, if nothing was wrong with it; where nothing can be noted, nothing can be resumed."""
        if report.findings:
            return
        revisions = [{name: getattr(one, name) for name in CHAINED} for one in report.revisions]
        line = {"manifest": manifest.digest, "at": rfc3339(now), "counts": report.counts, "revisions": revisions}
        with suppress(OSError), self._path.open("a", encoding="utf-8") as out:
            out.write(f"{json.dumps(line)}\n")

    def forget(self) -> None:
        """Let go of what was noted."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _read(path: Path, *, since: str) -> Sequence[tuple[str, SegmentReport]]:
    """Return what was noted since then; a line that was torn, or that another version wrote, is passed over."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    found = []
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            row = json.loads(line)
            if row["at"] >= since:
                revisions = [Chained(**revision) for revision in row["revisions"]]
                found.append((row["manifest"], SegmentReport(counts=row["counts"], revisions=revisions)))
    return found
