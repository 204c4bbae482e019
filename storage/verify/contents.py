"""Objects' bytes where some may be missing or can't be read, which is their own trouble and hinders no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from news.errors import ObjectMissing, StoreError
from storage.archive.header import HEADER
from storage.objects import Store, get_bytes
from storage.verify.findings import REREAD, Finding

TOGETHER = 128
"""Objects that are asked for at a time: enough to share the wait for a bucket, few enough to be held."""


def contents(store: Store, keys: Sequence[str]) -> Iterator[bytes | StoreError]:
    """Yield the objects' bytes in the order of their keys, each as `content` does."""
    for at in range(0, len(keys), TOGETHER):
        batch = keys[at : at + TOGETHER]
        found: list[bytes | StoreError]
        try:
            found = list(store.get_all(batch))
        except StoreError:
            found = [content(store, key) for key in batch]
        yield from found


def content(store: Store, key: str) -> bytes | StoreError:
    """Return an object's bytes, or why there are none: `ObjectMissing`, or what its disk or service said twice.

    Raises `StoreUnavailable` where the store is away altogether.
    """
    with suppress(StoreError):
        return get_bytes(store, key)
    check_reach(store)
    try:
        return get_bytes(store, key)  # what failed may have been a passing thing
    except StoreError as error:
        return error


def check_reach(store: Store) -> None:
    """Return where an object of the store can be read; raises `StoreUnavailable` where it is away altogether."""
    with suppress(ObjectMissing):
        get_bytes(store, HEADER)


def unreadable(key: str, error: StoreError) -> Finding:
    """Return what to tell of an object that is there and can't be read."""
    return Finding(object=key, problem=f"can't be read: {error}", advice=REREAD)


def as_far_as_read(store: Store, key: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield these findings, and last that this object, which is read for them, can't be."""
    try:
        yield from findings
    except StoreError as error:
        check_reach(store)
        yield unreadable(key, error)
