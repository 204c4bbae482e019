"""Files that appear whole or not at all: written aside, put in place at the end, over nothing but an export."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from news.errors import StopPressError, StoreUnavailable
from storage.catalogue.addresses import file_of, on_server

if TYPE_CHECKING:
    from storage.config import Config

Recognised = Callable[[Path], bool]
"""Whether a folder holds an earlier export and nothing else."""

_ANOTHER = "name another with --output"


class OutputTaken(StopPressError):
    """Something lies where the export was to go that it must not take the place of (exit status 2)."""


def check_apart(path: Path, config: Config) -> None:
    """Raise `OutputTaken` for a place that is, holds or lies in what the archive is made of."""
    place = _real(path)
    for what, own, whole in _own(config):
        if place == own:
            raise OutputTaken(f"{path} is {what}: {_ANOTHER}")
        if own.is_relative_to(place):
            raise OutputTaken(f"{path} holds {what}: {_ANOTHER}")
        if whole and place.is_relative_to(own):
            raise OutputTaken(f"{path} lies in {what}: {_ANOTHER}")


def _own(config: Config) -> Iterator[tuple[str, Path, bool]]:
    """Yield what must stay as it is: what it is called, where it lies, and whether all that lies in it is meant too."""
    said = config.archive
    if "://" not in said.store:
        yield "the archive's store", _real(Path(said.store)), True
    yield "the archive's spool", _real(Path(said.spool)), True
    if not on_server(said.catalogue):
        file = _real(file_of(said.catalogue))
        for ending in ("", "-wal", "-shm", "-journal"):  # the files that SQLite keeps beside it
            yield "the archive's catalogue", file.with_name(file.name + ending), False
    yield "the archive's key", _real(config.key_file), False
    if config.file is not None:
        yield "the archive's configuration", _real(config.file), False
    yield "the folder that you are in", _real(Path()), False


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a link that leads to itself


@contextmanager
def file_aside(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give a file to write to, which stands at `path` once all went well; raises `OutputTaken`, `StoreUnavailable`."""
    if path.exists() and not path.is_file():
        raise OutputTaken(f"{path} is no file: {_ANOTHER}")
    with _aside(path, force=force) as beside:
        with beside.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if force:
            beside.replace(path)
        else:
            _link(beside, path)


@contextmanager
def folder_aside(path: Path, *, force: bool, recognised: Recognised) -> Iterator[Path]:
    """Give a folder to fill, which stands at `path` once all went well; with `force` it takes an earlier one's place.

    What is there must be `recognised`, or empty: else `OutputTaken` is raised, and it stays.
    """
    _check_replaceable(path, recognised)
    with _aside(path, force=force) as beside:
        beside.mkdir()
        yield beside
        _check_replaceable(path, recognised)  # it may have been filled meanwhile
        _put(beside, path)


def _check_replaceable(path: Path, recognised: Recognised) -> None:
    if os.path.lexists(path) and not path.is_dir():
        raise OutputTaken(f"{path} is no folder: {_ANOTHER}")
    if path.is_dir() and any(path.iterdir()) and not recognised(path):
        raise OutputTaken(
            f"{path} holds other things already, and --force replaces nothing but an earlier export of this format: "
            f"{_ANOTHER}"
        )


def _put(beside: Path, path: Path) -> None:
    """Put a folder in the place of an earlier one, which is there again where that can't be done."""
    path, old = _real(path), path.with_name(f".{path.name}.old-{os.getpid()}")
    earlier = path.exists()
    if earlier:
        path.rename(old)
    try:
        beside.rename(path)
    except OSError:
        if earlier:
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _aside(path: Path, *, force: bool) -> Iterator[Path]:
    _check_free(path, force=force)
    beside = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
    except OSError as error:
        raise StoreUnavailable(f"{path} can't be written: {error.strerror or error}; nothing was put there") from error
    finally:
        if beside.is_dir():
            shutil.rmtree(beside, ignore_errors=True)
        else:
            beside.unlink(missing_ok=True)


def _check_free(path: Path, *, force: bool) -> None:
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() and not force:
        raise OutputTaken(f"{path} is there already: {_ANOTHER}, or replace it with --force")


def _link(beside: Path, path: Path) -> None:
    """Put the file in place unless another came there meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise OutputTaken(f"{path} came to be there meanwhile: {_ANOTHER}") from None
    except OSError:  # a file system without hard links
        _check_free(path, force=False)
        beside.rename(path)
