"""Schedules: what a crawl does, and what befalls it meanwhile, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PAGES = ("ferry", "pier", "quay")
STATES = 3


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a schedule does; `number` is a state, or how many steps on something befalls.

    The page of a clock that is set back is by how many seconds; that of a rotting disk is which file a byte changes in.
    """

    what: str
    page: str = ""
    number: int = 0

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.what, self.page, self.number) if part != "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What happens, in its order. The same seed and events give the same run, byte for byte."""

    seed: int
    events: tuple[Event, ...]
    directory: bool
    """Whether the store is a directory of the same disk, or a service that keeps what it was given."""
    percent: int
    """How many of a hundred calls of the store fail."""
    lying: bool
    """Whether the store also fails in ways that no error tells of."""

    def __str__(self) -> str:
        store = "directory" if self.directory else "service"
        said = f"seed {self.seed}, store: {store}, {self.percent} % of its calls fail{', lying' if self.lying else ''}"
        return "\n".join((said, *(f"  {number:2} {event}" for number, event in enumerate(self.events))))


_WEIGHTS = {
    "look": 30, "gone": 4, "same": 5, "failed": 4, "redirect": 3, "commit": 12, "seal": 9, "close": 5, "kill": 9,
    "power": 7, "verify": 3, "rebuild": 4, "full": 3, "refuse": 3, "recover": 3, "forget": 2,
}  # fmt: skip
"""How often each event comes: of a hundred or so."""

_FAR = {"kill": 160, "power": 160, "full": 30, "refuse": 6}
"""Within how many steps what is ordered befalls: steps of the disk and the store, writes, changes to the catalogue."""


_SETS_BACK = 3
"""The clock of every so manieth schedule is set back once or more."""


ROTTEN = 1_000_000
"""Schedules of seeds from here on are those of the seed so much less, with bytes that the spool's disk changes."""


def drawn(seed: int) -> Schedule:
    """Return the schedule of this seed."""
    if seed >= ROTTEN:
        return _rotten(seed)
    chance = random.Random(seed)
    kinds, weights = list(_WEIGHTS), list(_WEIGHTS.values())
    count = chance.randint(6, 22)
    events = tuple(_event(chance, chance.choices(kinds, weights)[0]) for _ in range(count))
    percent = chance.choice((0, 0, 5, 20))
    made = Schedule(
        seed=seed,
        events=events,
        directory=chance.random() < 0.5,
        percent=percent,
        lying=percent > 0 and chance.random() < 0.3,
    )
    return with_events(made, _set_back(chance, events)) if seed % _SETS_BACK == _SETS_BACK - 1 else made


def _rotten(seed: int) -> Schedule:
    """Return another seed's schedule with one to three events among its own that change a byte, the store honest."""
    plain, chance = drawn(seed - ROTTEN), random.Random(seed)
    told = [event for event in plain.events if event.what != "forget"]  # looks that no catalogue knows can't be told
    for _ in range(chance.randint(1, 3)):
        told.insert(
            chance.randint(2, len(told)), Event("rot", chance.choice(("records", "journal")), chance.randrange(10_000))
        )
    return Schedule(seed=seed, events=tuple(told), directory=plain.directory, percent=0, lying=False)


def _set_back(chance: random.Random, events: Sequence[Event]) -> list[Event]:
    """Return the events with some among them after which the clock is set back, at one of its next readings."""
    told = list(events)
    for _ in range(chance.randint(1, 3)):
        event = Event("back", str(chance.choice((2, 90, 900, 20_000))), chance.choice((1, 1, 4, 25)))
        told.insert(chance.randint(0, len(told)), event)
    return told


def _event(chance: random.Random, what: str) -> Event:
    if what in _FAR:
        near = chance.choice((4, 15, _FAR[what]))
        return Event(what, number=chance.randint(1, near))
    page = chance.choice(PAGES) if what in ("look", "gone", "same", "failed", "redirect") else ""
    return Event(what, page, chance.randrange(STATES) if what in ("look", "redirect") else 0)


def shrunk(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """Return a schedule that still fails with as few events, and as little else befalling it, as can be."""
    for simpler in _simpler(schedule):
        if fails(simpler):
            schedule = simpler
    size = max(len(schedule.events) // 2, 1)
    while size:
        at = 0
        while at < len(schedule.events):
            fewer = with_events(schedule, (*schedule.events[:at], *schedule.events[at + size :]))
            if fails(fewer):
                schedule = fewer
            else:
                at += size
        size //= 2
    return schedule


def with_events(schedule: Schedule, events: Sequence[Event]) -> Schedule:
    """Return the schedule with other events."""
    return Schedule(
        seed=schedule.seed,
        events=tuple(events),
        directory=schedule.directory,
        percent=schedule.percent,
        lying=schedule.lying,
    )


def _simpler(schedule: Schedule) -> list[Schedule]:
    plain = Schedule(seed=schedule.seed, events=schedule.events, directory=False, percent=0, lying=False)
    honest = Schedule(
        seed=schedule.seed,
        events=schedule.events,
        directory=schedule.directory,
        percent=schedule.percent,
        lying=False,
    )
    whole = Schedule(seed=schedule.seed, events=schedule.events, directory=schedule.directory, percent=0, lying=False)
    return [honest, whole, plain]
