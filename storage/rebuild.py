"""The catalogue anew from the store alone: manifests in the order they were sealed, their events played as at commit.

SQLite's is built beside the old one and takes its place at the end; the old one is kept. What lies in the spool,
committed and not sealed yet, is played last, so that nothing that `history` told is forgotten.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.errors import ObjectCorrupt, ObjectMissing, SiteBusy, StoreError, StoreUnavailable
from news.policy import LADDER, next_due
from news.serial import digest_of
from storage.archive import journal
from storage.archive.access import note_store
from storage.archive.mending import Committed, committed
from storage.archive.recovery import repair
from storage.archive.spool import Place, SpoolLock, leftovers
from storage.catalogue import opening
from storage.catalogue.addresses import shown
from storage.catalogue.changing import changing_at, count_anew
from storage.catalogue.recording import Recorder
from storage.catalogue.rows import revision_key
from storage.leases import holders, runs_out, this_process
from storage.ledger.keys import HEADER, key_ring
from storage.objects import Store, Stored, get_bytes
from storage.restore_proofs import Proof
from storage.restoring import FOUNDED, right_version, unlisted_versions
from storage.verify.contents import contents
from storage.verify.findings import Finding
from storage.verify.inventory import Inventory
from storage.verify.ledger import held_signer, key_findings, signature_findings
from storage.verify.manifests import ENDING, Manifest, Proved, read_manifest
from storage.warc.members import unpacked_lines

if TYPE_CHECKING:
    from storage.config import Config
    from storage.verify.whole import Places

Line = dict[str, Any]
Progress = Callable[[int, int], None]
_Revision = tuple[Line, bytes]  # as JSON, and the bytes that it lies in the store as
TOGETHER = 250
"""Lines that are played in one transaction."""

KINDS = {"capture": "captures", "look": "looks", "alias": "aliases"}


@dataclass(slots=True, kw_only=True)
class Built:
    """What a rebuild came to; `kept` is where the old catalogue lies now.

    `problems` tell what had to be left out, and what was played though no good signature stands for it.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("segments", *KINDS.values(), "revisions"), 0))
    problems: list[str] = field(default_factory=list)
    kept: str | None = None

    def row(self) -> dict[str, Any]:
        """Return it as `rebuild --json` prints it."""
        return {**self.counts, "problems": self.problems, "kept": self.kept}


def rebuild(places: Places, config: Config, *, progress: Progress | None = None) -> Built:
    """Build the catalogue anew, put it in place, and return what was played.

    No site may be written meanwhile: raises `SiteBusy`. Raises `StoreUnavailable` for a server's catalogue that is not
    empty. Damaged objects are left out and told; the catalogue then says as much as the store still does.
    """
    built = Built()
    with ExitStack() as held:
        inventory = held.enter_context(Inventory.opened())
        manifests = _manifests(places, inventory, built)
        for site in sorted({*(manifest.site for manifest in manifests), *_spooling(places.spool)}):
            lock = SpoolLock(places.spool / site, site)
            held.callback(lock.release)
        _check_leases(places)
        with _anew(places.catalogue, built) as address:
            catalogue = changing_at(address)
            try:
                due = partial(next_due, ladder=LADDER.hurried(config.daemon.hurry))
                recorder = Recorder(catalogue, due)
                if progress:
                    progress(0, len(manifests))
                for done in _play(places.store, manifests, inventory, recorder, built):
                    if progress:
                        progress(done, len(manifests))
                _play_spools(places, {manifest.segment for manifest in manifests}, recorder, built)
                for versions in _versions(places.store, inventory, built):
                    recorder.note_versions(versions)
                recorder.note_versions(unlisted_versions(places.store, (*FOUNDED, "warc/")))
                count_anew(catalogue, address)
                note_store(places.store, catalogue)
            finally:
                catalogue.dispose()
    return built


def _manifests(places: Places, inventory: Inventory, built: Built) -> list[Manifest]:
    """Return the manifests in the order they were sealed; what they list is left to the inventory.

    Those that no good signature stands for are played too, and told: which of them were forged nobody can see here.
    """
    manifests = []
    signer, _ = held_signer(places.ledger)
    ring = key_ring(places.store, held=signer)
    for item in places.store.list("warc/"):
        if item.key.endswith(ENDING):
            found = read_manifest(places.store, item.key, ring=ring)
            if isinstance(found, Finding):
                built.problems.append(f"left out: {found.object}: {found.problem}")
            else:
                manifests.append(inventory.enter(found))
    by_site = groupby(sorted(manifests, key=attrgetter("site")), key=attrgetter("site"))
    doubts = chain(key_findings(ring, signer), *(signature_findings(list(of_site), ring) for _, of_site in by_site))
    built.problems += [f"{one.object}: {one.problem}" for one in doubts if one.level == "problem"]
    return sorted(manifests, key=lambda manifest: (manifest.sealed, manifest.segment))


def _play(
    store: Store, manifests: Sequence[Manifest], inventory: Inventory, recorder: Recorder, built: Built
) -> Iterator[int]:
    """Play what was sealed; yield after each segment how many were."""
    for done, manifest in enumerate(manifests, start=1):
        _apply(recorder, _sealed_lines(store, inventory.whole(manifest), built), built)
        yield done


def _play_spools(places: Places, sealed: Collection[str], recorder: Recorder, built: Built) -> None:
    for site in sorted(_spooling(places.spool)):
        for place in leftovers(places.spool / site, site):
            if place.name not in sealed:
                if place.warc.exists():
                    _repair(places.catalogue, place)
                lines = _spooled_lines(place)
                first = list(islice(lines, 2))
                if not place.warc.exists() and len(first) == 1:
                    continue  # it came to nothing, and a kill kept the empty journal from going
                _apply(recorder, chain(first, lines), built)


def _repair(catalogue: str, place: Place) -> None:
    """Make a segment whole with the help of the catalogue that is to be replaced, as far as that can be asked."""
    with ExitStack() as opened:
        known = Committed()
        with suppress(StoreError):
            known = committed(opened.enter_context(opening.reading(catalogue)), place)
        repair(place, known)


def _apply(recorder: Recorder, lines: Iterator[Line], built: Built) -> None:
    """Play a segment's lines, some hundred at a time: with their revisions they may be more than can be held."""
    built.counts["segments"] += 1
    while batch := list(islice(lines, TOGETHER)):
        recorder.apply(batch)
        _count(built, batch)


def _versions(store: Store, inventory: Inventory, built: Built) -> Iterator[dict[str, str]]:
    """Yield by key the versions that hold what was sealed, as the bucket tells; none for a store without versions."""
    if not any(item.version for item in store.current(HEADER)):
        return
    for shelf, proofs in inventory.proofs():
        here = (item for item in store.current(shelf) if item.version and item.key in proofs)
        yield dict(_right_versions(store, here, proofs, built))


def _right_versions(
    store: Store, items: Iterable[Stored], proofs: Mapping[str, str], built: Built
) -> Iterator[tuple[str, str]]:
    for item in items:
        try:
            proof = Proof(sha256=proofs[item.key], by="its manifest")
            version = right_version(store, item.key, proof) if item.beneath else item.version
        except ObjectMissing as error:
            built.problems.append(f"left out: the version of {item.key}: {error}")
            continue
        assert version is not None
        yield item.key, version


def _count(built: Built, lines: Sequence[Mapping[str, Any]]) -> None:
    for line in lines:
        if line["t"] in KINDS:
            built.counts[KINDS[line["t"]]] += 1
        built.counts["revisions"] += line.get("revision") is not None


def _sealed_lines(store: Store, manifest: Manifest, built: Built) -> Iterator[Line]:
    """Yield the lines that a sealed segment's journal held, its revisions put back in."""
    yield _opened(manifest.site, manifest.segment)
    proofs = {item.key: item for item in manifest.revisions}
    events = _events(store, manifest, built)
    while batch := list(islice(events, TOGETHER)):
        lines = [line for event in batch for line in _line(event, manifest, built)]
        keys = [key for line in lines for key in _revision_keys(line)]
        found = dict(_revisions(store, manifest, keys, proofs, built))
        yield from (_completed(line, found) for line in lines)
    segment = manifest.part(".warc.gz")
    yield {
        "t": "sealed",
        "name": manifest.segment,
        "sealed": manifest.sealed,
        "warc_key": segment.key if segment else f"{manifest.stem}.warc.gz",
        "bytes": segment.size if segment else 0,
        "manifest": manifest.digest,
    }


def _events(store: Store, manifest: Manifest, built: Built) -> Iterator[bytes]:
    """Yield the segment's events as they lie in the store, where that is what was sealed."""
    try:
        yield from unpacked_lines(_proved(store, manifest.part(".jsonl.gz"), manifest))
    except (ObjectMissing, ObjectCorrupt, zlib.error) as error:
        built.problems.append(f"left out: looks of segment {manifest.segment}: {error}")


def _line(event: bytes, manifest: Manifest, built: Built) -> Iterator[Line]:
    try:
        yield json.loads(event)
    except ValueError as error:
        built.problems.append(f"left out: a look of segment {manifest.segment}: {error}")


def _revision_keys(line: Line) -> list[str]:
    """Return where the revisions lie that a line brought."""
    seen = line.get("observation")
    if seen and seen["revision"]:
        return [revision_key({**seen, "seen_first": seen["at"]}, seen["revision"])]
    links = line["revisions"] if line["t"] == "reread" else ()
    return [revision_key({**line, "seen_first": link["seen_first"]}, link["digest"]) for link in links]


def _completed(line: Line, found: Mapping[str, _Revision]) -> Line:
    """Return a line with its revisions, those that the store still has whole."""
    keys = _revision_keys(line)
    if line["t"] == "reread":
        links = zip(line["revisions"], keys, strict=True)
        return {**line, "revisions": [{**link, "object": found[key][0]} for link, key in links if key in found]}
    if keys:
        line["revision"], line["content"] = found.get(keys[0], (None, None))
    return line


def _revisions(
    store: Store, manifest: Manifest, keys: Sequence[str], proofs: Mapping[str, Proved], built: Built
) -> Iterator[tuple[str, _Revision]]:
    """Yield by key the revisions that were made here and are whole, and tell of the others."""
    for key, content in zip(keys, contents(store, keys), strict=True):
        try:
            whole = _whole(key, content, proofs.get(key), manifest)
            yield key, (json.loads(whole), whole)
        except (ObjectMissing, ObjectCorrupt, ValueError) as error:
            built.problems.append(f"left out: revision {key}: {error}")


def _proved(store: Store, item: Proved | None, manifest: Manifest) -> bytes:
    content = get_bytes(store, item.key) if item else None
    return _whole(item.key if item else "", content, item, manifest)


def _whole(key: str, content: bytes | None, item: Proved | None, manifest: Manifest) -> bytes:
    """Return an object's content, which its manifest proves; raises `ObjectMissing` or `ObjectCorrupt`."""
    if item is None:
        raise ObjectMissing(f"the manifest of {manifest.segment} does not list it")
    if content is None:
        raise ObjectMissing(f"{key} is not in the store; run `stoppress verify` to see what else is missing")
    if digest_of(content) != item.sha256:
        raise ObjectCorrupt(f"{key} is not what was sealed")
    return content


def _spooled_lines(place: Place) -> Iterator[Line]:
    """Yield the lines of a segment that was not sealed, but for captures whose record was torn off."""
    yield _opened(place.site, place.name)
    size = place.warc.stat().st_size if place.warc.exists() else 0
    for line in journal.read(place.journal) if place.journal.exists() else ():
        if line["t"] != "capture" or line["offset"] + line["length"] <= size:
            yield dict(line)


def _opened(site: str, segment: str) -> Line:
    stamp = segment.removeprefix(f"{site}-")[:14]
    opened = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return {"t": "segment", "name": segment, "site": site, "opened": f"{opened:%Y-%m-%dT%H:%M:%S.%fZ}"}


def _spooling(spool: Path) -> list[str]:
    """Return the sites that have a folder in the spool."""
    try:
        return [path.name for path in spool.iterdir() if path.is_dir()]
    except OSError:
        return []


@contextmanager
def _anew(address: str, built: Built) -> Iterator[str]:
    """Give the address of an empty catalogue; what was put into it stands at `address` afterwards, or nothing does."""
    if not address.startswith(opening.SQLITE):
        opening.create(address)
        _check_empty(address)
        yield address
        return
    path = Path(address.removeprefix(opening.SQLITE))
    beside = path.with_name(f"{path.name}.rebuilding")
    _remove(beside)
    try:
        opening.create(f"{opening.SQLITE}{beside}")
        yield f"{opening.SQLITE}{beside}"
        built.kept = _put_aside(path)
        beside.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"the catalogue {address} can't be replaced: {error.strerror}") from error
    finally:
        _remove(beside)


def _check_leases(places: Places) -> None:
    """Raise `SiteBusy` where a writer with another spool holds a site in the catalogue that is to be replaced."""
    here, now = this_process(places.spool), datetime.now(UTC)
    taken: list[opening.Row] = []
    with suppress(StoreError), opening.reading(places.catalogue) as rows:
        taken = [row for row in holders(rows) if row["spool"] != here.spool and runs_out(row) > now]
    if taken:
        raise SiteBusy(
            f"site {taken[0]['site']} is written by process {taken[0]['pid']} on {taken[0]['host']}, spool "
            f"{taken[0]['spool']}: stop it, then rebuild"
        )


def _check_empty(address: str) -> None:
    with opening.reading(address) as rows:
        if rows("SELECT 1 AS there FROM segments LIMIT 1") or rows("SELECT 1 AS there FROM pages LIMIT 1"):
            raise StoreUnavailable(
                f"the catalogue {shown(address)} is not empty: rebuild into an empty database, "
                "name it as archive.catalogue, and keep the old one until all is well"
            )


def _put_aside(path: Path) -> str | None:
    """Move the catalogue that stands there, with what SQLite keeps beside it, to a name of its own; return that."""
    if not path.exists():
        _remove(path)
        return None
    kept = path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    for ending in ("-wal", "-shm"):
        if (beside := Path(f"{path}{ending}")).exists():
            beside.rename(f"{kept}{ending}")
    path.rename(kept)
    return str(kept)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
