"""What a command costs before it does anything: `--help`, and `history` on an archive of 10,000 revisions.

python benchmarks/startup.py [--revisions N] [--rounds N] [--json]

Each command is run in a fresh process, alternating with `python -c pass` in the same run; told are medians of CPU and
wall seconds. The archive is made by the commit path itself: 1,000 articles with ten revisions each, one of them asked
for in turn.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.model import Article, Block
from news.revising import Present, Verdict
from storage.archive import Look, Seen
from tests.storage.making import SENTENCES, config_in, exchange, minutes, page, written

BODY = tuple(Block(role="paragraph", text=sentence) for sentence in SENTENCES * 4)


def fill(folder: Path, revisions: int) -> list[str]:
    config = config_in(folder)
    addresses = [page(f"story-number-{number}") for number in range(max(revisions // 10, 1))]
    with written(config) as (_, writer):
        for edition in range(10):
            for number, url in enumerate(addresses):
                at = minutes(edition * 60 + number / 100)
                sight = Present(article=Article(headline=f"Edition {edition} of story {number}", body=BODY))
                capture = writer.append(exchange(url, b"an edition", at))
                seen = Seen(verdict=Verdict(sight=sight), address=url)
                writer.observe(Look(page=url, at=at, why="benchmark", result=seen, capture=capture))
            writer.commit()
        writer.seal(minutes(700))
    return addresses


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env={**os.environ})
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revisions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    stoppress = str(Path(sys.executable).with_name("stoppress"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        addresses = fill(folder, options.revisions)
        contestants: dict[str, Callable[[int], list[str]]] = {
            "python -c pass": lambda _: [sys.executable, "-c", "pass"],
            "stoppress --help": lambda _: [stoppress, "--help"],
            "stoppress history": lambda round_: [stoppress, "history", addresses[round_ % len(addresses)], "--json"],
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
        for round_ in range(options.rounds):
            for name, command in contestants.items():
                taken[name].append(measured(command(round_), folder))
    report = {
        name: {
            "cpu_seconds": round(median(cpu for cpu, _ in every), 3),
            "wall_seconds": round(median(wall for _, wall in every), 3),
        }
        for name, every in taken.items()
    }
    if options.json:
        print(json.dumps(report))
        return
    for name, said in report.items():
        print(f"{name:20} {said['cpu_seconds']:.3f} s CPU   {said['wall_seconds']:.3f} s wall")


if __name__ == "__main__":
    main()
