"""A crawl worker seen from outside: a child process that takes orders as JSON lines and tells its progress."""

from __future__ import annotations

import itertools
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from news.errors import StopPressError, StoreError, StoreUnavailable

log = logging.getLogger(__name__)

Event = dict[str, Any]
STOP_SECONDS = 45.0
SILENCE_SECONDS = 120.0
"""Heartbeats come every 5 seconds; a worker silent for this long hangs."""


class WorkerDied(StopPressError):
    """The worker ended without saying why; its spool is taken up at the next start."""


ALLOCATING = {"MALLOC_ARENA_MAX": "1"}
"""glibc: the thread that seals takes what the crawl let go of, and no memory of its own (4 MB at 1,500 pages)."""


class CrawlWorker:
    """Starts a worker, hands it orders, and yields what it tells. In a session of its own: Ctrl-C is ours to handle."""

    def __init__(self, config_file: Path | None, *, log_level: str = "WARNING") -> None:
        # -P: or a file `queue.py` beside the operator's configuration would be taken for Python's own
        command = [sys.executable, "-P", "-m", "crawler", "--log-level", log_level]
        if config_file is not None:
            command += ["--config", str(config_file)]
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**ALLOCATING, **os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings"},
            start_new_session=True,
        )
        self._numbers = itertools.count(1)
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.problem: Event | None = None
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop() if kind else self.finish()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def order(self, order: str, **said: object) -> str:
        """Hand over an order and return its id; a dead worker takes none and says so when it is asked for events."""
        number = str(next(self._numbers))
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"id": number, "order": order, **said}) + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            log.debug("worker takes no more orders pid=%d", self.pid)
        return number

    def no_more_orders(self) -> None:
        """Let the worker finish what it has, seal, and exit."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            log.debug("worker was gone before its orders ended")

    def events(self, *, timeout: float = SILENCE_SECONDS) -> Iterator[Event]:
        """Yield what the worker tells until it exits; raises `WorkerDied` when it falls silent."""
        while True:
            try:
                event = self._events.get(timeout=timeout)
            except queue.Empty:
                self.kill()
                raise WorkerDied(
                    f"the crawl worker (process {self.pid}) was silent for {timeout:g} s and was ended"
                ) from None
            if event is None:
                self._events.put(None)  # the end stays the end for whoever asks next
                return
            if event["event"] == "problem":
                self.problem = event
            yield event

    def poll(self) -> list[Event]:
        """Return what the worker told since the last time, without waiting."""
        told: list[Event] = []
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return told
            if event is None:
                self._events.put(None)
                return told
            if event["event"] == "problem":
                self.problem = event
            told.append(event)

    def finish(self) -> None:
        """Wait for the worker's end after its last order; raises what it had to say."""
        self.no_more_orders()
        for _ in self.events():
            pass
        self._process.wait(timeout=STOP_SECONDS)
        self.check()

    def stop(self) -> None:
        """End the worker cleanly: it drops what it has not begun, commits, seals and exits."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.poll()

    def kill(self) -> None:
        """End the worker at once; recovery takes up its spool."""
        self._process.kill()
        self._process.wait()

    def check(self) -> None:
        """Raise what made the worker stop, if something did."""
        if self.problem is not None:
            kind, message = self.problem["kind"], self.problem["message"]
            raise _error(kind)(message)
        if self._process.returncode not in (0, None):
            raise WorkerDied(
                f"the crawl worker ended with status {self._process.returncode}; its log stands above. "
                "What it captured is kept and taken up at the next start"
            )

    def _listen(self, stream: IO[str]) -> None:
        for line in stream:
            try:
                self._events.put(json.loads(line))
            except ValueError:
                log.debug("worker said %s", line.rstrip())
        self._events.put(None)


def _error(kind: str) -> type[StopPressError]:
    import news.errors

    found = getattr(news.errors, kind, StoreUnavailable)
    return found if isinstance(found, type) and issubclass(found, StopPressError) else StoreError
