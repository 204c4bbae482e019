"""From what people type to what the archive holds: addresses, times, sites, articles and their revisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from news.errors import StopPressError
from news.urls import belongs, normalise
from storage.catalogue import reading

if TYPE_CHECKING:
    from cli.times import Span
    from storage.catalogue.opening import Row, Rows
    from storage.config import Config


class NotKnown(StopPressError):
    """The archive holds no such article, or no revision of that time (exit status 1)."""


def address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return an argument's http(s) address in the one spelling that the archive uses; others are usage errors."""
    if value is None:
        return None
    try:
        return normalise(value)
    except ValueError as error:
        bare = "://" not in value and "." in value.split("/")[0] and not value.startswith("/")
        meant = f"; did you mean https://{value} ?" if bare else ""
        raise click.BadParameter(f"{error}{meant}", ctx, param) from None


def article_named(rows: Rows, config: Config, url: str) -> Row:
    """Return the article at this address; raises `NotKnown` with what is known of it instead, and what to do."""
    found = reading.article_at(rows, url)
    if found is None:
        raise NotKnown(_unknown(rows, config, url))
    return found


def tell_moves(rows: Rows, article: Row) -> None:
    """Say on stderr where the story goes on, or came from, where its address led from one article to another."""
    from storage.catalogue.moves import moves_json

    told = moves_json(rows, article)
    if after := told.get("continues_at"):
        click.echo(f"stoppress: the story goes on at {after['url']}: stoppress history {after['url']}", err=True)
    for one in told.get("continued_from", []):
        click.echo(f"stoppress: the story came from {one['url']}: stoppress history {one['url']}", err=True)


def zone_of(config: Config, site: str | None) -> tzinfo:
    """Return the site's time zone; without a site the one that all configured sites share, else UTC."""
    zones = {known.timezone for known in config.sites() if site in (None, known.name)}
    if site is not None and not zones:
        from news.sites import known_site

        profile = known_site(site)
        zones = {profile.timezone} if profile else set()
    if len(zones) != 1:
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(zones.pop())


def span_of(text: str, zone: tzinfo, *, what: str) -> Span:
    """Return the time that an argument names; anything else is a usage error."""
    from cli.times import parse_time

    try:
        return parse_time(text, now=datetime.now(UTC), zone=zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=what) from None


def revision_at(chain: Sequence[Row], at: datetime, zone: tzinfo) -> int:
    """Return the number of the revision that was seen at that instant; raises `NotKnown` before the first."""
    from news.serial import rfc3339

    wanted = rfc3339(at)
    number = sum(1 for row in chain if row["seen_first"] <= wanted)
    if number == 0:
        raise NotKnown(
            f"nothing is known of that time: the article was first seen {local(chain[0]['seen_first'], zone)}"
        )
    return number


def revision_named(chain: Sequence[Row], name: str, zone: tzinfo, *, what: str) -> int:
    """Return the number of the revision that a number or a time names."""
    if name.isdecimal():
        return numbered(chain, int(name), what=what)
    return revision_at(chain, span_of(name, zone, what=what).end, zone)


def numbered(chain: Sequence[Row], number: int, *, what: str) -> int:
    """Return the number if there is such a revision; another one is a usage error."""
    if 1 <= number <= len(chain):
        return number
    there = "is 1 revision" if len(chain) == 1 else f"are {len(chain)} revisions"
    raise click.BadParameter(f"there is no revision {number}: there {there}", param_hint=what)


def local(text: str | None, zone: tzinfo) -> str:
    """Return an instant of the catalogue as people read it: `2026-03-29 02:30:00 BST`."""
    if text is None:
        return "-"
    from news.serial import instant

    return f"{instant(text).astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _unknown(rows: Rows, config: Config, url: str) -> str:
    site = next((site.name for site in config.sites() if belongs(url, site)), None)
    page = reading.page(rows, url)
    lines = []
    if page is not None and page["last_look"]:
        lines.append(
            f"no article is known at {url}: the last look at it, {page['last_look']}, was {page['last_outcome']}"
        )
    elif page is not None:
        lines.append(f"no article is known at {url}: the page was found and not looked at yet")
    else:
        lines.append(f"no article is known at {url}")
    near = _nearest(rows, url) if page is None else None
    if near:
        lines.append(f"the nearest that is known is {near}")
    lines.append(f"to look at it now: stoppress crawl {site or 'SITE'} {url}")
    return "\n".join(lines)


def _nearest(rows: Rows, url: str) -> str | None:
    from difflib import get_close_matches

    parts = urlsplit(url)
    known = reading.urls_like(rows, start=f"{parts.scheme}://{parts.netloc}/")
    return next(iter(get_close_matches(url, known, n=1, cutoff=0.8)), None)
