"""Orders in, progress out: JSON lines on stdin and stdout between a worker and whoever started it."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from news.urls import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One thing to do: look at a page, find pages of a site, or seal a site's open segment."""

    id: str
    order: Literal["fetch", "discover", "seal"]
    site: str
    url: str = ""
    why: str = "ordered"
    source: str = "user"
    deep: bool = False


def parse_order(line: str) -> Order:
    """Return the order in a line; raises ValueError with what is wrong with it."""
    said = json.loads(line)
    if said.get("order") not in ("fetch", "discover", "seal"):
        raise ValueError(f"no such order: {line.strip()[:200]}")
    if said["order"] == "fetch":
        said["url"] = normalise(said["url"])
    return Order(**said)


async def orders_on_stdin() -> AsyncIterator[Order]:
    """Yield orders until stdin ends. A thread reads, since stdin may be a file that no event loop can wait for."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(queue.put_nowait, line)
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, name="orders", daemon=True).start()
    while (line := await queue.get()) is not None:
        if line.strip():
            yield parse_order(line)


class Progress:
    """Tells heartbeat and progress on stdout; what came of an order is what was committed, not what is told here."""

    def __init__(self, *, loud: bool) -> None:
        self._loud = loud

    def tell(self, event: str, **said: object) -> None:
        """Write one line, if anyone is there to read it."""
        self.tell_all([{"event": event, **said}])

    def tell_all(self, events: Sequence[Mapping[str, object]]) -> None:
        """Write a line for each event, all at once."""
        if not self._loud or not events:
            return
        try:
            sys.stdout.write("".join([f"{json.dumps(event)}\n" for event in events]))
            sys.stdout.flush()
        except OSError:  # whoever watched is gone; the work goes on
            self._loud = False
