"""`import`: others' WARC files taken into the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from cli.layout import counted, say, told
from cli.options import as_json, config_option, print_json
from cli.progress import counting

if TYPE_CHECKING:
    from news.model import Site
    from storage.config import Config
    from storage.ingest.importing import Taken

SHOWN = 10
"""Hosts that are named one by one."""


@click.command(
    "import",
    epilog="\b\nExamples:\n  stoppress import CC-NEWS-20260301-00042.warc.gz\n"
    "  stoppress import crawl-*.warc.gz --site gazette --all-hosts",
)
@click.argument(
    "files", nargs=-1, required=True, metavar="WARC...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--site", metavar="SITE", help="Only what is this site's. [default: all configured sites]")
@click.option("--all-hosts", is_flag=True, help="With --site: take every answer as that site's, whatever its host.")
@config_option
@as_json
def import_(config: Config, files: tuple[Path, ...], site: str | None, all_hosts: bool, as_json: bool) -> int:
    """Take others' WARC files (.warc, .warc.gz, .warc.zst; CC-NEWS, wget, warcprox, browsertrix) into the archive.

    Their records are copied as they are and marked with the file that they are from. Articles get the revisions that
    the captures show, each in its own place in time. Importing a file again changes nothing. The exit status is 1 when
    a file is damaged or something in it could not be taken in; the rest was.
    """
    from storage.ingest.importing import take_in

    if all_hosts and site is None:
        raise click.UsageError("--all-hosts needs --site: whose are they to be?")
    sites = (config.site(site),) if site is not None else config.sites()
    with _Bars() as bars:
        taken = take_in(config, files, sites, any_host=all_hosts, progress=None if as_json else bars.tell)
    if as_json:
        print_json(taken.row())
    else:
        _show(taken, sites)
    return 1 if taken.problems else 0


class _Bars:
    """Shows what is being done and how far, one thing after the other."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._what: str | None = None
        self._progress: Callable[[int, int], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def tell(self, what: str, done: int, total: int) -> None:
        """Show how much of how much is done of what."""
        if what != self._what:
            self._held.close()
            self._what, self._progress = what, self._held.enter_context(counting(what))
        if self._progress is not None:
            self._progress(done, total)


def _show(taken: Taken, sites: Sequence[Site]) -> None:
    elsewhere = Counter[str]()
    for found in taken.files:
        elsewhere += found.elsewhere
        what = told([("records", found.records), ("answers", len(found.answers))])
        say(f"{found.path}: {what} of {_names(sites)}", then="  ")
    for each in taken.sites:
        before = f", {each.there} were there" if each.there else ""
        looks = ", ".join(f"{count} {outcome}" for outcome, count in sorted(each.outcomes.items())) or "none"
        say(f"{each.site}: {counted(each.captures, 'capture')} taken in{before}; looks: {looks}", then="  ")
        if each.orphans:
            orphans = counted(each.orphans, "revisit")
            say(f"{orphans} left out: what they repeat is not here; import its file too", first="  ", then="    ")
        if each.redacted:
            copies = counted(each.redacted, "redacted copy", "redacted copies")
            say(f"{copies} of what is archived whole: not taken in", first="  ", then="    ")
        for why, count in each.kept.most_common():
            say(f"{count} kept without a look: {why}", first="  ", then="    ")
    _show_left_out(taken, elsewhere)


def _show_left_out(taken: Taken, elsewhere: Counter[str]) -> None:
    if elsewhere:
        named = ", ".join(f"{host} {count}" for host, count in elsewhere.most_common(SHOWN))
        more = f", and {counted(len(elsewhere) - SHOWN, 'host')} more" if len(elsewhere) > SHOWN else ""
        say(f"left out, of hosts that belong to no site named: {named}{more}", then="  ", err=True)
    others = Counter[str]()
    for found in taken.files:
        others += found.others
    for kind, count in others.most_common():
        say(f"left out, since they hold no HTTP answer: {counted(count, f'{kind} record')}", then="  ", err=True)
    for problem in taken.problems:
        say(f"stoppress: {problem}", then="  ", err=True)


def _names(sites: Sequence[Site]) -> str:
    return ", ".join(site.name for site in sites)
