"""What a store is: write-once objects under keys, whatever holds them.

The only primitive that is relied on is create-once. Putting the same bytes again is fine; putting others under a key
that is taken is refused, so a stored object never changes (design.md, section 9). A store that keeps versions lets even
an overwrite behind our back be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Protocol

from news.errors import ObjectCorrupt, ObjectMissing, StoreError, StoreUnavailable

CHUNK = 1 << 20
DAMAGED = "damaged/"
"""Where a store without versions keeps what `replace` put other bytes in the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object's place and size in bytes; `version` is the service's name for this state of it, where it has one.

    `beneath` counts its other states, deletions too, as far as a listing of many objects tells.
    """

    key: str
    size: int
    version: str | None = None
    beneath: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A state that an object has or had; `deleted` marks a deletion, which has no bytes. `at` is RFC 3339."""

    version: str
    at: str
    size: int
    latest: bool
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What preparing a store did, what it was found to be able to, and what is missing that an archive wants."""

    done: tuple[str, ...] = ()
    able: Mapping[str, bool] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Store(Protocol):
    """What the archive asks of a store. Keys are relative, with `/` between their parts. Stores can be pickled."""

    address: str

    def put(self, key: str, content: BinaryIO) -> Stored:
        """Create the object; the same bytes again change nothing, others raise `ObjectCorrupt`. `content` can seek."""

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> list[Stored]:
        """Create many small objects at less cost than one by one, each as `put` does; return them in their order.

        One that other bytes stand in the way of keeps none of the others back. What failed is told in one error of the
        gravest kind, key by key in its `failures`.
        """

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes]:
        """Yield small objects' bytes in the order of their keys, several asked for at a time; raises as `open` does."""

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        """Return the object's bytes, or those of a version, as a stream that can seek; raises `ObjectMissing`."""

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises `ObjectMissing`, or `ObjectCorrupt` when it is shorter."""

    def list(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects whose keys begin so, sorted by key, without versions."""

    def current(self, prefix: str) -> Iterator[Stored]:
        """Yield the same with the version that each has now, and what lies beneath, where the store keeps versions."""

    def versions(self, key: str) -> tuple[Version, ...]:
        """Return every state that the object had, newest first; none where the store keeps no versions."""

    def bring_back(self, key: str, version: str) -> Stored:
        """Put a version on top again; all others stay. Raises `ObjectMissing` where there is none of that name."""

    def replace(self, key: str, content: BinaryIO) -> Stored:
        """Put the right bytes in the place of wrong ones, which are kept: as a version, or under `damaged/`."""

    def prepare(self) -> Prepared:
        """Make the place ready for an archive; raises `ConfigError` where it can't do what is configured."""

    def warnings(self) -> tuple[str, ...]:
        """Return what is not as `prepare` left it; asked at each start, so it is cheap."""


def put_bytes(store: Store, key: str, content: bytes) -> Stored:
    """Create a small object."""
    return store.put(key, BytesIO(content))


def get_bytes(store: Store, key: str) -> bytes:
    """Return a small object's bytes; raises `ObjectMissing`."""
    with store.open(key) as stream:
        return stream.read()


def stream_digest(stream: BinaryIO) -> tuple[str, int]:
    """Return `sha256:<hex>` and the length of all that the stream still holds."""
    digest, size = sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return f"sha256:{digest.hexdigest()}", size


def check_key(key: str) -> None:
    """Raise `ObjectMissing` for what no store can hold portably: a part that is empty, dots, or over 255 bytes."""
    parts = key.split("/")
    if any(part in ("", ".", "..") or len(part.encode()) > 255 or "\0" in part for part in parts):
        raise ObjectMissing(f"{key!r} is no key of a store")


def missing(key: str, address: str) -> ObjectMissing:
    """Return the error for an object that is not there."""
    return ObjectMissing(f"{key} is not in {address}; run `stoppress verify` to see what else is missing")


def taken(key: str, address: str) -> ObjectCorrupt:
    """Return the error for a put of other bytes than are there."""
    return ObjectCorrupt(
        f"{key} in {address} is there already with other bytes; nothing was overwritten; run `stoppress verify`"
    )


def ends_early(key: str, address: str, end: int) -> ObjectCorrupt:
    """Return the error for a read past an object's end."""
    return ObjectCorrupt(f"{key} in {address} ends before byte {end}; run `stoppress verify`")


class CorruptObjects(ObjectCorrupt):
    """Several puts failed, at least one because other bytes are there; `failures` has each key's error."""

    def __init__(self, message: str, failures: Mapping[str, StoreError]) -> None:
        super().__init__(message)
        self.failures = dict(failures)


class UnavailableObjects(StoreUnavailable):
    """Several puts failed because the store did not take them; `failures` has each key's error."""

    def __init__(self, message: str, failures: Mapping[str, StoreError]) -> None:
        super().__init__(message)
        self.failures = dict(failures)


def put_failures(failures: Mapping[str, StoreError], tried: int) -> CorruptObjects | UnavailableObjects:
    """Return one error that tells of all failed puts, the first few in words."""
    told = "; ".join(str(error) for error in list(failures.values())[:3])
    more = f"; and {len(failures) - 3} more" if len(failures) > 3 else ""
    message = f"{len(failures)} of {tried} objects could not be put: {told}{more}"
    corrupt = any(isinstance(error, ObjectCorrupt) for error in failures.values())
    return (CorruptObjects if corrupt else UnavailableObjects)(message, failures)
