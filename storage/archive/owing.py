"""What timestamp authorities owe an archive, noted for a machine that was not there when it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from news.errors import SiteBusy
from storage.archive.spool import SpoolLock
from storage.ledger.owed import ENDING, MANIFEST, due, lacking, note
from storage.objects import Store


def note_owed(store: Store, authorities: Sequence[str], spool: Path) -> list[str]:
    """Note in each site's spool which manifests lack a token, for its next seal to ask for; return it in words."""
    if not authorities:
        return []
    keys = [item.key for item in store.list("warc/") if item.key.endswith((MANIFEST, ENDING))]
    manifests = sorted((key for key in keys if key.endswith(MANIFEST)), key=_opened)
    tokens = {key for key in keys if key.endswith(ENDING)}
    owed = [(_site(key), authority, key) for authority in authorities for key in lacking(authority, manifests, tokens)]
    by_site = groupby(sorted(owed), key=lambda row: row[0])
    return [_noted(spool / site, site, [(authority, key) for _, authority, key in rows]) for site, rows in by_site]


def _noted(folder: Path, site: str, owed: Sequence[tuple[str, str]]) -> str:
    told = f"timestamps owed: {len(owed)} of {site}"
    try:
        lock = SpoolLock(folder, site)
    except SiteBusy as error:
        return f"{told}; not noted, as {error}"
    try:
        before = due(folder)
        for authority, key in owed:
            if key not in before.setdefault(authority, []):
                before[authority].append(key)
        note(folder, before)
    finally:
        lock.release()
    return f"{told}; its next seal asks for them"


def _site(key: str) -> str:
    return key.split("/")[1]


def _opened(key: str) -> str:
    """Return what a segment's name says behind its site's: when it was opened comes first."""
    return key.rpartition("/")[2].removeprefix(f"{_site(key)}-")
