"""The whole archive verified: manifests and chains, every segment or some, what is stray, the catalogue, the spool."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from news.errors import StoreError
from storage.archive.archive import check_format
from storage.catalogue import opening
from storage.objects import Store
from storage.verify.findings import INSPECT, REBUILD, RECOVER, RESTORE, Finding
from storage.verify.index import unsealed_findings
from storage.verify.manifests import ENDING, Manifest, chain_findings, listed, missing_objects, read_manifest
from storage.verify.segments import Chained, SegmentReport, check_segment
from storage.verify.spools import Spooled, spooled

WORTH_PROCESSES = 64_000_000
"""Bytes of segments from which it pays to start other processes."""

Progress = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class Report:
    """What a check came to: how many of what were checked, and what was found."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where an archive lies."""

    store: Store
    catalogue: str
    spool: Path


def verify(places: Places, *, sample: int | None = None, progress: Progress | None = None) -> Report:
    """Return what is wrong with an archive, with `sample` segments at random instead of all, but every manifest.

    Raises `StoreError` where there is no archive to be read at all. What a living process writes meanwhile is left
    out; `progress` is told how many of how many segments are done.
    """
    check_format(places.store)
    pending = {segment.name: segment for segment in spooled(places.spool)}
    present = {item.key: item.size for prefix in ("warc/", "articles/") for item in places.store.list(prefix)}
    report = Report()
    manifests = _manifests(places.store, present, report)
    usable = _usable_catalogue(places.catalogue, report)
    chosen = manifests if sample is None else random.sample(manifests, min(sample, len(manifests)))
    revisions: list[Chained] = []
    for done, found in enumerate(_checked(places, chosen, usable), start=1):
        _add(report, found)
        revisions += found.revisions
        if progress:
            progress(done, len(chosen))
    report.findings += _revision_findings(revisions, present, whole=sample is None)
    report.findings += _stray_findings(places, manifests, present, pending)
    if usable:
        with opening.reading(places.catalogue) as rows:
            waiting = {*pending, *(segment.name for segment in spooled(places.spool))}
            sealed = {manifest.segment for manifest in manifests}
            report.findings += unsealed_findings(rows, places.store, sealed=sealed, pending=waiting, present=present)
    report.findings += _spool_findings(pending.values())
    report.checked |= {"pending_segments": sum(1 for segment in pending.values() if segment.alive)}
    return report


def _manifests(store: Store, present: Mapping[str, int], report: Report) -> list[Manifest]:
    """Read every manifest and check what manifests alone can say."""
    found = [read_manifest(store, key) for key in present if key.endswith(ENDING)]
    manifests = [item for item in found if isinstance(item, Manifest)]
    report.findings += [item for item in found if isinstance(item, Finding)]
    by_site: dict[str, list[Manifest]] = defaultdict(list)
    for manifest in manifests:
        by_site[manifest.site].append(manifest)
        report.findings += missing_objects(manifest, present)
    for chain in by_site.values():
        report.findings += chain_findings(chain)
    report.checked |= {"manifests": len(manifests)}
    return manifests


def _usable_catalogue(address: str, report: Report) -> str | None:
    """Return the catalogue's address, or None where it can't be asked, which is told."""
    try:
        with opening.reading(address) as rows:
            rows("SELECT name FROM segments LIMIT 1")
    except StoreError as error:
        report.findings.append(Finding(object="catalogue", problem=str(error), advice=REBUILD))
        return None
    return address


def _checked(places: Places, manifests: Sequence[Manifest], catalogue: str | None) -> Iterator[SegmentReport]:
    """Yield each segment's report, checked by several processes where there is enough to do."""
    size = sum(item.size for manifest in manifests for item in manifest.objects)
    cores = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 16)
    if size < WORTH_PROCESSES or cores < 2 or len(manifests) < 2:
        for manifest in manifests:
            yield check_segment(places.store, manifest, catalogue=catalogue)
        return
    with ProcessPoolExecutor(min(cores, len(manifests)), mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(check_segment, places.store, manifest, catalogue=catalogue) for manifest in manifests]
        for job in as_completed(jobs):
            yield job.result()


def _add(report: Report, found: SegmentReport) -> None:
    report.findings += found.findings
    for what, number in found.counts.items():
        report.checked[what] = report.checked.get(what, 0) + number


def _revision_findings(revisions: Sequence[Chained], present: Mapping[str, int], *, whole: bool) -> Iterator[Finding]:
    """Yield where an article's revisions do not hang together: each names the one before, none is followed twice."""
    names: dict[str, set[str]] = defaultdict(set)
    for key in present:
        folder, _, name = key.removeprefix("articles/").rpartition("/")
        names[folder].add(name.rpartition("-")[2].removesuffix(".json"))
    followed: dict[tuple[str, str, str | None], Chained] = {}
    for revision in sorted(revisions, key=lambda item: item.key):
        if revision.previous and revision.previous.removeprefix("sha256:")[:32] not in names[revision.article]:
            problem = f"the chain is broken: the revision before it, {revision.previous}, is missing"
            yield Finding(object=revision.key, problem=problem, advice=RESTORE)
        other = followed.setdefault((revision.article, revision.reader, revision.previous), revision)
        if whole and other is not revision:
            where = "follow the same revision" if revision.previous else "are an article's first"
            problem = f"the chain is broken: this and {other.key} both {where}"
            yield Finding(object=revision.key, problem=problem, advice=INSPECT)


def _stray_findings(
    places: Places, manifests: Sequence[Manifest], present: Mapping[str, int], pending: Mapping[str, Spooled]
) -> Iterator[Finding]:
    """Yield what lies in the store and no manifest lists, unless it is just being sealed."""
    known = listed(manifests)
    strays = [key for key in present if key not in known and not key.endswith(ENDING)]
    if not strays:
        return
    late = _sealed_since(places.store, present)
    for key in strays:
        segment = key.rpartition("/")[2].partition(".")[0]
        if key in late or segment in pending or (key.startswith("articles/") and pending):
            continue
        problem = "no manifest lists it: it was put in, or a seal was interrupted and its spool is gone"
        yield Finding(object=key, problem=problem, advice=INSPECT)


def _sealed_since(store: Store, present: Mapping[str, int]) -> set[str]:
    """Return the keys that manifests account for which were written while we looked."""
    keys = [item.key for item in store.list("warc/") if item.key.endswith(ENDING) and item.key not in present]
    found = [read_manifest(store, key) for key in keys]
    return listed(item for item in found if isinstance(item, Manifest))


def _spool_findings(pending: Iterable[Spooled]) -> Iterator[Finding]:
    for segment in pending:
        if not segment.alive:
            yield Finding(
                object=f"spool: {segment.site}/{segment.name}",
                problem="a dead process left this segment unsealed; its captures are only on this machine",
                advice=RECOVER,
                level="note",
            )
