"""A disk under a simulation's control: real files on a memory file system, and what a power cut would leave of them.

Every change to a file or a directory is a step, at which the process may be killed. What was written and not fsynced is
remembered, so that a power cut may keep it, lose it or tear it at any byte: data by file, entries by directory, those
of one directory in their order, as journalling file systems do. Nothing else is kept in order.
"""

from __future__ import annotations

import errno
import io
import os
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Killed(BaseException):
    """The process was killed at this step."""


@dataclass(slots=True)
class Steps:
    """Counts what a process does to the world, and kills it at one of its steps: the `left`-th from now."""

    count: int = 0
    left: int | None = None
    dead: bool = False

    def step(self) -> None:
        """Take a step, or die before it."""
        if self.dead:
            raise Killed
        self.count += 1
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.left, self.dead = None, True
                raise Killed

    def live(self) -> None:
        """Let a new process begin."""
        self.dead = False


_Change = tuple[int, bytes | None]
"""A change to a file's content: an offset and what is written there, or a size that it is cut or grown to."""


@dataclass(slots=True)
class _File:
    """A file's content as the disk surely has it, and the changes since."""

    durable: bytes = b""
    pending: list[_Change] = field(default_factory=list)


@dataclass(slots=True)
class _Folder:
    """A directory's entries as the disk surely has them, and the changes since: `(name, what it names then)`."""

    durable: dict[str, Any] = field(default_factory=dict)
    pending: list[tuple[tuple[str, Any], ...]] = field(default_factory=list)


class Disk:
    """What lies under `root`. Other paths under `around` only have steps: SQLite looks after its files itself."""

    def __init__(self, root: Path, around: Path, steps: Steps, chance: random.Random) -> None:
        self.root, self.around = str(root), str(around)
        self.steps, self.chance = steps, chance
        self.full_in: int | None = None
        self._files: dict[int, _File] = {}
        self._folders: dict[str, _Folder] = {self.root: _Folder()}
        self._opened: list[Any] = []
        self._real: dict[str, Callable[..., Any]] = {}

    def adopt(self) -> None:
        """Take all that lies under the root now as surely on the disk."""
        for above, folders, names in os.walk(self.root):
            folder = self._folders.setdefault(above, _Folder())
            folder.durable.update({name: f"{above}/{name}" for name in folders})
            for name in names:
                path = Path(above, name)
                folder.durable[name] = path.stat().st_ino
                self._files[path.stat().st_ino] = _File(durable=path.read_bytes())

    @contextmanager
    def interposed(self) -> Iterator[None]:
        """Let this process see the disk for as long as the context lasts."""
        ours: dict[str, Callable[..., Any]] = {
            "fsync": self._fsync, "unlink": self._unlink, "remove": self._unlink, "rename": self._rename,
            "replace": self._rename, "link": self._link, "mkdir": self._mkdir, "rmdir": self._rmdir,
            "open": self._os_open, "truncate": self._truncate,
        }  # fmt: skip
        self._real = {name: getattr(os, name) for name in ours} | {"io.open": io.open}
        for name, function in ours.items():
            setattr(os, name, function)
        io.open = self._open
        try:
            yield
        finally:
            for name in ours:
                setattr(os, name, self._real[name])
            io.open = self._real["io.open"]  # type: ignore[assignment]

    def end_process(self) -> None:
        """Close what a dead process held open; what it had in its own buffers is gone."""
        for opened in self._opened:
            with suppress(OSError, ValueError):
                io.FileIO.close(opened) if isinstance(opened, _Raw) else opened.close()
        self._opened.clear()

    def cut_power(self) -> None:
        """Leave of the files what the disk keeps, by chance, of all that was not fsynced."""
        self.end_process()
        kept: list[tuple[str, bytes | None]] = []
        self._survive(self.root, kept)
        for left in Path(self.root).iterdir():
            shutil.rmtree(left)
        self._files, self._folders = {}, {self.root: _Folder()}
        for path, content in kept:
            if content is None:
                self._real["mkdir"](path)
                self._folders[path] = _Folder()
                self._parent(path).durable[Path(path).name] = path
                continue
            handle = self._real["open"](path, os.O_CREAT | os.O_WRONLY)
            os.write(handle, content)
            inode = os.fstat(handle).st_ino
            os.close(handle)
            self._files[inode] = _File(durable=content)
            self._parent(path).durable[Path(path).name] = inode

    def sync_all(self, path: Path) -> None:
        """Put everything on the disk, as syncfs(2) does."""
        del path
        self.steps.step()
        for file in self._files.values():
            file.durable, file.pending = _applied(file.durable, file.pending), []
        for folder in self._folders.values():
            folder.durable, folder.pending = _entries(folder), []

    def write(self, inode: int, offset: int, content: bytes) -> int:
        """Note bytes about to be written; return how many the disk takes, where a kill or a full disk cuts them off."""
        taken = len(content)
        if self.full_in is not None:
            self.full_in -= 1
            if self.full_in == 1:
                taken = self.chance.randrange(1, taken + 1)
            if self.full_in <= 0:
                self.full_in = None
                raise OSError(errno.ENOSPC, "No space left on device")
        try:
            self.steps.step()
        except Killed:
            taken = self.chance.randrange(len(content) + 1)
        if taken:
            self._file(inode).pending.append((offset, content[:taken]))
        return taken

    def change_byte(self, path: Path, at: int, to: int | None = None) -> None:
        """Let the disk give another byte back than was written there; all that it was given is on it by now."""
        content = bytearray(path.read_bytes())
        if content:
            content[at] = content[at] ^ 1 << at % 8 if to is None else to
            with self._real["io.open"](path, "r+b") as stream:
                stream.write(content)
            self._files[path.stat().st_ino] = _File(durable=bytes(content))

    def resize(self, inode: int, size: int) -> None:
        """Note that a file is cut or grown."""
        self.steps.step()
        self._file(inode).pending.append((size, None))

    def _open(self, file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **said: Any) -> Any:
        path = os.fspath(file) if isinstance(file, str | os.PathLike) else ""
        if not self._inside(path) or not set(mode) & set("wxa+") or path.endswith("/lock"):
            opened = self._real["io.open"](file, mode, buffering, *rest, **said)
            if path.startswith(self.around):
                self._opened.append(opened)
            return opened
        raw = _Raw(self, path, mode.replace("b", "").replace("t", ""))
        self._opened.append(raw)
        if buffering == 0:
            return raw
        buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding="utf-8")

    def opening(self, path: str, mode: str) -> Callable[[int], None]:
        """Take the step of opening a file; return what is to be told its inode once it is open."""
        there = Path(path).exists()
        self.steps.step()

        def opened(inode: int) -> None:
            if not there:
                self._files[inode] = _File()
                self._parent(path).pending.append(((Path(path).name, inode),))
            elif "w" in mode:
                self._file(inode).pending.append((0, None))

        return opened

    def _os_open(self, path: Any, flags: int, *rest: Any, **said: Any) -> int:
        creates = self._inside(os.fspath(path)) and flags & os.O_CREAT and not Path(path).exists()
        opened = self.opening(os.fspath(path), "a") if creates else None
        handle: int = self._real["open"](path, flags, *rest, **said)
        if opened:
            opened(os.fstat(handle).st_ino)
        return handle

    def _fsync(self, handle: int) -> None:
        self.steps.step()
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            folder = self._folders.get(str(Path(f"/proc/self/fd/{handle}").readlink()))
            if folder is not None:
                folder.durable, folder.pending = _entries(folder), []
        elif found.st_ino in self._files:
            file = self._files[found.st_ino]
            file.durable, file.pending = _applied(file.durable, file.pending), []

    def _unlink(self, path: Any, **said: Any) -> None:
        self._step_at(path)
        self._real["unlink"](path, **said)
        if self._inside(os.fspath(path)):
            self._parent(os.fspath(path)).pending.append(((Path(path).name, None),))

    def _rename(self, source: Any, target: Any, **said: Any) -> None:
        self._step_at(target)
        self._real["replace"](source, target, **said)
        if self._inside(os.fspath(target)):
            inode, old, new = Path(target).stat().st_ino, Path(source), Path(target)
            if old.parent == new.parent:
                self._parent(str(new)).pending.append(((old.name, None), (new.name, inode)))
            else:
                self._parent(str(new)).pending.append(((new.name, inode),))
                self._parent(str(old)).pending.append(((old.name, None),))

    def _link(self, source: Any, target: Any, **said: Any) -> None:
        self._step_at(target)
        self._real["link"](source, target, **said)
        if self._inside(os.fspath(target)):
            self._parent(os.fspath(target)).pending.append(((Path(target).name, Path(target).stat().st_ino),))

    def _mkdir(self, path: Any, *rest: Any, **said: Any) -> None:
        self._step_at(path)
        self._real["mkdir"](path, *rest, **said)
        if self._inside(os.fspath(path)):
            self._folders[os.fspath(path)] = _Folder()
            self._parent(os.fspath(path)).pending.append(((Path(path).name, os.fspath(path)),))

    def _rmdir(self, path: Any, **said: Any) -> None:
        self._step_at(path)
        self._real["rmdir"](path, **said)
        if self._inside(os.fspath(path)):
            self._parent(os.fspath(path)).pending.append(((Path(path).name, None),))

    def _truncate(self, path: Any, length: int) -> None:
        if isinstance(path, str | os.PathLike) and self._inside(os.fspath(path)):
            self.resize(Path(path).stat().st_ino, length)
        self._real["truncate"](path, length)

    def _step_at(self, path: Any) -> None:
        if os.fspath(path).startswith(self.around):
            self.steps.step()

    def _inside(self, path: str) -> bool:
        return path.startswith(f"{self.root}/")

    def _file(self, inode: int) -> _File:
        return self._files.setdefault(inode, _File())

    def _parent(self, path: str) -> _Folder:
        return self._folders.setdefault(str(Path(path).parent), _Folder())

    def _survive(self, path: str, kept: list[tuple[str, bytes | None]]) -> None:
        """Add what lies in a directory after the cut: an inode number names a file, a path a directory."""
        folder = self._folders.get(path, _Folder())
        lasting = self.chance.randrange(len(folder.pending) + 1)
        for name, named in _entries(_Folder(folder.durable, folder.pending[:lasting])).items():
            if isinstance(named, str):
                kept.append((f"{path}/{name}", None))
                self._survive(named, kept)
            else:
                kept.append((f"{path}/{name}", self._left(self._files[named])))

    def _left(self, file: _File) -> bytes:
        """Return a file's content after the cut: each write since its last fsync is kept, lost or torn."""
        fate = self.chance.choice(("lost", "kept", "prefix", "any"))
        if fate in ("lost", "kept"):
            return _applied(file.durable, file.pending if fate == "kept" else [])
        lasting = file.pending[: self.chance.randrange(len(file.pending) + 1)] if fate == "prefix" else file.pending
        changes = [self._torn(change) for change in lasting] if fate == "any" else lasting[:-1]
        return _applied(file.durable, [*changes, *map(self._torn, lasting[-1:] if fate == "prefix" else ())])

    def _torn(self, change: _Change) -> _Change:
        at, content = change
        if content is None:
            return change
        return at, self.chance.choice((content, content[: self.chance.randrange(len(content) + 1)], b""))


class _Raw(io.FileIO):
    """An open file of the disk. When its process is dead, what is still flushed to it goes nowhere."""

    def __init__(self, disk: Disk, path: str, mode: str) -> None:
        self._disk = disk
        opened = disk.opening(path, mode)
        super().__init__(path, mode)
        self._inode = os.fstat(self.fileno()).st_ino
        opened(self._inode)
        self._appends = "a" in mode

    def write(self, content: Any) -> int:
        if self._disk.steps.dead:
            return len(content)
        whole = bytes(content)
        offset = os.fstat(self.fileno()).st_size if self._appends else self.tell()
        taken = self._disk.write(self._inode, offset, whole)
        super().write(whole[:taken])
        if self._disk.steps.dead:
            raise Killed
        return taken

    def truncate(self, size: int | None = None) -> int:
        size = self.tell() if size is None else size
        self._disk.resize(self._inode, size)
        return super().truncate(size)


def _applied(content: bytes, changes: list[_Change]) -> bytes:
    """Return the content after these changes; where something is written beyond its end, zeros lie between."""
    now = bytearray(content)
    for at, written in changes:
        if written is None:
            del now[at:]
            now.extend(bytes(at - len(now)))
        elif written:
            now.extend(bytes(max(at - len(now), 0)))
            now[at : at + len(written)] = written
    return bytes(now)


def _entries(folder: _Folder) -> dict[str, Any]:
    entries = dict(folder.durable)
    for change in folder.pending:
        for name, named in change:
            if named is None:
                entries.pop(name, None)
            else:
                entries[name] = named
    return entries
