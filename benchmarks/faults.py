"""Run schedules of crashes, power cuts and failing stores against commit, seal, recovery and rebuild.

python benchmarks/faults.py [--schedules N] [--from SEED] [--processes N] [--seed SEED] [--json]

Each schedule is drawn from its seed and runs in a world of its own: disk, store, clock and kills are simulated
(tests/storage/simulating); in every third the clock is set back, by seconds or hours. From seed 1,000,000 on the
spool's disk changes bytes as well. What breaks an invariant is
shrunk to the fewest events that still do, and printed with its seed; `--seed` runs one schedule again and prints it.
Ends with 1 if any broke.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.storage.simulating.running import broken
from tests.storage.simulating.schedules import Schedule, drawn, shrunk


def first(found: str | None) -> str:
    return (found or "").partition("\n")[0][:60]


def run(seed: int) -> tuple[int, str | None]:
    return seed, broken(drawn(seed))


def smallest(schedule: Schedule) -> Schedule:
    """Return the least that still breaks the same."""
    wanted = first(broken(schedule))
    return shrunk(schedule, lambda simpler: first(broken(simpler)) == wanted)


def told(seed: int, found: str) -> None:
    print(f"== seed {seed}: {found}\n-- shrunk:\n{smallest(drawn(seed))}", flush=True)


def used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--from", type=int, default=0, dest="start")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.seed is not None:
        schedule, found = drawn(options.seed), broken(drawn(options.seed))
        print(smallest(schedule) if found else schedule)
        print(found or "nothing is broken")
        return int(found is not None)
    started, events, failed = time.monotonic(), Counter[str](), []
    seeds = range(options.start, options.start + options.schedules)
    with ProcessPoolExecutor(options.processes) as pool:
        for seed, found in pool.map(run, seeds, chunksize=20):
            if (seed + 1) % 500 == 0:
                print(f"{seed + 1 - options.start} done, {len(failed)} broken", file=sys.stderr, flush=True)
            events.update(event.what for event in drawn(seed).events)
            if found:
                failed.append(seed)
                told(seed, found)
    report = {
        "schedules": options.schedules,
        "broken": failed,
        "events": dict(events.most_common()),
        "seconds": round(time.monotonic() - started),
        "cpu_seconds": round(used()),
    }
    print(json.dumps(report) if options.json else "\n".join(f"{name:12} {value}" for name, value in report.items()))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
