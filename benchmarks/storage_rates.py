"""What checking an archive costs beside the digest alone, and what the ledger adds to a seal.

python benchmarks/storage_rates.py [--pages N] [--segments N] [--kilobytes K] [--rounds N] [--json]

The archive is made by the commit path itself: N pages of about K kilobytes of HTML each, gzipped as servers send them,
in so many segments. Told are medians over the rounds, the rounds of all contestants interleaved:

  sha256      SHA-256 over all objects of the store, read as `verify` reads them: what no check can be faster than
  inflate     the same, and every WARC member inflated and its block digested: what a check of records can't do without
  verify      `storage.verify.whole.verify`, in this process
  cores       the same on all cores
  ledger      `verify --ledger`: no segment is read
  seal        what the ledger adds to sealing: leaves of the WARC files, root, signature; milliseconds per 1,000 records

MB are 10^6 bytes of the store's objects. CPU seconds are user and system, of this process and those it started; on a
machine that does other things as well they, and what they are beside the digest's (`times_sha256`), say more than wall.
"""

import argparse
import gzip
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.model import Article, Block
from news.revising import Present, Verdict
from storage.archive import Look, Seen
from storage.config import Config
from storage.ledger.leaves import leaves_of, packed, root_of
from storage.ledger.records import digested
from storage.ledger.signing import signed
from storage.objects import DirectoryStore
from storage.verify import whole, working
from tests.storage.making import config_in, exchange, minutes, page, written
from tests.storage.test_verify import places

CHUNK = 1 << 20


def fill(folder: Path, pages: int, segments: int, kilobytes: int) -> Config:
    config, chance = config_in(folder), random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(20_000)]
    each = max(pages // segments, 1)
    with written(config) as (_, writer):
        for number in range(each * segments):
            text = " ".join(chance.choices(words, k=kilobytes * 1000 // 7))
            at, url = minutes(number / 10), page(f"story-{number}")
            body = gzip.compress(f"<!doctype html><p>{text}".encode(), 6)
            capture = writer.append(exchange(url, body, at, fields="Content-Encoding: gzip\r\n"))
            sight = Present(
                article=Article(headline=f"Story {number}", body=(Block(role="paragraph", text=text[:4000]),))
            )
            seen = Seen(verdict=Verdict(sight=sight), address=url)
            writer.observe(Look(page=url, at=at, why="benchmark", result=seen, capture=capture))
            if number % each == each - 1:
                writer.seal(minutes(number / 10 + 0.05))
    return config


def files(config: Config) -> list[Path]:
    root = Path(config.archive.store)
    return sorted(path for pattern in ("warc/**/*.*", "articles/**/*.json") for path in root.glob(pattern))


def hashed(config: Config) -> None:
    for path in files(config):
        digest = sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)


def inflated(config: Config) -> None:
    hashed(config)
    for path in files(config):
        if path.name.endswith(".warc.gz"):
            with path.open("rb") as stream:
                for _ in digested(stream):
                    pass


def verified(config: Config, *, alone: bool) -> None:
    working.WORTH_PROCESSES = sys.maxsize if alone else 0
    report = whole.verify(places(config))
    assert report.findings == [], report.findings


def entered(config: Config) -> int:
    """Do what the ledger adds to each seal; return how many records there were."""
    store, records = DirectoryStore(Path(config.archive.store)), 0
    for path in files(config):
        if not path.name.endswith(".manifest.json"):
            continue
        manifest = json.loads(path.read_text())
        objects = [item for item in manifest["objects"] if not item["key"].endswith(".leaves.gz")]
        leaves = leaves_of(path.with_name(path.name.replace(".manifest.json", ".warc.gz")), objects)
        packed(leaves)
        signed(store, config.key_file, {**manifest, "root": root_of(leaves)})
        records += len(leaves) - len(objects)
    return records


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return CPU and wall seconds."""
    started, before = time.perf_counter(), used()
    work()
    return used() - before, time.perf_counter() - started


def used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--segments", type=int, default=4)
    parser.add_argument("--kilobytes", type=int, default=68)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        config = fill(Path(temporary), options.pages, options.segments, options.kilobytes)
        size, records = sum(path.stat().st_size for path in files(config)) / 1e6, entered(config)
        contestants: dict[str, Callable[[], object]] = {
            "sha256": lambda: hashed(config),
            "inflate": lambda: inflated(config),
            "verify": lambda: verified(config, alone=True),
            "cores": lambda: verified(config, alone=False),
            "ledger": lambda: whole.verify_ledger(places(config)),
            "seal": lambda: entered(config),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
        for _ in range(options.rounds):
            for name, work in contestants.items():
                taken[name].append(measured(work))
    cpu = {name: median(each[0] for each in every) for name, every in taken.items()}
    wall = {name: median(each[1] for each in every) for name, every in taken.items()}
    report: dict[str, object] = {"megabytes": round(size, 1), "records": records}
    for name, seconds in cpu.items():
        report[name] = {
            "cpu_seconds": round(seconds, 3),
            "wall_seconds": round(wall[name], 3),
            "mb_per_cpu_second": round(size / seconds, 1),
            "times_sha256": round(seconds / cpu["sha256"], 1),
        }
    report["seal"] = {"cpu_ms_per_1000_records": round(cpu["seal"] * 1e6 / records, 1)}
    if options.json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        print(f"{name:10} {value}")


if __name__ == "__main__":
    main()
