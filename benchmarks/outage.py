"""Take the store away from a daemon for ten minutes, and see that nothing is lost and all is caught up by itself.

python benchmarks/outage.py [--minutes N] [--every SECONDS] [--json]

The newsroom edits its stories, one after the other; the daemon crawls it into a bucket of SeaweedFS, which is stopped
after a while and started again, on the same port, after so many minutes. Edits go on all the time. At the end the
daemon is told to stop, and it is checked that

  every edit that was made is in the history of its article, once, those of the outage too;
  the spool is empty, `verify` finds nothing, and `rebuild` makes the same histories from the bucket alone.

Ends with 1 if anything of that does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsroom import Newsroom
from tests.s3server import KEYS, WEED, Service, _flags, answers, free_ports, make_certificate, start, stop

ROOT = Path(__file__).parents[1]
PATIENCE = 180.0
STORIES = 6
"""Stories that are edited in turn."""


class Bucket:
    """SeaweedFS with one bucket, which can be stopped and started again as it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_certificate(folder)
        self.ports = free_ports(11)
        self.service = Service(name="seaweed", endpoint=f"http://127.0.0.1:{self.ports[0]}", environment=KEYS)
        self.name = self.service.bucket()
        self.start()

    def start(self) -> None:
        self._process = start([str(WEED), "mini", *_flags(self.folder, self.ports)], self.folder, KEYS)
        if not answers(self.service, self._process, seconds=PATIENCE):
            raise SystemExit(f"SeaweedFS did not start: see {self.folder / 'weed.log'}")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(60)
        stop(self._process)


class Trial:
    """A daemon at work on the newsroom, and what is known of it."""

    def __init__(self, folder: Path, room: Newsroom, bucket: Bucket, every: float) -> None:
        self.folder, self.room, self.bucket, self.every = folder, room, bucket, every
        self.environment = {**os.environ, **KEYS, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": ""}
        self.edits: dict[str, list[str]] = {}
        self.events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.tallies: dict[str, int] = {}
        self.urls = [room.url_of(story.slug) for story in room.articles()[:STORIES]]

    def configure(self) -> None:
        (self.folder / "stoppress.toml").write_text(
            f"""
[archive]
store = "s3://{self.bucket.name}/archive"
catalogue = "sqlite:///{self.folder}/catalogue.db"
spool = "{self.folder}/spool"
seal_after_minutes = 0.5
[s3]
endpoint_url = "{self.bucket.service.endpoint}"
addressing_style = "path"
region = "us-east-1"
[crawler]
requisites = "none"
[daemon]
tick_seconds = 2
hurry = 60
[sites.harbour]
home = "{self.room.url}"
reader = "lbc"
timezone = "Europe/London"
allow_private_addresses = true
"""
        )

    def run(self, *arguments: str, status: int | None = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if status is not None and done.returncode != status:
            raise SystemExit(f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def daemon(self) -> subprocess.Popen[str]:
        log = (self.folder / "daemon.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "run", "--json"],
            cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            self.tallies[event["kind"]] = self.tallies.get(event["kind"], 0) + 1
            if event["kind"] in ("store-away", "store-back", "waiting", "problem", "put-off", "kept", "stopped"):
                print(f"    {event['kind']}: {str(event.get('why', event.get('message', '')))[:160]}", flush=True)
            self.events.put(event)

    def hear(self, kind: str, page: str) -> float:
        """Wait until the daemon tells that; return for how long."""
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE:
            with suppress(queue.Empty):
                event = self.events.get(timeout=1)
                if event["kind"] == kind and event["page"] == page:
                    return time.monotonic() - started
        raise SystemExit(f"the daemon told of no {kind} of {page} within {PATIENCE:g} s")

    def edit(self, seconds: float) -> None:
        """Edit stories in turn for so long, each once the edit before was caught."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            number = sum(map(len, self.edits.values()))
            url = self.urls[number % len(self.urls)]
            sentence = f"The harbour clock struck {number + 1} times, which nobody had announced."
            self.room.stealth_edit(url, add=sentence)
            self.edits.setdefault(url, []).append(sentence)
            self.hear("edit", url)
            time.sleep(max(min(self.every, until - time.monotonic()), 0))

    def told(self) -> dict[str, Any]:
        site = json.loads(self.run("status", "--json"))["sites"][0]
        return {"waiting": site["waiting"], "sealed": site["sealed_segments"]}

    def missing(self) -> list[str]:
        """Return what the archive does not tell of what was done."""
        wrong = []
        for url, sentences in self.edits.items():
            revisions = json.loads(self.run("history", url, "--json"))["revisions"]
            if len(revisions) != len(sentences) + 1:
                wrong.append(f"{url}: {len(revisions)} revisions of {len(sentences)} edits")
            for number, sentence in enumerate(sentences, start=2):
                said = self.run("show", url, "-r", str(number), "--format", "text", status=None)
                if sentence not in " ".join(said.split()):
                    wrong.append(f"{url}: revision {number} does not say: {sentence}")
        return wrong

    def histories(self) -> list[str]:
        return [self.run("history", url, "--json") for url in self.edits]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="for how long the store is away [10]")
    parser.add_argument("--every", type=float, default=10, help="seconds between an edit that was caught and the next")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stoppress-outage-") as made, Newsroom() as room:
        for name in ("bucket", "archive"):
            (Path(made) / name).mkdir()
        trial = Trial(Path(made) / "archive", room, Bucket(Path(made) / "bucket"), asked.every)
        trial.configure()
        trial.run("init")
        figures, wrong = measure(trial, asked.minutes)
    print(*[f"  WRONG: {one}" for one in wrong], sep="\n")
    print(json.dumps(figures) if asked.json else "\n".join(f"  {name}: {said}" for name, said in figures.items()))
    return 1 if wrong else 0


def measure(trial: Trial, minutes: float) -> tuple[dict[str, Any], list[str]]:
    daemon = trial.daemon()
    try:
        trial.hear("new", trial.urls[-1])
        trial.edit(40)
        print(f"the store is there: {trial.told()}", flush=True)
        before = sum(map(len, trial.edits.values()))
        trial.bucket.stop()
        gone = time.monotonic()
        trial.edit(minutes * 60)
        during = sum(map(len, trial.edits.values())) - before
        waited = trial.told()["waiting"]
        print(f"the store was away for {time.monotonic() - gone:.0f} s: {waited}", flush=True)
        trial.bucket.start()
        back = time.monotonic()
        away = back - gone
        while trial.told()["waiting"] is not None:
            if time.monotonic() - back > 600:
                raise SystemExit("what waited did not go in within ten minutes")
            time.sleep(2)
        caught_up = time.monotonic() - back
        trial.edit(20)
        daemon.send_signal(signal.SIGTERM)
        status = daemon.wait(120)
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
    wrong = trial.missing()
    left = [path.name for path in (trial.folder / "spool").rglob("*.warc.gz")]
    wrong += [f"left in the spool: {name}" for name in left]
    wrong += [f"the daemon ended with {status}"] if status else []
    told = json.loads(trial.run("verify", "--json", status=None))
    wrong += [f"verify: {finding}" for finding in told["findings"]]
    histories = trial.histories()
    (trial.folder / "catalogue.db").unlink()
    trial.run("rebuild")
    wrong += ["rebuild tells other histories"] if trial.histories() != histories else []
    figures = {
        "seconds away": round(away),
        "edits before, during, after": [before, during, sum(map(len, trial.edits.values())) - before - during],
        "waiting at the end of the outage": waited,
        "seconds until all had gone in": round(caught_up, 1),
        "verified": told["checked"],
        "worker and daemon events": trial.tallies,
        "wrong": len(wrong),
    }
    return figures, wrong


if __name__ == "__main__":
    raise SystemExit(main())
