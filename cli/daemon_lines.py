"""What the daemon says on stdout: a line for each thing that an editor would want to know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from cli.layout import counted
from cli.options import coloured, printable

COLOURS = {
    "stealth": "red",
    "declared": "green",
    "restamped": "yellow",
    "gone": "magenta",
    "moved": "magenta",
    "back": "cyan",
}


class DaemonLines:
    """Prints new articles, edits, troubles and seals as they come."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._looks = 0
        self._away = self._kept = False
        self._put_off: dict[str, str] = {}

    def started(self, sites: Sequence[str]) -> None:
        """Say which sites are looked at."""
        self._say("started", f"looking at {', '.join(sites)}; Ctrl-C closes cleanly", sites=list(sites))

    def stopped(self) -> None:
        """Say that all is closed."""
        came = "committed, and kept in the spool for the store" if self._kept else "committed and sealed"
        self._say("stopped", f"closed after {counted(self._looks, 'look')}; all that was captured is {came}")

    def tell(self, event: dict[str, Any]) -> None:
        """Print an event, if it says something that people want to hear."""
        match event["event"]:
            case "look":
                self._looks += 1
                self._look(event)
            case "source-failed":
                self._say("source-failed", f"no pages from {event['url']}: {event['why']}", **_rest(event))
            case "sealed":
                self._say("sealed", f"sealed {event['segment']}", **_rest(event))
            case "store-away" | "store-back" | "kept":
                self._store(event)
            case "put-off" if self._put_off.get(event["site"]) != event["why"]:
                self._put_off[event["site"]] = event["why"]
                self._say("put-off", f"{event['site']}: looks are put off: {event['why']}", **_rest(event))
            case "alarm":
                self._say("alarm", f"! {event['site']}: {event['alarm']}: {event['why']}", colour="red", **_rest(event))
            case "alarm-over":
                self._say("alarm-over", f"{event['site']}: {event['alarm']} is over", **_rest(event))
            case "waiting" | "problem":
                self._say(event["event"], event.get("why") or event.get("message", ""), **_rest(event))

    def _store(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "store-away" if not self._away:
                self._away = True
                line = f"! the store can't be reached; crawling goes on, segments wait in the spool: {event['why']}"
                self._say("store-away", line, colour="red", **_rest(event))
            case "store-back":
                self._away = False
                self._say("store-back", "the store is back; what waited is sealed")
            case "kept":
                self._kept = True
                self._say("kept", event["why"], **_rest(event))

    def _look(self, event: dict[str, Any]) -> None:
        what = event["headline"] or event["page"]
        if event["classes"]:
            self._say(
                "edit", f"{', '.join(event['classes'])}: {what}", colour=_colour(event["classes"]), **_rest(event)
            )
        elif event["outcome"] == "new":
            self._say("new", f"new: {what}", **_rest(event))
        elif event["outcome"] in ("failed", "blocked"):
            self._say(event["outcome"], f"{event['outcome']} ({event['reason']}): {event['page']}", **_rest(event))

    def _say(self, what: str, line: str, /, *, colour: str | None = None, **rest: object) -> None:
        now = datetime.now(UTC)
        if self._as_json:
            click.echo(json.dumps({**rest, "at": now.isoformat(), "kind": what}))
            return
        text = f"{now.astimezone():%H:%M:%S}  {printable(line)}"
        click.echo(click.style(text, fg=colour) if colour and coloured() else text)


def _colour(classes: Sequence[str]) -> str | None:
    return next((COLOURS[name] for name in classes if name in COLOURS), None)


def _rest(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "event"}
