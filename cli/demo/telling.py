"""The demo's lines: what the desk does, and what the archive catches of it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from cli.daemon_lines import COLOURS
from cli.demo.children import Line
from cli.options import coloured, printable

if TYPE_CHECKING:
    from news.model import Revision

COMMIT_SECONDS = 1.0
"""A look is told before it is committed, together with others; this is long enough for the commit."""
RECENT = timedelta(seconds=5)


def say(text: str = "", **style: Any) -> None:
    """Print a line at once, styled where stdout takes colours."""
    click.echo(click.style(text, **style) if style and coloured() else text)


def tell_deed(deed: Line) -> None:
    """Print what the desk did."""
    say(f"{_clock(deed['at'])}  the desk {deed['words']}", dim=True)


def tell_catch(line: Line, config_file: Path) -> None:
    """Print what the archive caught: time, classes, headline, words added and removed."""
    classes = line["classes"] or [line["outcome"]]
    words = _words(line, config_file) if line["classes"] else ""
    what = printable(line["headline"] or line["page"])
    text = f"{_clock(line['at'])}  caught   {', '.join(classes):<24} {what}"
    room = get_terminal_size().columns - len(words) - 2
    if coloured() and len(text) > room:
        text = text[: room - 1] + "…"
    colour = next((COLOURS[name] for name in classes if name in COLOURS), "blue")
    say(f"{text}  {words}".rstrip(), fg=colour)


def _clock(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%H:%M:%S}"


def _words(line: Line, config_file: Path) -> str:
    """Return `+3 -5 words` of the body, and moves, between this state and the one before, if both can be read."""
    from news.compare import compare

    deadline = time.monotonic() + COMMIT_SECONDS
    while not (states := _last_two(line, config_file)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if not states or states[0].article is None or states[1].article is None:
        return ""
    stats = compare(states[0].article, states[1].article).stats
    words = f"+{stats.words_added} -{stats.words_removed} words" if stats.words_added or stats.words_removed else ""
    return ", ".join(filter(None, (words, f"{stats.moves} moved" if stats.moves else "")))


def _last_two(line: Line, config_file: Path) -> list[Revision]:
    """Return the revision that this line tells of and the one before; none while it waits for its commit."""
    from storage.archive.access import open_reading
    from storage.catalogue import reading
    from storage.catalogue.rows import stored_revision
    from storage.config import load_config

    with open_reading(load_config(config_file, {})) as (_, rows):
        found = reading.article_at(rows, line["page"])
        chain = [stored_revision(row) for row in reading.chain(rows, found["id"])[-2:]] if found else []
    is_there = len(chain) == 2 and list(chain[1].classes) == line["classes"]
    return chain if is_there and datetime.fromisoformat(line["at"]) - chain[1].seen_first < RECENT else []
