"""Small objects' bytes, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from news.errors import ObjectMissing
from storage.objects import Store, get_bytes

TOGETHER = 128
"""Objects that are asked for at a time: enough to share the wait for a bucket, few enough to be held."""


def contents(store: Store, keys: Sequence[str]) -> Iterator[bytes | None]:
    """Yield the objects' bytes in the order of their keys, None for one that is missing."""
    for at in range(0, len(keys), TOGETHER):
        batch = keys[at : at + TOGETHER]
        try:
            found: list[bytes | None] = list(store.get_all(batch))
        except ObjectMissing:
            found = [_content(store, key) for key in batch]
        yield from found


def _content(store: Store, key: str) -> bytes | None:
    try:
        return get_bytes(store, key)
    except ObjectMissing:
        return None
