"""`blame`: which revision each sentence of an article is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from cli.finding import address, article_named, local, tell_moves, zone_of
from cli.options import as_json, coloured, config_option, print_json, printable
from storage.catalogue import histories, reading

if TYPE_CHECKING:
    from storage.config import Config

WIDEST = 110
NARROW = 60
"""Columns below which revision and time stand above the sentence instead of beside it."""
SHADES = ("green", "cyan", "yellow", "magenta", "blue")
"""Colours of the revisions after the first, in turn; their numbers stand beside them."""


@click.command(
    epilog="\b\nExamples:\n  stoppress blame https://www.lbc.co.uk/news/some-story/\n"
    "  stoppress blame https://www.lbc.co.uk/news/some-story/ -r 3 --json"
)
@click.argument("url", callback=address)
@click.option(
    "-r", "--revision", type=click.IntRange(min=1), metavar="N", help="As of this revision. [default: the newest]"
)
@config_option
@as_json
def blame(config: Config, *, url: str, revision: int | None, as_json: bool) -> None:
    """Show from which revision each sentence of the article at URL is: the first that said it, and when it was seen.

    A sentence that moved, or went and came back, is from its first revision. What it replaced there stands below it.
    """
    from news.revising.blaming import State
    from news.revising.blaming import blame as blamed
    from news.serial import instant
    from storage.archive.access import open_reading
    from storage.catalogue.rows import stored_revision

    with open_reading(config) as (_, rows):
        article = article_named(rows, config, url)
        tell_moves(rows, article)
        zone = zone_of(config, article["site"])
        chain = reading.chain(rows, article["id"])
    number = revision or len(chain)
    if number > len(chain):
        raise click.UsageError(f"there is no revision {number}: the article has {len(chain)}")
    states = [
        State(number=at, seen_first=instant(row["seen_first"]), article=stored_revision(row).article)
        for at, row in enumerate(chain[:number], start=1)
    ]
    told = histories.revisions_json(chain)
    found = [
        {
            "role": one.role,
            "text": one.text,
            "block": one.block,
            "number": one.number,
            "seen_first": told[one.number - 1]["seen_first"],
            "not_before": told[one.number - 1]["not_before"],
            "classes": told[one.number - 1]["classes"],
            "was": one.was,
        }
        for one in blamed(states)
    ]
    if as_json:
        named = {name: article[name] for name in ("id", "site", "url")}
        print_json({"article": named, "revision": number, "sentences": found})
        return
    _show(found, zone=zone, revisions=number)


def _show(found: Sequence[Mapping[str, Any]], *, zone: tzinfo, revisions: int) -> None:
    width = min(get_terminal_size().columns, WIDEST)
    narrow = width < NARROW
    gutter = 2 if narrow else len(str(revisions)) + 20
    told: tuple[int, int] | None = None
    for one in found:
        same = told == (one["number"], one["block"])
        if told is not None and told[1] != one["block"]:
            click.echo()
        head = "" if same else f"{one['number']:>{len(str(revisions))}}  {local(one['seen_first'], zone)[:16]}"
        told = (one["number"], one["block"])
        if narrow and head:
            click.echo(_plain(click.style(head, dim=True)))
            head = ""
        lines = wrap(printable(one["text"]), max(width - gutter, 20)) or [""]
        for at, line in enumerate(lines):
            side = click.style(f"{head if at == 0 else '':<{gutter}}", dim=True)
            click.echo(_plain(side + _shade(line, one)))
        for line in wrap(f"was: {printable(one['was'])}", max(width - gutter - 2, 20)) if one["was"] else ():
            click.echo(_plain(" " * (gutter + 2) + click.style(line, dim=True)))
    if not found:
        click.echo("no revision of this article has a text")


def _shade(line: str, one: Mapping[str, Any]) -> str:
    bold = one["role"] in ("headline", "heading")
    colour = SHADES[(one["number"] - 2) % len(SHADES)] if one["number"] > 1 else None
    return click.style(line, fg=colour, bold=bold)


def _plain(line: str) -> str:
    return line.rstrip() if coloured() else click.unstyle(line).rstrip()
