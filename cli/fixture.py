"""`make fixture SITE=… URL=…`: a page of a site as a test's case, for a person to read and correct.

A case is a folder, tests/fixtures/<site>/<case>/: `page.html` as the server sent it, `address.txt`, `capture.warc.gz`
with the records that prove it, and what the site's reader makes of it, `article.json` or `refusal.json`.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from datetime import datetime

    from news.model import Document, Site
    from storage.warc.reading import Record

_LONGEST_NAME = 60
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A page as it was taken: its decoded view, and the WARC records that hold it, none for a saved page."""

    document: Document
    records: tuple[Record, ...] = ()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--site", required=True, metavar="SITE", help="Whose page it is: a known or configured site.")
@click.option("--url", metavar="URL", help="The page's address; with --file, which page of it is meant.")
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A saved page or a WARC file."
)
@click.option("--case", metavar="NAME", help="The case's name. [default: made from the address]")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=Path("tests/fixtures"),
    show_default=True,
    help="Where cases lie.",
)
@click.option("-c", "--config", "config_file", type=click.Path(path_type=Path), help="Configuration file.")
def fixture(
    *, site: str, url: str | None, file: Path | None, case: str | None, into: Path, config_file: Path | None
) -> None:
    """Save a page of SITE as a test's case: looked at now, or taken from a saved page or a WARC file."""
    from storage.config import load_config

    known = load_config(config_file, os.environ).site(site)
    if file is None and url is None:
        raise click.UsageError("name the page: URL=…, or FILE=… for a saved page or a WARC file")
    taken = _from_file(file, url) if file else _looked_at(known, str(url), config_file)
    folder = into / known.name / (case or _name(taken.document.url))
    if folder.exists():
        raise click.UsageError(f"{folder} is there already: choose another name with CASE=…, or remove it first")
    _write(folder, taken, known)


def _name(url: str) -> str:
    """Return a folder's name made from an address: the last part of its path that says something."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.\w+$", "", parts[-1] if parts else "home").lower())
    return words[:_LONGEST_NAME].strip("-") or "page"


def _looked_at(site: Site, url: str, config_file: Path | None) -> Taken:
    """Look at the page now, with the crawler as it always looks, into an archive that is thrown away."""
    with TemporaryDirectory(prefix="stoppress-fixture-") as name:
        folder = Path(name)
        kept = {"STORE": folder / "archive", "SPOOL": folder / "spool", "KEY": folder / "key"}
        environment = {
            **os.environ,
            **{f"STOPPRESS_ARCHIVE__{key}": str(path) for key, path in kept.items()},
            "STOPPRESS_ARCHIVE__CATALOGUE": f"sqlite:///{folder / 'catalogue.db'}",
            "STOPPRESS_CRAWLER__REQUISITES": "none",
        }
        config = ["--config", str(config_file)] if config_file else []
        _run(["init", *config], environment, quiet=True)
        _run(["crawl", site.name, url, "--no-discover", *config], environment)
        found = [page for file in sorted(folder.rglob("*.warc.gz")) for page in _pages(file)]
    if not found:
        raise click.ClickException(f"{url} gave no HTML page: the crawler's report above says why")
    return found[-1]


def _run(arguments: Sequence[str], environment: dict[str, str], *, quiet: bool = False) -> None:
    """Run one of our commands; its report goes to standard error."""
    command = [sys.executable, "-m", "cli.main", *arguments]
    done = subprocess.run(command, env=environment, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"stoppress {' '.join(arguments)} ended with status {done.returncode}")
    if not quiet:
        click.echo(done.stdout, err=True, nl=False)


def _from_file(file: Path, url: str | None) -> Taken:
    from storage.warc.reading import looks_like_warc

    if not looks_like_warc(file):
        if url is None:
            raise click.UsageError(f"{file} is a saved page: name its address with URL=…")
        return Taken(document=_saved(file, url))
    found = [page for page in _pages(file) if url in (None, page.document.url)]
    if len(found) != 1:
        listed = "".join(f"\n  {page.document.url}" for page in found[:20])
        what = f"{len(found)} pages" if found else "no HTML page"
        raise click.UsageError(f"{file} holds {what} {'of that address' if url else ''}: choose with URL=…{listed}")
    return found[0]


def _saved(file: Path, url: str) -> Document:
    from news.reading.decode import html_document

    return html_document(url, file.read_bytes(), _saved_at(file))


def _saved_at(file: Path) -> datetime:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _pages(file: Path) -> Iterator[Taken]:
    """Yield the HTML answers of a WARC file, each with the records that belong to it."""
    from news.reading.decode import DECODED_CAP
    from storage.warc.foreign import whole_records
    from storage.warc.reading import document

    with file.open("rb") as stream:
        records = list(whole_records(stream))
    for record in records:
        page = document(record, max_bytes=DECODED_CAP) if record.type in ("response", "resource") else None
        if page is not None and page.media_type in _HTML and not 300 <= page.status < 400:
            yield Taken(document=page, records=tuple(_around(record, records)))


def _around(answer: Record, records: Sequence[Record]) -> Iterator[Record]:
    """Yield the file's own description, the answer, and what was asked and noted with it."""
    yield from (record for record in records[:1] if record.type == "warcinfo")
    yield answer
    named = {answer.record_id, *(answer.get("WARC-Concurrent-To") or "").split()} - {None}
    for record in records:
        told_with = {record.record_id, record.get("WARC-Concurrent-To"), record.get("WARC-Refers-To")}
        if record.type in ("request", "metadata") and named & told_with:
            yield record


def _write(folder: Path, taken: Taken, site: Site) -> None:
    name, told = _told(taken.document, site)
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(taken.document.body)
    (folder / "address.txt").write_text(f"{taken.document.url}\n")
    (folder / name).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    if taken.records:
        (folder / "capture.warc.gz").write_bytes(b"".join(map(_member, taken.records)))
    click.echo(f"{folder}: page.html, address.txt, {name}{', capture.warc.gz' if taken.records else ''}")
    click.echo(
        f"Next: read {folder / name} beside the page; where it is wrong, correct it by hand, then mend the reader."
    )


def _told(page: Document, site: Site) -> tuple[str, dict[str, object]]:
    """Return what the site's reader makes of the page, and the name of the file that says so."""
    from news.errors import PageError
    from news.serial import article_json
    from news.sites import load_reader

    try:
        return "article.json", article_json(load_reader(site.reader).read(page, site))
    except PageError as refused:
        click.echo(f"The reader refuses it: {refused}", err=True)
        return "refusal.json", {"error": type(refused).__name__, "reason": refused.reason}


def _member(record: Record) -> bytes:
    """Return a record as a gzip member: its fields as they were, its block byte for byte."""
    head = "".join(f"{name}: {value}\r\n" for name, value in record.fields)
    return gzip.compress(b"WARC/1.1\r\n" + head.encode() + b"\r\n" + record.block + b"\r\n\r\n", mtime=0)


def main() -> int:
    """Make the case; 0 when it was made, 2 for a wrong wish, 3 for a wrong configuration, 1 for any other reason."""
    from news.errors import ConfigError, StopPressError, UnknownSite

    try:
        fixture.main(prog_name="make fixture", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2 if isinstance(error, click.UsageError) else 1
    except StopPressError as error:
        click.echo(f"stoppress: {error}", err=True)
        return 2 if isinstance(error, UnknownSite) else 3 if isinstance(error, ConfigError) else 1
    except (click.Abort, KeyboardInterrupt):
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
