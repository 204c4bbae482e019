"""The history of an article for people: a table of its revisions, with their classes in colour."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from cli.finding import local
from cli.options import bounded, coloured, printable
from storage.catalogue.access import in_words

if TYPE_CHECKING:
    from rich.console import Console

Row: TypeAlias = Mapping[str, Any]

NARROW = 90
"""Columns below which a table of five columns cuts every word."""

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
    """Print what `history --json` says as a table, in a narrow window as a list, with a hint of what to ask next."""
    from rich.console import Console
    from rich.text import Text

    article, revisions = told["article"], told["revisions"]
    console = Console(width=None if bounded() else 160, no_color=not coloured(), highlight=False)
    headline = next((row["headline"] for row in reversed(revisions) if row["headline"]), None)
    console.print(Text(printable(headline or article["url"]), style="bold"))
    if headline:
        console.print(Text(printable(article["url"])), soft_wrap=True)
    for alias in article["aliases"]:
        console.print(Text(printable(f"also at {alias}"), style="dim"), soft_wrap=True)
    for line in _moves(article):
        console.print(Text(printable(line), style="magenta"), soft_wrap=True)
    if article["access"]:
        wall = f"{in_words(article['access'])} since {local(article['access']['since'], zone)}"
        console.print(Text(printable(wall), style="bold yellow"), soft_wrap=True)
    on_terminal = sys.stdout.isatty()
    write = _write_list if bounded() and console.width < NARROW else _write_table
    write(console, revisions, zone=zone, to_the_minute=on_terminal)
    _hint(article["url"], revisions)


def _moves(article: Row) -> list[str]:
    """Return where the story goes on and where it came from, where that is another article."""
    after, before = article.get("continues_at"), article.get("continued_from", [])
    told = [f"continues at {after['url']}"] if after else []
    return [*told, *(f"continued from {one['url']}" for one in before)]


def _write_table(console: Console, revisions: Sequence[Row], *, zone: tzinfo, to_the_minute: bool) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in ("", "seen first", "seen last", "weight", "what changed", "headline"):
        right = column in ("", "weight")
        once = column.startswith("seen")
        shown.add_column(column, overflow="fold", no_wrap=once, justify="right" if right else "left")
    before = None
    for row in revisions:
        same = row["headline"] == before
        before = row["headline"] or before
        shown.add_row(
            str(row["number"]),
            _when(row["seen_first"], zone, to_the_minute=to_the_minute),
            _when(row["seen_last"], zone, to_the_minute=to_the_minute),
            _score(row) or "-",
            _what(row),
            Text("same" if same else printable(row["headline"] or "-"), style="dim" if same else ""),
        )
    console.print(shown)


def _write_list(console: Console, revisions: Sequence[Row], *, zone: tzinfo, to_the_minute: bool) -> None:
    """Print each revision on lines of its own: in a narrow window a table would cut every word."""
    from rich.padding import Padding
    from rich.text import Text

    before, margin = None, len(str(len(revisions))) + 2
    for row in revisions:
        score = _score(row)
        head = Text(f"{row['number']:>{margin - 2}}  {_when(row['seen_first'], zone, to_the_minute=to_the_minute)}")
        head.append(f"  weight {score}" if score else "", style="dim")
        console.print()
        console.print(head)
        console.print(Padding(_what(row), (0, 0, 0, margin)))
        if row["headline"] not in (None, before):
            console.print(Padding(Text(f"“{printable(row['headline'])}”"), (0, 0, 0, margin)))
        before = row["headline"] or before
    console.print()


def _when(text: str, zone: tzinfo, *, to_the_minute: bool) -> str:
    said = local(text, zone)
    return said[:16] + said[19:] if to_the_minute else said


def _score(row: Row) -> str:
    """Return what the revision weighs, "" of the first."""
    weight = row.get("significance")
    return str(weight["score"]) if weight else ""


def _what(row: Row) -> Any:
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


def _tied(row: Row) -> str:
    explains = row["correction"]["explains"]
    if explains is None:
        return "the notice explains no change that was seen"
    return (
        "the notice explains this change" if explains == row["number"] else f"the notice explains revision {explains}"
    )


def _hint(url: str, revisions: list[dict[str, Any]]) -> None:
    texts = [row["number"] for row in revisions if row["content_digest"]]
    if len(texts) > 1:
        click.echo(f"next: stoppress diff {url} {texts[-2]} {texts[-1]}")
    else:
        click.echo(f"next: stoppress show {url}")
