"""Progress on stderr: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self


class Watching:
    """Shows a crawl's progress while it goes on."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._quiet = quiet or not sys.stderr.isatty()

    def __enter__(self) -> Self:
        if not self._quiet:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                SpinnerColumn,
                TextColumn,
                TimeElapsedColumn,
            )
            from rich.table import Column

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=len("looking at pages"))),
                BarColumn(bar_width=20),
                MofNCompleteColumn(table_column=Column(no_wrap=True, min_width=9)),
                TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
                TextColumn("{task.fields[last]}", style="dim", table_column=Column(no_wrap=True, ratio=1)),
                expand=True,
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None, last="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, event: dict[str, Any]) -> None:
        """Show what an event says."""
        if self._bar is None:
            return
        match event["event"]:
            case "ready":
                self._bar.update(self._task, description="finding pages")
            case "source":
                self._bar.update(self._task, advance=1, last=event["url"])
            case "ordered":
                self._bar.reset(self._task, total=event["pages"], description="looking at pages", last="")
            case "look":
                self._bar.update(self._task, advance=1, last=f"{event['outcome']} {event['page']}")
            case "sealed":
                self._bar.update(self._task, description="sealed", last=event["segment"])


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give something to tell how many of how many are done; None where no terminal shows it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
