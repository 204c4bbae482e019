"""The demo's two processes, their lines in one queue, and their end by their own ids."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

Line = dict[str, Any]
Heard = tuple[str, Line | None]
"""Who spoke, and what; None when it has ended."""

STOP_SECONDS = 30.0


class Child:
    """A module of ours as a process that prints JSON lines. In a session of its own: Ctrl-C is the demo's to handle."""

    def __init__(self, name: str, arguments: Sequence[str], heard: queue.SimpleQueue[Heard], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and modules
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        threading.Thread(target=self._listen, args=(self._process.stdout, heard), daemon=True).start()

    def go(self) -> None:
        """Say the word."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def end(self) -> int:
        """End the process cleanly, or, when it does not listen, at once; return its exit status."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _listen(self, stream: IO[str], heard: queue.SimpleQueue[Heard]) -> None:
        for line in stream:
            heard.put((self.name, json.loads(line)))
        heard.put((self.name, None))
