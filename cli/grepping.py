"""`grep`: where words came into articles, or went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from cli.asking import CLASSES
from cli.finding import local, span_of, zone_of
from cli.options import as_json, coloured, config_option, print_json, printable

if TYPE_CHECKING:
    from storage.config import Config
    from storage.searching import Limits, Question

ARROW = "->"
LIMIT = 50


@click.command(
    epilog="\b\nExamples:\n  stoppress grep 'terrorist -> militant' --since monday\n"
    "  stoppress grep '\"prime minister\"' --removed --site lbc\n"
    "  stoppress grep 'resign*' --class stealth --json"
)
@click.argument("pattern")
@click.option("--site", metavar="SITE", help="Only this site's articles.")
@click.option("--since", metavar="T", help='Only changes since: an ISO time or date, "2h", "3 days", "monday".')
@click.option("--until", metavar="T", help="Only changes up to then; a day means its end.")
@click.option(
    "--class",
    "edit_class",
    type=click.Choice(CLASSES),
    metavar="CLASS",
    help=f"Only changes of that class: {', '.join(CLASSES)}.",
)
@click.option("--added", "side", flag_value="added", help="Only where it came.")
@click.option("--removed", "side", flag_value="removed", help="Only where it went.")
@click.option("--regex", is_flag=True, help="PATTERN is a regular expression (slower: every change is read).")
@click.option("--ignore-case/--match-case", default=None, help="[default: ignore it unless PATTERN has a capital]")
@click.option("--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="The newest so many.")
@config_option
@as_json
def grep(
    config: Config,
    *,
    pattern: str,
    side: str | None,
    regex: bool,
    ignore_case: bool | None,
    limit: int,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Find where PATTERN was added to articles or removed from them, the newest change first.

    PATTERN is words, all of which a changed sentence's block must hold, "phrases" in double quotes, and begin*.
    'OLD -> NEW' finds revisions in which OLD went and NEW came. A change that only stands beside PATTERN is no hit.
    """
    from storage.archive.access import open_reading
    from storage.catalogue import reading
    from storage.catalogue.addresses import on_server
    from storage.searching import search

    site = filters["site"]
    zone = zone_of(config, site)
    question = _question(pattern, side, regex=regex, ignore_case=ignore_case)
    limits = _limits(zone, **filters)
    with open_reading(config) as (_, rows):
        if site is not None and site not in reading.known_sites(rows):
            config.site(site)
        found = search(rows, question, limits, served=on_server(config.archive.catalogue))
        told = [one.json() for one in islice(found, limit + 1)]
    more = len(told) > limit
    told = told[:limit]
    if as_json:
        print_json(told)
    else:
        _show(config, told)
    if more:
        click.echo(f"stoppress: there are more; these are the newest {limit}: ask with --limit or --since", err=True)


def _question(pattern: str, side: str | None, *, regex: bool, ignore_case: bool | None) -> Question:
    from news.revising.seeking import sought
    from storage.searching import Question

    parts = [part.strip() for part in pattern.split(ARROW)]
    exchange = len(parts) == 2 and all(parts)
    if exchange and side:
        raise click.UsageError(f"--{side} and 'OLD -> NEW' contradict each other")
    try:
        read = [sought(part, regex=regex, ignore_case=ignore_case) for part in (parts if exchange else [pattern])]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="PATTERN") from None
    removed = read[0] if side != "added" else None
    return Question(removed=removed, added=read[-1] if side != "removed" else None, exchange=exchange)


def _limits(zone: tzinfo, *, site: str | None, since: str | None, until: str | None, edit_class: str | None) -> Limits:
    from news.serial import rfc3339
    from storage.searching import Limits

    return Limits(
        site=site,
        since=rfc3339(span_of(since, zone, what="--since").start) if since is not None else None,
        until=rfc3339(span_of(until, zone, what="--until").end) if until is not None else None,
        edit_class=edit_class,
    )


def _show(config: Config, found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        click.echo("no change matches")
        return
    zones = {name: zone_of(config, name) for name in {one["article"]["site"] for one in found}}
    for one in found:
        for line in _lines(one, zones[one["article"]["site"]]):
            click.echo(line if coloured() else click.unstyle(line))
        click.echo()


def _lines(one: Mapping[str, Any], zone: tzinfo) -> list[str]:
    article, number = one["article"], one["number"]
    headline = click.style(printable(article["headline"] or article["url"]), bold=True)
    by = f" (by {' and '.join(one['declared_by'])})" if one["declared_by"] else ""
    score = one["significance"]["score"]
    said = {"sentence": " in one sentence", "revision": " in one revision"}.get(one["together"], "")
    lines = [
        f"{local(one['seen_first'], zone)}  {article['site']}  {headline}",
        f"  revision {number}: {', '.join(one['classes'])}{by}; significance {score}{said}",
    ]
    lines += [f"  - {_marked(hit, 'red')}{_where(hit)}" for hit in one["removed"]]
    lines += [f"  + {_marked(hit, 'green')}{_where(hit)}" for hit in one["added"]]
    return [*lines, f"  next: stoppress diff {article['url']} {max(number - 1, 1)} {number}"]


def _where(hit: Mapping[str, Any]) -> str:
    return "" if hit["where"] == "body" else click.style(f"  ({hit['where']})", dim=True)


def _marked(hit: Mapping[str, Any], colour: str) -> str:
    """Return the sentence with what came or went standing out: by colour, and by brackets where there is none."""
    text, shown, at = hit["sentence"], "", 0
    for start, end in hit["at"]:
        word = printable(text[start:end])
        shown += printable(text[at:start])
        shown += click.style(word, fg=colour, bold=True, underline=True) if coloured() else f"[{word}]"
        at = max(at, end)
    return " ".join((shown + printable(text[at:])).split())
