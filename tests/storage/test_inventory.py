"""What a check must know of a whole archive is kept in a file and comes back as it was put in."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest

from news.errors import ObjectMissing, StoreUnavailable
from storage.catalogue.opening import Row
from storage.objects import MemoryStore, Stored, put_bytes
from storage.verify import index, inventory
from storage.verify.contents import TOGETHER, contents
from storage.verify.inventory import Inventory
from storage.verify.manifests import Manifest, Proved
from storage.verify.reports import Chained
from storage.verify.versions import version_findings

IDS = ("0a", "0b", "1a", "ff")
REVISIONS = [f"articles/gazette/{name}/20260105T100000.000000Z-{name * 16}.json" for name in IDS]
STEM = "warc/gazette/2026/01/05/gazette-20260105100000-1-host"


@pytest.fixture
def noted() -> Iterator[Inventory]:
    with Inventory.opened() as inventory:
        yield inventory


def manifest(*objects: Proved, key: str = f"{STEM}.manifest.json") -> Manifest:
    return Manifest(
        key=key,
        digest="sha256:ab",
        site="gazette",
        segment=key.rpartition("/")[2].partition(".")[0],
        sealed="2026-01-05T11:00:00.000000Z",
        previous=None,
        objects=objects,
        size=sum(item.size for item in objects),
        captures=0,
        looks=0,
    )


def test_a_manifest_is_given_back_with_what_it_lists(noted: Inventory) -> None:
    whole = manifest(Proved(key=f"{STEM}.warc.gz", sha256="sha256:00", size=2**70), Proved(key="é", sha256="", size=0))
    held = noted.enter(whole)
    assert (held.objects, held.size) == ((), 2**70)
    assert noted.whole(held) == whole


def test_strays_are_what_no_manifest_lists(noted: Inventory) -> None:
    noted.enter(manifest(*(Proved(key=key, sha256="sha256:00", size=1) for key in REVISIONS[1:])))
    odd = "warc/no text \udcff"
    noted.see(Stored(key=key, size=1) for key in (*REVISIONS, f"{STEM}.manifest.json", odd, "warc/other.tsr"))
    assert list(noted.strays()) == [REVISIONS[0], odd, "warc/other.tsr"]
    assert noted.keys(".tsr") == ["warc/other.tsr"]
    assert odd in noted
    assert f"{STEM}.warc.gz" not in noted


def test_chains_come_article_by_article_with_the_keys_that_the_store_has(noted: Inventory) -> None:
    first = Chained(key="articles/a/1/1-x.json", digest="sha256:x", article="a/1", reader="r/1", previous=None)
    second = Chained(key="articles/a/1/2-y.json", digest="sha256:y", article="a/1", reader="r/1", previous="sha256:x")
    other = Chained(
        key="articles/a/10/1-z.json", digest="sha256:z", article="a/10", reader="r/1", previous=None, relaid=True
    )
    noted.see(Stored(key=one.key, size=1) for one in (first, other))
    noted.chain([second, other])
    noted.chain([first])
    assert list(noted.chains()) == [([first, second], {first.key}), ([other], set())]


@pytest.mark.parametrize(
    ("held", "shelves"),
    [
        (10, ["articles/gazette/", "stoppress.json", "warc/gazette/2026/01/"]),
        (
            3,
            [
                "articles/gazette/0",
                "articles/gazette/1",
                "articles/gazette/f",
                "stoppress.json",
                "warc/gazette/2026/01/",
            ],
        ),
    ],
)
def test_what_is_kept_of_versions_comes_shelf_by_shelf(
    noted: Inventory, monkeypatch: pytest.MonkeyPatch, held: int, shelves: list[str]
) -> None:
    monkeypatch.setattr(inventory, "SHELF", held)
    versions = {key: f"v{key}" for key in (*REVISIONS, f"{STEM}.warc.gz", f"{STEM}.cdxj", "stoppress.json")}
    noted.note_versions(versions.items())
    found = dict(noted.versions())
    assert list(found) == shelves
    assert {key: version for shelf in found.values() for key, version in shelf.items()} == versions
    assert all(key.startswith(shelf) for shelf, keys in found.items() for key in keys)


def test_versions_of_a_long_catalogue_are_held_against_the_bucket(
    noted: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "SHELF", 1)
    monkeypatch.setattr(index, "PAGE", 2)
    store = MemoryStore()
    put = {key: store.put(key, BytesIO(key.encode())).version for key in (*REVISIONS, "stoppress.json")}
    known: list[Row] = [{"key": key, "version": version} for key, version in sorted(put.items())]

    def rows(asked: str, /, **said: object) -> list[Row]:
        if "FROM segments" in asked:
            return []
        assert asked.endswith("LIMIT :most")
        return [row for row in known if str(row["key"]) > str(said["after"])][: int(str(said["most"]))]

    assert list(version_findings(rows, store, noted, [])) == []
    store.replace(REVISIONS[1], BytesIO(b"other"))
    store.delete(REVISIONS[3])
    found = [
        (finding.object, finding.problem.partition(" behind")[0])
        for finding in version_findings(rows, store, noted, [])
    ]
    assert found == [(REVISIONS[1], "overwritten"), (REVISIONS[3], "deleted")]


def test_many_small_objects_come_in_order_and_missing_ones_as_what_is_said_of_them() -> None:
    store, keys = MemoryStore(), [f"a/{number:03}" for number in range(TOGETHER + 9)]
    for key in keys[:-1]:
        put_bytes(store, key, key.encode())
    *found, missing = contents(store, keys)
    assert found == [key.encode() for key in keys[:-1]]
    assert isinstance(missing, ObjectMissing)


def test_a_full_disk_says_what_to_do() -> None:
    def fill() -> None:
        with Inventory.opened() as noted:
            noted._file.execute("PRAGMA max_page_count = 10")
            noted.see(Stored(key=f"articles/{number}", size=1) for number in range(10_000))

    with pytest.raises(StoreUnavailable, match="TMPDIR"):
        fill()
