"""What was overwritten or deleted behind our back in a bucket that keeps versions: the catalogue knows what we put."""

from __future__ import annotations

from collections.abc import Iterator

from storage.catalogue.opening import Rows
from storage.objects import Store
from storage.restoring import FOUNDED
from storage.verify.findings import RESTORE, Finding


def version_findings(rows: Rows, store: Store) -> Iterator[Finding]:
    """Yield objects whose newest version is not the one that was put, or was brought back, and those deleted."""
    known = {row["key"]: row["version"] for row in rows("SELECT key, version FROM versions")}
    if not known:
        return
    for prefix in ("warc/", "articles/", *FOUNDED):
        for item in store.current(prefix):
            put = known.pop(item.key, None)
            if put not in (None, item.version):
                problem = f"overwritten behind our back: the newest version is {item.version}, the one put is {put}"
                yield Finding(object=item.key, problem=problem, advice=RESTORE)
    for key in known:
        newest = next(iter(store.versions(key)), None)
        if newest is None:
            problem = "deleted behind our back, with all its versions"
            yield Finding(object=key, problem=problem, advice=RESTORE)
        elif newest.deleted:
            problem = f"deleted behind our back at {newest.at}; its versions are still there"
            yield Finding(object=key, problem=problem, advice=RESTORE)
