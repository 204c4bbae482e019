"""The archive: the one way in (`commit`), the one way into the store (`seal`), and recovery, which is replay."""

from storage.archive.archive import Archive, open_archive
from storage.archive.look import Committed, Failed, Look, NotModified, Redirected, Seen
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
]
