"""The catalogue anew from the store alone: manifests in the order they were sealed, their events played as at commit.

SQLite's is built beside the old one and takes its place at the end; the old one is kept. What lies in the spool,
committed and not sealed yet, is played last, so that nothing that `history` told is forgotten.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from news.errors import ObjectCorrupt, ObjectMissing, SiteBusy, StoreError, StoreUnavailable
from news.policy import LADDER, next_due
from news.serial import digest_of
from storage.archive import journal
from storage.archive.recovery import repair
from storage.archive.spool import Place, SpoolLock, leftovers
from storage.catalogue import opening
from storage.catalogue.addresses import on_server, shown
from storage.catalogue.changing import changing_at
from storage.catalogue.recording import Recorder
from storage.catalogue.rows import revision_key
from storage.leases import holders, runs_out, this_process
from storage.objects import Store, Stored, get_bytes
from storage.restoring import FOUNDED, Proof, right_version, unlisted_versions
from storage.verify.findings import Finding
from storage.verify.manifests import ENDING, Manifest, Proved, read_manifest

if TYPE_CHECKING:
    from storage.config import Config
    from storage.verify.whole import Places

Line = dict[str, Any]
Progress = Callable[[int, int], None]
KINDS = {"capture": "captures", "look": "looks", "alias": "aliases"}


@dataclass(slots=True, kw_only=True)
class Built:
    """What a rebuild came to; `kept` is where the old catalogue lies now, `problems` what had to be left out."""

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
    manifests = _manifests(places.store, built)
    with ExitStack() as held:
        for site in sorted({*(manifest.site for manifest in manifests), *_spooling(places.spool)}):
            lock = SpoolLock(places.spool / site, site)
            held.callback(lock.release)
        _check_leases(places)
        with _anew(places.catalogue, built) as address:
            catalogue = changing_at(address)
            try:
                due = partial(next_due, ladder=LADDER.hurried(config.daemon.hurry))
                recorder = Recorder(catalogue, due)
                _play(places, manifests, recorder, built, progress)
                for versions in _versions(places.store, manifests, built):
                    recorder.note_versions(versions)
                recorder.note_versions(unlisted_versions(places.store, (*FOUNDED, "warc/")))
                if on_server(address):  # it would go on planning as for empty tables for minutes
                    with catalogue.change() as change:
                        change.run("ANALYZE", [{}])
            finally:
                catalogue.dispose()
    return built


def _manifests(store: Store, built: Built) -> list[Manifest]:
    keys = [item.key for item in store.list("warc/") if item.key.endswith(ENDING)]
    found = [read_manifest(store, key) for key in keys]
    built.problems += [f"{item.object}: {item.problem}" for item in found if isinstance(item, Finding)]
    manifests = [item for item in found if isinstance(item, Manifest)]
    return sorted(manifests, key=lambda manifest: (manifest.sealed, manifest.segment))


def _play(
    places: Places, manifests: Sequence[Manifest], recorder: Recorder, built: Built, progress: Progress | None
) -> None:
    for done, manifest in enumerate(manifests, start=1):
        lines = list(_sealed_lines(places.store, manifest, built))
        recorder.apply(lines)
        _count(built, lines)
        if progress:
            progress(done, len(manifests))
    sealed = {manifest.segment for manifest in manifests}
    for site in sorted(_spooling(places.spool)):
        for place in leftovers(places.spool / site, site):
            if place.name not in sealed:
                if place.warc.exists():
                    repair(place)
                lines = list(_spooled_lines(place))
                if not place.warc.exists() and len(lines) == 1:
                    continue  # it came to nothing, and a kill kept the empty journal from going
                recorder.apply(lines)
                _count(built, lines)


def _versions(store: Store, manifests: Sequence[Manifest], built: Built) -> Iterator[dict[str, str]]:
    """Yield by key the versions that hold what was sealed, as the bucket tells; none for a store without versions."""
    proofs = {item.key: item.sha256 for manifest in manifests for item in manifest.objects}
    proofs |= {manifest.key: manifest.digest for manifest in manifests}
    for site in sorted({manifest.site for manifest in manifests}):
        for prefix in (f"warc/{site}/", *(f"articles/{site}/{digit}" for digit in "0123456789abcdef")):
            here = (item for item in store.current(prefix) if item.version and item.key in proofs)
            yield dict(_right_versions(store, here, proofs, built))


def _right_versions(
    store: Store, items: Iterable[Stored], proofs: Mapping[str, str], built: Built
) -> Iterator[tuple[str, str]]:
    for item in items:
        try:
            proof = Proof(sha256=proofs[item.key], by="its manifest")
            version = right_version(store, item.key, proof) if item.beneath else item.version
        except ObjectMissing as error:
            built.problems.append(f"the version of {item.key}: {error}")
            continue
        assert version is not None
        yield item.key, version


def _count(built: Built, lines: Sequence[Mapping[str, Any]]) -> None:
    built.counts["segments"] += 1
    for line in lines:
        if line["t"] in KINDS:
            built.counts[KINDS[line["t"]]] += 1
        built.counts["revisions"] += line.get("revision") is not None


def _sealed_lines(store: Store, manifest: Manifest, built: Built) -> Iterator[Line]:
    """Yield the lines that a sealed segment's journal held, its revisions put back in."""
    yield _opened(manifest.site, manifest.segment)
    try:
        events = gzip.decompress(_proved(store, manifest.part(".jsonl.gz"), manifest))
        lines = [json.loads(line) for line in events.splitlines()]
    except (ObjectMissing, ObjectCorrupt, OSError, EOFError, ValueError, zlib.error) as error:
        built.problems.append(f"all looks of segment {manifest.segment}: {error}")
        lines = []
    proofs = {item.key: item for item in manifest.revisions}
    for line in lines:
        seen = line.get("observation")
        if seen and seen["revision"]:
            key = revision_key({**seen, "seen_first": seen["at"]}, seen["revision"])
            line["revision"] = _revision(store, manifest, key, proofs, built)
        elif line["t"] == "reread":
            line["revisions"] = list(_relaid(store, manifest, line, proofs, built))
        yield line
    segment = manifest.part(".warc.gz")
    yield {
        "t": "sealed",
        "name": manifest.segment,
        "sealed": manifest.sealed,
        "warc_key": segment.key if segment else f"{manifest.stem}.warc.gz",
        "bytes": segment.size if segment else 0,
        "manifest": manifest.digest,
    }


def _relaid(store: Store, manifest: Manifest, line: Line, proofs: Mapping[str, Proved], built: Built) -> Iterator[Line]:
    """Yield the revisions of a chain that was laid anew, those that the store still has whole."""
    for link in line["revisions"]:
        key = revision_key({**line, "seen_first": link["seen_first"]}, link["digest"])
        found = _revision(store, manifest, key, proofs, built)
        if found is not None:
            yield {**link, "object": found}


def _revision(store: Store, manifest: Manifest, key: str, proofs: Mapping[str, Proved], built: Built) -> Line | None:
    """Return a revision that was made here, or None where the store no longer has it whole, which is told."""
    try:
        revision: Line = json.loads(_proved(store, proofs.get(key), manifest))
    except (ObjectMissing, ObjectCorrupt, ValueError) as error:
        built.problems.append(f"revision {key}: {error}")
        return None
    return revision


def _proved(store: Store, item: Proved | None, manifest: Manifest) -> bytes:
    if item is None:
        raise ObjectMissing(f"the manifest of {manifest.segment} does not list it")
    content = get_bytes(store, item.key)
    if digest_of(content) != item.sha256:
        raise ObjectCorrupt(f"{item.key} is not what was sealed")
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
