"""The history of an article for people: a table of its revisions, with their classes in colour."""

from __future__ import annotations

import sys
from datetime import tzinfo
from typing import Any

import click

from cli.finding import local
from cli.options import coloured, printable
from storage.catalogue.access import in_words

STYLES = {
    "stealth": "bold red",
    "declared": "green",
    "restamped": "yellow",
    "gone": "bold magenta",
    "moved": "magenta",
    "back": "cyan",
    "correction": "bold green",
    "flip": "bold yellow",
    "experiment": "bold yellow",
}


def show_history(told: dict[str, Any], *, zone: tzinfo) -> None:
    """Print what `history --json` says as a table, with a hint of what to ask next."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    article, revisions = told["article"], told["revisions"]
    console = Console(width=None if sys.stdout.isatty() else 160, no_color=not coloured(), highlight=False)
    headline = next((row["headline"] for row in reversed(revisions) if row["headline"]), None)
    console.print(Text(printable(headline or article["url"]), style="bold"))
    if headline:
        console.print(Text(printable(article["url"])), soft_wrap=True)
    for alias in article["aliases"]:
        console.print(Text(printable(f"also at {alias}"), style="dim"), soft_wrap=True)
    if article["access"]:
        wall = f"{in_words(article['access'])} since {local(article['access']['since'], zone)}"
        console.print(Text(printable(wall), style="bold yellow"), soft_wrap=True)
    shown = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in ("", "seen first", "seen last", "what changed", "headline"):
        shown.add_column(column, overflow="fold", justify="right" if column == "" else "left")
    before = None
    for row in revisions:
        same = row["headline"] == before
        before = row["headline"] or before
        shown.add_row(
            str(row["number"]),
            local(row["seen_first"], zone),
            local(row["seen_last"], zone),
            _what(row),
            Text("same" if same else printable(row["headline"] or "-"), style="dim" if same else ""),
        )
    console.print(shown)
    _hint(article["url"], revisions)


def _what(row: dict[str, Any]) -> Any:
    from rich.text import Text

    text = Text()
    if not row["classes"]:
        text.append("first seen")
    for name in row["classes"]:
        text.append(", " if text else "")
        text.append(name, style=STYLES.get(name, ""))
    if row["declared_by"]:
        text.append(f" (by {' and '.join(row['declared_by'])})")
    if "correction" in row:
        text.append(f"; {_tied(row)}", style="dim")
    if not row["confirmed"]:
        text.append(" (seen once)" if row["seen_first"] == row["seen_last"] else " (not confirmed yet)", style="dim")
    return text


def _tied(row: dict[str, Any]) -> str:
    explains = row["correction"]["explains"]
    if explains is None:
        return "the notice explains no change that was seen"
    return (
        "the notice explains this change" if explains == row["number"] else f"the notice explains revision {explains}"
    )


def _hint(url: str, revisions: list[dict[str, Any]]) -> None:
    if len(revisions) > 1:
        last = len(revisions)
        click.echo(f"next: stoppress diff {url} {last - 1} {last}")
    else:
        click.echo(f"next: stoppress show {url}")
