"""What was overwritten or deleted behind our back in a bucket that keeps versions: the catalogue knows what we put."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storage.archive.header import HEADER
from storage.catalogue.opening import Rows
from storage.objects import Store
from storage.verify.findings import REBUILD, RESTORE, Finding
from storage.verify.index import paged
from storage.verify.inventory import UNKNOWN, Inventory
from storage.verify.manifests import Manifest

_VERSIONS = "SELECT key, version FROM versions WHERE key > :after ORDER BY key LIMIT :most"


def version_findings(
    rows: Rows, store: Store, inventory: Inventory, manifests: Iterable[Manifest]
) -> Iterator[Finding]:
    """Yield objects whose newest version is not the one that was put, or was brought back, and those deleted.

    And how many there are of which the catalogue does not know what was put. The bucket is asked shelf by shelf: its
    versions may be more than can be held.
    """
    inventory.note_versions((row["key"], row["version"]) for row in paged(rows, _VERSIONS, "key"))
    if any(item.version for item in store.current(HEADER)):
        inventory.want_versions(_sealed(rows, inventory, manifests))
    unknown: list[str] = []
    number = 0
    for shelf, known in inventory.versions():
        for item in store.current(shelf):
            put = known.pop(item.key, None)
            if put == UNKNOWN:
                number += item.version is not None
                unknown = unknown or [item.key]
            elif put not in (None, item.version):
                problem = f"overwritten behind our back: the newest version is {item.version}, the one put is {put}"
                yield Finding(object=item.key, problem=problem, advice=RESTORE)
        for key in known:
            if known[key] != UNKNOWN:
                yield from _deleted(store, key)
    if number:
        problem = f"the catalogue does not know which version was put of {number} objects, such as {unknown[0]}"
        yield Finding(object="catalogue: versions", problem=problem, advice=REBUILD)


def _sealed(rows: Rows, inventory: Inventory, manifests: Iterable[Manifest]) -> Iterator[str]:
    """Yield the keys of what was sealed as far as the catalogue was told of the seal, and so of versions."""
    told = {row["name"] for row in rows("SELECT name FROM segments WHERE sealed IS NOT NULL")}
    for manifest in manifests:
        if manifest.segment in told:
            yield from (manifest.key, *(item.key for item in inventory.whole(manifest).objects))


def _deleted(store: Store, key: str) -> Iterator[Finding]:
    newest = next(iter(store.versions(key)), None)
    if newest is None:
        problem = "deleted behind our back, with all its versions"
        yield Finding(object=key, problem=problem, advice=RESTORE)
    elif newest.deleted:
        problem = f"deleted behind our back at {newest.at}; its versions are still there"
        yield Finding(object=key, problem=problem, advice=RESTORE)
