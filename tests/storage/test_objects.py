"""What every store does alike: in memory, in a directory, and in buckets of several services, over http and https."""

from __future__ import annotations

import io
import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from news.errors import ObjectCorrupt, ObjectMissing, StoreError
from storage.objects import Store, get_bytes, put_bytes
from tests.storage.stores import KINDS, Place, place

KEY = "articles/gazette/0a1b/20260302T090000.000000Z-00ff.json"
MEGABYTE = 1 << 20


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with place(request.param, tmp_path, monkeypatch, multipart_megabytes=5) as found:
        yield found


@pytest.fixture
def store(kept: Place) -> Store:
    return kept.store


def test_what_was_put_is_there(store: Store) -> None:
    stored = put_bytes(store, KEY, b"the ferry sails")
    assert (stored.key, stored.size) == (KEY, 15)
    assert get_bytes(store, KEY) == b"the ferry sails"
    assert [(item.key, item.size) for item in store.list("")] == [(KEY, 15)]


def test_nothing_is_an_object_too(store: Store) -> None:
    put_bytes(store, KEY, b"")
    assert get_bytes(store, KEY) == b""
    assert store.read_range(KEY, 0, 0) == b""
    with pytest.raises(ObjectCorrupt):
        store.read_range(KEY, 0, 1)


def test_the_same_bytes_again_change_nothing(store: Store) -> None:
    first = put_bytes(store, KEY, b"the ferry sails")
    assert put_bytes(store, KEY, b"the ferry sails") == first
    assert len(store.versions(KEY)) <= 1


@pytest.mark.parametrize("other", [b"the ferry stays", b"the ferry", b""])
def test_other_bytes_under_a_key_that_is_taken_are_refused(store: Store, other: bytes) -> None:
    put_bytes(store, KEY, b"the ferry sails")
    with pytest.raises(ObjectCorrupt, match=r"other bytes.*nothing was overwritten"):
        put_bytes(store, KEY, other)
    assert get_bytes(store, KEY) == b"the ferry sails"
    assert len(store.versions(KEY)) <= 1


def test_only_what_the_stream_still_holds_is_put(store: Store) -> None:
    stream = io.BytesIO(b"skipped the ferry sails")
    stream.seek(8)
    assert store.put(KEY, stream).size == 15
    assert get_bytes(store, KEY) == b"the ferry sails"


def test_what_is_not_there_is_missing(store: Store) -> None:
    for ask in (store.open, lambda key: store.read_range(key, 0, 1), lambda key: store.bring_back(key, "v0")):
        with pytest.raises(ObjectMissing):
            ask("warc/gazette/none.warc.gz")
    assert list(store.list("warc/")) == []
    assert store.versions("warc/gazette/none.warc.gz") == ()


def test_a_key_that_some_service_could_not_hold_is_none(store: Store) -> None:
    for key in ("", "/a", "a/", "a//b", "../a", "a/./b", f"a/{'x' * 256}", "a\0b"):
        with pytest.raises(ObjectMissing):
            put_bytes(store, key, b"x")
        with pytest.raises(ObjectMissing):
            store.open(key)
    assert list(store.list("")) == []


def test_a_range_is_what_lies_there(store: Store) -> None:
    put_bytes(store, KEY, b"0123456789")
    assert store.read_range(KEY, 0, 1) == b"0"
    assert store.read_range(KEY, 3, 4) == b"3456"
    assert store.read_range(KEY, 9, 1) == b"9"
    for offset, length in ((5, 6), (10, 1), (50, 2)):
        with pytest.raises(ObjectCorrupt, match="ends before byte"):
            store.read_range(KEY, offset, length)


def test_a_stream_can_seek(store: Store) -> None:
    put_bytes(store, KEY, bytes(range(256)) * 4096)
    with store.open(KEY) as stream:
        assert stream.read(2) == b"\0\1"
        assert stream.seek(700_001) == 700_001
        assert stream.read(3) == bytes([(700_001 + step) % 256 for step in range(3)])
        assert stream.seek(-2, io.SEEK_END) == MEGABYTE - 2
        assert stream.read() == b"\xfe\xff"
        assert stream.read() == b""
        stream.seek(0)
        assert sha256(stream.read()).digest() == sha256(bytes(range(256)) * 4096).digest()


def test_a_list_is_sorted_and_whole_whatever_lies_across_its_slashes(store: Store) -> None:
    store.page = 2  # type: ignore[attr-defined]  # of no account to stores that know no pages
    keys = [
        "w/lbc/1/a",
        "w/lbc/1/a-1",
        "w/lbc-two/1/a",
        "w/lbc.x/3",
        "w/m",
        "w/lbc/2",
        "w/A",
        "w/ä b+c%20&d",
        "v",
        "w0",
    ]
    for key in keys:
        put_bytes(store, key, key.encode())
    inside = sorted(key for key in keys if key.startswith("w/"))
    assert [item.key for item in store.list("w/")] == inside
    assert [item.key for item in store.current("w/")] == inside
    assert [item.key for item in store.list("")] == sorted(keys)
    assert [item.key for item in store.list("w/lbc")] == [key for key in inside if key.startswith("w/lbc")]
    assert [item.key for item in store.list("w/lbc/1/a")] == ["w/lbc/1/a", "w/lbc/1/a-1"]
    for key in keys:
        assert get_bytes(store, key) == key.encode()


def test_many_small_objects_go_in_together(store: Store) -> None:
    objects = [(f"articles/gazette/{number % 7}/{number}.json", b"%d" % number) for number in range(40)]
    assert [(item.key, item.size) for item in store.put_all(iter(objects))] == [(key, len(it)) for key, it in objects]
    assert store.put_all(objects) == list(store.put_all(objects))
    assert {item.key for item in store.list("articles/")} == {key for key, _ in objects}
    assert list(store.get_all(key for key, _ in objects)) == [content for _, content in objects]
    with pytest.raises(ObjectMissing):
        list(store.get_all(["none"]))
    assert store.put_all([]) == []


@pytest.mark.parametrize("many", [4, 30])
def test_what_can_not_go_in_is_told_key_by_key_and_keeps_nothing_else_back(store: Store, many: int) -> None:
    put_bytes(store, "a/1", b"other")
    objects = [(f"a/{number}", b"%d" % number) for number in range(many)]
    with pytest.raises(ObjectCorrupt, match=f"1 of {many} objects") as told:
        store.put_all(objects)
    failures: dict[str, StoreError] = told.value.failures  # type: ignore[attr-defined]
    assert list(failures) == ["a/1"]
    assert "a/1" in str(failures["a/1"])
    assert get_bytes(store, "a/1") == b"other"
    assert len(list(store.list("a/"))) == many


def test_of_those_who_put_one_key_at_once_one_wins_and_the_others_know(store: Store) -> None:
    def attempt(number: int) -> bytes | None:
        try:
            put_bytes(store, KEY, b"%d" % number)
        except ObjectCorrupt:
            return None
        return b"%d" % number

    with ThreadPoolExecutor(6) as pool:
        won = [content for content in pool.map(attempt, range(6)) if content is not None]
    assert won == [get_bytes(store, KEY)]


def test_a_large_object_is_put_in_parts_and_once(store: Store) -> None:
    large = sha256(b"ferry").digest() * (11 * MEGABYTE // 32) + b"end"
    first = put_bytes(store, "warc/large", large)
    assert put_bytes(store, "warc/large", large) == first
    with store.open("warc/large") as stream:
        assert sha256(stream.read()).digest() == sha256(large).digest()
    assert store.read_range("warc/large", len(large) - 5, 5) == large[-5:]
    with pytest.raises(ObjectCorrupt):
        put_bytes(store, "warc/large", large[:-1] + b"!")
    assert len(store.versions("warc/large")) <= 1


def read_elsewhere(pickled: bytes, key: str) -> bytes:
    return get_bytes(pickle.loads(pickled), key)


def test_a_store_goes_to_another_process(store: Store) -> None:
    put_bytes(store, KEY, b"the ferry sails")
    pickled = pickle.dumps(store)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(read_elsewhere, (pickled, KEY)) == b"the ferry sails"


def test_what_was_overwritten_or_deleted_is_still_there_as_a_version(kept: Place) -> None:
    store = kept.store
    stored = put_bytes(store, KEY, b"right")
    kept.overwrite(KEY, b"wrong")
    if not kept.keeps_versions:
        assert store.versions(KEY) == ()
        assert stored.version is None
        return
    assert stored.version is not None
    assert next(store.current("articles/")).version != stored.version
    kept.delete(KEY)
    with pytest.raises(ObjectMissing):
        store.open(KEY)
    states = store.versions(KEY)
    assert [(state.deleted, state.latest) for state in states] == [(True, True), (False, False), (False, False)]
    assert states[-1].version == stored.version
    with store.open(KEY, version=stored.version) as stream:
        assert stream.read() == b"right"
    again = store.bring_back(KEY, stored.version)
    assert get_bytes(store, KEY) == b"right"
    assert again.version == next(store.current("articles/")).version
    assert len(store.versions(KEY)) == 4


def test_a_replacement_keeps_what_was_wrong(kept: Place) -> None:
    store = kept.store
    put_bytes(store, KEY, b"right")
    kept.overwrite(KEY, b"wrong")
    store.replace(KEY, io.BytesIO(b"right"))
    assert get_bytes(store, KEY) == b"right"
    if kept.keeps_versions:
        assert [state.size for state in store.versions(KEY)] == [5, 5, 5]
    else:
        (aside,) = store.list("damaged/")
        assert get_bytes(store, aside.key) == b"wrong"
    kept.delete(KEY)
    store.replace(KEY, io.BytesIO(b"right"))
    assert get_bytes(store, KEY) == b"right"


@pytest.mark.parametrize("content", [b"right", b"other"])
def test_a_key_that_was_deleted_is_free(kept: Place, content: bytes) -> None:
    put_bytes(kept.store, KEY, b"right")
    kept.delete(KEY)
    put_bytes(kept.store, KEY, content)
    assert get_bytes(kept.store, KEY) == content


def test_preparing_again_finds_all_done(store: Store) -> None:
    put_bytes(store, KEY, b"the ferry sails")
    prepared = store.prepare()
    assert prepared.done == ()
    assert prepared.warnings == ()
    assert store.warnings() == ()
    assert [item.key for item in store.list("")] == [KEY]
