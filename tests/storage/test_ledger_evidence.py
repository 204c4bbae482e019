"""What docs/evidence.md tells a stranger to run is run here, on an archive, with nothing of ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.config import Config
from storage.ledger.keys import key_ring
from storage.ledger.proving import prove
from storage.objects import DirectoryStore
from tests.storage.making import config_in, html, look, minutes, page, written
from tests.storage.test_ledger_timestamps import Authority, authority, pki, timed
from tests.storage.test_verify import files, key_of

__all__ = ["authority", "pki"]

PAGE = Path(__file__).parents[2] / "docs/evidence.md"
RECIPES = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
CHECK = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture
def config(tmp_path: Path, authority: Authority) -> Config:
    config = timed(config_in(tmp_path), authority)
    with written(config) as (_, writer):
        for at in (0, 10):
            look(writer, page("ferry"), html("The ferry this winter", f"Said at {at}."), minutes(at))
            writer.seal(minutes(at + 1))
    return config


def told(config: Config, recipe: str, folder: Path, *, status: int = 0) -> str:
    """Run a recipe of the page in the store, for the newest manifest, with bash."""
    newest = key_of(config, files(config, "warc/**/*.manifest.json")[-1])
    variables = {**os.environ, "M": newest, "TMPDIR": str(folder), "ROOTS": str(folder / "roots.pem")}
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", recipe],
        cwd=config.archive.store, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done.stdout


def test_the_page_has_the_recipes_that_are_run_here() -> None:
    names, objects, signature, previous, timestamp = RECIPES
    assert names == "M=warc/SITE/YYYY/MM/DD/SEGMENT.manifest.json\n"
    for recipe, tool in (
        (objects, "sha256sum"),
        (signature, "pkeyutl"),
        (previous, "previous"),
        (timestamp, "ts -verify"),
    ):
        assert tool in recipe
    assert len(CHECK) == 1
    assert len(CHECK[0].splitlines()) <= 80  # to be read in full by whoever runs it


def test_sha256sum_finds_what_was_sealed_and_what_was_changed(config: Config, tmp_path: Path) -> None:
    said = told(config, RECIPES[1], tmp_path)
    assert said.count(": OK") == len(said.splitlines()) == 5
    victim = files(config, "articles/*/*/*.json")[-1]
    victim.write_bytes(victim.read_bytes().replace(b"ferry", b"fairy"))
    assert f"{key_of(config, victim)}: FAILED" in told(config, RECIPES[1], tmp_path, status=1)


def test_openssl_believes_the_signature_and_no_other(config: Config, tmp_path: Path) -> None:
    assert "Signature Verified Successfully" in told(config, RECIPES[2], tmp_path)
    victim = files(config, "warc/**/*.manifest.json")[-1]
    victim.write_bytes(victim.read_bytes().replace(b'"captures":1', b'"captures":2'))
    assert "Signature Verification Failure" in told(config, RECIPES[2], tmp_path, status=1)


def test_the_manifest_before_has_the_digest_that_the_one_after_it_says(config: Config, tmp_path: Path) -> None:
    said, is_now = told(config, RECIPES[3], tmp_path).splitlines()
    assert len(said.split()[0]) == 64
    assert said.split()[0] == is_now.split()[0]


def test_openssl_believes_the_timestamp(config: Config, tmp_path: Path, authority: Authority) -> None:
    shutil.copy(authority.folder / "root.pem", tmp_path / "roots.pem")
    said = told(config, RECIPES[4], tmp_path)
    assert "Verification: OK" in said
    assert "Time stamp: " in said


def handed_over(config: Config, folder: Path, what: str) -> None:
    store = DirectoryStore(Path(config.archive.store))
    (folder / "proof.json").write_text(json.dumps(prove(store, what, key_ring(store)).row()))
    (folder / "check.py").write_text(CHECK[0])
    told(config, RECIPES[2], folder)  # writes key.pem


def checked(folder: Path, file: Path) -> tuple[int, str]:
    command = [sys.executable, "-I", "check.py", "proof.json", str(file), "key.pem"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def test_a_stranger_checks_one_record(config: Config, tmp_path: Path) -> None:
    warc = files(config, "warc/**/*.warc.gz")[-1]
    record = re.findall(
        rb"WARC-Record-ID: <([^>]+)>", subprocess.run(["zcat", warc], check=True, capture_output=True).stdout
    )[1]
    handed_over(config, tmp_path, record.decode())
    said = "bytes are the leaf's: True; leaf is in the tree: True; root is signed: True"
    assert checked(tmp_path, warc) == (0, f"{said}; sealed 2026-03-02T09:11:00.000000Z")
    plain = tmp_path / "record.warc"
    plain.write_bytes(subprocess.run(["zcat", warc], check=True, capture_output=True).stdout)
    assert checked(tmp_path, plain)[0] == 0
    plain.write_bytes(plain.read_bytes().replace(b"winter", b"summer"))
    assert checked(tmp_path, plain)[1].startswith("bytes are the leaf's: False; leaf is in the tree: True")


def test_a_stranger_checks_one_revision_and_is_not_taken_in(config: Config, tmp_path: Path) -> None:
    revision = files(config, "articles/*/*/*.json")[-1]
    handed_over(config, tmp_path, key_of(config, revision))
    assert checked(tmp_path, revision)[0] == 0
    proof = json.loads((tmp_path / "proof.json").read_text())
    assert proof["timestamps"] == [key_of(config, files(config, "warc/**/*.tsr")[-1])]
    for forged, said in (
        ({**proof, "path": proof["path"][1:]}, None),
        ({**proof, "path": [*proof["path"][:-1], "00" * 32]}, "in the tree: False"),
        ({**proof, "signed": proof["signed"].replace('"looks":1', '"looks":2')}, "root is signed: False"),
    ):
        (tmp_path / "proof.json").write_text(json.dumps(forged))
        status, line = checked_or_broken(tmp_path, revision)
        assert status != 0
        assert said is None or said in line


def checked_or_broken(folder: Path, file: Path) -> tuple[int, str]:
    try:
        return checked(folder, file)
    except IndexError:
        return 1, ""
