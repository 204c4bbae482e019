"""Commit, seal, recovery and rebuild under crashes, power cuts and failing stores: `benchmarks/faults.py`, short."""

from __future__ import annotations

import pytest

from tests.storage.simulating.mutants import MUTANTS
from tests.storage.simulating.running import Mutation, broken
from tests.storage.simulating.schedules import ROTTEN, Event, Schedule, drawn, shrunk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SCHEDULES = 240
PART = 40
ENOUGH = 300
"""Schedules within which a mutant must be found."""


@pytest.mark.parametrize("start", range(0, SCHEDULES, PART))
def test_no_schedule_breaks_the_archive(start: int) -> None:
    for seed in range(start, start + PART):
        found = broken(drawn(seed))
        assert found is None, f"{smallest(drawn(seed))}\n{found}"


@pytest.mark.parametrize("start", range(ROTTEN, ROTTEN + SCHEDULES // 2, PART))
def test_no_byte_that_the_spools_disk_changes_costs_more_than_its_record(start: int) -> None:
    for seed in range(start, start + PART):
        found = broken(drawn(seed))
        assert found is None, f"{smallest(drawn(seed))}\n{found}"


@pytest.mark.parametrize("seed", [654, 919, 3520, 3769, 26, 212, 2441, 30470, 100550, 104537, 201329, 207098])
def test_what_broke_it_once_breaks_it_no_more(seed: int) -> None:
    """A commit that the catalogue refused, a rewritten journal left, a disk full in a recovery, an empty leftover.

    With a clock that was set back: segments sealed in another order than written, a chain laid again by a recovery, a
    late look made twice since its commit was refused, a chain not laid since a sealed segment has a later name.
    """
    assert broken(drawn(seed)) is None


@pytest.mark.parametrize("name", MUTANTS)
def test_a_fault_put_into_the_archive_is_found(name: str) -> None:
    found = next((seed for seed in range(ENOUGH) if broken(drawn(seed), MUTANTS[name])), None)
    assert found is not None


def test_a_schedule_runs_the_same_way_again() -> None:
    mutation = MUTANTS["the manifest is put first"]
    seed = next(seed for seed in range(ENOUGH) if broken(drawn(seed), mutation))
    assert broken(drawn(seed), mutation) == broken(drawn(seed), mutation)


def test_a_schedule_that_fails_shrinks_to_the_events_that_make_it_fail() -> None:
    events = [Event("look", "ferry", number) for number in range(9)]
    schedule = Schedule(seed=1, events=tuple(events), directory=True, percent=20, lying=True)

    def fails(tried: Schedule) -> bool:
        return {events[2], events[7]} <= set(tried.events)

    small = shrunk(schedule, fails)
    assert small.events == (events[2], events[7])
    assert (small.directory, small.percent, small.lying) == (False, 0, False)


def smallest(schedule: Schedule, mutation: Mutation | None = None) -> Schedule:
    """Return the least that still breaks something."""
    return shrunk(schedule, lambda simpler: broken(simpler, mutation) is not None)
