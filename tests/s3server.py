"""S3 services on loopback, started when a test first asks for them and ended with the tests: SeaweedFS, and moto."""

from __future__ import annotations

import atexit
import ipaddress
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

KEYS = {"AWS_ACCESS_KEY_ID": "ferry", "AWS_SECRET_ACCESS_KEY": "lighthouse-keeper"}
WEED = Path(sys.executable).with_name("weed")
DYING = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execvp(sys.argv[1], sys.argv[1:])"
"""A program that becomes the one named, after asking to be killed with its parent (prctl(2), PR_SET_PDEATHSIG)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that runs: where it answers, and the environment in which a client may ask it."""

    name: str
    endpoint: str
    environment: Mapping[str, str]

    def bucket(self) -> str:
        """Return the name of a bucket that nobody has used."""
        return f"harbour-{uuid4().hex[:20]}"

    def client(self, **settings: object):  # type: ignore[no-untyped-def]
        """Return a client of the tests' own: what an operator has at hand."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            verify=self.environment.get("AWS_CA_BUNDLE"),
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
            **settings,
        )


@cache
def seaweed(*, tls: bool = False) -> Service:
    """Return SeaweedFS over http, or the same server over https with a certificate made for it."""
    folder, http, https = _seaweed()
    if tls:
        trusted = {**KEYS, "AWS_CA_BUNDLE": str(folder / "ca.pem")}
        return Service(name="seaweed-tls", endpoint=f"https://127.0.0.1:{https}", environment=trusted)
    return Service(name="seaweed", endpoint=f"http://127.0.0.1:{http}", environment=KEYS)


@cache
def moto() -> Service:
    """Return moto's server: it keeps all in memory and lets any key in, so it proves less than a real service."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    atexit.register(server.stop)
    host, port = server.get_host_and_port()
    return Service(name="moto", endpoint=f"http://{host}:{port}", environment=KEYS)


@cache
def _seaweed() -> tuple[Path, int, int]:
    folder = scratch()
    make_certificate(folder)
    for _ in range(3):  # a free port may be taken before the server binds it
        ports = free_ports(11)
        process = start([str(WEED), "mini", *_flags(folder, ports)], folder, KEYS)
        service = Service(name="seaweed", endpoint=f"http://127.0.0.1:{ports[0]}", environment=KEYS)
        if answers(service, process):
            return folder, ports[0], ports[1]
        stop(process)
    raise AssertionError(f"SeaweedFS did not start:\n{(folder / 'weed.log').read_text()[-3000:]}")


def _flags(folder: Path, ports: Sequence[int]) -> list[str]:
    names = (
        "s3.port", "s3.port.https", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port",
        "volume.port.grpc", "filer.port", "filer.port.grpc", "admin.port", "admin.port.grpc",
    )  # fmt: skip
    flags = {name: str(port) for name, port in zip(names, ports, strict=True)} | {
        "dir": str(folder),
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.cert.file": str(folder / "server.pem"),
        "s3.key.file": str(folder / "server.key"),
        "s3.autoCreateBucket": "false",
        "s3.port.iceberg": "0",
        "s3.port.lance": "0",
        "s3.localSocket": str(folder / "s3.sock"),
        "filer.localSocket": str(folder / "filer.sock"),
        "admin.ui": "false",
        "webdav": "false",
        "master.telemetry": "false",
        "volume.max": "100000",  # each bucket takes several, of the few that a nearly full disk would be given
    }
    return [f"-{name}={value}" for name, value in flags.items()]


def answers(service: Service, process: subprocess.Popen[bytes], seconds: float = 30) -> bool:
    """Return whether the service lists its buckets before long; its ports open before its keys are known."""
    client = service.client()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.list_buckets()
        except (ClientError, BotoCoreError):
            time.sleep(0.1)
        else:
            return True
    return False


def scratch() -> Path:
    """Return a folder that goes with the tests."""
    folder = tempfile.TemporaryDirectory(prefix="stoppress-s3-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


def start(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a server that ends with this process, however that ends; what it says goes to a file."""
    log = (folder / f"{Path(command[0]).name}.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-c", DYING, *command] if sys.platform == "linux" else command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    log.close()
    atexit.register(stop, process)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server; what it holds is not kept."""
    if process.poll() is None:
        process.kill()
    process.wait()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on just now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def make_certificate(folder: Path) -> None:
    """Write ca.pem, and server.pem and server.key signed by it, good for 127.0.0.1."""
    now = datetime.now(UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, said)]) for said in ("Harbour test CA", "127.0.0.1")
    )

    def signed(of: x509.Name, public: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder(subject_name=of, issuer_name=ca_name, public_key=public)
        builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=2))
        return builder.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    (folder / "ca.pem").write_bytes(
        signed(ca_name, ca_key.public_key(), x509.BasicConstraints(ca=True, path_length=None))
    )
    (folder / "server.pem").write_bytes(signed(name, key.public_key(), address))
    (folder / "server.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
