"""A Ceph cluster of one node on loopback with a RADOS gateway, from Debian's packages where they are installed.

It is a second opinion on what S3 services do: slower to start than SeaweedFS (ten seconds), all in memory, and other in
what it makes of `If-None-Match: *` where a bucket keeps versions. `tests/servers/install.sh` installs it; where it is
not, its tests are skipped, which is a failure where all are required.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from uuid import uuid4

from tests.s3server import KEYS, Service, answers, free_ports, scratch, start

PROGRAMS = ("ceph-mon", "ceph-osd", "ceph-authtool", "monmaptool", "radosgw", "radosgw-admin", "ceph")

ADVICE = "Ceph is not installed here: sh tests/servers/install.sh, or Debian's `radosgw`, `ceph-mon` and `ceph-osd`"
CONFIGURATION = """
[global]
fsid = {fsid}
mon host = {monitors}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {folder}/keyring
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
mon data = {folder}/mon
osd data = {folder}/osd
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port}
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
"""
CAPABILITIES = ("--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")


def installed() -> bool:
    """Return whether Debian's packages are there."""
    return all(shutil.which(program) for program in PROGRAMS)


@cache
def ceph() -> Service:
    """Return the gateway of a new cluster."""
    folder = scratch()
    v2, v1, port = free_ports(3)
    _configure(folder, f"[v2:127.0.0.1:{v2},v1:127.0.0.1:{v1}]", port)
    _start(folder, "ceph-mon", "-i", "a")
    osd = str(uuid4())
    _run(folder, "ceph", "--connect-timeout", "30", "osd", "new", osd)
    _run(folder, "ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
    _start(folder, "ceph-osd", "-i", "0")
    gateway = _start(folder, "radosgw", "-n", "client.rgw")
    keys = ("--access-key", KEYS["AWS_ACCESS_KEY_ID"], "--secret-key", KEYS["AWS_SECRET_ACCESS_KEY"])
    _run(folder, "radosgw-admin", "user", "create", "--uid", "ferry", "--display-name", "ferry", *keys)
    service = Service(name="ceph", endpoint=f"http://127.0.0.1:{port}", environment=KEYS)
    if not answers(service, gateway, seconds=60):
        raise AssertionError(f"the gateway did not start:\n{(folder / 'radosgw.log').read_text()[-2000:]}")
    time.sleep(1)  # its first pools are made with the first requests
    return service


def _configure(folder: Path, monitors: str, port: int) -> None:
    fsid = str(uuid4())
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir()
    (folder / "ceph.conf").write_text(CONFIGURATION.format(fsid=fsid, monitors=monitors, port=port, folder=folder))
    keyring, map_ = str(folder / "keyring"), str(folder / "monmap")
    _run(folder, "ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    for name in ("client.admin", "client.rgw", "osd.0"):
        _run(folder, "ceph-authtool", keyring, "--gen-key", "-n", name, *CAPABILITIES)
    _run(folder, "monmaptool", "--create", "--fsid", fsid, "--addv", "a", monitors, map_)
    _run(folder, "ceph-mon", "-i", "a", "--mkfs", "--monmap", map_, "--keyring", keyring)


def _run(folder: Path, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [program, "-c", str(folder / "ceph.conf"), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{program} {arguments}: {done.stderr}"


def _start(folder: Path, program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return start([program, "-c", str(folder / "ceph.conf"), *arguments, "-f"], folder, {})
