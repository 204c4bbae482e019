"""What was sealed can't be changed, taken out, put in or reordered without its showing; and nothing else shows."""

from __future__ import annotations

import gzip
import json
import shutil
import stat
import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from news.errors import ConfigError, StoreUnavailable
from news.serial import canonical, digest_of
from storage.archive import Archive
from storage.archive.founding import create
from storage.config import Config
from storage.ledger.keys import Signer, key_ring, load_signer, make_signer, signed_bytes
from storage.ledger.leaves import unpacked
from storage.ledger.proving import prove
from storage.ledger.tree import leaf_hash, root_by
from storage.objects import DirectoryStore
from storage.rebuild import rebuild
from storage.verify.whole import verify_ledger
from tests.storage.making import SITE, config_in, html, look, minutes, page, written
from tests.storage.test_verify import ask, build, check, files, key_of, places


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build(config_in(folder))
    return folder


@pytest.fixture
def config(built: Path, tmp_path: Path) -> Config:
    shutil.copytree(built / "archive", tmp_path / "archive")
    shutil.copy(built / "stoppress.key", tmp_path)
    return config_in(tmp_path)


def told(config: Config, **options: Any) -> list[str]:
    """The problems that the ledger alone shows, without the catalogue, as a stranger would look for them."""
    report = verify_ledger(replace(places(config), catalogue="sqlite:///nowhere.db"), **options)
    return [f"{one.object}: {one.problem}" for one in report.findings if one.object != "catalogue"]


def manifests(config: Config) -> list[Path]:
    return files(config, "warc/**/*.manifest.json")


def rewrite(path: Path, signer: Signer | None = None, **changed: object) -> None:
    """Put another manifest in this one's place, signed by this key where one is given."""
    row = {**json.loads(path.read_text()), **changed}
    if signer:
        row |= {"key": signer.name}
        row |= {"signature": signer.sign(signed_bytes(row))}
    path.write_bytes(canonical(row))


def stolen(config: Config) -> Signer:
    signer = load_signer(config.key_file)
    assert signer is not None
    return signer


def foreign(config: Config) -> Signer:
    return make_signer(config.key_file.with_name("foreign.key"))


def test_a_clean_ledger_has_no_finding(config: Config) -> None:
    report = verify_ledger(places(config))
    assert report.findings == []
    assert report.checked == {"manifests": 3, "signatures": 3, "roots": 3, "timestamps": 0}
    newest = manifests(config)[-1]
    head = report.heads["gazette"]
    assert (head.sha256, head.manifests) == (digest_of(newest.read_bytes()), 3)
    assert told(config) == []


def test_a_manifest_says_in_its_tree_what_the_seal_wrote(config: Config) -> None:
    for path in manifests(config):
        manifest = json.loads(path.read_text())
        leaves = unpacked(path.with_name(path.name.replace(".manifest.json", ".leaves.gz")).read_bytes())
        rows = [json.loads(leaf) for leaf in leaves]
        warc = gzip.decompress(path.with_name(path.name.replace(".manifest.json", ".warc.gz")).read_bytes())
        assert manifest["leaves"] == len(leaves)
        assert sum("record" in row for row in rows) == warc.count(b"WARC/1.1\r\n")
        sealed = {item["key"] for item in manifest["objects"] if not item["key"].endswith(".leaves.gz")}
        assert {row["key"] for row in rows if "key" in row} == sealed


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def edit_events(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join([lines[0].replace(b'"status":200', b'"status":201'), *lines[1:]])))


def edit_revision(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Monday", b"Friday"))


def move_offset(path: Path) -> None:
    path.write_text(path.read_text().replace('"offset": "', '"offset": "1', 1))


@pytest.mark.parametrize(
    ("pattern", "spoil"),
    [
        pytest.param("warc/**/*.warc.gz", flip, id="bit flip in a WARC"),
        pytest.param("articles/*/*/*.json", edit_revision, id="revision edited"),
        pytest.param("articles/*/*/*.json", Path.unlink, id="object removed"),
        pytest.param("warc/**/*.cdxj", move_offset, id="CDXJ offset changed"),
        pytest.param("warc/**/*.jsonl.gz", edit_events, id="events edited"),
        pytest.param("warc/**/*.leaves.gz", flip, id="leaves changed"),
    ],
)
def test_a_damaged_object_is_named(config: Config, pattern: str, spoil: Callable[[Path], None]) -> None:
    victim = files(config, pattern)[0]
    spoil(victim)
    report = check(config)
    assert key_of(config, victim) in {finding.object for finding in report.findings if finding.level == "problem"}
    assert report.problems


@pytest.mark.parametrize("pattern", ["warc/**/*.leaves.gz", "warc/**/*.jsonl.gz"])
def test_a_bomb_in_an_objects_place_is_named_and_costs_no_memory(config: Config, pattern: str) -> None:
    victim = files(config, pattern)[0]
    victim.write_bytes(gzip.compress(bytes(100_000_000), 1))
    tracemalloc.start()
    try:
        found = {finding.object for finding in check(config).findings}
        rebuild(places(config), config)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert key_of(config, victim) in found
    assert most < 60_000_000


def test_a_revision_put_in_with_its_manifest_rewritten_is_named(config: Config) -> None:
    real = files(config, "articles/*/*/*.json")[0]
    forged = canonical({**json.loads(real.read_text()), "url": page("never")})
    inserted = real.with_name(f"{real.name.partition('-')[0]}-{digest_of(forged)[7:39]}.json")
    inserted.write_bytes(forged)
    victim = manifests(config)[-1]
    row = {"key": key_of(config, inserted), "sha256": digest_of(forged), "size": len(forged)}
    rewrite(victim, stolen(config), objects=[*json.loads(victim.read_text())["objects"], row])
    found = {finding.object for finding in check(config).findings}
    assert {key_of(config, inserted), key_of(config, victim)} <= found
    assert any("has no leaf for it" in line for line in told(config))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_manifest_that_was_changed_is_named(config: Config, place: int) -> None:
    victim = manifests(config)[place]
    rewrite(victim, captures=99)
    assert f"{key_of(config, victim)}: its signature is not its content's: it was changed after it was sealed" in told(
        config
    )


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_manifest_signed_anew_with_another_key_is_named(config: Config, place: int) -> None:
    victim, other = manifests(config)[place], foreign(config)
    rewrite(victim, other, captures=99)
    assert f"{key_of(config, victim)}: signed with a key that is not this archive's: {other.name}" in told(config)


@pytest.mark.parametrize("place", [0, 1])
def test_a_manifest_signed_anew_with_the_stolen_key_is_named_by_the_one_after_it(config: Config, place: int) -> None:
    victim = manifests(config)[place]
    rewrite(victim, stolen(config), captures=99)
    assert any(line.startswith(f"{key_of(config, victim)}: changed after it was sealed") for line in told(config))


def test_the_newest_manifest_signed_anew_with_the_stolen_key_is_named_by_catalogue_and_witness(config: Config) -> None:
    witness = {
        site: {"segment": h.segment, "sha256": h.sha256} for site, h in verify_ledger(places(config)).heads.items()
    }
    victim = manifests(config)[-1]
    rewrite(victim, stolen(config), captures=99)
    assert told(config) == []
    (by_catalogue,) = verify_ledger(places(config)).findings
    assert by_catalogue.object == key_of(config, victim)
    assert "the catalogue knows another manifest" in by_catalogue.problem
    (by_witness,) = told(config, witness=witness)
    assert "it was taken out of the store or replaced" in by_witness


def test_the_newest_segment_taken_out_is_named_by_catalogue_and_witness(config: Config) -> None:
    report = verify_ledger(places(config))
    witness = {site: {"segment": head.segment, "sha256": head.sha256} for site, head in report.heads.items()}
    segment = witness["gazette"]["segment"]
    for path in files(config, f"warc/**/{segment}.*"):
        path.unlink()
    assert told(config) == []
    assert told(config, witness=witness)[0].startswith(f"gazette: {segment}: the witness saw its manifest")
    (gone,) = verify_ledger(places(config)).findings
    assert gone.object == f"catalogue: segments {segment}"
    assert "its manifest is gone from the store" in gone.problem


def test_a_segment_taken_out_of_the_middle_breaks_the_chain(config: Config) -> None:
    victim = manifests(config)[1]
    victim.unlink()
    assert any("which came before, is missing" in line for line in told(config))


UNSIGNED = "not signed, though the archive had a key; no signed one after vouches for them"


def test_a_signature_taken_off_shows(config: Config) -> None:
    victim = manifests(config)[-1]
    row = json.loads(victim.read_text())
    victim.write_bytes(canonical({name: value for name, value in row.items() if name not in ("key", "signature")}))
    (unsigned,) = told(config)
    assert unsigned.startswith(f"{key_of(config, victim)}: 1 manifest of gazette, up to ")
    assert unsigned.endswith(UNSIGNED)
    assert check(config).problems  # the catalogue knows another


def insert(config: Config, *, after: int, sealed: str, signer: Signer | None) -> Path:
    """Put a copy of the first segment in, as one of the same day that was sealed then."""
    there = manifests(config)
    first, before = there[0], json.loads(there[after].read_text())
    name = first.name.removesuffix(".manifest.json").replace("090000", "090500")
    for path in first.parent.glob(first.name.replace("manifest.json", "*")):
        shutil.copy(path, path.with_name(f"{name}.{path.name.partition('.')[2]}"))
    inserted = first.with_name(f"{name}.manifest.json")
    objects = json.loads(first.read_text())["objects"]
    rewrite(
        inserted,
        signer,
        segment=name,
        sealed=sealed,
        objects=[{**item, "key": item["key"].replace("090000-", "090500-")} for item in objects],
        previous={"segment": before["segment"], "sha256": digest_of(there[after].read_bytes())},
    )
    return inserted


def test_a_back_dated_segment_between_two_others_shows(config: Config) -> None:
    inserted = insert(config, after=0, sealed="2026-03-02T09:06:00.000000Z", signer=stolen(config))
    first, middle, last = (inserted.name[:-14].replace("090500", at) for at in ("090000", "090500", "091000"))
    assert any(f"the chain is broken: both {middle} and {last} follow {first}" in line for line in told(config))


def test_a_back_dated_segment_at_the_end_shows(config: Config) -> None:
    inserted = insert(config, after=2, sealed="2026-03-02T09:06:00.000000Z", signer=stolen(config))
    assert any(line.startswith(f"{key_of(config, inserted)}: the chain is out of order") for line in told(config))


def test_a_segment_appended_by_somebody_else_shows(config: Config) -> None:
    inserted = insert(config, after=2, sealed="2026-03-02T10:06:00.000000Z", signer=foreign(config))
    assert any(line.startswith(f"{key_of(config, inserted)}: signed with a key that is not") for line in told(config))


def test_a_header_with_another_key_shows_to_whoever_has_the_key(config: Config) -> None:
    other = foreign(config)
    header = Path(config.archive.store, "stoppress.json")
    header.write_bytes(canonical({**json.loads(header.read_text()), "public_key": other.public.text}))
    before = None
    for path in manifests(config):
        rewrite(path, other, previous=before)
        before = {"segment": path.name.removesuffix(".manifest.json"), "sha256": digest_of(path.read_bytes())}
    assert any(line.startswith("stoppress.json: the store's key is") for line in told(config))


def test_a_record_that_the_tree_has_not_is_named(config: Config) -> None:
    """Whoever rewrites a segment, its line in the manifest and the signature still has another root."""
    victim = files(config, "warc/**/*.warc.gz")[-1]
    whole = gzip.decompress(victim.read_bytes()).replace(b"WARC-Date: 2026-03-02T09:2", b"WARC-Date: 2025-03-02T09:2")
    parts = [gzip.compress(b"WARC/1.1\r\n" + part) for part in whole.split(b"WARC/1.1\r\n")[1:]]
    victim.write_bytes(b"".join(parts))
    path = manifests(config)[-1]
    objects = json.loads(path.read_text())["objects"]
    for item in objects:
        if item["key"] == key_of(config, victim):
            item |= {"sha256": digest_of(victim.read_bytes()), "size": victim.stat().st_size}
    rewrite(path, stolen(config), objects=objects)
    said = "\n".join(f"{finding.object}: {finding.problem}" for finding in check(config).findings)
    assert f"{key_of(config, victim)}: the tree that was signed has no leaf for this record" in said


def test_several_sites_have_a_chain_each_and_empty_seals_none(config: Config) -> None:
    other = replace(SITE, name="courier")
    with written(config) as (archive, writer):
        assert writer.seal(minutes(30)) is None
        beside = archive.writer(other)
        look(beside, page("tram"), html("The tram this winter"), minutes(31))
        beside.seal(minutes(32))
        look(beside, page("tram"), b"gone", minutes(33), status="404 Not Found")
        beside.seal(minutes(34))
        assert beside.seal(minutes(35)) is None
        beside.close()
        look(writer, page("ferry"), html("The ferry this winter"), minutes(36))
        writer.seal(minutes(37))
    report = check(config)
    assert report.findings == []
    assert {site: head.manifests for site, head in report.heads.items()} == {"courier": 2, "gazette": 4}


def test_a_seal_that_was_broken_off_is_finished_with_the_same_ledger(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise RuntimeError

    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(40))
        with monkeypatch.context() as breaking:
            breaking.setattr("storage.archive.manifest.signed", killed)
            with pytest.raises(RuntimeError):
                writer.seal(minutes(41))
    assert check(config).problems == 0
    with written(config):
        pass  # takes over what lies in the spool
    report = check(config)
    assert report.findings == []
    assert report.heads["gazette"].manifests == 4


def test_a_seal_that_the_catalogue_did_not_hear_of_is_followed_all_the_same(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is in the store, the catalogue could not be told, and the same process goes on and seals another."""

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the catalogue is away")

    with written(config) as (archive, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(40))
        with monkeypatch.context() as breaking:
            breaking.setattr(type(archive.recorder), "sealed", away)
            with pytest.raises(StoreUnavailable):
                writer.seal(minutes(41))
        look(writer, page("jetty"), html("The jetty this spring"), minutes(42))
        writer.seal(minutes(43))
    with written(config):
        pass
    assert check(config).findings == []
    assert verify_ledger(places(config)).heads["gazette"].manifests == 5


def test_a_seal_that_was_broken_off_is_finished_also_where_the_key_took_over_from_a_lost_one(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the catalogue is away")

    config.key_file.unlink()
    create(config, minutes(30), new_key=True)
    with written(config) as (archive, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(40))
        with monkeypatch.context() as breaking:
            breaking.setattr(type(archive.recorder), "sealed", away)
            with pytest.raises(StoreUnavailable):
                writer.seal(minutes(41))
    with written(config):
        pass
    assert check(config).problems == 0
    assert verify_ledger(places(config)).heads["gazette"].manifests == 4


def test_a_clock_that_was_set_back_keeps_the_chain_in_order(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(15))
        writer.seal(minutes(16))
        look(writer, page("jetty"), html("The jetty, again"), minutes(17))
        writer.seal(minutes(18))
    assert check(config).findings == []


def sealed_anew(config: Config, at: float) -> dict[str, Any]:
    with written(config) as (_, writer):
        look(writer, page("jetty"), html(f"The jetty at {at}"), minutes(at))
        writer.seal(minutes(at + 1))
    newest = max((json.loads(path.read_text()) for path in manifests(config)), key=lambda row: str(row["sealed"]))
    return dict(newest)


@pytest.mark.parametrize("lost", [Path.unlink, lambda path: path.write_text("no key")])
def test_without_its_key_an_archive_goes_on_and_says_so(
    config: Config, lost: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    key = config.key_file.read_bytes()
    lost(config.key_file)
    manifest = sealed_anew(config, 30)
    assert "signature" not in manifest
    assert "sealing unsigned" in caplog.text
    loud = next(finding for finding in check(config).findings if "not signed" in finding.problem)
    assert (loud.level, "no signed one after vouches" in loud.problem) == ("problem", True)
    config.key_file.write_bytes(key)
    assert "signature" in sealed_anew(config, 40)
    (note,) = check(config).findings
    assert (note.level, "a signed one after them vouches" in note.problem) == ("note", True)


def strip(config: Config) -> None:
    """Take all signatures off and chain the manifests anew, as whoever can write to the store and has no key would."""
    before = None
    for path in manifests(config):
        row = {name: value for name, value in json.loads(path.read_text()).items() if name not in ("key", "signature")}
        path.write_bytes(canonical({**row, "previous": before}))
        before = {"segment": row["segment"], "sha256": digest_of(path.read_bytes())}


def test_all_signatures_taken_off_are_a_problem_without_a_catalogue_too(config: Config) -> None:
    strip(config)
    (stripped,) = told(config)
    assert stripped.startswith(f"{key_of(config, manifests(config)[0])}: 3 manifests of gazette, up to ")
    assert stripped.endswith(UNSIGNED)


def test_a_rebuild_tells_which_manifests_no_good_signature_stands_for(config: Config) -> None:
    assert rebuild(places(config), config).problems == []
    victim = manifests(config)[-1]
    rewrite(victim, foreign(config))
    (foreigners,) = rebuild(places(config), config).problems
    assert foreigners.startswith(f"{key_of(config, victim)}: signed with a key that is not this archive's")
    strip(config)
    (stripped,) = rebuild(places(config), config).problems
    assert "3 manifests of gazette" in stripped


def test_a_header_whose_key_was_taken_out_shows_to_whoever_has_the_key(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    header = Path(config.archive.store, "stoppress.json")
    header.write_bytes(canonical({**json.loads(header.read_text()), "public_key": None}))
    strip(config)
    assert any(line.startswith("stoppress.json: the store names no key, and sha256:") for line in told(config))
    sealed_anew(config, 30)
    assert "it names no key" in caplog.text


def test_a_key_is_for_its_owners_eyes_and_never_in_the_store(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    assert stat.S_IMODE(config.key_file.stat().st_mode) == 0o600
    assert config.key_file.parent == tmp_path
    within = replace(config, archive=config.archive.model_copy(update={"key": tmp_path / "other/archive/a.key"}))
    within = replace(within, archive=within.archive.model_copy(update={"store": str(tmp_path / "other/archive")}))
    with pytest.raises(ConfigError, match="lies in the store"):
        create(within, minutes(0))
    assert not (tmp_path / "other/archive/a.key").exists()


def test_init_without_the_key_says_so_and_with_another_refuses(config: Config) -> None:
    assert any("is the archive's" in line for line in create(config, minutes(50)))
    aside = config.key_file.rename(config.key_file.with_name("aside"))
    assert any("segments will be sealed unsigned" in line for line in create(config, minutes(50)))
    make_signer(config.key_file)
    with pytest.raises(ConfigError, match="init --new-key"):
        create(config, minutes(50))
    config.key_file.unlink()
    aside.rename(config.key_file)
    assert check(config).findings == []


def without_keys(config: Config) -> None:
    """Make the archive one that was begun, and sealed, before there were keys."""
    header = Path(config.archive.store, "stoppress.json")
    row = json.loads(header.read_text())
    del row["public_key"]
    header.write_bytes(canonical(row))
    config.key_file.unlink()
    before = None
    for path in manifests(config):
        row = json.loads(path.read_text())
        for name in ("key", "signature", "root", "leaves"):
            del row[name]
        row["objects"] = [item for item in row["objects"] if not item["key"].endswith(".leaves.gz")]
        row["previous"] = before
        path.write_bytes(canonical(row))
        path.with_name(path.name.replace(".manifest.json", ".leaves.gz")).unlink()
        before = {"segment": row["segment"], "sha256": digest_of(path.read_bytes())}
        ask(config, "UPDATE segments SET manifest = ? WHERE name = ?", before["sha256"], row["segment"])


def test_an_archive_from_before_there_were_keys_verifies_is_called_unsigned_and_gets_one(config: Config) -> None:
    without_keys(config)
    assert "signature" not in sealed_anew(config, 30)
    report = check(config)
    assert [(finding.level, finding.problem) for finding in report.findings] == [
        ("note", f"4 manifests of gazette, up to {report.heads['gazette'].segment}, not signed: the archive had no key")
    ]
    assert any("what was sealed before stays unsigned" in line for line in create(config, minutes(35)))
    assert "signature" in sealed_anew(config, 40)
    report = check(config)
    assert report.problems == 0
    assert [finding.level for finding in report.findings] == ["note"]
    assert any("is the archive's" in line for line in create(config, minutes(50)))


def test_a_replaced_key_is_signed_for_by_the_one_before_it(config: Config) -> None:
    old = stolen(config)
    assert any("signed for it" in line for line in create(config, minutes(30), new_key=True))
    new = stolen(config)
    assert new.name != old.name
    assert sealed_anew(config, 40)["key"] == new.name
    assert check(config).findings == []
    store = DirectoryStore(Path(config.archive.store))
    assert [key.public.name for key in key_ring(store).keys] == [old.name, new.name]
    victim = manifests(config)[-1]
    rewrite(victim, old)
    assert any("had been replaced" in line for line in told(config))


def test_a_key_that_took_over_without_the_old_ones_word_is_believed_by_its_holder_only(config: Config) -> None:
    config.key_file.unlink()
    create(config, minutes(30), new_key=True)
    create(config, minutes(31), new_key=True)
    sealed_anew(config, 40)
    report = check(config)
    assert report.problems == 0
    assert ["did not sign that it was replaced" in finding.problem for finding in report.findings] == [True]
    config.key_file.unlink()
    said = told(config)
    assert any("keys/" in line and "introduces no key" in line for line in said)
    assert any("signed with a key that is not this archive's" in line for line in said)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda row: {**row, "since": "2026-03-02T09:31:00.000000Z"}, "its name is not its content's"),
        (lambda row: {**row, "archive": "sha256:00"}, "its name is not its content's"),
        (lambda row: {"statement": "key"}, "introduces no key"),
    ],
)
def test_a_statement_about_keys_that_was_changed_is_named(
    config: Config, spoil: Callable[[dict[str, Any]], dict[str, Any]], problem: str
) -> None:
    create(config, minutes(30), new_key=True)
    (path,) = files(config, "keys/*.json")
    path.write_bytes(canonical(spoil(json.loads(path.read_text()))))
    assert any(line.startswith("keys/") and problem in line for line in told(config))


def strange_key() -> str:
    """A public key on a curve that no library knows."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    p256 = bytes.fromhex("2a8648ce3d030107")
    return b64encode(der.replace(p256, p256[:-1] + b"\x7f")).decode()


def state(config: Config, row: dict[str, Any]) -> Path:
    """Put a statement under `keys/`, named as it should be."""
    store = Path(config.archive.store)
    said = {"format": 1, "statement": "key", "archive": digest_of((store / "stoppress.json").read_bytes()), **row}
    content = canonical(said)
    at = str(said.get("since", "0")).replace("-", "").replace(":", "")
    path = store / "keys" / f"{at}-{digest_of(content)[7:39]}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def on_a_strange_curve(config: Config) -> None:
    since = "2026-03-02T09:25:00.000000Z"
    state(config, {"public_key": strange_key(), "replaces": None, "since": since, "own_signature": "AAAA"})


def nested(config: Config) -> None:
    (Path(config.archive.store) / "keys").mkdir()
    (Path(config.archive.store) / "keys/x.json").write_text("[" * 60_000)


def huge(config: Config) -> None:
    (Path(config.archive.store) / "keys").mkdir()
    (Path(config.archive.store) / "keys/x.json").write_bytes(bytes(1 << 20))


def replacing_a_list(config: Config) -> None:
    signer = stolen(config)
    row = {"public_key": signer.public.text, "replaces": ["a"], "since": "2026-03-02T09:25:00.000000Z"}
    archive = digest_of(Path(config.archive.store, "stoppress.json").read_bytes())
    said = {"format": 1, "statement": "key", "archive": archive, **row}
    state(config, {**row, "own_signature": signer.sign(signed_bytes(said))})


@pytest.mark.parametrize("put", [on_a_strange_curve, nested, huge, replacing_a_list])
def test_a_strange_object_under_keys_is_named_and_hinders_no_seal(
    config: Config, put: Callable[[Config], None]
) -> None:
    put(config)
    assert "signature" in sealed_anew(config, 30)
    (strange,) = check(config).findings
    assert strange.object.startswith("keys/")
    assert strange.problem.startswith("it introduces no key of this archive: ")
    assert any("signed for it" in line for line in create(config, minutes(40), new_key=True))


def test_what_a_key_descends_from_is_believed_in_its_own_words_only(config: Config) -> None:
    """A statement about the key at hand, which that key never signed, leads to nobody's."""
    other, mine = foreign(config), stolen(config)
    first = {"public_key": other.public.text, "replaces": mine.name, "since": "2026-03-02T09:25:00.000000Z"}
    archive = digest_of(Path(config.archive.store, "stoppress.json").read_bytes())
    said = {"format": 1, "statement": "key", "archive": archive, **first}
    state(config, {**first, "own_signature": other.sign(signed_bytes(said))})
    forged = {"public_key": mine.public.text, "replaces": other.name, "since": "2026-03-02T09:26:00.000000Z"}
    state(config, {**forged, "own_signature": "AAAA"})
    ring = key_ring(DirectoryStore(Path(config.archive.store)), held=mine)
    assert [key.public.name for key in ring.keys] == [mine.name]
    assert len(ring.doubts) == 2


def test_a_key_that_is_replaced_once_a_clock_that_was_ahead_is_right_again_leaves_no_doubt(config: Config) -> None:
    sealed_anew(config, 90)  # the clock is ahead, and set right then
    create(config, minutes(30), new_key=True)
    sealed_anew(config, 40)
    create(config, minutes(45), new_key=True)
    sealed_anew(config, 50)
    assert check(config).findings == []


def test_another_archives_statement_is_none_of_ours(config: Config, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = config_in(tmp_path / "other")
    other.key_file.write_bytes(config.key_file.read_bytes())
    shutil.rmtree(other.archive.store)
    create(other, minutes(1))
    create(other, minutes(30), new_key=True)
    (statement,) = files(other, "keys/*.json")
    (Path(config.archive.store) / "keys").mkdir()
    shutil.copy(statement, Path(config.archive.store) / "keys")
    assert any("it speaks of another archive" in line for line in told(config))


def record_ids(config: Config) -> list[str]:
    found = []
    for path in files(config, "warc/**/*.jsonl.gz"):
        lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        found += [line[name] for line in lines if line["t"] == "capture" for name in ("record_id", "request_id")]
    return found


def leads_to_its_root(proof: Any) -> bool:
    steps = [bytes.fromhex(step) for step in proof.path]
    reached = root_by(leaf_hash(proof.leaf.encode()), index=proof.index, size=proof.leaves, steps=steps)
    return reached is not None and f"sha256:{reached.hex()}" == proof.root == json.loads(proof.signed)["root"]


def test_every_record_and_every_object_can_be_proved(config: Config) -> None:
    store = DirectoryStore(Path(config.archive.store))
    ring = key_ring(store)
    objects = [
        key_of(config, path) for pattern in ("articles/**/*.json", "warc/**/*.cdxj") for path in files(config, pattern)
    ]
    assert len(record_ids(config)) == 18
    for what in (*record_ids(config), *objects, record_ids(config)[0].strip("<>")):
        proof = prove(store, what, ring)
        assert leads_to_its_root(proof)
        assert proof.public_key is not None
        known = ring.find(proof.key or "")
        assert known is not None
        assert known.public.signed(proof.signed.encode(), proof.signature)


def test_a_record_that_was_withdrawn_leaves_the_others_provable(config: Config) -> None:
    """Its member is overwritten in place: the others lie where they lay, and their proofs are what they were."""
    store = DirectoryStore(Path(config.archive.store))
    ring = key_ring(store)
    before = {what: prove(store, what, ring) for what in record_ids(config)}
    victim = files(config, "warc/**/*.warc.gz")[0]
    events = victim.with_name(victim.name.replace(".warc.gz", ".jsonl.gz"))
    captures = [json.loads(line) for line in gzip.decompress(events.read_bytes()).splitlines()]
    captures = [line for line in captures if line["t"] == "capture"]
    withdrawn, kept = captures[0], captures[1]
    content = bytearray(victim.read_bytes())
    content[withdrawn["offset"] : withdrawn["offset"] + withdrawn["length"]] = bytes(withdrawn["length"])
    victim.write_bytes(bytes(content))
    assert {what: prove(store, what, ring) for what in record_ids(config)} == before
    leaf = json.loads(before[kept["record_id"]].leaf)
    record = gzip.decompress(content[kept["offset"] : kept["offset"] + kept["length"]])
    head, _, block = record.partition(b"\r\n\r\n")
    assert leaf["head"] == digest_of(head + b"\r\n\r\n")
    assert leaf["block"] == digest_of(block.removesuffix(b"\r\n\r\n")) == kept["block_digest"]
    assert key_of(config, victim) in {finding.object for finding in check(config).findings}
    assert told(config) == []  # the ledger itself is whole


def test_a_segment_that_was_damaged_in_the_spool_is_sealed_all_the_same(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    with written(config) as (archive, writer):
        look(writer, page("jetty"), html("The jetty this winter"), minutes(40))
        writer.commit()
        (open_segment,) = spooled_warcs(archive)
        flip(open_segment)
        writer.seal(minutes(41))
    assert "a damaged segment is sealed as it is" in caplog.text
    said = [finding.object for finding in check(config).findings if finding.level == "problem"]
    assert any(name.endswith(".warc.gz") for name in said)
    assert told(config) == []


def spooled_warcs(archive: Archive) -> list[Path]:
    return sorted(archive.spool.glob("*/*.warc.gz"))


def test_the_seals_own_instant_stands_where_no_clock_was_set_back(config: Config) -> None:
    sealed = [json.loads(path.read_text())["sealed"] for path in manifests(config)]
    assert sealed == [f"2026-03-02T09:{minute:02d}:00.000000Z" for minute in (1, 13, 22)]
