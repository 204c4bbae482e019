"""What was overwritten or deleted behind our back in a bucket that keeps versions: the catalogue knows what we put."""

from __future__ import annotations

from collections.abc import Iterator

from storage.catalogue.opening import Rows
from storage.objects import Store
from storage.verify.findings import RESTORE, Finding
from storage.verify.index import paged
from storage.verify.inventory import Inventory

_VERSIONS = "SELECT key, version FROM versions WHERE key > :after ORDER BY key LIMIT :most"


def version_findings(rows: Rows, store: Store, inventory: Inventory) -> Iterator[Finding]:
    """Yield objects whose newest version is not the one that was put, or was brought back, and those deleted.

    The bucket is asked shelf by shelf: its versions may be more than can be held.
    """
    inventory.note_versions((row["key"], row["version"]) for row in paged(rows, _VERSIONS, "key"))
    for shelf, known in inventory.versions():
        for item in store.current(shelf):
            put = known.pop(item.key, None)
            if put not in (None, item.version):
                problem = f"overwritten behind our back: the newest version is {item.version}, the one put is {put}"
                yield Finding(object=item.key, problem=problem, advice=RESTORE)
        for key in known:
            yield from _deleted(store, key)


def _deleted(store: Store, key: str) -> Iterator[Finding]:
    newest = next(iter(store.versions(key)), None)
    if newest is None:
        problem = "deleted behind our back, with all its versions"
        yield Finding(object=key, problem=problem, advice=RESTORE)
    elif newest.deleted:
        problem = f"deleted behind our back at {newest.at}; its versions are still there"
        yield Finding(object=key, problem=problem, advice=RESTORE)
