"""`crawl`, `tick` and `run`: everything that starts a crawl worker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.layout import say
from cli.options import as_json, config_option, print_json

if TYPE_CHECKING:
    from scheduler.crawling import Told
    from storage.config import Config


@click.command(
    epilog="\b\nExamples:\n  stoppress crawl lbc --limit 20\n  stoppress crawl lbc https://www.lbc.co.uk/news/some-story/"
)
@click.argument("site")
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--no-discover", is_flag=True, help="Look only at pages that are known already.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Look at N pages at most, the newest.")
@config_option
@as_json
def crawl(  # click hands every argument over by name
    *, config: Config, site: str, urls: tuple[str, ...], no_discover: bool, limit: int | None, as_json: bool
) -> int:
    """Look at SITE now, whatever is due: at these URLs, or at all known pages and everything that discovery finds.

    Waits until all is captured, committed and sealed, then prints what came of it. Pages that failed are in the report;
    the exit status is 0 all the same. It is 4 when the store could not be reached: what was captured is then kept in
    the spool, and goes in with the next crawl.
    """
    from cli.progress import Watching
    from cli.reports import crawl_report, show_report
    from scheduler.crawling import Wish, crawl_site

    started = datetime.now(UTC)
    wish = Wish(site=config.site(site), urls=urls, discover=not no_discover and not urls, limit=limit)
    with Watching(quiet=as_json) as watching:
        told = crawl_site(config, wish, watching.tell)
    report = crawl_report(config, site, started, told)
    if as_json:
        print_json(report)
    else:
        show_report(report)
    return _complain_of(told)


@click.command(epilog="\b\nExample, in a crontab:\n  */15 * * * *  cd /srv/stoppress && stoppress tick")
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@config_option
@as_json
def tick(config: Config, sites: tuple[str, ...], as_json: bool) -> int:
    """Do one round, then exit: discover where that is due, look at every page whose time has come, seal.

    Without SITE all configured sites take part.
    """
    from cli.progress import Watching
    from cli.reports import crawl_report, show_report
    from scheduler.tick import tick as do_tick

    started = datetime.now(UTC)
    chosen = [config.site(name) for name in sites] or list(config.sites())
    with Watching(quiet=as_json) as watching:
        told = do_tick(config, chosen, started, watching.tell)
    reports = [crawl_report(config, site.name, started, told) for site in chosen]
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            show_report(report)
    return _complain_of(told)


def _complain_of(told: Told) -> int:
    """Say what kept the archive from having it all; return the exit status."""
    for problem in told.problems:
        say(f"stoppress: {problem}", then="  ", err=True)
    return 4 if told.problems else 0


@click.command(epilog="\b\nExamples:\n  stoppress run\n  stoppress run lbc")
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print each event as a JSON line.")
def run(config: Config, sites: tuple[str, ...], as_json: bool) -> int:
    """Run the daemon: discover, look again, seal, until stopped. Each edit is told in a line as it is caught.

    SIGTERM and Ctrl-C close cleanly: what is being fetched is finished or dropped, everything captured is committed and
    sealed. Without SITE all configured sites take part.
    """
    import signal

    from cli.daemon_lines import DaemonLines
    from scheduler.daemon import Daemon

    chosen = [config.site(name) for name in sites] or list(config.sites())
    lines = DaemonLines(as_json=as_json)
    daemon = Daemon(config, chosen, lines.tell)
    received: list[int] = []

    def close(number: int, _: object) -> None:
        received.append(number)
        daemon.stop()

    for site in chosen:
        config.check_crawlable(site)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, close)
    lines.started([site.name for site in chosen])
    daemon.run()
    lines.stopped()
    return 130 if signal.SIGINT in received else 0
