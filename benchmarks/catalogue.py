"""What a catalogue costs in SQLite and in PostgreSQL, both on this machine's disk and both synced at each commit.

python benchmarks/catalogue.py [--pages N] [--rounds N] [--json]

PostgreSQL is started for it, on loopback, with its defaults. Told are medians over the rounds, in milliseconds:

  commit    100 looks that found nothing new, with a capture each, at known pages: one transaction
  due       the 100 pages that are longest due, of one site's N
  history   `history --json` of an article of 20 revisions, asked on a connection of its own
  command   the same by the command line: a process for it
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.serial import rfc3339
from storage.catalogue import histories, opening, reading
from storage.catalogue.changing import Changing, changing_at
from storage.catalogue.recording import Recorder
from storage.catalogue.rows import page_row
from storage.catalogue.statements import COLUMNS, insert
from tests import pgserver
from tests.storage import making
from tests.storage.making import START, config_in, html, look, minutes, page, written

ROOT = Path(__file__).parents[1]
SITE, LOOKS, REVISIONS = "gazette", 100, 20
AT_A_TIME = 10_000


def fill(catalogue: Changing, pages: int) -> float:
    """Make so many pages known, due one after another; return how many were made known a second."""
    names = tuple(
        name for name in COLUMNS["pages"] if name in page_row(url=page("a"), site="", source="", first_seen="")
    )
    began = time.perf_counter()
    for first in range(0, pages, AT_A_TIME):
        rows = [
            page_row(url=page(f"story-{number}"), site=SITE, source="sitemap", first_seen=seen(number))
            for number in range(first, min(first + AT_A_TIME, pages))
        ]
        with catalogue.change() as change:
            change.run(insert("pages", names), rows)
    return pages / (time.perf_counter() - began)


def seen(number: int) -> str:
    return rfc3339(START + timedelta(milliseconds=number * 137 % 10_000_019))


def commits(catalogue: Changing, pages: int) -> Iterator[int]:
    """Make commits, one at each step."""
    recorder = Recorder(catalogue)
    for number in count():
        lines = [line for each in range(LOOKS) for line in looked(number * LOOKS + each, pages)]
        recorder.apply(lines)
        yield number


def looked(number: int, pages: int) -> list[dict[str, Any]]:
    url, at = page(f"story-{number * 7919 % pages}"), rfc3339(START + timedelta(days=1, seconds=number))
    record = f"<urn:uuid:00000000-0000-4000-8000-{number:012x}>"
    capture = dict.fromkeys(COLUMNS["captures"]) | {
        "record_id": record, "request_id": record, "site": SITE, "segment": "s", "offset": number, "length": 9000,
        "url": url, "page": url, "at": at, "kind": "page", "record_type": "revisit", "status": 200,
        "payload_digest": f"sha256:{number:064x}", "block_digest": f"sha256:{number:064x}", "evidence": {},
    }  # fmt: skip
    seen = dict.fromkeys(COLUMNS["observations"]) | {
        "id": f"{number:032x}", "site": SITE, "url": url, "at": at, "outcome": "unchanged", "why": "due",
        "signals": [], "record_id": record, "segment": "s",
    }  # fmt: skip
    return [{"t": "capture", **capture}, {"t": "look", "observation": seen}]


def write_article(folder: Path, address: str) -> None:
    """Make an archive here, its catalogue there, of one article with so many revisions."""
    making.catalogue_in = lambda _: address
    with written(config_in(folder)) as (_, writer):
        for number in range(REVISIONS):
            look(writer, page("ferry"), html("The ferry this winter", f"Sentence {number} of it."), minutes(number))
        writer.seal(minutes(REVISIONS))


def history(address: str) -> None:
    with opening.reading(address) as rows:
        article = reading.article_at(rows, page("ferry"))
        assert article is not None
        assert len(histories.history_json(rows, article)["revisions"]) == REVISIONS


def command(folder: Path) -> None:
    asked = [sys.executable, "-m", "cli.main", "history", page("ferry"), "--json", "-c", f"{folder}/stoppress.toml"]
    subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measured(folder: Path, address: str, pages: int, rounds: int) -> dict[str, float]:
    folder.mkdir()
    write_article(folder, address)
    catalogue = changing_at(address)
    report = {"pages_a_second": round(fill(catalogue, pages))}
    making_commits = commits(catalogue, pages)
    for _ in range(10):
        next(making_commits)
    later = rfc3339(START + timedelta(days=2))
    with opening.reading(address) as rows:
        contestants: dict[str, Callable[[], object]] = {
            "commit": lambda: next(making_commits),
            "due": lambda: reading.due_pages(rows, SITE, later, most=LOOKS),
            "history": lambda: history(address),
            "command": lambda: command(folder),
        }
        assert len(reading.due_pages(rows, SITE, later, most=LOOKS)) == LOOKS
        taken = {name: [milliseconds(work) for _ in range(rounds)] for name, work in contestants.items()}
    catalogue.dispose()
    return report | {name: round(median(every), 1) for name, every in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if pgserver.binaries() is None:
        parser.exit(1, f"{pgserver.ADVICE}\n")
    server = pgserver.made(durable=True)
    with tempfile.TemporaryDirectory() as temporary:
        addresses = {
            "sqlite": f"sqlite:///{temporary}/sqlite/archive/catalogue.db",
            "postgresql": server.address(server.database()),
        }
        report = {
            kind: measured(Path(temporary, kind), address, options.pages, options.rounds)
            for kind, address in addresses.items()
        }
    if options.json:
        print(json.dumps(report))
        return
    for kind, figures in report.items():
        print(f"{kind:12} {figures}")


if __name__ == "__main__":
    main()
