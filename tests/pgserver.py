"""PostgreSQL on loopback, started when a test first asks for it and ended with the tests."""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg

from storage.catalogue import opening
from tests.s3server import free_ports, stop

ADVICE = "PostgreSQL is not installed here: sh tests/servers/install.sh, or Debian's package `postgresql`"
DEBIAN = Path("/usr/lib/postgresql")
USER = "harbour"
BECOMING = """
import ctypes, os, sys
uid, gid, *command = sys.argv[1:]
library = ctypes.CDLL(None)
if uid:
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
if sys.platform == "linux":
    library.prctl(1, 9)
os.execv(command[0], command)
"""
"""A program that becomes the one named, as the user named, and is killed with its parent (prctl(2), PR_SET_PDEATHSIG).
It starts as we do: another user may not be allowed to read our Python."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "lc_messages": "C",
}
CARELESS = {"fsync": "off", "full_page_writes": "off"}
"""For tests alone, whose data folder goes with them."""


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest's; None where there are none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted((path for path in DEBIAN.glob("*/bin") if (path / "initdb").is_file()), key=_version)
    return versions[-1] if versions else None


def _version(path: Path) -> float:
    return float(path.parent.name)


@dataclass(slots=True)
class Server:
    """A PostgreSQL that runs, and may be stopped and started again; its texts sort as in English by default."""

    folder: Path
    port: int
    password: str
    durable: bool
    process: subprocess.Popen[bytes] = field(init=False)

    def address(self, database: str, *, user: str = USER, password: str | None = None) -> str:
        """Return a catalogue's address as a configuration names it."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql+psycopg://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the server's owner."""
        address = self.address(database).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def database(self, *, like: str | None = None, settings: str = "") -> str:
        """Make a database that nobody has used, empty or a copy; return its name."""
        name = f"harbour_{uuid4().hex[:16]}"
        self.run(f"CREATE DATABASE {name} {f'TEMPLATE {like}' if like else ''} {settings}")
        return name

    def stop(self) -> None:
        """End the server at once, its clients' connections with it."""
        command = [_program("pg_ctl"), "stop", "-D", str(self.folder), "-m", "immediate", "-w"]
        _finished(command, self.folder)
        self.process.wait(10)

    def start(self) -> None:
        """Start it, where it was, and wait until it answers."""
        self.process = _started(self)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()[-3000:]}")


@cache
def server() -> Server:
    """Return this process's server."""
    return made()


def made(*, durable: bool = False) -> Server:
    """Make and start a server of one's own, which ends with this process; a durable one syncs what it commits."""
    scratch = tempfile.TemporaryDirectory(prefix="stoppress-pg-", ignore_cleanup_errors=True)
    atexit.register(scratch.cleanup)
    folder, password = Path(scratch.name) / "cluster", secrets.token_urlsafe(12)
    given = Path(scratch.name) / "password"
    given.write_text(password)
    if (owner := _owner()) is not None:
        for path in (Path(scratch.name), given):
            shutil.chown(path, owner)
    command = [_program("initdb"), "-D", str(folder), "-U", USER, "-A", "scram-sha-256", f"--pwfile={given}"]
    command += ["-E", "UTF8", "--locale-provider=icu", "--icu-locale=en-GB", "--locale=C", "--no-sync"]
    _finished(command, Path(scratch.name))
    found = Server(folder, free_ports(1)[0], password, durable)
    found.start()
    atexit.register(lambda: stop(found.process))
    return found


@cache
def template() -> str:
    """Return the name of a database that holds an empty catalogue, to be copied."""
    name = server().database()
    opening.create(server().address(name))
    return name


def new_catalogue() -> str:
    """Return the address of an empty catalogue that nobody has used."""
    return server().address(server().database(like=template()))


def copy_of(address: str) -> str:
    """Return the address of a copy of a catalogue; nobody may be connected to that."""
    return server().address(server().database(like=_name(address)))


def change(address: str, statement: str, values: Sequence[object] = ()) -> None:
    """Run a statement in a catalogue, behind the program's back."""
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement, values)  # type: ignore[arg-type]


def drop(address: str) -> None:
    """Drop a catalogue's database, whoever is connected."""
    server().run(f"DROP DATABASE IF EXISTS {_name(address)} WITH (FORCE)")


def empty(address: str) -> None:
    """Let a catalogue's database hold nothing, not even a schema."""
    drop(address)
    server().run(f"CREATE DATABASE {_name(address)}")


def _name(address: str) -> str:
    return address.rpartition("/")[2]


def _program(name: str) -> str:
    folder = binaries()
    assert folder is not None, ADVICE
    return str(folder / name)


def _owner() -> str | None:
    """Return whose the server is to be: nobody runs PostgreSQL as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_owner(command: Sequence[str]) -> list[str]:
    owner = _owner()
    return ["runuser", "-u", owner, "--", *command] if owner else list(command)


def _started(server: Server) -> subprocess.Popen[bytes]:
    """Start the server so that it ends with this process, however that ends."""
    said = [f"--{name}={value}" for name, value in {**SETTINGS, **({} if server.durable else CARELESS)}.items()]
    command = [_program("postgres"), "-D", str(server.folder), "-p", str(server.port), *said]
    entry = pwd.getpwnam(owner) if (owner := _owner()) else None
    ids = [str(entry.pw_uid), str(entry.pw_gid)] if entry else ["", ""]
    with (server.folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", BECOMING, *ids, *command],
            cwd=server.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(server.folder), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _finished(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(_as_owner(command), cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
