"""Crawls of scripted servers: what the tests of the capture share."""

from __future__ import annotations

import sqlite3
import ssl
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.warc.reading import Record, records
from tests.conftest import Finished, found_archive, run_in, site_config
from tests.crawler.wireserver import WireServer


def sized(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", fields: bytes = b"") -> bytes:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        + fields
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + framed
        + end
    )


def tls(folder: Path) -> ssl.SSLContext:
    """A certificate of our own authority for localhost, which the crawl is told to trust."""
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", *asked.split(), *names, *where], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def crawl(
    server: WireServer,
    folder: Path,
    *paths: str,
    top: str = "",
    extra: str = "",
    monkeypatch: pytest.MonkeyPatch | None = None,
) -> Finished:
    """Crawl these paths, or what discovery finds when none is named, in an archive in this folder."""
    if server.context is not None and monkeypatch is not None:
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    (folder / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic", top=top, extra=extra))
    found_archive(folder) if "[archive]" not in top else run_in(folder, "init")
    return run_in(folder, "crawl", "harbour", *(f"{server.url}{path}" for path in paths))


def archived(folder: Path) -> list[Record]:
    found: list[Record] = []
    for segment in sorted((folder / "archive" / "warc").rglob("*.warc.gz")):
        with segment.open("rb") as stream:
            found += records(stream)
    return found


def outcomes(folder: Path, server: WireServer) -> dict[str, tuple[str, str | None]]:
    """What the newest look at each page came to, by path: its outcome and reason."""
    with closing(sqlite3.connect(folder / "archive" / "catalogue.db")) as catalogue:
        rows = catalogue.execute("SELECT url, outcome, reason FROM observations ORDER BY at").fetchall()
    return {url.removeprefix(server.url): (outcome, reason) for url, outcome, reason in rows}


def peak_megabytes(folder: Path, *arguments: str, timeout: float = 100) -> tuple[float, str]:
    """Run `stoppress` and return the most memory that one of its processes took, and its log."""
    script = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-m', 'cli.main', *sys.argv[1:]], stdout=2)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)\n"
        "sys.exit(done.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split()[-1]), done.stderr
