"""What lies in the store and is of no kind that this program puts there: noted, since nobody reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from news.errors import StoreUnavailable
from storage.archive.header import HEADER
from storage.catalogue.addresses import file_of, on_server
from storage.ledger.keys import STATEMENTS
from storage.objects import Store, Stored
from storage.objects.protocol import DAMAGED
from storage.verify.findings import INSPECT, Finding
from storage.verify.inventory import Inventory
from storage.verify.reports import MOST

if TYPE_CHECKING:
    from storage.verify.whole import Places

DEFAULT = ("spool/", "catalogue.db")
"""Where spool and catalogue lie by default, beside the objects of a store in a directory."""

REVISIONS = "articles/"
OURS = (HEADER, STATEMENTS, DAMAGED, "warc/", REVISIONS)
"""What keys begin with that this program puts."""


def seen_in(places: Places, inventory: Inventory) -> list[Finding]:
    """Note what lies in the store, and return notes of what is nobody's there.

    Segments are listed first: what a manifest lists was put before it, so it is found after it.
    """
    inventory.see(places.store.list("warc/"))
    unknown = _Unknown(places)
    try:
        inventory.see(unknown.revisions())
    except StoreUnavailable as error:  # where it is one of ours that can't be read, this fails as well
        inventory.see(places.store.list(REVISIONS))
        return [_note(places.store.address, f"not all that lies here can be seen: {error}")]
    return list(unknown.notes())


class _Unknown:
    """What is met on the way through the whole store that is not ours."""

    def __init__(self, places: Places) -> None:
        self._store: Store = places.store
        self._ours = (*OURS, *_beside(places))
        self._first: list[str] = []
        self._count = 0

    def revisions(self) -> Iterator[Stored]:
        """Yield the revisions' objects, and count what is nobody's."""
        for item in self._store.list(""):
            if item.key.startswith(REVISIONS):
                yield item
            elif not item.key.startswith(self._ours):
                self._count += 1
                self._first += [item.key] if self._count <= MOST else []

    def notes(self) -> Iterator[Finding]:
        """Yield a note of each, of many the first."""
        for key in self._first:
            yield _note(key, "nothing of this program's lies under such a key, and nothing reads it")
        if self._count > MOST:
            yield _note(self._store.address, f"and {self._count - MOST} more objects under keys that are not ours")


def _beside(places: Places) -> Iterator[str]:
    """Yield what the keys begin with of spools, catalogues and a key where they lie in the store's directory."""
    if "://" in places.store.address:
        return
    yield from DEFAULT
    root = Path(places.store.address).absolute()
    paths = [places.spool, *([] if on_server(places.catalogue) else [file_of(places.catalogue)])]
    paths += [places.ledger.key] if places.ledger.key else []
    for path in paths:
        if path.absolute().is_relative_to(root):
            yield path.absolute().relative_to(root).as_posix().removeprefix(".")


def _note(key: str, problem: str) -> Finding:
    return Finding(object=key, problem=problem, advice=INSPECT, level="note")
