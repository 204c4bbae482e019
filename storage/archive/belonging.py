"""Whether a catalogue is this store's index, and no emptier, older or other one: on a wrong one a second history grows.

The store is the truth. A catalogue that was lost, taken from a backup, or made for another archive knows less or other
things than the store holds; whoever crawled on with it would begin articles and chains of manifests anew.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from news.errors import ConfigError, SchemaMismatch
from news.serial import digest_of
from storage.catalogue import reading
from storage.catalogue.addresses import shown
from storage.catalogue.opening import Row, Rows
from storage.objects import Store, get_bytes

MANIFEST = ".manifest.json"
BEHIND = (
    "the catalogue {catalogue} knows nothing of {key}, which the store {store} holds: it is empty, or older than the "
    "store. Run `stoppress rebuild`, which makes it anew from the store and keeps the old one"
)
OTHER = (
    "the catalogue {catalogue} is the index of another archive than the store {store}: it tells of {segment}, whose "
    "manifest {what}. Name the right one as archive.catalogue, or run `stoppress rebuild` where there is none"
)
LONG = timedelta(days=40)
"""How far back days are listed one by one; a site that was left alone for longer is listed by months or years."""


def check_index(store: Store, rows: Rows, catalogue: str) -> None:
    """Raise where a catalogue that was never used with this store is not its index.

    Raises `SchemaMismatch` for one that knows no segment while the store holds some, and `ConfigError` for one whose
    newest sealed segment is not in the store as it was sealed.
    """
    newest = rows("SELECT * FROM segments WHERE sealed IS NOT NULL ORDER BY sealed DESC, name DESC LIMIT 1")
    if not newest:
        known = {row["name"] for row in rows("SELECT name FROM segments")}
        for item in store.list("warc/"):
            if item.key.endswith(MANIFEST) and _segment(item.key) not in known:
                raise SchemaMismatch(_behind(store, item.key, catalogue))
        return
    (row,) = newest
    key = row["warc_key"].removesuffix(".warc.gz") + MANIFEST
    there = [item for item in store.list(key) if item.key == key]
    if not there or (row["manifest"] and digest_of(get_bytes(store, key)) != row["manifest"]):
        what = "is another there" if there else "is not there"
        told = {"catalogue": shown(catalogue), "store": store.address, "segment": row["name"]}
        raise ConfigError(OTHER.format(**told, what=what))


def check_caught_up(store: Store, rows: Rows, catalogue: str, site: str, now: datetime) -> None:
    """Raise `SchemaMismatch` where the store holds a manifest of the site that the catalogue has never heard of.

    A segment is known from when it was opened, wherever that was. The store is listed from the day of the newest sealed
    one on, which is a page or two.
    """
    known = reading.last_manifest(rows, site, besides="")
    for prefix in _since(site, known, now):
        for item in store.list(prefix):
            if item.key.endswith(MANIFEST) and reading.segment(rows, _segment(item.key)) is None:
                raise SchemaMismatch(_behind(store, item.key, catalogue))


def _behind(store: Store, key: str, catalogue: str) -> str:
    return BEHIND.format(catalogue=shown(catalogue), key=key, store=store.address)


def _segment(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(MANIFEST)


def _since(site: str, known: Row | None, now: datetime) -> list[str]:
    """Return the prefixes under which a site's segments lie that were opened since the day of this one."""
    if known is None:
        return [f"warc/{site}/"]
    first = datetime.strptime(known["name"].removeprefix(f"{site}-")[:8], "%Y%m%d").replace(tzinfo=UTC)
    if now - first > LONG:
        return [f"warc/{site}/{year}/" for year in range(first.year, max(now.year, first.year) + 1)]
    days = max((now - first).days, 0) + 2  # one more for clocks that are ahead
    return [f"warc/{site}/{first + timedelta(days=day):%Y/%m/%d}/" for day in range(days)]
