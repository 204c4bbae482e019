"""Files that appear whole or not at all: written aside, put in place at the end, never over another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from news.errors import StopPressError, StoreUnavailable


class OutputTaken(StopPressError):
    """Something lies already where the export was to go (exit status 2)."""


@contextmanager
def file_aside(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give a file to write to, which stands at `path` once all went well; raises `OutputTaken`, `StoreUnavailable`."""
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
def folder_aside(path: Path, *, force: bool) -> Iterator[Path]:
    """Give a folder to fill, which stands at `path` once all went well; with `force` it takes an old one's place."""
    with _aside(path, force=force) as beside:
        beside.mkdir()
        yield beside
        old = path.with_name(f".{path.name}.old-{os.getpid()}")
        if path.is_dir() and any(path.iterdir()):
            path.rename(old)
        beside.rename(path)
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
        raise OutputTaken(f"{path} is there already: name another with --output, or replace it with --force")


def _link(beside: Path, path: Path) -> None:
    """Put the file in place unless another came there meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise OutputTaken(f"{path} came to be there meanwhile: name another with --output") from None
    except OSError:  # a file system without hard links
        _check_free(path, force=False)
        beside.rename(path)
