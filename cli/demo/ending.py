"""The demo's last words: the result, one article's history and diff, where the evidence lies, what to try next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cli.demo.score import Score
from cli.demo.telling import say

STOPPRESS = ".venv/bin/stoppress"


def tell_ending(score: Score, config: Path, archive: Path) -> int:
    """Print the ending; return 0 when something was caught and could be shown."""
    say()
    say(score.told(), bold=True)
    best = score.best
    failed = [_command(name, best["page"], config) for name in ("history", "diff")] if best else [1]
    warcs = sorted(archive.glob("warc/**/*.warc.gz"))
    say(
        "\nThe evidence, every exchange with the site as it crossed the wire, in a format that other tools read too:",
        bold=True,
    )
    for warc in warcs:
        say(f"  {warc}  ({warc.stat().st_size / 1e6:.1f} MB)")
    _next(score, config, archive)
    return 0 if warcs and not any(failed) else 1


def _command(name: str, url: str, config: Path) -> int:
    """Show a command and what it prints; return its exit status."""
    say(f"\n$ {STOPPRESS} {name} {url} -c {config}", bold=True)
    sys.stdout.flush()
    command = [sys.executable, "-m", "cli.main", name, url, "-c", str(config)]
    return subprocess.run(command, check=False).returncode  # noqa: S603  our own module


def _next(score: Score, config: Path, archive: Path) -> None:
    url = score.best["page"] if score.best else None
    of_one = (f"{STOPPRESS} show {url} -r 1 -c {config}", f"{STOPPRESS} diff {url} --format unified -c {config}")
    say("\nTry next", bold=True)
    for command in (
        f"{STOPPRESS} articles{' --class stealth' if url else ''} -c {config}",
        *(of_one if url else ()),
        f"{STOPPRESS} verify -c {config}",
        "make run SITE=lbc CONTACT=https://your.example/bot",
    ):
        say(f"  {command}")
    kept = len(list(archive.parent.glob("archive-*")))
    say(f"\nThis archive stays in {archive}/ (one of {kept} in {archive.parent}/); remove it when you like.")
