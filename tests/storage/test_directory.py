"""A store in a directory on disks that fail or are away: what can't be read is never taken for empty."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from news.errors import StoreUnavailable
from storage.objects import DirectoryStore, directory, get_bytes, put_bytes

KEY = "warc/gazette/2026/03/02/gazette-1.cdxj"
OTHER = "warc/gazette/2025/03/02/gazette-0.cdxj"


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "archive")
    for key in (KEY, OTHER):
        put_bytes(store, key, key.encode())
    return store


def failing(real: Callable[..., Any], where: str, number: int) -> Callable[..., Any]:
    """Stand for a call of the system's that fails for this path alone."""

    def call(path: Any, *rest: Any, **said: Any) -> Any:
        if str(path).rstrip("/").endswith(where):
            raise OSError(number, os.strerror(number))
        return real(path, *rest, **said)

    return call


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE])
def test_a_folder_that_can_not_be_read_is_named_and_not_taken_for_empty(
    store: DirectoryStore, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "scandir", failing(os.scandir, "warc/gazette/2026", number))
    with pytest.raises(StoreUnavailable, match="warc/gazette/2026 can't be read"):
        list(store.list("warc/"))


def test_a_years_folder_on_another_disk_is_listed_through_its_link(store: DirectoryStore, tmp_path: Path) -> None:
    year = store.root / "warc" / "gazette" / "2026"
    shutil.move(year, tmp_path / "disk")
    year.symlink_to(tmp_path / "disk")
    assert [item.key for item in store.list("warc/")] == [OTHER, KEY]
    put_bytes(store, KEY.replace("-1.", "-2."), b"more")
    assert len(list(store.list("warc/gazette/2026/"))) == 2


def test_a_years_folder_whose_disk_is_not_mounted_is_not_taken_for_empty(store: DirectoryStore, tmp_path: Path) -> None:
    year = store.root / "warc" / "gazette" / "2026"
    shutil.rmtree(year)
    year.symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreUnavailable, match="2026 is a link to what is not there"):
        list(store.list("warc/"))


def test_links_that_lead_round_in_a_circle_are_gone_through_once(store: DirectoryStore) -> None:
    (store.root / "warc" / "round").symlink_to(store.root)
    (store.root / "warc" / "gazette" / "back").symlink_to(store.root / "warc" / "gazette")
    assert [item.key for item in store.list("warc/")] == [OTHER, KEY]


def test_an_object_that_its_disk_does_not_give_is_named(store: DirectoryStore) -> None:
    place = store.root / KEY
    place.unlink()
    place.symlink_to("/proc/self/mem")  # its first byte can't be read: EIO
    with pytest.raises(StoreUnavailable, match=f"{KEY}: Input/output error"):
        get_bytes(store, KEY)


def test_a_disk_that_fails_to_keep_a_name_fails_the_put(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def sync(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").resolve().is_dir():
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(StoreUnavailable, match="Input/output error"):
        put_bytes(store, KEY.replace("-1.", "-2."), b"x")


def test_a_put_that_failed_half_way_up_goes_all_the_way_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, synced = DirectoryStore(tmp_path / "archive"), list[Path]()

    def sync(folder: Path) -> None:
        synced.append(folder)
        if len(synced) == 3:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(directory, "_fsync_directory", sync)
    with pytest.raises(StoreUnavailable):
        put_bytes(store, KEY, b"x")
    synced.clear()
    synced += [tmp_path] * 3  # the disk is well again
    put_bytes(store, KEY, b"x")
    assert {store.root / "warc" / "gazette", store.root / "warc", store.root} <= set(synced)


def test_a_file_system_that_syncs_no_folders_takes_puts_all_the_same(
    store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def sync(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").resolve().is_dir():
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    assert put_bytes(store, KEY.replace("-1.", "-2."), b"x").size == 1
