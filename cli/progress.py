"""Progress on stderr: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.text import Text

WIDE = 100
"""Columns from which on a bar may be long."""
LEAST = 12
"""Columns in which the end of an address still tells something."""


class Watching:
    """Shows a crawl's progress while it goes on."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._quiet = quiet or not sys.stderr.isatty()

    def __enter__(self) -> Self:
        if not self._quiet:
            self._bar = _crawl_bar()
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


def _crawl_bar() -> Any:
    """Return a crawl's bar: in a narrow window it is short, so that the end of the address has room."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.table import Column

    class Last(ProgressColumn):
        """What was looked at last."""

        def render(self, task: Task) -> Ending:
            return Ending(task.fields["last"])

    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=len("looking at pages"))),
        BarColumn(bar_width=20 if console.width > WIDE else 6),
        MofNCompleteColumn(table_column=Column(no_wrap=True, min_width=9)),
        TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
        Last(table_column=Column(no_wrap=True, ratio=1)),
        expand=True,
        console=console,
        transient=True,
    )


class Ending:
    """A line for a place too narrow for it: its first word and its end, which is what tells one page from another."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Draw it in the room that there is."""
        from rich.text import Text

        yield Text(shortened(self._text, options.max_width), style="dim", no_wrap=True)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """It takes what is left."""
        from rich.measure import Measurement

        return Measurement(1, options.max_width)


def shortened(text: str, room: int) -> str:
    """Return a line cut to so many characters: `changed …/news/a-story/`."""
    if len(text) <= room:
        return text
    head, _, rest = text.rpartition(" ")
    start = f"{head} …" if head and room - len(head) > LEAST else "…"
    return start + rest[max(0, len(rest) - (room - len(start))) :]


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give something to tell how many of how many are done; None where no terminal shows it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[far]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None, far="")  # how many there are is told with the first that is done
        yield lambda done, total: shown.update(task, completed=done, total=total, far=f"{done}/{total}")
