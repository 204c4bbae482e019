"""What lies in the store and no manifest lists: put in by others, or ours and bereft of its manifest."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from storage.objects import Store
from storage.verify.awaited import Awaited
from storage.verify.findings import INSPECT, SEE_FIRST, UNPROVED, Finding
from storage.verify.inventory import Inventory
from storage.verify.manifests import ENDING, Manifest, key_of_segment, listed, read_manifest
from storage.verify.spools import Spooled
from storage.verify.timestamps import TIMESTAMP

PROBLEM = "no manifest lists it: it was put in, or a seal was interrupted and its spool is gone"
BEREFT = "no manifest lists it, and its segment has none: that was taken out or changed, or the seal was interrupted"


def stray_findings(
    store: Store,
    manifests: Sequence[Manifest],
    inventory: Inventory,
    pending: Iterable[Spooled],
    on_its_way: Callable[[], Awaited],
) -> Iterator[Finding]:
    """Yield what lies in the store and no manifest lists, unless it is just being sealed.

    What may be ours is never told to be taken out before its segment's manifest was looked for. What is `on_its_way`
    is asked for before that: by then its manifest is there.
    """
    strays = [key for key in inventory.strays() if not key.endswith((ENDING, TIMESTAMP))]
    if not strays:
        return
    awaited = on_its_way()
    late = _sealed_since(store, inventory)
    coming = {_stem(key_of_segment(segment.site, segment.name)) for segment in pending}
    coming |= {_stem(key_of_segment(site, name)) for site, names in awaited.afar.items() for name in names}
    proved = {manifest.stem for manifest in manifests}
    bereft = {stem for key in strays if (stem := _stem(key)) and stem not in proved and f"{stem}.warc.gz" in inventory}
    sites = {stem.split("/")[1] for stem in bereft}
    for key in strays:
        stem = _stem(key)
        if key in late or (stem in coming if stem else awaited.brings(key)):
            continue
        if stem in bereft:
            yield Finding(object=key, problem=BEREFT, advice=UNPROVED.format(key=f"{stem}{ENDING}", stem=stem))
        elif not stem and key.split("/")[1] in sites:
            yield Finding(object=key, problem=PROBLEM, advice=SEE_FIRST)
        else:
            yield Finding(object=key, problem=PROBLEM, advice=INSPECT)


def _stem(key: str) -> str | None:
    """Return what the keys of a segment's parts begin with, None for a revision's key."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}" if key.startswith("warc/") else None


def _sealed_since(store: Store, present: Container[str]) -> set[str]:
    """Return the keys that manifests account for which were written while we looked."""
    keys = [item.key for item in store.list("warc/") if item.key.endswith(ENDING) and item.key not in present]
    found = [read_manifest(store, key) for key in keys]
    return listed(item for item in found if isinstance(item, Manifest))
