"""What flows through an archive: commits, seals, checks, rebuilds, and the memory that each takes as the archive grows.

python benchmarks/storage_flow.py [--store directory|seaweed] [--captures N ...] [--segment N] [--kilobytes K] [--json]

For each number of captures an archive is made by the commit path itself, without a wire and without a reader: a page of
K kilobytes each, gzipped, one revision each, N captures a segment. Then, each in a process of its own:

  commit    revisions committed a second: record, observation, decision, journal, catalogue; seals not counted
  seal      MB a second that go into the store, read back, with their manifest; `raw put` is the same objects put with
            nothing read back, asked or proved, in the same run
  verify    `stoppress verify`, one process after the other; MB of the store's objects a second
  rebuild   `stoppress rebuild` after the catalogue was deleted; captures a second

`peak_mb` is the largest process's resident memory. MB are 10^6 bytes; seconds are wall, CPU is told beside them.
"""

import argparse
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.model import Article, Block
from news.revising import Present, Verdict
from storage.archive import Look, Seen
from storage.config import Config, load_config
from storage.objects import Store, open_store
from tests.storage.making import HOME, exchange, minutes, page, written

EACH_COMMIT = 50
SITE = f"""
[sites.gazette]
home = "{HOME}"
timezone = "Europe/London"
allow_private_addresses = true
"""


def configured(folder: Path, store: str, s3: str) -> Config:
    """Make an archive with its own configuration."""
    catalogue = f"sqlite:///{folder}/catalogue.db"
    said = f'[archive]\nstore = "{store}"\ncatalogue = "{catalogue}"\nspool = "{folder}/spool"\n{s3}{SITE}'
    (folder / "stoppress.toml").write_text(said)
    run(folder, "init")
    return load_config(folder / "stoppress.toml", {})


def run(folder: Path, *arguments: str) -> dict[str, float]:
    """Run a command in a folder; return its wall and CPU seconds and its peak memory."""
    return waited(folder, [sys.executable, "-m", "cli.main", *arguments])


def waited(folder: Path, command: list[str]) -> dict[str, float]:
    root = str(Path(__file__).parents[1])
    started = time.perf_counter()
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": root}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}\n{said.read()[-2000:]}")
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1000}


def build(folder: Path, captures: int, segment: int, kilobytes: int) -> dict[str, float]:
    """Commit and seal so many captures; the time for each."""
    config, chance = load_config(folder / "stoppress.toml", {}), random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(20_000)]
    committing = sealing = 0.0
    with written(config) as (_, writer):
        for number in range(captures):
            text = " ".join(chance.choices(words, k=kilobytes * 1000 // 7))
            at, url = minutes(number / 10), page(f"story-{number}")
            body = gzip.compress(f"<!doctype html><p>{text}".encode(), 6)
            made = exchange(url, body, at, fields="Content-Encoding: gzip\r\n")
            article = Article(headline=f"Story {number}", body=(Block(role="paragraph", text=text[:4000]),))
            began = time.perf_counter()
            capture = writer.append(made)
            seen = Seen(verdict=Verdict(sight=Present(article=article)), address=url)
            writer.observe(Look(page=url, at=at, why="benchmark", result=seen, capture=capture))
            if number % EACH_COMMIT == EACH_COMMIT - 1:
                writer.commit()
            committing += time.perf_counter() - began
            if number % segment == segment - 1 or number == captures - 1:
                began = time.perf_counter()
                writer.seal(minutes(number / 10 + 0.05))
                sealing += time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"committing": committing, "sealing": sealing, "peak_mb": peak}


def put_raw(store: Store, other: Store) -> tuple[float, float]:
    """Put every object of a store into another as it is; return megabytes and seconds."""
    size = seconds = 0.0
    for prefix in ("warc/", "articles/"):
        for listed in store.list(prefix):
            with store.open(listed.key) as stream:
                content = stream.read()
            began = time.perf_counter()
            other.put(listed.key, BytesIO(content))
            seconds += time.perf_counter() - began
            size += len(content) / 1e6
    return size, seconds


def measured(kind: str, captures: int, segment: int, kilobytes: int) -> dict[str, object]:
    """Return what an archive of so many captures took."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        config, other = made(kind, folder)
        command = [sys.executable, str(Path(__file__).resolve()), "--build", str(captures)]
        waited(folder, [*command, "--segment", str(segment), "--kilobytes", str(kilobytes)])
        built = json.loads((folder / "said").read_text().splitlines()[-1])
        megabytes, raw = put_raw(open_store(config.archive.store, config.s3), other)
        verify = run(folder, "verify", "--json")
        for path in folder.glob("catalogue.db*"):
            path.unlink()
        rebuild = run(folder, "rebuild", "--json")
        verify_again = run(folder, "verify", "--json")
    return {
        "store": kind,
        "captures": captures,
        "megabytes": round(megabytes, 1),
        "revisions_committed_a_second": round(captures / built["committing"]),
        "seal_mb_a_second": round(megabytes / built["sealing"], 2),
        "raw_put_mb_a_second": round(megabytes / raw, 2),
        "verify_mb_a_second": round(megabytes / min(verify["seconds"], verify_again["seconds"]), 1),
        "verify_cpu_seconds": round(verify["cpu"], 1),
        "rebuild_captures_a_second": round(captures / rebuild["seconds"]),
        "peak_mb": {
            "commit and seal": round(built["peak_mb"]),
            "verify": round(verify["peak_mb"]),
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
    parser.add_argument("--segment", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=8)
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.build:
        print(json.dumps(build(Path.cwd(), options.build, options.segment, options.kilobytes)))
        return
    for captures in options.captures:
        told = measured(options.store, captures, options.segment, options.kilobytes)
        if options.json:
            print(json.dumps(told), flush=True)
        else:
            print("\n".join(f"{name:32} {value}" for name, value in told.items()), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
