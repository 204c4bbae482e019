"""`python -m newsroom`: the demo site and its programme, until SIGTERM or Ctrl-C."""

import argparse
import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from newsroom import programme
from newsroom.model import Event
from newsroom.programme import Step
from newsroom.room import Newsroom
from newsroom.times import LONDON, utc_iso


def main(arguments: list[str] | None = None) -> int:
    """Serve and play the programme; 0 after a clean end, 1 if the port can't be had."""
    asked = _parser().parse_args(arguments)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        room = Newsroom(port=asked.port, seed=asked.seed, crawl_delay=asked.crawl_delay)
    except OSError as error:
        sys.stderr.write(f"newsroom: port {asked.port} can't be had ({error.strerror}): choose another with --port\n")
        return 1
    with room:
        _say(f"newsroom: {room.url}")
        _play(room, asked, stop)
    return 0


def _play(room: Newsroom, asked: argparse.Namespace, stop: threading.Event) -> None:
    def report(step: Step, event: Event) -> None:
        if asked.events_file:
            _append(asked.events_file, step, event)
        if not asked.quiet:
            _say(_line(step, event))

    if asked.every and not programme.run(room, asked.every, stop, report):
        return
    if asked.every and not asked.quiet:
        _say("the programme is over; the site stays up until it is stopped")
    stop.wait()


def _line(step: Step, event: Event) -> str:
    """`09:23:11  the desk changes a caption without a word (stealth, pictures)  http://...`"""
    at = f"{event.at.astimezone(LONDON):%H:%M:%S}"
    classes = ", ".join(event.classes) or "new"
    return f"{at}  the desk {step.words} [{classes}]  {event.target or event.url}"


def _append(path: Path, step: Step, event: Event) -> None:
    """One event as a JSON line, `at` in UTC, with the step's words."""
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({**asdict(event), "at": utc_iso(event.at), "words": step.words}) + "\n")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m newsroom",
        description="A small invented news site on 127.0.0.1 that publishes, edits, hides and moves its articles.",
        epilog="The first line printed is the site's address. It runs until SIGTERM or Ctrl-C.",
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port to listen on (default: any free one)")
    parser.add_argument(
        "--every",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="time between two events of the programme; 0 for none (default: 20)",
    )
    parser.add_argument("--quiet", action="store_true", help="print the address and nothing else")
    parser.add_argument(
        "--events-file", type=Path, metavar="PATH", help="append each event to this file as a JSON line"
    )
    parser.add_argument("--crawl-delay", type=float, metavar="SECONDS", help="ask for this delay in robots.txt")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="rules adverts and lists (default: 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
