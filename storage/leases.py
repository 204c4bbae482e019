"""One writer a site, on all machines that share a catalogue: a lease, and a token that `commit` checks (fencing).

An flock proves a writer alive on its own machine (`storage.archive.spool`); no other machine can see it. So a writer
takes its site's lease in the catalogue and renews it every third of its life. Each taking makes the token greater, and
each commit looks, in its own transaction, whether the token is still the writer's: a process that slept while another
took its site can write to its own spool, and nowhere else.

`until` is told by the holder's clock and read by another's. Clocks that differ by less than `MARGIN` never cost a
living holder its lease; a clock that is further off can, and that is all it can: safety hangs on the token alone.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from news.errors import LeaseLost, SiteBusy, StoreError
from news.serial import instant, rfc3339
from storage.catalogue import statements
from storage.catalogue.changing import Change, Changing, retried
from storage.catalogue.opening import Row, Rows

log = logging.getLogger(__name__)

LIFE = timedelta(seconds=90)
"""How long a lease holds after it was taken or renewed."""

MARGIN = timedelta(seconds=30)
"""How much longer another machine waits for it, for clocks that differ."""

BOOT = Path("/proc/sys/kernel/random/boot_id")

_HELD = "SELECT * FROM leases WHERE site IN {keys}"
_TAKEN = """
    UPDATE leases SET token = :token, holder = :holder, host = :host, boot = :boot, pid = :pid, spool = :spool,
      taken = :taken, until = :until
    WHERE site = :of
"""
_RENEWED = "UPDATE leases SET until = :until WHERE site = :of"
_RELEASED = "UPDATE leases SET holder = '', until = '' WHERE site = :of AND holder = :holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who writes: a name that no other ever has, the machine and its boot, the process, and where its spool lies."""

    name: str
    host: str
    boot: str
    pid: int
    spool: str


def this_process(spool: Path) -> Holder:
    """Return a new holder: this process, writing to that spool."""
    host = socket.gethostname()
    return Holder(name=str(uuid4()), host=host, boot=_boot(), pid=os.getpid(), spool=str(spool.resolve()))


class Lease:
    """The right to write a site, until it is released or another takes it."""

    def __init__(self, catalogue: Changing, site: str, holder: Holder, token: int) -> None:
        self.site = site
        self.token = token
        self._catalogue = catalogue
        self._holder = holder
        self._renewed = time.monotonic()

    def check(self, change: Change) -> None:
        """Raise `LeaseLost` where another has taken the site; none can before this transaction ends."""
        rows = change.among(_HELD, [self.site], held=True)
        if not rows or (rows[0]["token"], rows[0]["holder"]) != (self.token, self._holder.name):
            taker = f"process {rows[0]['pid']} on {rows[0]['host']}" if rows and rows[0]["holder"] else "another"
            raise LeaseLost(
                f"site {self.site} was taken over by {taker} while this process did nothing for over "
                f"{LIFE.total_seconds():g} s; what it captured is in its spool and goes in at the next start"
            )

    def renew(self, now: datetime) -> None:
        """Let the lease hold for another life, if a third of this one is over; raises `LeaseLost`."""
        if time.monotonic() - self._renewed >= LIFE.total_seconds() / 3:
            retried(self._catalogue, lambda change: self.extend(change, now))
            self._renewed = time.monotonic()

    def extend(self, change: Change, now: datetime) -> None:
        """Let the lease hold for another life once this transaction ends; raises `LeaseLost`."""
        self.check(change)
        change.run(_RENEWED, [{"of": self.site, "until": rfc3339(now + LIFE)}])

    def release(self) -> None:
        """Let another write the site at once; where the catalogue can't be told, the lease runs out by itself."""
        told = {"of": self.site, "holder": self._holder.name}
        with suppress(StoreError):
            retried(self._catalogue, lambda change: change.run(_RELEASED, [told]))


def take(catalogue: Changing, site: str, holder: Holder, now: datetime) -> Lease:
    """Take a site's lease: a free one, one that ran out, or one whose holder wrote to this spool and so is dead.

    The caller holds the flock of the site's spool. Raises `SiteBusy` while another's lease holds.
    """

    def do(change: Change) -> int:
        blank: dict[str, Any] = dict.fromkeys(statements.COLUMNS["leases"], "") | {"site": site, "token": 0, "pid": 0}
        change.run(statements.insert("leases", statements.COLUMNS["leases"]), [blank])
        (row,) = change.among(_HELD, [site], held=True)
        _check_free(row, holder, now)
        told = {"holder": holder.name, "host": holder.host, "boot": holder.boot, "pid": holder.pid}
        times = {"taken": rfc3339(now), "until": rfc3339(now + LIFE)}
        change.run(_TAKEN, [{**told, **times, "of": site, "spool": holder.spool, "token": row["token"] + 1}])
        if row["holder"]:
            log.warning("lease taken over site=%s from=%s pid=%d", site, row["host"], row["pid"])
        return int(row["token"]) + 1

    return Lease(catalogue, site, holder, retried(catalogue, do))


def holders(rows: Rows, site: str | None = None) -> Sequence[Row]:
    """Return the leases that someone holds, of one site or of all."""
    found = rows("SELECT * FROM leases WHERE holder != '' ORDER BY site")
    return [row for row in found if site is None or row["site"] == site]


def open_elsewhere(rows: Rows, spool: Path, now: datetime) -> set[str]:
    """Return the segments that living writers with other spools than this one have not sealed yet."""
    found = rows(
        "SELECT s.name, l.until FROM segments s JOIN leases l ON l.site = s.site "
        "WHERE s.sealed IS NULL AND l.holder != '' AND l.spool != :spool",
        spool=str(spool.resolve()),
    )
    return {row["name"] for row in found if runs_out(row) >= now}


def runs_out(row: Row) -> datetime:
    """Return when another machine may take a lease that someone holds."""
    return instant(row["until"]) + MARGIN


def machine() -> str:
    """Return this machine's name as it stands in the names of the segments that were opened here."""
    return named(socket.gethostname()) or "host"


def named(host: str) -> str:
    """Return a machine's name as it may stand in a segment's name."""
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:32]


def _check_free(row: Row, holder: Holder, now: datetime) -> None:
    here = (row["host"], row["boot"], row["spool"]) == (holder.host, holder.boot, holder.spool)
    if row["holder"] in ("", holder.name) or here or runs_out(row) < now:
        return
    raise SiteBusy(
        f"site {row['site']} is written by process {row['pid']} on {row['host']}, spool {row['spool']}; stop it, or, "
        f"if that machine is gone, wait until {rfc3339(runs_out(row))[:19]}Z, when its lease has run out"
    )


def _boot() -> str:
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""
