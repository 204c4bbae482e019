"""The store's header: what says that an archive lies there, and in which format."""

from __future__ import annotations

import json
from typing import Any

from news.errors import FormatTooNew, ObjectCorrupt
from news.serial import FORMAT
from storage.objects import Store, get_bytes

HEADER = "stoppress.json"
NO_ARCHIVE = "there is no archive at {0}: run `stoppress init` to make one there"
HEADLESS = (
    "{0} holds an archive, but its stoppress.json is missing: run `stoppress restore stoppress.json`, with --from FILE "
    "where the store keeps no versions"
)
VANISHED = (
    "the store {0} holds no archive just now, though this catalogue is the index of one there: is its disk mounted, "
    "does archive.store name the right place?"
)


def check_format(store: Store) -> dict[str, Any]:
    """Return the store's header; raises `ObjectMissing` without one, `FormatTooNew` for one of a later program."""
    try:
        header = json.loads(get_bytes(store, HEADER))
        found = int(header["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(
            f"{HEADER} in {store.address} can't be read: {error}; restore it before anything else"
        ) from error
    if found > FORMAT:
        raise FormatTooNew(
            f"the store {store.address} has format {found}, this program reads {FORMAT}: use a newer Stop Press; "
            "nothing was changed"
        )
    return dict(header)


def holds_archive(store: Store) -> bool:
    """Return whether captures or revisions lie in a store, whatever its header says."""
    return any(next(iter(store.list(prefix)), None) is not None for prefix in ("warc/", "articles/"))


def lacking(store: Store) -> str:
    """Return what to tell of a store without a header: that it lost it, or that no archive was ever made there."""
    return (HEADLESS if holds_archive(store) else NO_ARCHIVE).format(store.address)
