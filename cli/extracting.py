"""`extract`: saved pages and anyone's WARC files through a reader, without an archive."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cli.finding import address

if TYPE_CHECKING:
    from news.model import Site

STDIN = Path("-")


@click.command(
    epilog="\b\nExamples:\n  stoppress extract page.html --url https://www.lbc.co.uk/news/some-story/\n"
    "  stoppress extract *.warc.gz > articles.jsonl\n  curl -s https://example.org/story | stoppress extract -"
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@click.option("--url", callback=address, help="The address of a saved page. [default: what the page says]")
@click.option("--site", metavar="SITE", help="Read as a page of this site. [default: by the address, else generic]")
@click.option("-c", "--config", "config_file", type=click.Path(path_type=Path), help="Configuration file, for --site.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, which it always is.")
@click.pass_context
def extract(
    ctx: click.Context,
    *,
    sources: tuple[Path, ...],
    url: str | None,
    site: str | None,
    config_file: Path | None,
    as_json: bool,
) -> int:
    """Read saved HTML pages or WARC files (any tool's; gzipped or not; - for stdin) through a reader.

    Prints one JSON line for each HTML answer: the article with its url, or url and error where it can't be read. Needs
    no archive and no configuration. The exit status is 1 when a source is damaged; what is whole was printed.
    """
    from news.errors import ObjectCorrupt
    from storage.extracting import Wish
    from storage.extracting import extract as extract_from

    del as_json
    _check(sources, url)
    wish = Wish(url=url, site=_site(ctx, site, config_file))
    status = 0
    with _counting(sources) as count:
        for source in sources:
            try:
                with _opened(source) as stream:
                    for row in extract_from(stream, path=None if source == STDIN else source, wish=wish):
                        click.echo(json.dumps(row))
                        count()
            except (ObjectCorrupt, OSError) as error:
                if isinstance(error, BrokenPipeError):
                    raise
                said = error.strerror if isinstance(error, OSError) else error
                click.echo(f"stoppress: {'stdin' if source == STDIN else source}: {said}", err=True)
                status = 1
    return status


def _check(sources: Sequence[Path], url: str | None) -> None:
    """Raise a usage error for a source that is not there, before anything is printed."""
    for source in sources:
        if source == STDIN:
            continue
        if not source.exists():
            raise click.UsageError(f"{source}: no such file")
        if source.is_dir():
            raise click.UsageError(f"{source} is a directory: name the files in it")
        if not os.access(source, os.R_OK):
            raise click.UsageError(f"{source} can't be read: permission denied")
    if url is not None and len(sources) > 1:
        raise click.UsageError("--url is the address of one saved page: give one SOURCE with it")
    if url is not None and sources[0] != STDIN and _is_warc(sources[0]):
        raise click.UsageError(f"--url is the address of a saved page; {sources[0]} is a WARC file, which has its own")


def _is_warc(source: Path) -> bool:
    from storage.warc.reading import looks_like_warc

    return looks_like_warc(source)


def _site(ctx: click.Context, name: str | None, config_file: Path | None) -> Site | None:
    if name is None:
        return None
    from storage.config import load_config

    return load_config(config_file or cast("Path | None", ctx.obj), os.environ).site(name)


@contextmanager
def _opened(source: Path) -> Iterator[BufferedReader]:
    if source == STDIN:
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    with source.open("rb", buffering=1 << 16) as stream:
        yield cast("BufferedReader", stream)


@contextmanager
def _counting(sources: Sequence[Path]) -> Iterator[_Counter]:
    """Show on a terminal how many pages were read, unless the lines themselves go there."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield _Counter(None)
        return
    from rich.console import Console

    what = str(sources[0]) if len(sources) == 1 else f"{len(sources)} sources"
    with Console(stderr=True).status(f"reading {what}") as shown:
        yield _Counter(lambda count: shown.update(f"reading {what}: {count} pages"))


class _Counter:
    def __init__(self, show: object) -> None:
        self._show = show
        self._count = 0

    def __call__(self) -> None:
        self._count += 1
        if callable(self._show):
            self._show(self._count)
