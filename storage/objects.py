"""The store: write-once objects under keys, in a directory or a bucket.

The only primitive that is relied on is create-once. Putting the same bytes again is fine; putting others under a key
that is taken is refused, so a stored object never changes (design.md, section 9).
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from news.errors import ConfigError, ObjectCorrupt, ObjectMissing, StoreUnavailable

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """An object's place and its size in bytes."""

    key: str
    size: int


class Store(Protocol):
    """What the archive asks of a store. Keys are relative, with `/` between their parts."""

    address: str

    def put(self, key: str, content: BinaryIO) -> None:
        """Create the object; the same bytes again change nothing, others raise `ObjectCorrupt`."""

    def open(self, key: str) -> BinaryIO:
        """Return the object's bytes as a stream; raises `ObjectMissing`."""

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises `ObjectMissing`, or `ObjectCorrupt` when it is shorter."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin so, sorted by key."""


def put_bytes(store: Store, key: str, content: bytes) -> None:
    """Create a small object."""
    store.put(key, BytesIO(content))


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


class DirectoryStore:
    """A store in a directory. Objects appear whole or not at all: written aside, fsynced, then linked into place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.address = str(root)

    def put(self, key: str, content: BinaryIO) -> None:
        """Create the object; the same bytes again change nothing, others raise `ObjectCorrupt`."""
        target = self._path(key)
        with self._reporting(key):
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.parent / f".part-{secrets.token_hex(8)}"
            try:
                self._write(aside, content)
                os.link(aside, target)
            except FileExistsError:
                self._compare(key, aside, target)
            finally:
                aside.unlink(missing_ok=True)
            _fsync_directory(target.parent)

    def open(self, key: str) -> BinaryIO:
        """Return the object's bytes as a stream; raises `ObjectMissing`."""
        try:
            with self._reporting(key):
                return self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise self._missing(key) from None

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises `ObjectMissing`, or `ObjectCorrupt` when it is shorter."""
        with self.open(key) as stream:
            stream.seek(offset)
            content = stream.read(length)
        if len(content) != length:
            raise ObjectCorrupt(f"{key} in {self.address} ends before byte {offset + length}; run `stoppress verify`")
        return content

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin so, sorted by key."""
        base = self._path(prefix.rpartition("/")[0]) if "/" in prefix else self.root
        found = []
        for folder, _, names in os.walk(base):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix) and not name.startswith(".part-"):
                    found.append(StoredObject(key=key, size=path.stat().st_size))
        yield from sorted(found, key=lambda item: item.key)

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if key.startswith("/") or any(part in (".", "..") for part in parts):
            raise ObjectMissing(f"{key!r} is no key of a store")
        return self.root.joinpath(*parts)

    def _missing(self, key: str) -> ObjectMissing:
        return ObjectMissing(f"{key} is not in {self.address}; run `stoppress verify` to see what else is missing")

    @staticmethod
    def _write(path: Path, content: BinaryIO) -> None:
        with path.open("xb") as out:
            while chunk := content.read(CHUNK):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())

    def _compare(self, key: str, aside: Path, target: Path) -> None:
        with aside.open("rb") as mine, target.open("rb") as stored:
            if stream_digest(mine) != stream_digest(stored):
                message = f"{key} in {self.address} is there already with other bytes; nothing was overwritten"
                raise ObjectCorrupt(f"{message}; run `stoppress verify`")

    @contextmanager
    def _reporting(self, key: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
                raise
            raise StoreUnavailable(f"the store {self.address} can't take or give {key}: {error.strerror}") from error


def open_store(address: str) -> Store:
    """Return the store at this address: a directory's path."""
    if address.startswith("s3://"):
        raise ConfigError(f"archive.store: {address}: S3 stores come with a later version; name a directory")
    return DirectoryStore(Path(address))


def _fsync_directory(path: Path) -> None:
    with suppress(OSError):  # some file systems can't; the link itself is there
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
