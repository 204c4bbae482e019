"""What is overwritten or deleted behind our back is found, named, and brought back; nothing is lost on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from news.errors import ObjectCorrupt, ObjectMissing, StopPressError
from news.serial import canonical, digest_of
from storage.archive.access import ledger_of, open_reading
from storage.archive.founding import create
from storage.catalogue import opening
from storage.config import Config, load_config
from storage.objects import Store, get_bytes, open_store, put_bytes
from storage.rebuild import rebuild
from storage.restoring import Restored, restore
from storage.verify.whole import Places, verify
from tests.s3server import seaweed
from tests.storage.making import HOME, START, config_in, html, look, minutes, page, written
from tests.storage.stores import enter

WRONG = b'{"forged": true}'


@dataclass(frozen=True)
class Bucket:
    """A sealed archive in a bucket that keeps versions, and what its operator can do there."""

    config: Config
    name: str
    store: Store

    def keys(self, ending: str) -> list[str]:
        return [item.key for item in self.store.list("") if item.key.endswith(ending)]

    def overwrite(self, key: str, content: bytes = WRONG) -> None:
        seaweed().client().put_object(Bucket=self.name, Key=f"news/{key}", Body=content)

    def delete(self, key: str) -> None:
        seaweed().client().delete_object(Bucket=self.name, Key=f"news/{key}")

    def restore(self, key: str, **options: Any) -> Restored:
        return restore(self.store, self.config.archive.catalogue, key, **options)

    def places(self) -> Places:
        archive = self.config.archive
        return Places(
            store=self.store, catalogue=archive.catalogue, spool=Path(archive.spool), ledger=ledger_of(self.config)
        )

    def problems(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for finding in verify(self.places()).findings:
            found.setdefault(finding.object, []).append(finding.problem)
        return found

    def versions(self) -> dict[str, str]:
        with opening.reading(self.config.archive.catalogue) as rows:
            return {row["key"]: row["version"] for row in rows("SELECT key, version FROM versions")}


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    enter(seaweed(), monkeypatch)
    monkeypatch.chdir(tmp_path)
    name = seaweed().bucket()
    (tmp_path / "stoppress.toml").write_text(
        f"""
[archive]
store = "s3://{name}/news"
catalogue = "sqlite:///{tmp_path}/catalogue.db"
spool = "{tmp_path}/spool"
[s3]
endpoint_url = "{seaweed().endpoint}"
addressing_style = "path"
[sites.gazette]
home = "{HOME}"
timezone = "Europe/London"
allow_private_addresses = true
"""
    )
    config = load_config(tmp_path / "stoppress.toml", {})
    store = open_store(config.archive.store, config.s3)
    store.prepare()
    create(config, START)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html("The ferry this winter"), minutes(0))
        look(writer, page("pier"), html("The pier this winter"), minutes(1))
        writer.seal(minutes(2))
        look(writer, page("ferry"), html("The ferry this summer"), minutes(10))
        writer.seal(minutes(12))
    return Bucket(config, name, store)


def test_the_catalogue_knows_the_version_of_all_that_was_sealed(bucket: Bucket) -> None:
    now = {item.key: item.version for item in bucket.store.current("")}
    assert "stoppress.json" in now
    assert bucket.versions() == now
    assert len(now) > 10
    assert bucket.problems() == {}


def test_a_catalogue_built_anew_knows_them_as_well(bucket: Bucket) -> None:
    victim = bucket.keys(".cdxj")[0]
    right = get_bytes(bucket.store, victim)
    bucket.overwrite(victim)
    bucket.restore(victim)
    bucket.overwrite(bucket.keys(".warc.gz")[0])
    before = bucket.versions()
    assert get_bytes(bucket.store, victim) == right
    assert rebuild(bucket.places(), bucket.config).problems == []
    assert bucket.versions() == before


@pytest.mark.parametrize("ending", [".json", ".warc.gz", ".cdxj", ".jsonl.gz", ".manifest.json"])
def test_what_is_overwritten_is_named_and_brought_back(bucket: Bucket, ending: str) -> None:
    key = bucket.keys(ending)[0]
    right, states = get_bytes(bucket.store, key), len(bucket.store.versions(key))
    bucket.overwrite(key)
    assert any("overwritten behind our back" in problem for problem in bucket.problems()[key])
    planned = bucket.restore(key, dry_run=True)
    assert (planned.action, planned.was, planned.done) == ("bring-back", "wrong", False)
    assert get_bytes(bucket.store, key) == WRONG
    done = bucket.restore(key)
    assert (done.version, done.done) == (planned.version, True)
    assert get_bytes(bucket.store, key) == right
    assert len(bucket.store.versions(key)) == states + 2
    assert bucket.versions()[key] == done.now
    assert bucket.problems() == {}
    assert bucket.restore(key).action == "none"


def test_what_no_manifest_lists_is_known_by_its_first_version(bucket: Bucket) -> None:
    token = bucket.keys(".manifest.json")[0].replace(".json", ".witness.tsr")
    put_bytes(bucket.store, token, b"a token")
    assert rebuild(bucket.places(), bucket.config).problems == []
    create(bucket.config, minutes(30), new_key=True)
    (statement,) = [item.key for item in bucket.store.list("keys/")]
    assert {token, statement, "stoppress.json"} <= bucket.versions().keys()
    for key in (token, statement):
        right = get_bytes(bucket.store, key)
        bucket.overwrite(key)
        assert any("overwritten behind our back" in problem for problem in bucket.problems()[key])
        bucket.restore(key)
        assert get_bytes(bucket.store, key) == right
    before = bucket.versions()
    assert rebuild(bucket.places(), bucket.config).problems == []
    assert bucket.versions() == before


@pytest.mark.parametrize("ending", [".json", ".warc.gz", ".manifest.json"])
def test_what_is_deleted_is_named_and_brought_back(bucket: Bucket, ending: str) -> None:
    key = bucket.keys(ending)[-1]
    right = get_bytes(bucket.store, key)
    bucket.delete(key)
    assert any("deleted behind our back at 20" in problem for problem in bucket.problems()[key])
    assert bucket.restore(key).was == "missing"
    assert get_bytes(bucket.store, key) == right
    assert bucket.problems() == {}


def test_the_same_bytes_put_again_are_noticed_and_then_known(bucket: Bucket) -> None:
    key = bucket.keys(".cdxj")[0]
    bucket.overwrite(key, get_bytes(bucket.store, key))
    assert list(bucket.problems()) == [key]
    assert bucket.restore(key).action == "none"
    assert bucket.problems() == {}


def test_all_versions_gone_is_told_and_a_copy_is_taken_if_it_is_right(bucket: Bucket, tmp_path: Path) -> None:
    key = bucket.keys(".json")[0]
    copy = tmp_path / "copy"
    copy.write_bytes(get_bytes(bucket.store, key))
    for state in bucket.store.versions(key):
        seaweed().client().delete_object(Bucket=bucket.name, Key=f"news/{key}", VersionId=state.version)
    assert any("with all its versions" in problem for problem in bucket.problems()[key])
    with pytest.raises(ObjectMissing, match="--from FILE"):
        bucket.restore(key)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(WRONG)
    with pytest.raises(ObjectCorrupt, match=f"is not {key}"):
        bucket.restore(key, copy=wrong)
    assert bucket.restore(key, copy=copy).action == "replace"
    assert bucket.problems() == {}


def test_without_a_catalogue_the_store_proves_itself(bucket: Bucket) -> None:
    older, newer = bucket.keys(".manifest.json")
    segment = bucket.keys(".warc.gz")[0]
    Path(bucket.config.archive.catalogue.removeprefix("sqlite:///")).unlink()
    for key in (older, segment):
        right = get_bytes(bucket.store, key)
        bucket.overwrite(key)
        if key == older:
            with pytest.raises(ObjectMissing, match=f"manifest was changed: run `stoppress restore {older}` first"):
                bucket.restore(segment)
        assert bucket.restore(key).done
        assert get_bytes(bucket.store, key) == right
    right = get_bytes(bucket.store, newer)
    bucket.overwrite(newer)
    done = bucket.restore(newer)
    assert done.proof.by.startswith("its own signature, by sha256:")
    assert get_bytes(bucket.store, newer) == right


def sealed_twice(folder: Path) -> tuple[Config, list[Path]]:
    """An archive in a directory without a catalogue, and its two manifests."""
    config = config_in(folder)
    with written(config) as (_, writer):
        for at in (0, 10):
            look(writer, page("ferry"), html(f"The ferry at {at}"), minutes(at))
            writer.seal(minutes(at + 1))
    Path(config.archive.catalogue.removeprefix("sqlite:///")).unlink()
    return config, sorted(Path(config.archive.store).glob("warc/**/*.manifest.json"))


def forged_in(folder: Path, victim: Path) -> Path:
    """Put an unsigned manifest beside this one that names a forged one as the one before it; return the forged one."""
    row = json.loads(victim.read_bytes())
    copy = folder / "forged.json"
    copy.write_bytes(canonical({**row, "captures": 99, "key": None, "signature": None}))
    segment = row["segment"].replace("-00000-", "-00009-")
    previous = {"segment": row["segment"], "sha256": digest_of(copy.read_bytes())}
    named = {name: value for name, value in row.items() if name not in ("key", "signature")}
    after = {**named, "segment": segment, "previous": previous}
    victim.with_name(f"{segment}.manifest.json").write_bytes(canonical(after))
    return copy


def test_a_manifest_that_nobody_signed_proves_nothing_in_an_archive_with_a_key(tmp_path: Path) -> None:
    config, manifests = sealed_twice(tmp_path)
    store = open_store(config.archive.store, config.s3)
    for victim in manifests:
        right, key = victim.read_bytes(), victim.relative_to(config.archive.store).as_posix()
        forged = forged_in(tmp_path, victim)
        copy = tmp_path / "copy.json"
        copy.write_bytes(right)
        victim.write_bytes(forged.read_bytes())
        with pytest.raises((ObjectCorrupt, ObjectMissing)):
            restore(store, config.archive.catalogue, key, copy=forged)
        assert restore(store, config.archive.catalogue, key, copy=copy).done
        assert victim.read_bytes() == right


def test_an_unsigned_manifest_lends_its_list_no_weight_in_an_archive_with_a_key(tmp_path: Path) -> None:
    config, (_, newest) = sealed_twice(tmp_path)
    row = json.loads(newest.read_bytes())
    newest.write_bytes(canonical({name: value for name, value in row.items() if name not in ("key", "signature")}))
    (segment,) = [item["key"] for item in row["objects"] if item["key"].endswith(".warc.gz")]
    with pytest.raises(ObjectMissing, match="it is not signed with the archive's key"):
        restore(open_store(config.archive.store, config.s3), config.archive.catalogue, segment)


def test_without_any_key_a_restore_says_that_none_stands_for_its_proof(tmp_path: Path) -> None:
    config, (first, second) = sealed_twice(tmp_path)
    header = Path(config.archive.store, "stoppress.json")
    header.write_bytes(canonical({**json.loads(header.read_text()), "public_key": None}))
    store = open_store(config.archive.store, config.s3)
    for victim, segment in ((first, ""), (second, ".warc.gz")):
        key = victim.relative_to(config.archive.store).as_posix()
        key = key.replace(".manifest.json", segment) if segment else key
        assert restore(store, config.archive.catalogue, key).proof.by.endswith("though no key stands for that,")


def test_the_header_is_what_its_first_version_was(bucket: Bucket) -> None:
    right = get_bytes(bucket.store, "stoppress.json")
    bucket.overwrite("stoppress.json")
    assert bucket.restore("stoppress.json").done
    assert get_bytes(bucket.store, "stoppress.json") == right


@pytest.mark.parametrize("key", ["nothing", "warc/gazette/2026/03/02/none.cdxj", "articles/", "../x"])
def test_what_is_no_object_of_an_archive_is_not_brought_back(bucket: Bucket, key: str) -> None:
    with pytest.raises(StopPressError):
        bucket.restore(key)


def test_a_directory_says_plainly_that_it_needs_a_copy(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(), minutes(0))
        writer.seal(minutes(1))
    store = open_store(config.archive.store, config.s3)
    (key,) = [item.key for item in store.list("articles/")]
    copy = tmp_path / "copy.json"
    copy.write_bytes(get_bytes(store, key))
    (Path(config.archive.store) / key).write_bytes(WRONG)
    with pytest.raises(ObjectMissing, match=r"it keeps no versions .* --from FILE"):
        restore(store, config.archive.catalogue, key)
    planned = restore(store, config.archive.catalogue, key, copy=copy, dry_run=True)
    assert (planned.action, get_bytes(store, key)) == ("replace", WRONG)
    assert restore(store, config.archive.catalogue, key, copy=copy).done
    assert json.loads(get_bytes(store, key))["site"] == "gazette"
    (aside,) = store.list("damaged/")
    assert get_bytes(store, aside.key) == WRONG
    places = Places(
        store=store,
        catalogue=config.archive.catalogue,
        spool=Path(config.archive.spool),
        ledger=ledger_of(config),
    )
    assert verify(places).findings == []
    with pytest.raises(ObjectMissing, match="as it keeps no versions"):
        restore(store, config.archive.catalogue, "stoppress.json")


def test_questions_are_answered_from_the_bucket(bucket: Bucket) -> None:
    with open_reading(bucket.config) as (store, _):
        assert store.address == bucket.store.address
        store.put("extra", BytesIO(b"x"))
        assert get_bytes(store, "extra") == b"x"
