"""`crawl`, `tick` and `run`: everything that starts a crawl worker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.options import as_json, config_option, print_json

if TYPE_CHECKING:
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
def crawl(config: Config, site: str, urls: tuple[str, ...], no_discover: bool, limit: int | None, as_json: bool) -> int:
    """Look at SITE now, whatever is due: at these URLs, or at all known pages and everything that discovery finds.

    Waits until all is captured, committed and sealed, then prints what came of it. Pages that failed are in the report;
    the exit status is 0 all the same.
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
    return 0
