"""The archive: the one way in (`commit`), the one way into the store (`seal`), and recovery, which is replay.

Its names are loaded when asked for: commands that only read the catalogue pay nothing for the writing side.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.archive.access import open_archive
    from storage.archive.archive import Archive
    from storage.archive.look import Committed, Failed, Look, NotModified, Redirected, Seen, unasked_304
    from storage.archive.writer import SiteWriter

__all__ = [
    "Archive",
    "Committed",
    "Failed",
    "Look",
    "NotModified",
    "Redirected",
    "Seen",
    "SiteWriter",
    "open_archive",
    "unasked_304",
]

_PLACES = {"Archive": "archive", "open_archive": "access", "SiteWriter": "writer"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES.get(name, 'look')}"), name)
