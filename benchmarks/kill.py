"""Kill crawls with SIGKILL at random instants, and see that nothing that was committed is lost or told wrongly.

python benchmarks/kill.py [--kills N] [--store directory|seaweed|both] [--seed N] [--seconds S] [--json]

The newsroom edits stories; a crawl of it is killed, worker and all, at a random instant of its life; whatever the
catalogue said at that moment counts as seen. The next crawl takes the site over, recovers and is killed in its turn. At
the end one crawl is let finish, and it is checked that

  every look that was ever seen is there, once, also after `rebuild`; the history of every article is the same then;
  `verify` finds nothing, and notes nothing; the spool is empty; `reread --check` makes the same revisions again;
  no article has more revisions than the newsroom made editions of it, and none that says what the one before says.

Ends with 1 if anything of that does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsroom import Newsroom
from tests.s3server import seaweed

ROOT = Path(__file__).parents[1]
PATIENCE = 300.0


@dataclass
class Archive:
    """An archive of the newsroom in a folder, and the command line in it."""

    folder: Path
    environment: dict[str, str]
    seen: set[str] = field(default_factory=set)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "killed.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "cli.main", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != status:
            raise SystemExit(f"{arguments} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def looks(self) -> list[str]:
        """Return what the catalogue says of looks just now, as any reader of it would be told."""
        catalogue = sqlite3.connect(self.folder / "archive" / "catalogue.db", timeout=30)
        try:
            return [" ".join(row) for row in catalogue.execute("SELECT url, at FROM observations")]
        finally:
            catalogue.close()

    def histories(self) -> dict[str, Any]:
        """Return each article's history as `history --json` prints it, by its address."""
        addresses = [row["url"] for row in json.loads(self.run("articles", "--json"))]
        program = "import sys; from cli.main import run; [run(['history', url, '--json']) for url in sys.argv[1:]]"
        done = subprocess.run(
            [sys.executable, "-c", program, *addresses],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(zip(addresses, map(json.loads, done.stdout.splitlines()), strict=True))


def made(folder: Path, store: str, room: Newsroom) -> Archive:
    """Return a new archive of the newsroom whose store is a directory or a bucket of SeaweedFS."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("STOPPRESS_", "AWS_"))}
    ours |= {"PYTHONPATH": str(ROOT), "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    top = '[crawler]\nrequisites = "none"\n'
    if store == "seaweed":
        service = seaweed()
        ours |= service.environment
        top += f'[archive]\nstore = "s3://{service.bucket()}/news"\n'
        top += f'[s3]\nendpoint_url = "{service.endpoint}"\naddressing_style = "path"\n'
    site = f'[sites.harbour]\nhome = "{room.url}"\nreader = "lbc"\ntimezone = "Europe/London"\n'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stoppress.toml").write_text(f"{top}{site}allow_private_addresses = true\n")
    archive = Archive(folder, ours)
    archive.run("init")
    return archive


def killed(archive: Archive, chance: random.Random, longest: float) -> bool:
    """Start a crawl and kill it and its worker; return whether it was still at work."""
    process = archive.start("crawl", "harbour", "--limit", "12", "--json")
    with suppress(subprocess.TimeoutExpired):
        process.wait(chance.uniform(0.2, 1) * longest)
    alive = process.poll() is None
    workers = children(process.pid) if alive else []
    for each in chance.sample([process.pid, *workers], 1 + len(workers)) if alive else ():
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    process.wait()
    while any(lives(worker) for worker in workers):
        time.sleep(0.01)
    archive.seen |= set(archive.looks())
    return alive


def children(of: int) -> list[int]:
    """Return the processes that this one started (proc(5)): the crawl worker has a session of its own."""
    return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if _parent(path) == of]


def lives(process: int) -> bool:
    """Return whether a killed process is still there; one that nobody has waited for yet does nothing more."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _parent(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def ordeal(folder: Path, store: str, kills: int, seed: int, *, seconds: float = 1e9) -> dict[str, Any]:
    """Kill so many crawls, or as many as can be in so many seconds; tell what was counted, and what does not hold."""
    chance = random.Random(seed)
    with Newsroom() as room:
        archive, started = made(folder, store, room), time.monotonic()
        archive.run("crawl", "harbour", "--limit", "12")
        longest, done, tries, spooled = time.monotonic() - started, 0, 0, 0
        newest = sorted(room.articles(), key=lambda story: story.published)[-12:]
        while done < kills and time.monotonic() - started < seconds:
            for _ in range(chance.randint(0, 2)):
                room.headline_edit(chance.choice(newest).path, f"Headline number {tries}.{chance.random():.6f}")
            done += killed(archive, chance, longest * 1.1)
            tries += 1
            spooled += bool(list((folder / "archive" / "spool").rglob("*.warc.gz")))
        archive.run("crawl", "harbour", "--limit", "12")
        wrong = list(found_wrong(archive, room))
    looks = len(archive.seen)
    return {
        "store": store, "seed": seed, "kills": done, "left_a_spool": spooled, "crawls": tries + 2, "looks_seen": looks,
        "edits": sum(event.kind != "publish" for event in room.events), "seconds": round(time.monotonic() - started),
        "wrong": wrong,
    }  # fmt: skip


def found_wrong(archive: Archive, room: Newsroom) -> list[str]:
    wrong = []
    there = Counter(archive.looks())
    wrong += [f"a committed look is lost: {look}" for look in archive.seen - set(there)]
    wrong += [f"a look stands twice: {look}" for look, times in there.items() if times > 1]
    report = json.loads(archive.run("verify", "--json"))
    wrong += [f"verify: {finding['object']}: {finding['problem']}" for finding in report["findings"]]
    wrong += [f"the spool is not empty: {path.name}" for path in (archive.folder / "archive/spool").rglob("*.warc.gz")]
    archive.run("reread", "--check")
    before = archive.histories()
    wrong += [line for history in before.values() for line in false_revisions(history, room)]
    for path in (archive.folder / "archive").glob("catalogue.db*"):
        path.unlink()
    archive.run("rebuild")
    after = archive.histories()
    wrong += [f"rebuilt otherwise: {url}" for url in before.keys() | after.keys() if before.get(url) != after.get(url)]
    wrong += [f"a rebuild loses a look: {look}" for look in archive.seen - set(archive.looks())]
    report = json.loads(archive.run("verify", "--json"))
    return wrong + [f"verify after rebuild: {one['object']}: {one['problem']}" for one in report["findings"]]


def false_revisions(history: dict[str, Any], room: Newsroom) -> list[str]:
    """Return what an article's history says and the newsroom never did."""
    url, revisions = history["article"]["url"], history["revisions"]
    editions = 1 + sum(1 for event in room.events if event.kind != "publish" and event.url == url)
    wrong = [f"{url}: {len(revisions)} revisions of {editions} editions"] if len(revisions) > editions else []
    told = [(row["content_digest"], row["headline"], "restamped" in row["classes"]) for row in revisions]
    return wrong + [f"{url}: two revisions say the same" for one, other in pairwise(told) if one == other]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--store", choices=("directory", "seaweed", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop killing after so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    reports = []
    for store in ("directory", "seaweed") if options.store == "both" else (options.store,):
        with tempfile.TemporaryDirectory(prefix="stoppress-kill-") as folder:
            reports.append(ordeal(Path(folder), store, options.kills, options.seed, seconds=options.seconds))
    for report in reports:
        print(json.dumps(report) if options.json else "\n".join(f"{name:11} {value}" for name, value in report.items()))
    return int(any(report["wrong"] for report in reports))


if __name__ == "__main__":
    sys.exit(main())
