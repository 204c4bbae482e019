"""What the commands share: options, JSON, tables, colours."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_LEAST = 24
"""Columns of a terminal in which a headline can still be read."""


def config_option(command: Command) -> Command:
    """Give a command `-c/--config`, also after its name, and hand it the loaded configuration as `config`."""

    def wrapped(ctx: click.Context, /, config_file: Path | None, **arguments: Any) -> Any:
        from storage.config import load_config

        named = config_file or cast("Path | None", ctx.obj)
        return command(config=load_config(named, os.environ), **arguments)

    options = click.option("-c", "--config", "config_file", type=click.Path(path_type=Path), help="Configuration file.")
    return cast("Command", options(click.pass_context(update_wrapper(wrapped, command))))


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def print_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=not _speaks_utf8(), indent=2 if sys.stdout.isatty() else None))


def coloured() -> bool:
    """Return whether stdout takes colours: a terminal, and neither NO_COLOR nor TERM=dumb says otherwise."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def bounded() -> bool:
    """Return whether something says how wide stdout is: a terminal, or COLUMNS for a pipe."""
    told = os.environ.get("COLUMNS", "")
    return sys.stdout.isatty() or (told.isdecimal() and int(told) > 0)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal, or in a pipe what COLUMNS says; without either nothing is cut.

    Where the terminal is too narrow to hold each word whole, addresses above all, each row is a few lines instead.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    wide = None if bounded() else 250
    console = Console(width=wide, no_color=not coloured(), highlight=False)
    if wide is None and needed(columns, rows) > console.width:
        _stacked(columns, rows)
        return
    shown = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        shown.add_column(column, overflow="fold", no_wrap=all(" " not in row[place] for row in rows))
    for row in rows:
        shown.add_row(*[Text(printable(cell)) for cell in row])
    console.print(shown)


def needed(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns of a terminal a table takes that breaks no word; what is long gets room for a few."""
    from rich.cells import cell_len

    width = 0
    for place in range(len(columns)):
        cells = [columns[place], *(row[place] for row in rows)]
        longest = max(map(cell_len, cells))
        words = max(cell_len(word) for cell in cells for word in cell.split() or [""])
        width += 3 + max(words, min(longest, _LEAST))
    return width


def _stacked(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print each row as lines that name their columns, an empty line between rows; the terminal wraps what is long."""
    margin = max(map(len, columns)) + 2
    for place, row in enumerate(rows):
        if place:
            click.echo()
        for column, cell in zip(columns, row, strict=True):
            click.echo(f"{column:<{margin}}{printable(cell)}")


def printable(text: str) -> str:
    """Return text from the web as it may be printed on a terminal: no control characters but line ends and tabs."""
    return "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)


def _speaks_utf8() -> bool:
    return (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "") == "utf8"
