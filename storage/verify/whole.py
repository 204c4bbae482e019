"""The whole archive verified: manifests and chains, every segment or some, what is stray, the catalogue, the spool."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from news.errors import ObjectCorrupt, ObjectMissing, StoreError, StoreUnavailable
from storage.archive.header import HEADER, check_format, holds_archive, lacking
from storage.catalogue import opening
from storage.catalogue.addresses import shown
from storage.catalogue.opening import Rows
from storage.leases import open_elsewhere
from storage.ledger.keys import key_ring
from storage.ledger.leaves import ENDING as LEAVES
from storage.ledger.terms import Ledger
from storage.objects import Store
from storage.verify.anew import compared
from storage.verify.awaited import awaited
from storage.verify.contents import as_far_as_read
from storage.verify.findings import KEEP, REBUILD, RECOVER, RESTORE, Finding
from storage.verify.index import LOST, unsealed_findings, untold_findings
from storage.verify.inventory import Inventory
from storage.verify.ledger import (
    Head,
    Witness,
    heads,
    held_signer,
    key_findings,
    known_findings,
    leaf_findings,
    signature_findings,
    witness_findings,
)
from storage.verify.manifests import ENDING, Manifest, chain_findings, missing_objects, read_manifest
from storage.verify.reports import Chained
from storage.verify.resuming import Finished
from storage.verify.spools import Spooled, spooled
from storage.verify.strays import stray_findings
from storage.verify.timestamps import TIMESTAMP, timestamp_findings
from storage.verify.unknown import seen_in
from storage.verify.versions import version_findings
from storage.verify.working import checked

Progress = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class Report:
    """What a check came to: how many of what were checked, what was found, and the newest manifest of each site."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    heads: Mapping[str, Head] = field(default_factory=dict)

    @property
    def problems(self) -> int:
        """How many findings are problems; the others are notes: true, and nothing that is wrong."""
        return sum(1 for finding in self.findings if finding.level == "problem")

    def row(self) -> dict[str, Any]:
        """Return it as `verify --json` prints it."""
        return {
            "checked": self.checked,
            "findings": [finding.row() for finding in self.findings],
            "heads": {site: head.row() for site, head in self.heads.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where an archive lies, and what its ledger is kept with."""

    store: Store
    catalogue: str
    spool: Path
    ledger: Ledger = field(default_factory=Ledger)


def verify(
    places: Places,
    *,
    sample: int | None = None,
    resume: bool = False,
    witness: Witness | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return what is wrong with an archive, with `sample` segments at random instead of all, but every manifest.

    Raises `StoreError` where there is no archive to be read at all. What a living process writes meanwhile is left
    out; `progress` is told how many of how many segments are done, each counted twice where the catalogue is held
    against one that is built anew. `resume` passes over those that a check that broke
    off in the last week had found whole. `witness` holds heads of chains as an earlier report told them.
    """
    pending = {segment.name: segment for segment in spooled(places.spool)}
    with Inventory.opened() as inventory:
        manifests, report = _open(places, inventory)
        usable = _usable_catalogue(places.catalogue, report)
        chosen = manifests if sample is None else random.sample(manifests, min(sample, len(manifests)))
        finished = None
        if sample is None:
            held = f"{places.store.address} {shown(places.catalogue)}"
            finished = Finished(places.spool, now=datetime.now(UTC), resume=resume, held=held)
        steps = 2 * len(chosen) if usable and sample is None else len(chosen)  # checked, and played

        def told(done: int) -> None:
            if progress:
                progress(done, steps)

        _check_segments(places, inventory, chosen, usable, report, finished=finished, progress=told)
        report.findings += _chain_findings(inventory, whole=sample is None)
        with opening.reading(usable) if usable else nullcontext() as rows:
            on_its_way = partial(awaited, places.spool, rows, datetime.now(UTC))
            spool = [*pending.values(), *spooled(places.spool)]
            report.findings += stray_findings(places.store, manifests, inventory, spool, on_its_way)
        _check_ledger(places, manifests, inventory, witness, report)
        if usable:
            with opening.reading(usable) as rows:
                told_of = {finding.object for finding in report.findings}
                found = _catalogue_findings(places, rows, manifests, inventory, pending)
                report.findings += [one for one in found if not (one.advice == LOST and one.object in told_of)]
                if sample is None:
                    _compare(places, rows, manifests, inventory, report, progress=told)
    report.findings += _spool_findings(pending.values())
    report.checked |= {"pending_segments": sum(1 for segment in pending.values() if segment.alive)}
    return report


def verify_ledger(places: Places, *, witness: Witness | None = None, progress: Progress | None = None) -> Report:
    """Return what is wrong with a ledger: keys, chains, signatures, roots, timestamps. No segment is read."""
    with Inventory.opened() as inventory:
        manifests, report = _open(places, inventory)
        for done, manifest in enumerate(manifests, start=1):
            leaves = leaf_findings(places.store, inventory.whole(manifest))
            report.findings += as_far_as_read(places.store, f"{manifest.stem}{LEAVES}", leaves)
            report.checked["roots"] = report.checked.get("roots", 0) + (manifest.root is not None)
            if progress:
                progress(done, len(manifests))
        _check_ledger(places, manifests, inventory, witness, report)
        if _usable_catalogue(places.catalogue, report):
            with opening.reading(places.catalogue) as rows:
                report.findings += known_findings(rows, manifests, lacking=places.store)
    return report


def _open(places: Places, inventory: Inventory) -> tuple[list[Manifest], Report]:
    """Note what lies in the store; return its manifests, without what they list, and what they and keys alone say."""
    headless = _headless(places.store)
    report = Report(findings=[*headless, *seen_in(places, inventory)])
    signer, wrong = held_signer(places.ledger)
    ring = None if headless else key_ring(places.store, held=signer)
    report.findings += [*wrong, *(key_findings(ring, signer) if ring else ())]
    by_site: dict[str, list[Manifest]] = defaultdict(list)
    for key in inventory.keys(ENDING):
        found = read_manifest(places.store, key, ring=ring)
        if isinstance(found, Finding):
            report.findings.append(found)
        else:
            report.findings += missing_objects(found, inventory)
            by_site[found.site].append(inventory.enter(found))
    for chain in by_site.values():
        report.findings += [*chain_findings(chain), *(signature_findings(chain, ring) if ring else ())]
    manifests = [manifest for chain in by_site.values() for manifest in chain]
    signed = sum(1 for manifest in manifests if ring and manifest.signed_by and not manifest.doubt)
    report.checked |= {"manifests": len(manifests), "signatures": signed}
    report.heads = heads(manifests)
    return manifests, report


def _headless(store: Store) -> list[Finding]:
    """Return what is wrong with the store's header, where an archive lies there all the same.

    Raises `StoreUnavailable` where none does, and `FormatTooNew`.
    """
    try:
        check_format(store)
    except ObjectMissing as error:
        if not holds_archive(store):
            raise StoreUnavailable(lacking(store)) from error
        problem = "missing; which key signs here is not known without it, so no signature was checked"
    except ObjectCorrupt as error:
        problem = f"{error}; no signature was checked"
    else:
        return []
    return [Finding(object=HEADER, problem=problem, advice=RESTORE)]


def _check_ledger(
    places: Places,
    manifests: Sequence[Manifest],
    inventory: Inventory,
    witness: Witness | None,
    report: Report,
) -> None:
    """Check what is not said by manifests alone and is not the catalogue's to say."""
    tokens = inventory.keys(TIMESTAMP)
    report.findings += timestamp_findings(places.store, places.ledger, places.spool, manifests, tokens)
    report.findings += witness_findings(witness or {}, manifests)
    report.checked |= {"timestamps": len(tokens)}


def _catalogue_findings(
    places: Places, rows: Rows, manifests: Sequence[Manifest], inventory: Inventory, pending: Collection[str]
) -> Iterator[Finding]:
    """Yield what is wrong with what the catalogue says of segments, versions, and what is in no segment."""
    waiting = {*pending, *(segment.name for segment in spooled(places.spool))}
    waiting |= open_elsewhere(rows, places.spool, datetime.now(UTC))
    sealed = {manifest.segment for manifest in manifests}
    yield from known_findings(rows, manifests)
    yield from version_findings(rows, places.store, inventory, manifests)
    yield from untold_findings(rows, places.spool, sealed=sealed, pending=waiting)
    yield from unsealed_findings(rows, places.store, places.spool, sealed=sealed, pending=waiting, present=inventory)


def _compare(
    places: Places,
    rows: Rows,
    manifests: Sequence[Manifest],
    inventory: Inventory,
    report: Report,
    *,
    progress: Callable[[int], None],
) -> None:
    """Hold the catalogue against one built anew, and add what was not found before."""
    known = {finding.object for finding in report.findings}
    found = compared(places, rows, manifests, inventory, lambda done: progress(len(manifests) + done))
    report.findings += [finding for finding in found.findings if finding.object not in known]
    if found.rows is not None:
        report.checked["catalogue_rows"] = found.rows


def _check_segments(
    places: Places,
    inventory: Inventory,
    chosen: Sequence[Manifest],
    catalogue: str | None,
    report: Report,
    *,
    finished: Finished | None,
    progress: Callable[[int], None],
) -> None:
    """Check these segments, add what was found to the report, and note their revisions for their chains."""
    earlier = finished.earlier if finished else {}
    reports = checked(places.store, chosen, catalogue, earlier, inventory.whole)
    for done, (manifest, found) in enumerate(reports, start=1):
        report.findings += found.findings
        for what, number in found.counts.items():
            report.checked[what] = report.checked.get(what, 0) + number
        inventory.chain(found.revisions)
        if finished and manifest.digest not in earlier:
            finished.add(manifest, found, datetime.now(UTC))
        found.revisions.clear()  # while the next segment is checked this report is still at hand
        progress(done)
    if finished and finished.resumes:
        report.checked["resumed_segments"] = sum(1 for manifest in chosen if manifest.digest in earlier)
    if finished:
        finished.forget()


def _usable_catalogue(address: str, report: Report) -> str | None:
    """Return the catalogue's address, or None where it can't be asked, which is told."""
    try:
        with opening.reading(address) as rows:
            rows("SELECT name FROM segments LIMIT 1")
    except StoreError as error:
        report.findings.append(Finding(object="catalogue", problem=str(error), advice=REBUILD))
        return None
    return address


def _chain_findings(inventory: Inventory, *, whole: bool) -> Iterator[Finding]:
    for revisions, keys in inventory.chains():
        yield from _revision_findings(revisions, keys, whole=whole)


def _revision_findings(revisions: Sequence[Chained], keys: Collection[str], *, whole: bool) -> Iterator[Finding]:
    """Yield where an article's revisions do not hang together: each names the one before, none is followed twice.

    They come sorted by key; `keys` are those that the store has of the article.
    """
    names = {key.rpartition("-")[2].removesuffix(".json") for key in keys}
    followed: dict[tuple[str, str, str | None], Chained] = {}
    for revision in revisions:
        if revision.previous and revision.previous.removeprefix("sha256:")[:32] not in names:
            problem = f"the chain is broken: the revision before it, {revision.previous}, is missing"
            yield Finding(object=revision.key, problem=problem, advice=RESTORE)
        other = followed.setdefault((revision.article, revision.reader, revision.previous), revision)
        if (
            whole
            and other is not revision
            and other.digest != revision.digest
            and not (other.relaid or revision.relaid)
        ):
            where = "follow the same revision" if revision.previous else "are an article's first"
            problem = f"the chain is broken: this and {other.key} both {where}"
            yield Finding(object=revision.key, problem=problem, advice=KEEP)


def _spool_findings(pending: Iterable[Spooled]) -> Iterator[Finding]:
    for segment in pending:
        if not segment.alive:
            yield Finding(
                object=f"spool: {segment.site}/{segment.name}",
                problem=(
                    "this segment waits for a store that could not be reached; its captures are only on this machine"
                    if segment.waits
                    else "a dead process left this segment unsealed; its captures are only on this machine"
                ),
                advice=RECOVER,
                level="note",
            )
