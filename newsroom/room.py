"""The newsroom on the air: its desk, its site, its server."""

import threading
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Self, TypedDict, Unpack
from urllib.parse import urlsplit

from newsroom import shelf
from newsroom.answers import Answer, Asked
from newsroom.desk import Desk
from newsroom.model import Logged, Story
from newsroom.server import HOST, Server
from newsroom.site import EVERYWHERE, Site
from newsroom.times import Clock
from newsroom.times import clock as clock_of
from newsroom.trouble import Ill, Trouble


class Signs(TypedDict, total=False):
    """How exactly a path misbehaves: see `newsroom.trouble.Trouble`."""

    status: int
    retry_after: str
    seconds: float
    times: int


class Newsroom(Desk):
    """A news site on 127.0.0.1, served from threads of this process.

    The socket is bound at once, so `url` is known before `start`; `stop` closes it, and a second `start` takes the
    same port again. `now` is an instant at which time stands still, or a clock; by default the machine's. `articles`
    are the stories to start with, by default all of the shelf; `seed` rules adverts and the tail lists.
    """

    def __init__(
        self,
        now: Clock | datetime | None = None,
        *,
        articles: Iterable[Story] | None = None,
        port: int = 0,
        seed: int = 1,
        crawl_delay: float | None = None,
    ) -> None:
        clock = clock_of(now)
        self._log: list[Logged] = []
        self._log_guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._server: Server | None = self._bound(port, clock)
        self._port = self._server.server_port
        stories = shelf.stories(clock()) if articles is None else articles
        super().__init__(stories, clock=clock, base=f"http://{HOST}:{self._port}/")
        self._site = Site(self, seed=seed, crawl_delay=crawl_delay)

    @property
    def log(self) -> tuple[Logged, ...]:
        """Every request so far, in the order in which they were answered."""
        with self._log_guard:
            return tuple(self._log)

    def forget_log(self) -> None:
        """Start the log anew."""
        with self._log_guard:
            self._log.clear()

    def start(self) -> Self:
        """Answer requests until `stop`; a newsroom that is on the air stays so."""
        if self._thread is not None:
            return self
        server = self._server or self._bound(self._port, self._clock)
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="newsroom", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the socket and every connection; a newsroom that is off the air stays so."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is None:
            return
        if thread is None:
            server.server_close()
            return
        server.close()
        thread.join()

    def misbehave(self, path: str, ill: Ill, **signs: Unpack[Signs]) -> None:
        """From now on that path (or URL, slug, or `*` for all) answers as the ill has it: see `newsroom.trouble`."""
        self._site.misbehave(self._path(path), Trouble(ill=ill, **signs))

    def restore(self, path: str = EVERYWHERE) -> None:
        """Let the path be well again."""
        self._site.restore(self._path(path))

    def _path(self, where: str) -> str:
        if where == EVERYWHERE or where.startswith("/"):
            return where
        return urlsplit(where).path if "://" in where else self.story(where).path

    def _bound(self, port: int, clock: Clock) -> Server:
        return Server(port, respond=self._respond, note=self._note, clock=clock)

    def _respond(self, asked: Asked) -> Answer:
        return self._site.answer(asked)

    def _note(self, request: Logged) -> None:
        with self._log_guard:
            self._log.append(request)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
