"""The demo's newsroom: on the air at once, its programme from the word go, off the air when its starter is gone.

`python -m cli.demo.site EVERY [ROUNDS]` prints its address and then each event as a JSON line. The first line on its
stdin begins the programme, so that nothing is changed before the archive has seen it; the end of its stdin ends it.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from dataclasses import asdict
from itertools import islice

from newsroom.programme import programme
from newsroom.room import Newsroom
from newsroom.times import utc_iso


def main(every: float, rounds: int | None) -> None:
    """Serve the site until stdin ends; play this many events of its programme, or all."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    stop = threading.Event()
    with Newsroom() as room:
        _tell({"event": "on-air", "url": room.url, "articles": len(room.articles())})
        if sys.stdin.readline():
            playing = threading.Thread(target=_play, args=(room, every, rounds, stop), daemon=True)
            playing.start()
            sys.stdin.read()
            stop.set()
            playing.join()


def _play(room: Newsroom, every: float, rounds: int | None, stop: threading.Event) -> None:
    for step in islice(programme(), rounds):
        if stop.wait(step.beats * every):
            return
        event = step.act(room)
        _tell({**asdict(event), "event": "edit", "at": utc_iso(event.at), "words": step.words})
    _tell({"event": "over"})


def _tell(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
