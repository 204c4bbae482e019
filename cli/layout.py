"""Lines laid out for who reads them: wrapped on words on a terminal, each in one piece in a pipe, for programs.

What stands in backticks is a command to be copied: it is never broken, and has a line of its own where it is long.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TextIO

import click

from cli.options import coloured, printable

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "1;31", "1;32", "1;33"

LEAST = 30
"""Columns below which nothing is laid out: the terminal wraps then."""

_KEPT = "\N{NO-BREAK SPACE}"
_COMMAND = re.compile(r"`[^`]*`")


def width_of(stream: TextIO) -> int | None:
    """Return how many columns a table has there: a terminal's, or what COLUMNS says; None in a pipe without it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def say(text: str, *, first: str = "", then: str | None = None, style: str = "", err: bool = False) -> None:
    """Print a paragraph; `first` stands before its first line, `then` (or as much room) before the others.

    It is one line wherever no terminal shows it, whatever COLUMNS says: logs and pipes are searched by the line.
    """
    indent = " " * len(first) if then is None else then
    stream = sys.stderr if err else sys.stdout
    width = width_of(stream) if stream.isatty() else None
    for line in laid_out(printable(text), width, first=first, then=indent):
        click.echo(styled(line, style) if style and not err else line, err=err)


def styled(text: str, style: str) -> str:
    """Return text in this style where stdout takes colours, else as it is."""
    return f"\x1b[{style}m{text}\x1b[0m" if coloured() else text


def laid_out(text: str, width: int | None, *, first: str = "", then: str = "") -> list[str]:
    """Return a paragraph's lines; a word or command that is longer than a line is left to the terminal."""
    if width is None or width < LEAST:
        return [f"{first}{text}"]
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _KEPT), text)
    lines = wrap(
        whole, width, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_KEPT, " ") for line in lines] or [first.rstrip()]


def grid(cells: Sequence[tuple[int | str, str]], *, width: int | None, indent: str = "  ") -> Iterator[str]:
    """Yield lines of numbers with what they count, in as many columns as fit, read from left to right."""
    if not cells:
        return
    told = [(f"{number:,}" if isinstance(number, int) else number, name) for number, name in cells]
    wide = max(len(number) for number, _ in told)
    room = max(len(name) for _, name in told)
    across = max(1, ((width or 80) - len(indent)) // (wide + room + 4))
    for at in range(0, len(told), across):
        row = [f"{number:>{wide}} {name:<{room}}" for number, name in told[at : at + across]]
        yield indent + "   ".join(row).rstrip()


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its word: `1 manifest`, `2 manifests`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def told(counts: Iterable[tuple[str, int]]) -> str:
    """Return counts whose names are plurals, in words: `1 segment, 3 captures`."""
    return ", ".join(f"{number} {singular(name) if number == 1 else name}" for name, number in counts)


def singular(name: str) -> str:
    """Return words that end in a plural for one of it."""
    return name.removesuffix("es") if name.endswith("aliases") else name.removesuffix("s")
