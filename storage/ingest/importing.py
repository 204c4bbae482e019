"""WARC files of others taken into an archive: scanned, copied site by site, looked at in order of time, sealed.

Running it again changes nothing: a capture is known by its record id and its block's digest, a look by its capture.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from news.errors import StoreError
from news.model import Site
from storage.archive.access import open_archive
from storage.archive.archive import Archive
from storage.archive.look import Imported
from storage.archive.writer import SiteWriter
from storage.catalogue import reading
from storage.catalogue.changing import count_anew
from storage.catalogue.opening import Rows
from storage.config import Config
from storage.ingest.copying import Copier
from storage.ingest.looking import Looker
from storage.ingest.scanning import Answer, Owners, Scan, answers_of, scan

log = logging.getLogger(__name__)

MANY = 1000
"""Captures after which a server should not wait to count its rows until it comes to it by itself."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, and how much of how much of it is done."""


@dataclass(slots=True, kw_only=True)
class SiteTaken:
    """What came of one site: captures taken in and there before, looks by outcome, captures kept without, by why.

    `orphans` counts revisits left out since what they repeat is not here, `redacted` copies of what is here whole.
    """

    site: str
    captures: int = 0
    there: int = 0
    orphans: int = 0
    redacted: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    clashing: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return it as `import --json` prints it."""
        return {
            "site": self.site,
            "captures": self.captures,
            "there_before": self.there,
            "revisits_left_out": self.orphans,
            "redacted_copies": self.redacted,
            "looks": dict(sorted(self.outcomes.items())),
            "kept_without_look": dict(sorted(self.kept.items())),
            "clashing": self.clashing,
        }


@dataclass(slots=True, kw_only=True)
class Taken:
    """What an import came to, by file and by site."""

    files: list[Scan] = field(default_factory=list)
    sites: list[SiteTaken] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What keeps the import from having been whole, in words."""
        torn = [
            f"{one.path}: {one.problem}{'; what stands before was taken in' if one.records else ''}"
            for one in self.files
            if one.problem
        ]
        clashes = [
            f"record {one} is archived with other bytes: not taken in again"
            for each in self.sites
            for one in each.clashing
        ]
        damaged = [
            f"{one.path}: {count} times {why}"
            for one in self.files
            for why, count in sorted(one.refused.items())
            if "record:" not in why or "damaged" in why
        ]
        return [*torn, *damaged, *clashes]

    def row(self) -> dict[str, Any]:
        """Return it as `import --json` prints it."""
        files = [
            {
                "file": str(one.path),
                "sha256": one.sha256,
                "bytes": one.size,
                "records": one.records,
                "answers": len(one.answers),
                "other_hosts": dict(one.elsewhere.most_common()),
                "other_types": dict(sorted(one.others.items())),
                "refused": dict(sorted(one.refused.items())),
                "problem": one.problem,
            }
            for one in self.files
        ]
        return {"files": files, "sites": [each.row() for each in self.sites], "problems": self.problems}


def take_in(
    config: Config,
    paths: Sequence[Path],
    sites: Sequence[Site],
    *,
    any_host: bool = False,
    progress: Progress | None = None,
) -> Taken:
    """Take what these files hold of these sites into the archive; return what came of it.

    Raises OSError where a file can't be read at all, `SiteBusy` while a site is being crawled, `StoreUnavailable`.
    """
    owners = Owners(sites=tuple(sites), any_host=any_host)
    taken = Taken(files=[scan(path, owners, progress=_bar(progress, f"reading {path.name}")) for path in paths])
    named = {one.site for one in answers_of(taken.files)}
    with open_archive(config, software={"software": "stoppress", "description": "import of WARC files"}) as archive:
        job = _Job(
            archive=archive,
            files=taken.files,
            full=int(config.archive.seal_after_megabytes * 1_000_000),
            progress=progress,
        )
        taken.sites += [job.take(site) for site in sites if site.name in named]
    return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What holds for all sites of one import."""

    archive: Archive
    files: Sequence[Scan]
    full: int
    progress: Progress | None

    def take(self, site: Site) -> SiteTaken:
        told, now = SiteTaken(site=site.name), datetime.now(UTC)
        writer = self.archive.writer(site)
        try:
            self._copy(writer, told)
            self._count_anew(told)
            writer.segment_name(datetime.now(UTC))  # opened under today's name, not under that of an old look
            looker = Looker(self.archive.rows, writer, self._sources(now), full=self.full)
            mine = _unique(one for one in answers_of(self.files) if one.site == site.name)
            looked = looker.look(mine, progress=_bar(self.progress, f"looking at {site.name}"))
            told.outcomes, told.kept = looked.outcomes, looked.kept
            writer.seal(datetime.now(UTC))
            self._count_anew(told)
        finally:
            writer.close()
        return told

    def _count_anew(self, told: SiteTaken) -> None:
        """Let the catalogue plan for what it holds now, before the looks at many captures and after them."""
        if told.captures >= MANY:
            try:
                count_anew(self.archive.recorder.catalogue, self.archive.catalogue)
            except StoreError as error:
                log.warning("the catalogue did not count its rows, and may be slow for minutes error=%s", error)

    def _copy(self, writer: SiteWriter, told: SiteTaken) -> None:
        originals = _originals(self.archive.rows, self.files)  # asked after recovery: an earlier import's may be there
        payloads = {one.record_id: one.payload_digest for one in answers_of(self.files) if one.type == "response"}
        copier = Copier(self.archive.rows, writer, originals, payloads, full=self.full)
        for found in self.files:
            copied = copier.copy(found, progress=_bar(self.progress, f"copying {found.path.name}"))
            told.captures += copied.taken
            told.there += copied.there
            told.orphans += copied.orphans
            told.redacted += copied.redacted
            told.clashing += copied.clashing

    def _sources(self, now: datetime) -> dict[str, Imported]:
        """Return which file each answer is from; of one record id the first file counts."""
        return {
            one.record_id: Imported(file=found.path.name, sha256=found.sha256, at=now)
            for found in reversed(self.files)
            for one in reversed(found.answers)
        }


def _unique(answers: Iterable[Answer]) -> list[Answer]:
    """Return answers, of one record id the first."""
    found = dict[str, Answer]()
    for one in answers:
        found.setdefault(one.record_id, one)
    return list(found.values())


def _originals(rows: Rows, files: Sequence[Scan]) -> dict[str, str]:
    """Return on which record each revisit stands: named by id, by address and instant, or by address and payload.

    One that names another revisit stands on what that repeats.
    """
    whole = [one for one in answers_of(files) if one.type == "response"]
    whole_ids = {one.record_id for one in whole}
    named_by = {one.record_id: one.repeats[0] for one in answers_of(files) if one.repeats}
    by_instant = {(one.url, one.at[:19]): one.record_id for one in reversed(whole)}
    by_payload = {(one.url, one.said_digest or ""): one.record_id for one in reversed(whole)}
    found = dict[str, str]()
    for one in answers_of(files):
        if one.repeats is None:
            continue
        record_id, url, at = one.repeats
        instant: tuple[str, str] = (url or one.url, (at or "")[:19])
        original = _root(rows, record_id, named_by, whole_ids) or by_instant.get(instant)
        if original is None and one.said_digest:
            original = by_payload.get((instant[0], one.said_digest))
        original = original or _archived(rows, *instant)
        if original:
            found[one.record_id] = original
    return found


def _root(rows: Rows, record_id: str | None, named_by: Mapping[str, str | None], whole: Collection[str]) -> str | None:
    """Return the record with a body that a named one is or repeats, in these files or the archive, or None."""
    passed = set[str]()
    while record_id and record_id not in passed:
        if record_id in whole:
            return record_id
        passed.add(record_id)
        if record_id not in named_by:
            found = reading.original(rows, record_id)
            return str(found["record_id"]) if found else None
        record_id = named_by[record_id]
    return None


def _archived(rows: Rows, url: str, second: str) -> str | None:
    found = rows(
        "SELECT record_id FROM captures WHERE url = :url AND at >= :second AND at < :after "
        "AND record_type = 'response' ORDER BY at LIMIT 1",
        url=url,
        second=second,
        after=f"{second}~",
    )
    return str(found[0]["record_id"]) if found and second else None


def _bar(progress: Progress | None, what: str) -> Callable[[int, int], None] | None:
    return partial(progress, what) if progress else None
