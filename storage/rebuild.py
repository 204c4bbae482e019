"""The catalogue anew from the store alone: manifests in the order they were sealed, their events played as at commit.

SQLite's is built beside the old one and takes its place at the end; the old one is kept. What lies in the spool,
committed and not sealed yet, is played last, so that nothing that `history` told is forgotten.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.errors import ObjectMissing, SiteBusy, StoreError, StoreUnavailable
from news.policy import LADDER, next_due
from storage.archive import journal
from storage.archive.access import note_store
from storage.archive.mending import Committed, committed
from storage.archive.recovery import repair
from storage.archive.spool import Place, SpoolLock, alone, leftovers, spooling
from storage.catalogue import opening
from storage.catalogue.addresses import shown
from storage.catalogue.changing import changing_at, count_anew
from storage.catalogue.recording import Recorder
from storage.leases import holders, runs_out, this_process
from storage.ledger.keys import HEADER, key_ring
from storage.objects import Store, Stored
from storage.playing import Line, Played, opened_line, play, sealed_lines
from storage.restore_proofs import Proof
from storage.restoring import FOUNDED, right_version, unlisted_versions
from storage.verify.contents import check_reach
from storage.verify.findings import Finding
from storage.verify.inventory import Inventory
from storage.verify.ledger import held_signer, key_findings, signature_findings
from storage.verify.manifests import ENDING, Manifest, read_manifest

if TYPE_CHECKING:
    from storage.config import Config
    from storage.verify.whole import Places

Progress = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class Built(Played):
    """What a rebuild came to; `kept` is where the old catalogue lies now.

    `problems` tell what had to be left out, and what was played though no good signature stands for it.
    """

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
        held.enter_context(alone(places.spool))
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
                if progress:
                    progress(0, len(manifests))
                for done in _filled(places, manifests, inventory, Recorder(catalogue, due), built):
                    if progress:
                        progress(done, len(manifests))
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


def _filled(
    places: Places, manifests: Sequence[Manifest], inventory: Inventory, recorder: Recorder, built: Built
) -> Iterator[int]:
    """Play what was sealed, yielding how many segments were; then what waits in the spool, and note versions."""
    for done, manifest in enumerate(manifests, start=1):
        play(recorder, sealed_lines(places.store, inventory.whole(manifest), built), built)
        yield done
    with spooling(places.spool):
        _play_spools(places, {manifest.segment for manifest in manifests}, recorder, built)
    for versions in chain(_versions(places.store, inventory, built), _unlisted_versions(places.store, manifests)):
        recorder.note_versions(versions)


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
                play(recorder, chain(first, lines), built)


def _repair(catalogue: str, place: Place) -> None:
    """Make a segment whole with the help of the catalogue that is to be replaced, as far as that can be asked."""
    with ExitStack() as opened:
        known = Committed()
        with suppress(StoreError):
            known = committed(opened.enter_context(opening.reading(catalogue)), place)
        repair(place, known)


def _versions(store: Store, inventory: Inventory, built: Built) -> Iterator[dict[str, str]]:
    """Yield by key the versions that hold what was sealed, as the bucket tells; none for a store without versions."""
    if not any(item.version for item in store.current(HEADER)):
        return
    for shelf, proofs in inventory.proofs():
        here = (item for item in store.current(shelf) if item.version and item.key in proofs)
        yield dict(_right_versions(store, here, proofs, built))


def _unlisted_versions(store: Store, manifests: Iterable[Manifest]) -> Iterator[dict[str, str]]:
    """Yield the same of what no manifest lists, month by month: a bucket's versions may be more than can be held."""
    months = {"/".join((*manifest.key.split("/")[:4], "")) for manifest in manifests}
    for prefix in (*FOUNDED, *sorted(months)):
        yield unlisted_versions(store, (prefix,))


def _right_versions(
    store: Store, items: Iterable[Stored], proofs: Mapping[str, str], built: Built
) -> Iterator[tuple[str, str]]:
    for item in items:
        try:
            version = _right_version(store, item.key, proofs[item.key]) if item.beneath else item.version
        except StoreError as error:
            if not isinstance(error, ObjectMissing):
                check_reach(store)
            built.problems.append(f"left out: the version of {item.key}: {error}")
            continue
        assert version is not None
        yield item.key, version


def _right_version(store: Store, key: str, sha256: str) -> str | None:
    """Return the version that has this digest; asked again where it is not found, which may be a passing thing."""
    proof = Proof(sha256=sha256, by="its manifest")
    with suppress(StoreError):
        return right_version(store, key, proof)
    return right_version(store, key, proof)


def _spooled_lines(place: Place) -> Iterator[Line]:
    """Yield the lines of a segment that was not sealed, but for captures whose record was torn off."""
    yield opened_line(place.site, place.name)
    size = place.warc.stat().st_size if place.warc.exists() else 0
    for line in journal.read(place.journal) if place.journal.exists() else ():
        if line["t"] != "capture" or line["offset"] + line["length"] <= size:
            yield dict(line)


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
    with _replacing(address):
        _remove(beside)
    try:
        opening.create(f"{opening.SQLITE}{beside}")
        yield f"{opening.SQLITE}{beside}"
        with _replacing(address):
            built.kept = _put_in_place(beside, path)
    finally:
        with suppress(OSError):
            _remove(beside)


@contextmanager
def _replacing(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the catalogue {address} can't be replaced: {error.strerror}") from error


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
                "name it as archive.catalogue, and keep the old one until all is well. What a rebuild left that broke "
                "off is half a catalogue: drop that database, make it anew and run `stoppress rebuild` again"
            )


def _put_in_place(beside: Path, path: Path) -> str | None:
    """Let the new catalogue stand at this path; return where the one that stood there lies now.

    A power cut after any step leaves the old one whole, or none, or the new one: never one without its last commits.
    """
    _check_whole(beside)
    kept = _put_aside(path)
    beside.replace(path)
    _sync(path.parent)
    return kept


def _put_aside(path: Path) -> str | None:
    """Move the catalogue that stands there to a name of its own, with what it wrote ahead; return that.

    What it wrote ahead is copied before it is moved, and goes after: beside another file it would be played into that.
    """
    if not path.exists():
        _remove(path)
        return None
    kept = path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    ahead = Path(f"{path}-wal")
    if ahead.exists():
        with ahead.open("rb") as source, Path(f"{kept}-wal").open("xb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        _sync(path.parent)
    path.rename(kept)
    _sync(path.parent)
    _remove(path)
    _sync(path.parent)
    return str(kept)


def _check_whole(path: Path) -> None:
    """Raise `StoreUnavailable` where a catalogue's file does not hold all that was written ahead of it."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            ((busy, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"the new catalogue {path} can't be finished: {error}; free space, then again"
        ) from error
    if busy:
        raise StoreUnavailable(f"the new catalogue {path} is in use by another program: let go of it, then again")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
