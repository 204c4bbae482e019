"""A store in a directory. Objects appear whole or not at all: written aside, fsynced, then linked into place."""

from __future__ import annotations

import ctypes
import errno
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO

from news.errors import ObjectMissing, StoreError, StoreUnavailable
from storage.objects.ordering import in_order
from storage.objects.protocol import (
    CHUNK,
    DAMAGED,
    Prepared,
    Stored,
    Version,
    check_key,
    ends_early,
    get_bytes,
    missing,
    put_failures,
    stream_digest,
    taken,
)

FEW = 8
"""Objects up to which an fsync for each costs less than one `syncfs` of the whole file system."""

PART = ".part-"

CANT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EPERM)
"""What a file system answers that syncs no folders, or that lets us write in a folder and not open it."""


class DirectoryStore:
    """A store in a directory, which keeps no versions."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.address = str(root)
        self._lasting = set[Path]()

    def put(self, key: str, content: BinaryIO) -> Stored:
        """Create the object; the same bytes again change nothing, others raise `ObjectCorrupt`."""
        folder = self._path(key).parent
        with self._reporting(key):
            _make(folder)
            aside = _write_aside(folder, content, os.fsync)
            try:
                stored = self._link(key, aside, aside.stat().st_size)
            finally:
                aside.unlink(missing_ok=True)
            self._keep(folder)
        return stored

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> list[Stored]:
        """Create many small objects, each as `put` does; the disk is waited for twice, not twice for each object."""
        waiting = list(objects)
        if len(waiting) <= FEW or not _can_syncfs():
            return _each(waiting, lambda key, content: self.put(key, BytesIO(content)))
        asides: list[str] = []
        token = secrets.token_hex(8)
        try:
            for number, (key, content) in enumerate(waiting):
                with self._reporting(key):
                    folder = self._place(key).rpartition("/")[0]
                    _make_at(folder)
                    asides.append(f"{folder}/{PART}{token}-{number}")
                    _write_whole(asides[-1], content)
            self._sync_all()
            of = dict(zip((key for key, _ in waiting), asides, strict=True))
            linked = _each(waiting, lambda key, content: self._link(key, of[key], len(content)))
            self._sync_all()
        finally:
            for aside in asides:
                with suppress(FileNotFoundError):
                    os.unlink(aside)  # noqa: PTH108  pathlib takes three times as long, and these are many
        return linked

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes]:
        """Yield small objects' bytes in the order of their keys."""
        for key in keys:
            yield get_bytes(self, key)

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        """Return the object's bytes as a stream; raises `ObjectMissing`."""
        if version is not None:
            raise ObjectMissing(f"{key}: {self.address} is a directory, which keeps no versions")
        with self._reporting(key):
            try:
                return io.BufferedReader(_Content(self._place(key), key, self.address))
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise missing(key, self.address) from None

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises `ObjectMissing`, or `ObjectCorrupt` when it is shorter."""
        with self.open(key) as stream, self._reporting(key):
            stream.seek(offset)
            content = stream.read(length)
        if len(content) != length:
            raise ends_early(key, self.address, offset + length)
        return content

    def list(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects whose keys begin so, sorted by key."""
        folder, slash, begun = prefix.rpartition("/")
        for key in _keys(str(self.root), folder + slash, begun):
            found = self._stored(key)
            if found is not None:
                yield found

    def current(self, prefix: str) -> Iterator[Stored]:
        """Yield the same: a directory keeps no versions."""
        return self.list(prefix)

    def versions(self, key: str) -> tuple[Version, ...]:
        """Return none: a directory keeps no versions."""
        del key
        return ()

    def bring_back(self, key: str, version: str) -> Stored:
        """Raise `ObjectMissing`: a directory keeps no versions."""
        raise ObjectMissing(f"{key}: {self.address} is a directory, which keeps no version {version}")

    def replace(self, key: str, content: BinaryIO) -> Stored:
        """Put the right bytes in the place of wrong ones, which are kept under `damaged/`."""
        target = self._path(key)
        with self._reporting(key):
            if target.exists():
                kept = self._path(f"{DAMAGED}{key}.{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
                new = _make(kept.parent)
                target.rename(kept)
                for changed in (kept.parent, *new):
                    _fsync_directory(changed)
        return self.put(key, content)

    def prepare(self) -> Prepared:
        """Make the directory; raises `StoreUnavailable` where the file system can't link, which create-once needs."""
        probe = self.root / f"{PART}probe-{secrets.token_hex(8)}"
        linked = probe.with_name(f"{probe.name}-linked")
        with self._reporting("a probe"):
            self.root.mkdir(parents=True, exist_ok=True)
            try:
                probe.write_bytes(b"")
                os.link(probe, linked)
            finally:
                probe.unlink(missing_ok=True)
                linked.unlink(missing_ok=True)
        return Prepared(able={"create_once": True, "versions": False, "object_lock": False})

    def warnings(self) -> tuple[str, ...]:
        """Return none: what a directory lacks is known."""
        return ()

    def _stored(self, key: str) -> Stored | None:
        """Return what lies there, None where it went meanwhile: the directory holds others' files too."""
        with self._reporting(key), suppress(FileNotFoundError):
            return Stored(key=key, size=os.stat(f"{self.root}/{key}").st_size)  # noqa: PTH116  as for `os.unlink`
        return None

    def _keep(self, folder: Path) -> None:
        """Put a folder's entries on the disk, and its own name and those above it: whoever made it may have died."""
        _fsync_directory(folder)
        levels = takewhile(lambda level: level != self.root.parent, (folder, *folder.parents))
        new = list(takewhile(lambda level: level not in self._lasting, levels))
        for level in new:
            _fsync_directory(level.parent)
        self._lasting.update(new)  # all or none: one whose parent's name may not last must not end the way up later

    def _path(self, key: str) -> Path:
        return Path(self._place(key))

    def _place(self, key: str) -> str:
        """Return the path as a text, which is enough for small objects, of which there are many."""
        check_key(key)
        return f"{self.address}/{key}"

    def _link(self, key: str, aside: str | Path, size: int) -> Stored:
        """Give what was written aside its key, or find the same bytes there already."""
        target = self._place(key)
        with self._reporting(key):
            try:
                os.link(aside, target)
            except FileExistsError:
                with Path(aside).open("rb") as mine, Path(target).open("rb") as stored:
                    if stream_digest(mine) != stream_digest(stored):
                        raise taken(key, self.address) from None
            return Stored(key=key, size=size)

    def _sync_all(self) -> None:
        with self._reporting("what was put"):
            _syncfs(self.root)

    @contextmanager
    def _reporting(self, key: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _unable(self.address, key, error) from error


def _each(objects: Iterable[tuple[str, bytes]], do: Callable[[str, bytes], Stored]) -> list[Stored]:
    """Do it for all objects; raise one error for those that failed."""
    done, failures = [], dict[str, StoreError]()
    for key, content in objects:
        try:
            done.append(do(key, content))
        except StoreError as error:
            failures[key] = error
    if failures:
        raise put_failures(failures, len(done) + len(failures))
    return done


def _keys(root: str, folder: str, begun: str) -> Iterator[str]:
    """Yield the keys in a folder and those beneath it, sorted; a folder's name sorts with the slash behind it."""
    for name, _ in in_order(_entries(f"{root}/{folder}", begun)):
        if name.endswith("/"):
            yield from _keys(root, folder + name, "")
        else:
            yield folder + name


def _entries(folder: str, begun: str) -> Iterator[tuple[str, int]]:
    """Yield the names in a folder that begin so, folders' with a slash; none where there is no such folder.

    A part of the store may lie on another disk, behind a link. Raises `StoreUnavailable` where a folder can't be read
    or a link leads to none: what can't be seen must not count as not there.
    """
    try:
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith(begun):
                    continue
                if not entry.is_dir():
                    _check_link(entry)
                    if not entry.name.startswith(PART):
                        yield entry.name, 0
                elif not entry.is_symlink() or not _leads_back(entry):
                    yield f"{entry.name}/", 0
    except OSError as error:
        raise StoreUnavailable(
            f"the store's folder {folder.rstrip('/')} can't be read: {error.strerror}; mount or mend its disk, or let "
            "this user read it, then run the command again"
        ) from error


def _check_link(entry: os.DirEntry[str]) -> None:
    """Raise `OSError` for a folder's link that leads nowhere; objects have a dot in their names, folders none."""
    if "." not in entry.name and entry.is_symlink() and not Path(entry.path).exists():
        raise OSError(errno.ENXIO, f"{entry.name} is a link to what is not there")


def _leads_back(entry: os.DirEntry[str]) -> bool:
    """Return whether a link leads to one of the folders that it lies in, which would be gone through for ever."""
    return any(os.path.samefile(entry.path, above) for above in Path(entry.path).absolute().parents)  # noqa: PTH121  as for `os.unlink`


def _make(folder: Path) -> list[Path]:
    """Make a folder; return those that got a new folder in them, which must be synced for it to last."""
    with suppress(FileNotFoundError, FileExistsError):
        os.mkdir(folder)  # noqa: PTH102  most often it is one level; pathlib asks for all of them first
        return [folder.parent]
    new = []
    for level in (folder, *folder.parents):
        if level.is_dir():
            break
        new.append(level.parent)
    folder.mkdir(parents=True, exist_ok=True)
    return new


def _make_at(folder: str) -> None:
    """Make a folder whose entries are put on the disk with all others'."""
    try:
        os.mkdir(folder)  # noqa: PTH102  as in `_make`
    except (FileNotFoundError, FileExistsError):
        Path(folder).mkdir(parents=True, exist_ok=True)


def _write_aside(folder: Path, content: BinaryIO, sync: Callable[[int], None]) -> Path:
    aside = folder / f"{PART}{secrets.token_hex(8)}"
    try:
        with aside.open("xb") as out:
            while chunk := content.read(CHUNK):
                out.write(chunk)
            out.flush()
            sync(out.fileno())
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def _write_whole(aside: str, content: bytes) -> None:
    """Write a new file, which is not yet on the disk then."""
    with io.open(aside, "xb", buffering=0) as out:  # noqa: UP020  what `Path.open` calls, as for `os.unlink`
        while content:
            content = content[out.write(content) :]


def _can_syncfs() -> bool:
    return hasattr(ctypes.CDLL(None), "syncfs")  # Linux; elsewhere each object is fsynced


def _syncfs(path: Path) -> None:
    """Put all that was written to this file system on the disk (syncfs(2), which since Linux 5.8 reports errors)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)


def _fsync_directory(path: Path) -> None:
    """Put a folder's names on the disk, where the file system can; raises `OSError` where the disk fails."""
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in CANT_SYNC:
            raise


class _Content(io.FileIO):
    """An object's file; a disk that fails while it is read is told as an error of ours."""

    def __init__(self, path: str, key: str, address: str) -> None:
        super().__init__(path, "rb")
        self._whose = (address, key)

    def readinto(self, buffer: Any, /) -> int | None:
        """Read on."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise _unable(*self._whose, error) from error

    def readall(self) -> bytes:
        """Return all that is left."""
        try:
            return super().readall()
        except OSError as error:
            raise _unable(*self._whose, error) from error


def _unable(address: str, key: str, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        f"the store {address} can't take or give {key}: {error.strerror}; "
        "free space or mend the disk, then run the command again"
    )
