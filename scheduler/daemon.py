"""The daemon: a handful of fixed jobs on APScheduler, one crawl worker that lives on between ticks.

Jobs are code, due times are data: each tick asks the catalogue what is due. A tick that is still running when the next
is due is not run twice. The worker is started anew when it dies, and recycled by age and memory.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from news.errors import FormatTooNew, SchemaMismatch, StopPressError, StoreError
from news.model import Site
from scheduler.alarming import Watch
from scheduler.crawling import Tell
from scheduler.tick import plan
from scheduler.worker import CrawlWorker, Event, WorkerDied
from storage.archive.access import open_reading, room_of
from storage.catalogue import opening
from storage.verify.spools import spooled

if TYPE_CHECKING:
    from storage.config import Config

log = logging.getLogger(__name__)

WORKER_SECONDS = 6 * 3600
WORKER_MEGABYTES = 800
RESTART_SECONDS = 5.0
MOST_DEATHS = 5
"""Workers that may die one after the other, without a look between them, before the daemon gives up."""


class Daemon:
    """Looks at these sites until it is told to stop; `tell` hears of everything that the worker tells."""

    def __init__(
        self,
        config: Config,
        sites: Sequence[Site],
        tell: Tell,
        *,
        start_worker: Callable[[], CrawlWorker] | None = None,
    ) -> None:
        self._config = config
        self._sites = sites
        self._tell = tell
        self._start_worker = start_worker or (lambda: CrawlWorker(config.file))
        self._worker: CrawlWorker | None = None
        self._born = 0.0
        self._deaths = 0
        self._waiting: dict[str, set[str]] = {site.name: set() for site in sites}
        self._discovering: dict[str, str] = {}
        self._spool = Path(config.archive.spool)
        self._room = room_of(config)
        self._watch = Watch(sites, self._room)
        self._stop = threading.Event()
        self._problem: StopPressError | None = None

    def run(self) -> None:
        """Tick until `stop` is called; raises what made it impossible to go on."""
        for site in self._sites:
            self._config.check_crawlable(site)
        with open_reading(self._config, may_be_away=True):
            pass
        scheduler = BackgroundScheduler(timezone=UTC)
        seconds = self._config.daemon.tick_seconds
        soon = datetime.now(UTC) + timedelta(milliseconds=10)
        scheduler.add_job(
            self._safe_tick, "interval", seconds=seconds, next_run_time=soon, max_instances=1, coalesce=True, id="tick"
        )
        scheduler.start()
        try:
            while not self._stop.wait(0.2):
                self._hear()
        finally:
            scheduler.shutdown(wait=True)
            self._close()
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        """Ask the daemon to close cleanly; safe in a signal handler."""
        self._stop.set()

    def _safe_tick(self) -> None:
        """Tick, and outlive what a tick can meet: the next one tries again. The one broad catch of the house."""
        try:
            self._tick(datetime.now(UTC))
        except StoreError as error:
            log.error("tick found the archive unusable, waiting error=%s", error)  # noqa: TRY400  its message is for people
            self._tell({"event": "waiting", "why": str(error)})
        except Exception:
            log.exception("tick failed; the next one tries again")

    def _tick(self, now: datetime) -> None:
        worker = self._living_worker()
        if worker is None:
            return
        with opening.reading(self._config.archive.catalogue) as rows:
            self._watch.look(rows, now, self._tell)
            if self._room.problem():
                return  # told as an alarm; the worker goes on bringing in what waits
            for site in self._sites:
                waiting = self._waiting[site.name]
                this = plan(rows, site, now, config=self._config, waiting=frozenset(waiting))
                if this.discover and site.name not in self._discovering:
                    self._discovering[site.name] = worker.order("discover", site=site.name, deep=this.deep)
                for page in this.pages:
                    waiting.add(page["url"])
                    why = "due" if page["last_look"] else "found"
                    worker.order("fetch", site=site.name, url=page["url"], why=why, source=page["source"])

    def _hear(self) -> None:
        worker = self._worker
        for event in worker.poll() if worker else ():
            self._note(event)
            self._tell(event)

    def _note(self, event: Event) -> None:
        match event["event"]:
            case "look":
                self._deaths = 0
                self._waiting[event["site"]].discard(event["page"])
            case "put-off":
                self._waiting[event["site"]].discard(event["page"])
            case "finished":
                self._discovering = {
                    site: order for site, order in self._discovering.items() if order != event["order"]
                }

    def _living_worker(self) -> CrawlWorker | None:
        worker = self._worker
        if worker is not None and worker.alive and not self._is_old(worker):
            return worker
        if worker is not None:
            self._bury(worker)
        if self._stop.is_set():
            return None
        self._worker, self._born = self._start_worker(), time.monotonic()
        for site in self._sites:
            if spooled(self._spool, site.name):
                self._worker.order("seal", site=site.name)
        return self._worker

    def _bury(self, worker: CrawlWorker) -> None:
        """Let go of a worker that died or is to be recycled; what it was ordered is ordered again when due."""
        died = not worker.alive
        worker.stop()
        self._hear()
        self._worker = None
        self._discovering.clear()
        for waiting in self._waiting.values():
            waiting.clear()
        if not died:
            return
        self._deaths += 1
        try:
            worker.check()
        except StopPressError as error:
            log.error("worker died deaths=%d error=%s", self._deaths, error)  # noqa: TRY400
            self._tell({"event": "waiting", "why": str(error)})
            if isinstance(error, (FormatTooNew, SchemaMismatch)):
                self._problem = error
                self._stop.set()
            elif self._deaths >= MOST_DEATHS and not isinstance(error, StoreError):
                self._problem = WorkerDied(f"{self._deaths} crawl workers died one after the other, the last: {error}")
                self._stop.set()
        self._stop.wait(min(RESTART_SECONDS * self._deaths, 60))

    def _is_old(self, worker: CrawlWorker) -> bool:
        return time.monotonic() - self._born > WORKER_SECONDS or _megabytes(worker.pid) > WORKER_MEGABYTES

    def _close(self) -> None:
        """Let the worker commit and seal what it has, and end it."""
        if self._worker is not None:
            self._worker.stop()
            self._hear()
            self._worker = None


def _megabytes(pid: int) -> float:
    """Return a process's resident memory in MB, 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) * 4096 / 1e6
