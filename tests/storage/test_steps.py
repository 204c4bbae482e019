"""Each step of commit, seal and recovery, one after the other, is the last that a process takes (design.md, section 3).

A step is a change to the disk, the store or the catalogue. After each death nothing lies in the store that its segment
does not prove, and after recovery all that was committed is in the history once: `simulating.invariants` sees to that.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.config import Config
from tests.storage.making import config_in, minutes, page, written
from tests.storage.simulating.running import broken
from tests.storage.simulating.schedules import Event, Schedule
from tests.storage.test_archive import classes, spooled

WORK = (Event("look", "ferry", 1), Event("commit", "", 0), Event("look", "pier", 1), Event("seal", "", 0))

LAST_STEP = 120
"""Steps that this work takes, with the start before it, and some more."""


def dying(kind: str, step: int, *, then: int | None = None) -> Schedule:
    """A process dies at this step of its work, and where asked for the next at that step of its recovery."""
    again = (Event(kind, "", then),) if then is not None else ()
    events = (Event(kind, "", step), *WORK, *again, Event("recover", "", 0), Event("look", "ferry", 2))
    return Schedule(seed=step, events=events, directory=True, percent=0, lying=False)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "every"), [("kill", 4), ("power", 11)])
def test_a_death_at_any_step_loses_nothing_that_was_committed(kind: str, every: int) -> None:
    for step in range(1, LAST_STEP, every):
        assert broken(dying(kind, step)) is None, step


@pytest.mark.slow
@pytest.mark.parametrize("then", range(2, 40, 12))
def test_a_death_within_recovery_is_recovered_from(then: int) -> None:
    assert broken(dying("kill", 41 + then, then=then)) is None


SCRIPT = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from storage.archive import sealing
from storage.catalogue.recording import Recorder
from storage.config import load_config
from storage.objects import DirectoryStore
from tests.storage.making import *

def die_after(place, name):
    done = getattr(place, name)
    def dying(*given, **said):
        done(*given, **said)
        os.kill(os.getpid(), 9)
    setattr(place, name, dying)

config = load_config(Path({file!r}), {{}})
with open_archive(config) as archive:
    writer = archive.writer(SITE)
    look(writer, page("ferry"), html(), minutes(0))
    writer.commit()
    die_after({place}, {name!r})
    writer.seal(minutes(1))
"""


@pytest.mark.parametrize(
    ("place", "name"),
    [("DirectoryStore", "put"), ("sealing", "record_leaves"), ("Recorder", "sealed"), ("sealing.Place", "remove")],
)
def test_a_process_killed_for_real_leaves_what_the_next_finishes(tmp_path: Path, place: str, name: str) -> None:
    config: Config = config_in(tmp_path)
    script = SCRIPT.format(root=str(Path(__file__).parents[2]), file=str(config.file), place=place, name=name)
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with written(config) as (_, writer):
        writer.seal(minutes(5))
    assert classes(config, page("ferry")) == [[]]
    assert not spooled(config)
