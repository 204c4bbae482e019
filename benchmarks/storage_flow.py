"""What flows through an archive: commits, seals, checks, rebuilds, and the memory that each takes as the archive grows.

python benchmarks/storage_flow.py [--store directory|seaweed] [--captures N ...] [--segment N] [--looks L]
                                  [--kilobytes K] [--json]

For each number of captures an archive is made by the commit path itself, without a wire and without a reader: a page of
K kilobytes each, gzipped, N captures a segment, a revision for the first of L looks at each page. Then, each in a
process of its own:

  commit    revisions committed a second: record, observation, decision, journal, catalogue; seals not counted
  seal      MB a second that go into the store, read back, with their manifest; `raw put` is the first 10,000 objects
            put together with nothing read back, asked or proved, in the same run
  digest    the same objects read together, and their SHA-256: what no check of them can be faster than
  verify    `stoppress verify`; MB of the store's objects a second, on one core and on all
  rebuild   `stoppress rebuild` after the catalogue was deleted; captures a second

`peak_mb` is the largest process's resident memory. A seal and a check hold what they need of one segment: archives are
compared whose segments are equally large, of N captures each and no fewer. MB are 10^6 bytes; seconds are wall, CPU is
told beside them.
"""

import argparse
import gzip
import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.model import Article, Block
from news.revising import Present, Verdict
from storage.archive import Look, Seen
from storage.config import Config, load_config
from storage.objects import Store, open_store
from tests.storage.making import HOME, exchange, minutes, page, written

EACH_COMMIT = 50
TOGETHER = 128
RAW = 10_000
WATCHED_EACH = 0.02
"""Seconds."""
SITE = f"""
[sites.gazette]
home = "{HOME}"
timezone = "Europe/London"
allow_private_addresses = true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Captures in a segment, looks at each page, of which the first brings its revision, and a page's kilobytes."""

    segment: int
    looks: int
    kilobytes: int

    def options(self) -> list[str]:
        """Return it as this program's arguments."""
        said = {"--segment": self.segment, "--looks": self.looks, "--kilobytes": self.kilobytes}
        return [word for name, value in said.items() for word in (name, str(value))]


def configured(folder: Path, store: str, s3: str) -> Config:
    """Make an archive with its own configuration."""
    catalogue = f"sqlite:///{folder}/catalogue.db"
    said = f'[archive]\nstore = "{store}"\ncatalogue = "{catalogue}"\nspool = "{folder}/spool"\n{s3}{SITE}'
    (folder / "stoppress.toml").write_text(said)
    run(folder, "init")
    return load_config(folder / "stoppress.toml", {})


def run(folder: Path, *arguments: str, alone: bool = False) -> dict[str, float]:
    """Run a command in a folder, `alone` on one core; return its wall and CPU seconds and its peak memory."""
    return waited(folder, [sys.executable, "-m", "cli.main", *arguments], alone=alone)


def waited(folder: Path, command: list[str], *, alone: bool = False) -> dict[str, float]:
    root, cores = str(Path(__file__).parents[1]), os.sched_getaffinity(0)
    started = time.perf_counter()
    with (folder / "said").open("w+") as said:
        os.sched_setaffinity(0, {min(cores)} if alone else cores)  # which the process is started with
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": root}
        )
        os.sched_setaffinity(0, cores)
        peak = peak_of(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}\n{said.read()[-2000:]}")
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak_mb": peak}


def peak_of(process: int) -> float:
    """Wait for a process to end; return the most memory, in MB, that it or one that it started held at a time.

    `wait4` would tell at least what this process held when it started that one (getrusage(2) says of `execve`).
    """
    peak, ends = 0.0, os.pidfd_open(process)
    try:
        while not select.select([ends], [], [], WATCHED_EACH)[0]:
            for each in (process, *children_of(process)):
                peak = max(peak, held_by(each))
    finally:
        os.close(ends)
    return peak


def children_of(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def held_by(process: int) -> float:
    """Return the most that a process held so far, in MB, 0 where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def build(folder: Path, captures: int, shape: Shape) -> dict[str, float]:
    """Commit and seal so many captures; the time for each."""
    config, chance = load_config(folder / "stoppress.toml", {}), random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(20_000)]
    stories = max(shape.segment // shape.looks, 1)
    committing = sealing = 0.0
    with written(config) as (_, writer):
        for number in range(captures):
            story = number // shape.segment * stories + number % shape.segment % stories
            text = " ".join(random.Random(story).choices(words, k=shape.kilobytes * 1000 // 7))
            at, url = minutes(number / 10), page(f"story-{story}")
            body = gzip.compress(f"<!doctype html><p>{text}<!-- {number} -->".encode(), 6)
            made = exchange(url, body, at, fields="Content-Encoding: gzip\r\n")
            article = Article(headline=f"Story {story}", body=(Block(role="paragraph", text=text[:4000]),))
            began = time.perf_counter()
            capture = writer.append(made)
            seen = Seen(verdict=Verdict(sight=Present(article=article)), address=url)
            writer.observe(Look(page=url, at=at, why="benchmark", result=seen, capture=capture))
            if number % EACH_COMMIT == EACH_COMMIT - 1:
                writer.commit()
            committing += time.perf_counter() - began
            if number % shape.segment == shape.segment - 1 or number == captures - 1:
                began = time.perf_counter()
                writer.seal(minutes(number / 10 + 0.05))
                sealing += time.perf_counter() - began
    return {"committing": committing, "sealing": sealing}


def put_raw(store: Store, other: Store) -> tuple[float, float]:
    """Put objects of a store into another as they are, `RAW` at most; return MB a second read and digested, and put."""
    size = reading = putting = 0.0
    keys = (listed.key for prefix in ("warc/", "articles/") for listed in store.list(prefix))
    some = islice(keys, RAW)
    while batch := list(islice(some, TOGETHER)):
        began = time.perf_counter()
        contents = list(store.get_all(batch))
        for content in contents:
            sha256(content).digest()
        read = time.perf_counter()
        other.put_all(zip(batch, contents, strict=True))
        putting += time.perf_counter() - read
        reading += read - began
        size += sum(map(len, contents)) / 1e6
    return size / reading, size / putting


def measured(kind: str, captures: int, shape: Shape) -> dict[str, object]:
    """Return what an archive of so many captures took."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        config, other = made(kind, folder)
        command = [sys.executable, str(Path(__file__).resolve()), "--build", str(captures)]
        building = waited(folder, [*command, *shape.options()])
        built = json.loads((folder / "said").read_text().splitlines()[-1])
        store = open_store(config.archive.store, config.s3)
        megabytes = sum(listed.size for prefix in ("warc/", "articles/") for listed in store.list(prefix)) / 1e6
        revisions = sum(1 for _ in store.list("articles/"))
        digest, raw = put_raw(store, other)
        alone = run(folder, "verify", "--json", alone=True)
        for path in folder.glob("catalogue.db*"):
            path.unlink()
        rebuild = run(folder, "rebuild", "--json")
        verify = run(folder, "verify", "--json")
    return {
        "store": kind,
        "captures": captures,
        "revisions": revisions,
        "megabytes": round(megabytes, 1),
        "captures_committed_a_second": round(captures / built["committing"]),
        "revisions_committed_a_second": round(revisions / built["committing"]),
        "seal_mb_a_second": round(megabytes / built["sealing"], 2),
        "raw_put_mb_a_second": round(raw, 2),
        "digest_mb_a_second": round(digest, 1),
        "verify_mb_a_second": round(megabytes / verify["seconds"], 1),
        "verify_on_one_core_mb_a_second": round(megabytes / alone["seconds"], 1),
        "verify_cpu_seconds": round(verify["cpu"], 1),
        "verify_on_one_core_cpu_seconds": round(alone["cpu"], 1),
        "rebuild_captures_a_second": round(captures / rebuild["seconds"]),
        "peak_mb": {
            "commit and seal": round(building["peak_mb"]),
            "verify": round(verify["peak_mb"]),
            "verify on one core": round(alone["peak_mb"]),
            "rebuild": round(rebuild["peak_mb"]),
        },
    }


def made(kind: str, folder: Path) -> tuple[Config, Store]:
    """Return an archive's configuration, and another store of the same kind."""
    if kind == "directory":
        other = folder / "other"
        other.mkdir()
        config = configured(folder, f"{folder}/store", "")
        return config, open_store(str(other), config.s3)
    from tests.s3server import seaweed

    service = seaweed()
    os.environ.update(service.environment)
    s3 = f'[s3]\nendpoint_url = "{service.endpoint}"\naddressing_style = "path"\n'
    bucket = service.bucket()
    config = configured(folder, f"s3://{bucket}/news", s3)
    return config, open_store(f"s3://{bucket}/raw", config.s3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("directory", "seaweed"), default="directory")
    parser.add_argument("--captures", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--segment", type=int, default=1000)
    parser.add_argument("--kilobytes", type=int, default=8)
    parser.add_argument("--looks", type=int, default=1)
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    shape = Shape(segment=options.segment, looks=options.looks, kilobytes=options.kilobytes)
    if options.build:
        print(json.dumps(build(Path.cwd(), options.build, shape)))
        return
    for captures in options.captures:
        told = measured(options.store, captures, shape)
        if options.json:
            print(json.dumps(told), flush=True)
        else:
            print("\n".join(f"{name:32} {value}" for name, value in told.items()), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
