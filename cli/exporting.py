"""`export`: the archive handed on to other tools."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.finding import address, article_named, span_of, zone_of
from cli.layout import say, told
from cli.options import as_json, config_option, print_json
from cli.progress import counting

if TYPE_CHECKING:
    from storage.catalogue.opening import Rows
    from storage.config import Config
    from storage.export.choosing import Chosen
    from storage.export.exporting import Exported, Format, Wish

STDOUT = Path("-")
FORMATS = ("warc", "wacz", "jsonl", "parquet", "cdxj")


def _addresses(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(address(ctx, param, value)) for value in values)


@click.command(
    epilog="\b\nFormats:\n  warc     records as they were captured, byte for byte\n"
    "  wacz     the same with index and pages, to be opened in ReplayWeb.page\n"
    "  jsonl    revisions, one JSON object a line\n"
    "  parquet  revisions as a data set by site, year and month, for DuckDB, pandas, Spark\n"
    "  cdxj     a sorted index with a configuration by which pywb replays the archive itself\n\n"
    "\b\nExamples:\n  stoppress export wacz https://www.lbc.co.uk/news/some-story/\n"
    "  stoppress export warc --site lbc --since monday -o monday.warc.gz --redact\n"
    "  stoppress export parquet -o revisions\n  stoppress export jsonl -o - | head"
)
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("urls", nargs=-1, metavar="[URL]...", callback=_addresses)
@click.option("--site", metavar="SITE", help="Only this site. [default: all]")
@click.option("--since", metavar="T", help="Only what was captured, or first seen, from then on.")
@click.option("--until", metavar="T", help="Only what was captured, or first seen, before then.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file to write, or the folder for parquet and cdxj; - for stdout. [default: a new name here]",
)
@click.option("--force", is_flag=True, help="Replace what is there under that name.")
@click.option("--redact", is_flag=True, help="Take cookies and tokens out of records, which then say so.")
@click.option("--text", is_flag=True, help="Put the articles' text into a WACZ file's list of pages, to be searched.")
@config_option
@as_json
def export(  # noqa: PLR0913  click hands every option over by name
    *,
    config: Config,
    format_: Format,
    urls: tuple[str, ...],
    site: str | None,
    since: str | None,
    until: str | None,
    output: Path | None,
    force: bool,
    redact: bool,
    text: bool,
    as_json: bool,
) -> int:
    """Hand the archive, or the articles at these URLs, to other tools.

    An article's records come with what its pages need to look right, and with the robots.txt and sources that led to
    it. Nothing is overwritten without --force, and what breaks off leaves no half file.
    """
    from storage.archive.access import open_reading
    from storage.export.exporting import Exporter, Wish
    from storage.export.output import OutputTaken

    _check(format_, output, redact=redact, text=text)
    now = datetime.now(UTC)
    with open_reading(config) as (store, rows):
        chosen = _chosen(rows, config, urls, site, since=since, until=until)
        path = None if output == STDOUT else output or _name(format_, chosen, now)
        wish = Wish(format=format_, chosen=chosen, output=path, force=force, redact=redact, texts=text)
        exporter = Exporter(config, store, rows, software=_software(), now=now)
        quiet = as_json or path is None
        with nullcontext() if quiet else counting(f"exporting {format_}") as progress:
            try:
                done = exporter.export(wish, stream=sys.stdout.buffer if path is None else None, progress=progress)
            except OutputTaken as error:
                raise click.UsageError(str(error)) from None
    _tell(wish, done, as_json=as_json)
    return 0


def _check(format_: str, output: Path | None, *, redact: bool, text: bool) -> None:
    if redact and format_ not in ("warc", "wacz"):
        raise click.UsageError(f"--redact is for warc and wacz: {format_} holds no records")
    if text and format_ != "wacz":
        raise click.UsageError("--text is for wacz")
    if output != STDOUT:
        return
    if format_ not in ("warc", "jsonl"):
        raise click.UsageError(f"{format_} can't go to stdout: name a path with --output")
    if format_ == "warc" and sys.stdout.isatty():
        raise click.UsageError("a WARC file is no text for a terminal: name a file with -o, or send it on with > or |")


def _chosen(
    rows: Rows, config: Config, urls: tuple[str, ...], site: str | None, *, since: str | None, until: str | None
) -> Chosen:
    from news.errors import UnknownSite
    from news.serial import rfc3339
    from storage.catalogue import reading
    from storage.export.choosing import Chosen

    known = reading.known_sites(rows)
    if site is not None and site not in known:
        config.site(site)
        raise UnknownSite(f"nothing of site {site} is archived yet; to begin: stoppress crawl {site}")
    articles = {row["id"]: row for row in (article_named(rows, config, url) for url in urls)}
    others = [row["url"] for row in articles.values() if site not in (None, row["site"])]
    if others:
        raise click.UsageError(f"{others[0]} is not of site {site}")
    sites = sorted({row["site"] for row in articles.values()}) or ([site] if site else known)
    zone = zone_of(config, sites[0] if len(sites) == 1 else None)
    bounds = {
        name: rfc3339(span_of(said, zone, what=f"--{name}").start) if said is not None else None
        for name, said in (("since", since), ("until", until))
    }
    return Chosen(sites=tuple(sites), articles=tuple(articles.values()), **bounds)


def _name(format_: str, chosen: Chosen, now: datetime) -> Path:
    """Return a name in this folder that says what is in it and when it was made."""
    from storage.export.exporting import ENDINGS

    what = "-".join(chosen.sites) if len(chosen.sites) < 4 else "all"
    if len(chosen.articles) == 1:
        words = re.sub(r"[^a-z0-9]+", "-", chosen.articles[0]["url"].rstrip("/").rpartition("/")[2].lower()).strip("-")
        what = f"{what}-{words[:60]}" if words else what
    ending = ENDINGS[format_]
    return Path(f"{what}-{now:%Y%m%dT%H%M%SZ}{ending or f'-{format_}'}")


def _software() -> str:
    from importlib.metadata import version

    return f"stoppress/{version('stoppress')}"


def _tell(wish: Wish, done: Exported, *, as_json: bool) -> None:
    row: dict[str, Any] = {
        "format": wish.format,
        "output": str(wish.output) if wish.output else None,
        "chosen": wish.chosen.told(),
        **done.figures,
        "notes": done.notes,
    }
    to_stderr = wish.output is None
    if as_json and not to_stderr:
        print_json(row)
        return
    say(f"{wish.output or 'stdout'}: {', '.join(_figures(done.figures))}", then="  ", err=to_stderr)
    for note in done.notes:
        say(f"stoppress: {note}", then="  ", err=True)


def _figures(figures: dict[str, Any]) -> list[str]:
    """Return the figures in words, those that are nothing left out."""
    said = list[str]()
    for name, value in figures.items():
        match value:
            case dict():
                said += [f"{number} {each}" for each, number in value.items()]
            case bool():
                said.append(name if value else f"not {name}")
            case str():
                said.append(value)
            case int() if value or name in ("revisions", "index_lines"):
                said.append(told([(name.replace("_", " "), value)]))
    return said
