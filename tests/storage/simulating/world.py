"""A world of its own for one run: disk, store, clock and chance, and processes that live and die in it."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from news.errors import StoreUnavailable
from storage import rebuild
from storage.archive import Archive, SiteWriter, access, archive, observing, open_archive, recovery, sealing, writer
from storage.catalogue import opening
from storage.catalogue.recording import Recorder
from storage.catalogue.scratch import Scratch
from storage.config import Config, load_config
from storage.objects import DirectoryStore, MemoryStore, Store, Stored, directory, get_bytes
from storage.verify.whole import Places
from tests.storage.faulty import HONEST, Fault, FaultyStore, Plan
from tests.storage.making import SITE, START, config_in
from tests.storage.simulating.disk import Disk, Steps
from tests.storage.simulating.schedules import Schedule

USED = (access, archive, observing, rebuild, recovery, sealing, writer)
"""Modules that a process loads when it first needs them: here before the clock is taken over."""

CHANGES = ("apply", "add_pages", "captures_anew", "drop_segment", "sealed", "note_versions")


class SteppedStore(FaultyStore):
    """A faulty store whose writes are steps: a process may die before one, or after it and before the answer."""

    def __init__(self, store: Store, plan: Plan, steps: Steps, sleep: Callable[[float], None]) -> None:
        super().__init__(store, plan, sleep=sleep)
        self._steps = steps

    def put(self, key: str, content: BinaryIO) -> Stored:
        self._steps.step()
        stored = super().put(key, content)
        self._steps.step()
        return stored


class World:
    """What a run happens in: everything in one folder of a memory file system."""

    def __init__(self, folder: Path, schedule: Schedule) -> None:
        self.folder, self.schedule = folder, schedule
        self.chance = random.Random(schedule.seed ^ 0x5EED)
        self.now = START
        self.steps = Steps()
        self.refuse_in: int | None = None
        self.back_in: tuple[int, float] | None = None
        (folder / "disk" / "spool").mkdir(parents=True)
        (folder / "index").mkdir()
        self.config = _configured(folder)
        self.disk = Disk(folder / "disk", folder, self.steps, self.chance)
        self.disk.adopt()
        self.truth: Store = DirectoryStore(folder / "disk" / "store") if schedule.directory else _filled(folder)
        faults = frozenset(Fault) if schedule.lying else HONEST
        self.plan = Plan(seed=schedule.seed, percent=schedule.percent, faults=faults)
        self.store = SteppedStore(self.truth, self.plan, self.steps, self.sleep)

    @property
    def spool(self) -> Path:
        return Path(self.config.archive.spool)

    @property
    def places(self) -> Places:
        """The archive as an operator's check sees it, the store without its faults."""
        ledger = access.ledger_of(self.config)
        return Places(store=self.truth, catalogue=self.config.archive.catalogue, spool=self.spool, ledger=ledger)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def read_clock(self) -> datetime:
        """Return the time; at a reading that was ordered the clock was set back just before."""
        if self.back_in is not None:
            readings, seconds = self.back_in
            self.back_in = (readings - 1, seconds) if readings > 1 else None
            self.now -= timedelta(seconds=seconds if readings == 1 else 0)
        return self.now

    def heal(self) -> None:
        """Let nothing more befall anyone; what a lying store has cut short is taken out of it, as an operator would."""
        self.plan.percent, self.steps.left, self.refuse_in, self.disk.full_in = 0, None, None, None
        self.back_in = None
        for call, key, fault in self.plan.told:
            if fault is Fault.TRUNCATED and call == "put":
                self._take_out(key)

    def _take_out(self, key: str) -> None:
        """Take an object out that no manifest proves."""
        manifests = [item.key for item in self.truth.list("warc/") if item.key.endswith(".manifest.json")]
        proved = b"".join(get_bytes(self.truth, name) for name in manifests if name != key)
        there = any(item.key == key for item in self.truth.list(key))
        if not there or key.encode() in proved or (key.endswith(".manifest.json") and _whole(self.truth, key)):
            return
        if isinstance(self.truth, MemoryStore):
            self.truth.delete(key)
        else:
            (self.folder / "disk" / "store" / key).unlink()

    @contextmanager
    def process(self) -> Iterator[tuple[Archive, SiteWriter]]:
        """Let a process open the archive and the site, which brings in what an earlier one left."""
        with open_archive(self.config, software={"software": "stoppress/simulated"}) as opened:
            yield opened, opened.writer(SITE)

    @contextmanager
    def entered(self) -> Iterator[ExitStack]:
        """Let this process see nothing but this world, its clock, chance, disk and store, until the stack is undone."""
        with ExitStack() as undone, self.disk.interposed():
            self._clock(undone)
            replaced(undone, os, "urandom", self.chance.randbytes)
            replaced(undone, time, "sleep", self.sleep)
            replaced(undone, access, "open_store", lambda *_: self.store)
            replaced(undone, directory, "_syncfs", self.disk.sync_all)
            replaced(undone, opening, "create", _created)
            for name in CHANGES:
                if (method := getattr(Recorder, name, None)) is not None:
                    replaced(undone, Recorder, name, self._changing(method))
            yield undone

    def _clock(self, undone: ExitStack) -> None:
        world = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                now = world.read_clock()
                return now.astimezone(tz) if tz else now.replace(tzinfo=None)

        for name, module in list(sys.modules.items()):
            if name.startswith("storage.") and getattr(module, "datetime", None) is datetime:
                replaced(undone, module, "datetime", Clock)

    def _changing(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """A change to the catalogue: refused, or whole, with a step on either side; SQLite itself is trusted."""

        def changing(recorder: Recorder, *given: Any, **said: Any) -> Any:
            if isinstance(recorder.catalogue, Scratch):  # a check's own
                return method(recorder, *given, **said)
            self.steps.step()
            if self.refuse_in is not None:
                self.refuse_in -= 1
                if self.refuse_in <= 0:
                    self.refuse_in = None
                    raise StoreUnavailable("the catalogue can't take the commit: disk is full; the spool keeps it")
            done = method(recorder, *given, **said)
            self.steps.step()
            return done

        return changing

    def crash(self, *, power: bool) -> None:
        """End the process that lives, and the machine's power with it where that is asked for."""
        self.steps.left, self.steps.dead = None, False
        if power:
            self.disk.cut_power()
        else:
            self.disk.end_process()


def _template(folder: Path) -> None:
    """Make once what every run begins with: configuration, key, an empty store and an empty catalogue."""
    (folder / "template").mkdir()
    config_in(folder / "template")


def _configured(folder: Path) -> Config:
    made = folder.parent / "template"
    if not made.exists():
        _template(folder.parent)
    shutil.copy(made / "stoppress.key", folder)
    shutil.copytree(made / "archive", folder / "disk" / "store", ignore=shutil.ignore_patterns("catalogue*", "spool"))
    shutil.copy(made / "archive" / "catalogue.db", folder / "index")
    (folder / "stoppress.toml").write_text(
        f"""
[archive]
store = "{folder}/disk/store"
spool = "{folder}/disk/spool"
catalogue = "sqlite:///{folder}/index/catalogue.db"
[sites.gazette]
home = "{SITE.home}"
timezone = "Europe/London"
allow_private_addresses = true
"""
    )
    return load_config(folder / "stoppress.toml", {})


def _filled(folder: Path) -> MemoryStore:
    """A service that holds what the new archive's directory did."""
    memory = MemoryStore()
    for item in DirectoryStore(folder / "disk" / "store").list(""):
        memory.put(item.key, BytesIO((folder / "disk" / "store" / item.key).read_bytes()))
    return memory


def _created(address: str) -> None:
    """Make an empty catalogue: a copy of one, which takes a tenth of the time."""
    path = Path(address.removeprefix(opening.SQLITE))
    if not path.exists():
        shutil.copy(path.parents[2] / "template" / "archive" / "catalogue.db", path)


def replaced(undone: ExitStack, place: Any, name: str, value: Any) -> None:
    """Put something in the place of a name until the stack is undone."""
    undone.callback(partial(setattr, place, name, getattr(place, name)))
    setattr(place, name, value)


def _whole(store: Store, key: str) -> bool:
    return get_bytes(store, key).rstrip().endswith(b"}")
