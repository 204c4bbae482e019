"""One demo from its first line to its last: newsroom on the air, archive made, daemon at work, the ending."""

from __future__ import annotations

import queue
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import click

from cli.demo.children import Child, Heard, Line
from cli.demo.ending import tell_ending
from cli.demo.score import Score
from cli.demo.telling import say, tell_catch, tell_deed

FOLDER = Path("demo")
CONFIG = """\
# Written by `make run` for the newest archive of the demo; older ones stay beside it until you delete them.

[archive]
store = "{archive}"

[crawler]
requisites = "none"  # pictures, styles and scripts are left out so that this is quick; "all" keeps them

[daemon]
metrics_port = 0
tick_seconds = 0.5
hurry = 900          # waits are this many times shorter than for a real site, so that edits are caught as you look on

[sites.harbour]
home = "{home}"
reader = "lbc"
timezone = "Europe/London"
language = "en-GB"
allow_private_addresses = true
"""
LONGEST_START = 60.0
"""Seconds to the newsroom's first word, and to the first article that was looked at."""
LONGEST_QUIET = 20.0
"""Seconds without news after which the desk begins though not all was looked at."""
LONGEST_WAIT = 10.0
"""How long to wait for the last edits to be caught, once the desk is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How the demo is to go: seconds between two events, how many (None: all), and whether it ends by itself."""

    every: float
    rounds: int | None
    ends: bool


@dataclass(slots=True, kw_only=True)
class _Stage:
    """What goes on: who speaks, what was caught, and since when nothing new was heard."""

    heard: queue.SimpleQueue[Heard] = field(default_factory=queue.SimpleQueue)
    score: Score = field(default_factory=Score)
    config: Path = FOLDER / "stoppress.toml"
    articles: int = 0
    first: int = 0
    playing: bool = False
    over_since: float | None = None
    news_at: float = field(default_factory=time.monotonic)


def rehearse(wish: Rehearsal) -> int:
    """Play the demo and return its exit status: 0 when the archive caught something and could show it."""
    archive = _new_archive()
    stage = _Stage()
    with ExitStack() as ending:
        newsroom = _start(ending, stage, archive, "newsroom", ["cli.demo.site", str(wish.every), *_rounds(wish)])
        home, stage.articles = _on_air(stage, newsroom)
        stage.config.write_text(CONFIG.format(archive=archive.as_posix(), home=home))
        _init(stage.config)
        say(f"On the air: a small news site at {home} (have a look at it in a browser)", bold=True)
        say(f"Its archive: {archive}/")
        daemon = _start(
            ending, stage, archive, "daemon", ["cli.main", "-c", str(stage.config), "run", "harbour", "--json"]
        )
        with suppress(KeyboardInterrupt):
            _watch(wish, stage, newsroom, daemon)
        say("Closing: all that was captured is committed and sealed.", dim=True)
    return tell_ending(stage.score, stage.config, archive)


def _new_archive() -> Path:
    """Return the first `demo/archive-N` that is not there yet, made."""
    archive = next(path for number in count(1) if not (path := FOLDER / f"archive-{number}").exists())
    archive.mkdir(parents=True)
    return archive


def _rounds(wish: Rehearsal) -> list[str]:
    return [] if wish.rounds is None else [str(wish.rounds)]


def _start(ending: ExitStack, stage: _Stage, archive: Path, name: str, module: list[str]) -> Child:
    child = Child(name, module, stage.heard, FOLDER / f"{name}-{archive.name.removeprefix('archive-')}.log")
    ending.callback(child.end)
    return child


def _on_air(stage: _Stage, newsroom: Child) -> tuple[str, int]:
    """Return the site's address and how many articles it has."""
    _, line = stage.heard.get(timeout=LONGEST_START)
    if line is None:
        raise click.ClickException(f"the newsroom did not start; {newsroom.log} says why")
    return line["url"], line["articles"]


def _init(config: Path) -> None:
    command = [sys.executable, "-m", "cli.main", "init", "-c", str(config)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own module
    if made.returncode:
        raise click.ClickException(f"stoppress init: {made.stderr.strip()}")


def _watch(wish: Rehearsal, stage: _Stage, newsroom: Child, daemon: Child) -> None:
    """Show what happens until the programme is over and caught, or, on a terminal, until Ctrl-C."""
    while not (wish.ends and _is_over(stage)):
        try:
            name, line = stage.heard.get(timeout=0.2)
        except queue.Empty:
            _begin_when_seen(stage, newsroom)
            continue
        if line is None:
            log = (newsroom if name == "newsroom" else daemon).log
            raise click.ClickException(f"the {name} ended early; {log} says why")
        _hear_desk(wish, stage, line) if name == "newsroom" else _hear_daemon(stage, line)


def _begin_when_seen(stage: _Stage, newsroom: Child) -> None:
    """Let the desk begin once every article was looked at, or when nothing more comes."""
    quiet = time.monotonic() - stage.news_at
    patience = LONGEST_QUIET if stage.first else LONGEST_START
    if stage.playing or (stage.first < stage.articles and quiet < patience):
        return
    say(f"The archive has looked at {stage.first} articles. Now the desk goes to work.\n")
    stage.playing = True
    newsroom.go()


def _hear_desk(wish: Rehearsal, stage: _Stage, line: Line) -> None:
    stage.news_at = time.monotonic()
    if line["event"] == "over":
        stage.over_since = time.monotonic()
        if not wish.ends:
            say("The desk has gone home. The archive goes on looking until you press Ctrl-C.")
        return
    stage.score.done(line)
    tell_deed(line)


def _hear_daemon(stage: _Stage, line: Line) -> None:
    if line["kind"] not in ("edit", "new"):
        return
    stage.news_at = time.monotonic()
    if not stage.playing:
        stage.first += 1
        return
    stage.score.seen(line)
    tell_catch(line, stage.config)


def _is_over(stage: _Stage) -> bool:
    if stage.over_since is None:
        return False
    waited = time.monotonic() - stage.over_since
    return (not stage.score.waiting and waited > 0.5) or waited > LONGEST_WAIT
