"""An authority's word stands beside each manifest, is checked without a network, and is never waited for.

The authority is OpenSSL's own `ts` behind a small server on loopback, with a root and a signing certificate of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from news.errors import ConfigError
from news.serial import canonical
from storage.archive.founding import create
from storage.catalogue import opening
from storage.config import Config, load_config
from storage.ledger import timestamps
from storage.ledger.owed import manifest_of, token_key
from storage.ledger.timestamps import check_token, load_certificates
from storage.objects import DirectoryStore
from storage.verify.findings import Finding
from storage.verify.whole import verify, verify_ledger
from tests.s3server import seaweed
from tests.storage.making import HOME, START, config_in, html, look, minutes, page, written
from tests.storage.stores import place, s3_settings
from tests.storage.test_verify import files, key_of, places

CONFIGURATION = """
[tsa]
default_tsa = local
[local]
serial = $ENV::FOLDER/serial
signer_cert = $ENV::FOLDER/tsa.pem
certs = $ENV::FOLDER/root.pem
signer_key = $ENV::FOLDER/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


def make_authority(folder: Path) -> Path:
    """Make a root, and a certificate by it that may sign timestamps."""
    folder.mkdir()
    (folder / "ts.cnf").write_text(CONFIGURATION)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.ext").write_text("extendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 -subj /CN=Root-of-the-Test",
        "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Authority-of-the-Test",
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3650 -extfile tsa.ext -out tsa.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return folder


def reply(folder: Path, query: bytes) -> bytes:
    """Return the authority's answer to a timestamp query."""
    (folder / "query.tsq").write_bytes(query)
    command = ["openssl", "ts", "-reply", "-config", "ts.cnf", "-section", "local", "-queryfile", "query.tsq"]
    done = subprocess.run(
        [*command, "-out", "reply.tsr"], cwd=folder, env={"FOLDER": str(folder), "PATH": "/usr/bin:/bin"},
        check=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0
    return (folder / "reply.tsr").read_bytes()


@dataclass
class Authority:
    """A timestamp authority on loopback; `mood` says how it answers."""

    folder: Path
    address: str = ""
    mood: str = "well"
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("pki") / "tsa")


@pytest.fixture
def authority(pki: Path) -> Iterator[Authority]:
    here = Authority(folder=pki)
    lock = threading.Lock()
    told: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            here.asked.append(self.headers["Content-Type"])
            match here.mood:
                case "away":
                    self.send_error(503)
                    return
                case "silent":
                    time.sleep(3)
                    return
                case "nonsense":
                    answer = b"<html>welcome</html>"
                case "old":
                    answer = told["first"]
                case _:
                    with lock:
                        answer = reply(pki, query)
                    told.setdefault("first", answer)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    here.address = f"http://127.0.0.1:{server.server_port}/tsr"
    yield here
    server.shutdown()
    server.server_close()
    serving.join()


@pytest.fixture
def config(tmp_path: Path, authority: Authority) -> Config:
    return timed(config_in(tmp_path), authority)


def timed(config: Config, authority: Authority) -> Config:
    asked = {"timestamp_authorities": (authority.address,), "timestamp_certificates": (authority.folder / "root.pem",)}
    return replace(config, ledger=config.ledger.model_copy(update=asked))


def sealed(config: Config, at: float) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html(f"The ferry at {at}"), minutes(at))
        writer.seal(minutes(at + 1))


def tokens(config: Config) -> list[Path]:
    return files(config, "warc/**/*.tsr")


def found(config: Config) -> list[Finding]:
    return verify_ledger(places(config)).findings


def test_an_authoritys_token_lies_beside_its_manifest_and_holds(config: Config, authority: Authority) -> None:
    sealed(config, 0)
    sealed(config, 10)
    report = verify(places(config))
    assert report.findings == []
    assert report.checked["timestamps"] == len(tokens(config)) == len(authority.asked) == 2
    assert authority.asked[0] == "application/timestamp-query"
    port = authority.address.rpartition(":")[2].removesuffix("/tsr")
    assert tokens(config)[0].name.endswith(f".manifest.127-0-0-1-{port}-tsr.tsr")
    manifest = Path(str(tokens(config)[0]).replace(f".127-0-0-1-{port}-tsr.tsr", ".json"))
    roots = load_certificates([authority.folder / "root.pem"])
    granted = check_token(tokens(config)[0].read_bytes(), manifest.read_bytes(), roots)
    assert granted.vouched
    assert abs(granted.at.timestamp() - time.time()) < timedelta(minutes=5).total_seconds()


def test_the_versions_of_tokens_in_a_bucket_are_known_by_the_seal_that_took_them(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place("seaweed", tmp_path, monkeypatch) as bucket:
        settings = s3_settings(seaweed())
        (tmp_path / "stoppress.toml").write_text(
            f"""
[archive]
store = "{bucket.store.address}"
catalogue = "sqlite:///{tmp_path}/catalogue.db"
spool = "{tmp_path}/spool"
[s3]
endpoint_url = "{settings.endpoint_url}"
addressing_style = "path"
[sites.gazette]
home = "{HOME}"
timezone = "Europe/London"
allow_private_addresses = true
"""
        )
        config = timed(load_config(tmp_path / "stoppress.toml", {}), authority)
        create(config, START)
        authority.mood = "away"
        sealed(config, 0)
        authority.mood = "well"
        sealed(config, 10)  # asks for both
        now = {item.key: item.version for item in bucket.store.current("")}
        with opening.reading(config.archive.catalogue) as rows:
            assert {row["key"]: row["version"] for row in rows("SELECT key, version FROM versions")} == now
        assert sum(key.endswith(".tsr") for key in now) == 2
        assert None not in now.values()


def test_openssl_says_the_same(config: Config, authority: Authority) -> None:
    sealed(config, 0)
    (token,), (manifest,) = tokens(config), files(config, "warc/**/*.manifest.json")
    command = ["openssl", "ts", "-verify", "-data", manifest, "-in", token, "-CAfile", authority.folder / "root.pem"]
    assert b"OK" in subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("mood", ["away", "silent", "nonsense"])
def test_an_authority_that_fails_hinders_no_seal_and_is_asked_again(
    config: Config, authority: Authority, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamps, "ASK_SECONDS", 1)
    authority.mood = mood
    sealed(config, 0)
    sealed(config, 10)
    assert tokens(config) == []
    (owed,) = found(config)
    assert (owed.object, owed.level) == (authority.address, "note")
    assert owed.problem == "2 manifests without a timestamp of this authority"
    assert verify(places(config)).problems == 0
    monkeypatch.setattr(timestamps, "ASK_SECONDS", 30)
    authority.mood = "well"
    sealed(config, 20)
    assert len(tokens(config)) == 3
    assert found(config) == []
    assert not list(Path(config.archive.spool).glob("*/timestamps-due*"))


def test_an_authority_that_answers_with_an_older_token_is_not_believed(config: Config, authority: Authority) -> None:
    sealed(config, 0)
    authority.mood = "old"
    sealed(config, 10)
    assert len(tokens(config)) == 1


def test_what_a_killed_process_had_not_asked_is_asked_by_the_next(
    config: Config, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise RuntimeError

    with written(config) as (_, writer), monkeypatch.context() as breaking:
        look(writer, page("ferry"), html("The ferry"), minutes(0))
        breaking.setattr(timestamps, "take_timestamps", killed)
        with pytest.raises(RuntimeError):
            writer.seal(minutes(1))
    assert tokens(config) == []
    with written(config):
        pass
    assert len(tokens(config)) == 1
    assert found(config) == []


def test_a_new_machine_is_told_what_is_owed_and_asks_for_it_after_an_init(
    config: Config, authority: Authority, tmp_path: Path
) -> None:
    sealed(config, 0)
    authority.mood = "away"
    sealed(config, 10)
    assert found(config)[0].advice == "it is asked again at the next seal of the site"
    shutil.rmtree(config.archive.spool)
    assert "run `stoppress init`" in found(config)[0].advice
    with written(config):
        assert any("not noted, as site gazette is being" in line for line in create(config, minutes(20)))
    assert any(line.startswith("timestamps owed: 1 of gazette") for line in create(config, minutes(20)))
    assert found(config)[0].advice == "it is asked again at the next seal of the site"
    authority.mood = "well"
    sealed(config, 30)
    assert found(config) == []
    assert not any("owed" in line for line in create(config, minutes(40)))


def test_a_token_that_was_changed_or_moved_is_named(config: Config, authority: Authority) -> None:
    sealed(config, 0)
    sealed(config, 10)
    first, second = tokens(config)
    whole = first.read_bytes()
    shutil.copy(second, first)
    (moved,) = found(config)
    assert (moved.object, moved.level) == (key_of(config, first), "problem")
    changed = bytearray(whole)
    changed[-20] ^= 1
    first.write_bytes(changed)
    (spoiled,) = found(config)
    assert "does not hold" in spoiled.problem
    first.write_bytes(whole)
    stray = first.with_name(first.name.replace("090000", "080000"))
    shutil.copy(first, stray)
    (alone,) = found(config)
    assert alone.object == key_of(config, stray)


def test_another_authoritys_root_vouches_for_nothing(config: Config, tmp_path: Path, authority: Authority) -> None:
    sealed(config, 0)
    other = make_authority(tmp_path / "other")
    stranger = replace(
        config, ledger=config.ledger.model_copy(update={"timestamp_certificates": (other / "root.pem",)})
    )
    assert [finding.level for finding in found(stranger)] == ["problem"]
    nobody = replace(config, ledger=config.ledger.model_copy(update={"timestamp_certificates": ()}))
    (note,) = found(nobody)
    assert (note.level, "who gave them was not checked" in note.problem) == ("note", True)
    manifest = files(config, "warc/**/*.manifest.json")[0]
    with pytest.raises(ValueError, match="other bytes"):
        check_token(tokens(config)[0].read_bytes(), manifest.read_bytes() + b"\n", [])


def test_certificates_without_a_root_check_nothing_and_are_an_error_that_says_so(
    config: Config, authority: Authority
) -> None:
    """Not a check that is silently off: what leads to no root proves nothing, whoever gave it."""
    sealed(config, 0)
    (token,) = tokens(config)
    spoiled = bytearray(token.read_bytes())
    spoiled[-5] ^= 0xFF
    token.write_bytes(spoiled)
    own = authority.folder / "tsa.pem"
    rootless = replace(config, ledger=config.ledger.model_copy(update={"timestamp_certificates": (own,)}))
    with pytest.raises(ConfigError, match=r"tsa\.pem hold no root certificate"):
        load_certificates([own])
    problems = [finding for finding in found(rootless) if finding.level == "problem"]
    assert ["hold no root certificate" in one.problem for one in problems] == [True]
    both = (own, authority.folder / "root.pem")
    whole = replace(config, ledger=config.ledger.model_copy(update={"timestamp_certificates": both}))
    assert ["does not hold" in one.problem for one in found(whole)] == [True]


def test_an_authoritys_own_certificate_beside_another_ones_root_lets_nothing_pass(
    config: Config, tmp_path: Path, authority: Authority
) -> None:
    sealed(config, 0)
    other = make_authority(tmp_path / "other")
    mixed = (other / "root.pem", authority.folder / "tsa.pem")
    stranger = replace(config, ledger=config.ledger.model_copy(update={"timestamp_certificates": mixed}))
    assert [finding.level for finding in found(stranger)] == ["problem"]


def test_a_manifest_put_in_place_of_a_timed_one_is_named(config: Config, authority: Authority) -> None:
    """Also where the key was stolen, and the newest manifest signed with it."""
    sealed(config, 0)
    manifest = files(config, "warc/**/*.manifest.json")[0]
    manifest.write_bytes(canonical({**json.loads(manifest.read_text()), "captures": 7}))
    assert key_of(config, tokens(config)[0]) in {finding.object for finding in found(config)}


def test_a_manifest_that_says_a_later_time_than_an_authority_saw_is_noted(config: Config, authority: Authority) -> None:
    sealed(config, 60 * 24 * 365 * 50)
    (note,) = found(config)
    assert note.level == "note"
    assert "the clock of the machine that sealed it was ahead" in note.advice


def test_certificates_that_are_none_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("nothing")
    with pytest.raises(ConfigError, match=r"roots\.pem can't be read as PEM certificates"):
        load_certificates([tmp_path / "roots.pem"])


def test_a_token_is_named_by_its_manifest_and_its_authority(config: Config) -> None:
    key = token_key("warc/a/2026/03/02/a-1.manifest.json", "https://Time.Example:8443/tsr?policy=1")
    assert key == "warc/a/2026/03/02/a-1.manifest.time-example-8443-tsr-policy-1.tsr"
    assert manifest_of(key) == "warc/a/2026/03/02/a-1.manifest.json"
    assert isinstance(places(config).store, DirectoryStore)
