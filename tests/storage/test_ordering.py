"""Listings come sorted, each name once, whether they fit into memory or go by way of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.objects import DirectoryStore, ordering, put_bytes
from storage.objects.ordering import in_order

ENTRIES = st.lists(st.tuples(st.text(max_size=4), st.integers(0, 9)), max_size=12)


@given(ENTRIES)
def test_long_listings_are_sorted_as_short_ones_are(entries: list[tuple[str, int]]) -> None:
    assert list(ordering._sorted_on_disk(entries)) == list(in_order(entries)) == sorted(dict(entries).items())


@given(ENTRIES)
def test_a_listing_longer_than_what_is_held_loses_nothing(entries: list[tuple[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ordering, "HELD", 3)
        assert list(in_order(iter(entries))) == sorted(dict(entries).items())


def test_a_name_that_is_no_text_keeps_its_bytes() -> None:
    assert list(ordering._sorted_on_disk([("b\udcff", 1), ("a", 2)])) == [("a", 2), ("b\udcff", 1)]


def test_a_directory_is_listed_by_whole_keys_not_by_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`a-b` sorts before what lies in `a`, since `-` sorts before the slash."""
    store, keys = DirectoryStore(tmp_path), ["a-b", "a.b/c", "a/b", "a/b-c/d", "a/b/c.d", "a0", "b/a"]
    for key in keys:
        if key != "a/b":
            put_bytes(store, key, b"x" * len(key))
    monkeypatch.setattr(ordering, "HELD", 1)
    assert [(item.key, item.size) for item in store.list("")] == [(key, len(key)) for key in keys if key != "a/b"]
    assert [item.key for item in store.list("a/b")] == ["a/b-c/d", "a/b/c.d"]
    assert [item.key for item in store.list("a")] == [key for key in keys if key[0] == "a" and key != "a/b"]
    assert list(store.list("c/")) == []


def test_links_to_folders_and_unfinished_puts_are_not_listed(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "store")
    put_bytes(store, "a/b", b"")
    (tmp_path / "store" / "loop").symlink_to(tmp_path / "store")
    (tmp_path / "store" / "a" / ".part-1").write_bytes(b"")
    assert [item.key for item in store.list("")] == ["a/b"]
