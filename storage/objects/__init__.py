"""The store: write-once objects under keys, in a directory, in a bucket, or in memory.

boto3 is loaded when a bucket is first asked something: whoever keeps a directory never pays for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage.objects.directory import DirectoryStore
from storage.objects.memory import MemoryStore
from storage.objects.protocol import (
    CHUNK,
    Prepared,
    Store,
    Stored,
    Version,
    get_bytes,
    put_bytes,
    stream_digest,
)

if TYPE_CHECKING:
    from storage.settings import S3

__all__ = [
    "CHUNK",
    "DirectoryStore",
    "MemoryStore",
    "Prepared",
    "Store",
    "Stored",
    "Version",
    "get_bytes",
    "open_store",
    "put_bytes",
    "stream_digest",
]


def open_store(address: str, s3: S3) -> Store:
    """Return the store at this address: a directory's path, or `s3://bucket/prefix` as `[s3]` says to reach it."""
    if not address.startswith("s3://"):
        return DirectoryStore(Path(address))
    from storage.objects.s3.store import S3Store

    return S3Store(address, s3)
