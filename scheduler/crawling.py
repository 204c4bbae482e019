"""One crawl of one site, from its wish to its last seal: what `crawl` does, and a tick for each of its sites."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from news.errors import BadAddress
from news.model import Site
from news.urls import belongs, normalise
from scheduler.worker import CrawlWorker, Event
from storage.archive.access import open_reading, room_of
from storage.archive.spool import SpoolLock
from storage.catalogue import opening, reading
from storage.verify.spools import spooled

if TYPE_CHECKING:
    from storage.config import Config

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a crawl is to look at: these addresses, or, when there are none, the site's pages, newest first."""

    site: Site
    urls: tuple[str, ...] = ()
    discover: bool = True
    limit: int | None = None


@dataclass(slots=True)
class Told:
    """What the worker told of a crawl: sources that gave nothing, segments sealed or kept, looks put off, by why."""

    sources: int = 0
    failed_sources: list[dict[str, str]] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    found: int = 0
    new: int = 0
    kept: str | None = None
    put_off: dict[str, int] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """What kept the archive from taking all that was to be looked at, and what waits for the store."""
        looks = [
            f"{count} looks were put off: {why}" if count > 1 else f"a look was put off: {why}"
            for why, count in self.put_off.items()
        ]
        return [*looks, *([self.kept] if self.kept else [])]

    def take(self, event: Event) -> None:
        """Note what an event says."""
        match event["event"]:
            case "source":
                self.sources += 1
            case "source-failed":
                self.failed_sources.append({"url": event["url"], "why": event["why"]})
            case "sealed":
                self.segments.append(event["segment"])
            case "kept":
                self.kept = event["why"]
            case "put-off":
                self.put_off[event["why"]] = self.put_off.get(event["why"], 0) + 1
            case "finished" if "pages" in event:
                self.found, self.new = event["pages"], event["new"]


def crawl_site(config: Config, wish: Wish, tell: Tell) -> Told:
    """Look at what is wished for and wait until all is sealed; `tell` hears of the progress.

    A store that can't be reached is no reason not to look: what is captured is then kept in the spool, and told.
    Raises what made the crawl impossible: `ConfigError`, or a `StoreError` such as a full disk.
    """
    config.check_crawlable(wish.site)
    named = addresses(wish)
    with open_reading(config, may_be_away=True):
        check_free(config, wish.site)  # what can't be done is told before anything is started
    told = Told()

    def hear(event: Event) -> None:
        told.take(event)
        tell(event)

    with CrawlWorker(config.file) as worker:
        make_room(config, worker, [wish.site], hear)
        take_up(config, worker, [wish.site])
        if wish.discover and not named:
            follow(worker, {worker.order("discover", site=wish.site.name, deep=True)}, hear)
        pages = [{"url": url, "source": "user"} for url in named][: wish.limit] if named else _pages(config, wish)
        tell({"event": "ordered", "pages": len(pages)})
        for page in pages:
            worker.order("fetch", site=wish.site.name, why="crawl", **page)
        worker.no_more_orders()
        for event in worker.events():
            hear(event)
    return told


def addresses(wish: Wish) -> tuple[str, ...]:
    """Return the named addresses in their one spelling; raises `BadAddress` for one that is not the site's."""
    named = []
    for url in wish.urls:
        try:
            spelt = normalise(url)
        except ValueError as error:
            raise BadAddress(f"{url} can't be looked at: {error}") from None
        if not belongs(spelt, wish.site):
            raise BadAddress(
                f"{url} is on none of the hosts of site {wish.site.name}; name the site it belongs to, "
                f"or add its host to `hosts` of [sites.{wish.site.name}]"
            )
        named.append(spelt)
    return tuple(dict.fromkeys(named))


def _pages(config: Config, wish: Wish) -> Sequence[dict[str, str]]:
    """Return the pages to look at, newest first, and known articles before finds: one that moved is met on its way."""
    with opening.reading(config.archive.catalogue) as rows:
        found = reading.pages_of(rows, wish.site.name, limit=wish.limit)
    found.sort(key=lambda row: row["article_id"] is None)
    return [{"url": row["url"], "source": row["source"]} for row in found]


def check_free(config: Config, site: Site) -> None:
    """Raise `SiteBusy` at once, before a worker is started, when another process writes this site."""
    SpoolLock(Path(config.archive.spool) / site.name, site.name).release()


def make_room(config: Config, worker: CrawlWorker, sites: Sequence[Site], tell: Tell) -> None:
    """Let what waits in a full spool go into the store first; raises `SpoolFull` where there is no room even then."""
    room = room_of(config)
    if room.problem():
        follow(worker, {worker.order("seal", site=site.name) for site in sites}, tell)
        room.check()


def take_up(config: Config, worker: CrawlWorker, sites: Sequence[Site]) -> None:
    """Order that what an earlier process left in the spool is repaired and sealed, whatever else there is to do."""
    for site in sites:
        if spooled(Path(config.archive.spool), site.name):
            worker.order("seal", site=site.name)


def follow(worker: CrawlWorker, orders: Collection[str], tell: Tell) -> None:
    """Hear the worker out until it says that all these orders are done, or until it ends."""
    left = set(orders)
    for event in worker.events() if left else ():
        tell(event)
        if event["event"] == "finished":
            left.discard(event["order"])
        if not left:
            return
