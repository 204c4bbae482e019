"""What docs/evidence.md tells a stranger to run is run here, on an archive, with nothing of ours."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from storage.archive.founding import create
from storage.config import Config
from storage.ledger.keys import key_ring
from storage.ledger.proving import prove
from storage.objects import DirectoryStore
from tests.storage.making import config_in, html, look, minutes, page, written
from tests.storage.test_ledger_timestamps import CONFIGURATION, Authority, authority, make_authority, pki, reply, timed
from tests.storage.test_verify import files, key_of

__all__ = ["authority", "pki"]

Key: TypeAlias = ec.EllipticCurvePrivateKey

PAGE = Path(__file__).parents[2] / "docs/evidence.md"
RECIPES = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
BEGIN, OBJECTS, KEYS, SIGNATURE, STATEMENTS, PREVIOUS, TIMESTAMP, NEXT, HANDED = RECIPES
TREE, CHECK = PROGRAMS


@pytest.fixture
def config(tmp_path: Path, authority: Authority) -> Config:
    """An archive of three segments: one from before its authority was named, the last after its key was replaced."""
    plain = config_in(tmp_path)
    config = timed(plain, authority)
    for at, now in ((0, plain), (10, config), (20, config)):
        if at == 20:
            create(config, minutes(15), new_key=True)
        with written(now) as (_, writer):
            look(writer, page("ferry"), html("The ferry this winter", f"Said at {at}."), minutes(at))
            writer.seal(minutes(at + 1))
    return config


def told(
    config: Config, *recipes: str, at: int = -1, roots: Path | None = None, between: str = "", shell: str = "bash"
) -> str:
    """Run recipes of the page one after the other in a copy of the store, where no variable of theirs is set.

    They are run for the manifest at this place among all.
    """
    chosen = key_of(config, files(config, "warc/**/*.manifest.json")[at])
    begin = BEGIN.replace("warc/SITE/YYYY/MM/DD/SEGMENT.manifest.json", chosen)
    begin = begin.replace("$HOME/roots.pem BETWEEN=", f"{roots or '/nowhere'} BETWEEN={between}")
    strict = ["-eu", "-o", "pipefail"] if shell == "bash" else ["-eu"]
    done = subprocess.run(
        [shell, *strict, "-c", "\n".join((begin, *recipes, 'rm -r "$WORK"'))],
        cwd=config.archive.store, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + (f"ended with {done.returncode}: {done.stderr}" if done.returncode else "")


def test_the_page_has_the_recipes_that_are_run_here() -> None:
    for recipe, tool in (
        (BEGIN, "mktemp"), (OBJECTS, "sha256sum"), (KEYS, "BEGIN PUBLIC KEY"), (SIGNATURE, "pkeyutl"),
        (STATEMENTS, "replaces"), (PREVIOUS, "previous"), (TIMESTAMP, "-attime"), (NEXT, "grep -rl"),
        (HANDED, "-data manifest.json"),
    ):  # fmt: skip
        assert tool in recipe
    assert "RFC 9162" in TREE
    assert len(TREE.splitlines()) <= 25  # to be read in full by whoever runs them
    assert len(CHECK.splitlines()) <= 80


def test_sha256sum_finds_what_was_sealed_and_what_was_changed(config: Config) -> None:
    said = told(config, OBJECTS)
    assert said.count(": OK") == len(said.splitlines()) == 5
    victim = files(config, "articles/*/*/*.json")[-1]
    victim.write_bytes(victim.read_bytes().replace(b"ferry", b"fairy"))
    assert f"{key_of(config, victim)}: FAILED" in told(config, OBJECTS)


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_openssl_believes_the_signature_of_whichever_key_signed(config: Config, at: int, shell: str) -> None:
    assert told(config, KEYS, SIGNATURE, at=at, shell=shell).endswith("Signature Verified Successfully\n")


def test_openssl_believes_no_other_signature(config: Config) -> None:
    victim = files(config, "warc/**/*.manifest.json")[-1]
    genuine = victim.read_bytes()
    victim.write_bytes(genuine.replace(b'"captures":1', b'"captures":2'))
    assert "Signature Verification Failure" in told(config, KEYS, SIGNATURE)
    victim.write_bytes(re.sub(rb'"key":"sha256:[^"]*",|,"signature":"[^"]*"', b"", genuine))
    assert ": no signature in it" in told(config, KEYS, SIGNATURE)


def test_each_key_is_named_and_its_statement_checked(config: Config) -> None:
    said = told(config, KEYS, SIGNATURE, STATEMENTS)
    names = [
        known.public.name.removeprefix("sha256:") for known in key_ring(DirectoryStore(Path(config.archive.store))).keys
    ]
    assert [line.split()[0] for line in said.splitlines()[:2]] == names
    assert said.count("Signature Verified Successfully") == 3
    speaks_of, header = said.splitlines()[-2:]
    assert speaks_of.split()[0] == header.split()[0]
    (statement,) = files(config, "keys/*.json")
    statement.write_bytes(statement.read_bytes().replace(b'"since":"2026', b'"since":"2025'))
    assert "Signature Verification Failure" in told(config, KEYS, SIGNATURE, STATEMENTS)
    statement.unlink()
    assert told(config, KEYS, SIGNATURE, STATEMENTS, at=0).endswith("one key, never replaced\n")


def test_the_manifest_before_has_the_digest_that_the_one_after_it_says(config: Config) -> None:
    said, is_now = told(config, PREVIOUS).splitlines()
    assert len(said.split()[0]) == 64
    assert said.split()[0] == is_now.split()[0]
    assert is_now.endswith(said.split()[1])
    assert told(config, PREVIOUS, at=0) == "the first manifest of its site: none before it\n"


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_openssl_believes_the_timestamp(config: Config, authority: Authority, shell: str) -> None:
    said = told(config, TIMESTAMP, roots=authority.folder / "root.pem", shell=shell)
    assert said.startswith("seen ")
    assert said.endswith("\nVerification: OK\n")
    assert told(config, TIMESTAMP, at=0) == "no timestamp of its own\n"


def test_a_manifest_without_a_token_leads_to_the_one_after_it(config: Config) -> None:
    first, second, third = (key_of(config, path) for path in files(config, "warc/**/*.manifest.json"))
    assert told(config, NEXT, at=0) == f"{second}\n"
    assert told(config, NEXT, at=1) == f"{third}\n"
    assert told(config, NEXT) == "the newest manifest of its site\n"
    assert first < second


def test_a_token_holds_after_its_authoritys_certificate_ran_out(config: Config, tmp_path: Path) -> None:
    folder = short_lived(tmp_path / "authority", timedelta(seconds=3))
    manifest = files(config, "warc/**/*.manifest.json")[-1]
    for token in files(config, "warc/**/*.tsr"):
        token.unlink()
    query = subprocess.run(
        ["openssl", "ts", "-query", "-data", str(manifest), "-sha256", "-cert"], capture_output=True, check=True
    ).stdout
    manifest.with_suffix(".late.tsr").write_bytes(reply(folder, query))
    roots, between = folder / "root.pem", str(folder / "between.pem")
    time.sleep(4)
    assert "Verification: FAILED" in told(config, TIMESTAMP, roots=roots)
    assert told(config, TIMESTAMP, roots=roots, between=between).endswith("\nVerification: OK\n")
    now = re.sub(r' -attime "[^"]*"[^"]*"[^"]*"', "", TIMESTAMP)
    assert "-attime" not in now
    assert "expired" in told(config, now, roots=roots, between=between)


def test_the_tree_is_that_of_all_that_is_there(config: Config, tmp_path: Path) -> None:
    (tmp_path / "tree.py").write_text(TREE)
    (tmp_path / "check.py").write_text(CHECK)
    chosen = files(config, "warc/**/*.manifest.json")[-1]

    def treed() -> str:
        command = [sys.executable, str(tmp_path / "tree.py"), key_of(config, chosen)]
        done = subprocess.run(command, cwd=config.archive.store, capture_output=True, text=True, check=False)
        return f"{done.returncode} {done.stdout}"

    assert treed() == "0 root is over the leaves: True; leaves are what is there: True\n"
    leaves, warc = (chosen.with_name(chosen.name.replace(".manifest.json", end)) for end in (".leaves.gz", ".warc.gz"))
    was = warc.read_bytes()
    warc.write_bytes(gzip.compress(gzip.decompress(was).replace(b"winter", b"summer")))
    assert treed() == "1 root is over the leaves: True; leaves are what is there: False\n"
    warc.write_bytes(was)
    leaves.write_bytes(gzip.compress(b"\n".join(gzip.decompress(leaves.read_bytes()).splitlines()[1:])))
    assert treed() == "1 root is over the leaves: False; leaves are what is there: False\n"


def short_lived(folder: Path, life: timedelta) -> Path:
    """Make an authority, by a root that signed for one between, whose certificate soon runs out."""
    make_authority(folder)
    root_key, between_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    now = datetime.now(UTC)

    def certificate(name: str, key: Key, by: str, signer: Key, until: datetime, *, of_authority: bool) -> bytes:
        made = x509.CertificateBuilder(
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]),
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(days=1),
            not_valid_after=until,
        ).add_extension(x509.BasicConstraints(ca=not of_authority, path_length=None), critical=True)
        if of_authority:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return made.sign(signer, SHA256()).public_bytes(Encoding.PEM)

    later = now + timedelta(days=1)
    root = certificate("root", root_key, "root", root_key, later, of_authority=False)
    between = certificate("between", between_key, "root", root_key, later, of_authority=False)
    own = certificate("own", own_key, "between", between_key, now + life, of_authority=True)
    secret = own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("root.pem", root), ("between.pem", between), ("tsa.pem", own), ("tsa.key", secret)):
        (folder / name).write_bytes(content)
    (folder / "ts.cnf").write_text(CONFIGURATION.replace("certs = $ENV::FOLDER/root.pem\n", ""))
    return folder


def handed_over(config: Config, folder: Path, what: str) -> None:
    store = DirectoryStore(Path(config.archive.store))
    (folder / "proof.json").write_text(json.dumps(prove(store, what, key_ring(store)).row()))
    (folder / "check.py").write_text(CHECK)
    key = json.loads((folder / "proof.json").read_text())["key"].removeprefix("sha256:")
    told(config, KEYS, f'cp "$WORK/{key}.pem" "{folder}/key.pem"')


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
    assert checked(tmp_path, warc) == (
        0,
        f"{said}; manifest.json is the manifest: True; sealed 2026-03-02T09:21:00.000000Z",
    )
    assert (tmp_path / "manifest.json").read_bytes() == files(config, "warc/**/*.manifest.json")[-1].read_bytes()
    plain = tmp_path / "record.warc"
    plain.write_bytes(subprocess.run(["zcat", warc], check=True, capture_output=True).stdout)
    assert checked(tmp_path, plain)[0] == 0
    plain.write_bytes(plain.read_bytes().replace(b"winter", b"summer"))
    assert checked(tmp_path, plain)[1].startswith("bytes are the leaf's: False; leaf is in the tree: True")


def test_a_stranger_checks_the_time_of_what_was_handed_over(
    config: Config, tmp_path: Path, authority: Authority
) -> None:
    key = key_of(config, files(config, "articles/*/*/*.json")[-1])
    handed_over(config, tmp_path, key)
    assert checked(tmp_path, Path(config.archive.store, key))[0] == 0
    for token in json.loads((tmp_path / "proof.json").read_text())["timestamps"]:
        shutil.copy(Path(config.archive.store, token), tmp_path)
    done = subprocess.run(
        ["sh", "-euc", HANDED], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "ROOTS": str(authority.folder / "root.pem"), "BETWEEN": ""},
    )  # fmt: skip
    assert done.stdout.startswith("seen ")
    assert done.stdout.endswith("\nVerification: OK\n")


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
