"""`make run SITE=lbc CONTACT=...`: a real site, archived politely in `archive/` until Ctrl-C."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from cli.demo.telling import say

INTERRUPTED = 130


def archive_site(site: str, contact: str | None) -> int:
    """Make the archive where there is none and run the daemon on this site; return its exit status."""
    if not contact:
        raise click.UsageError(
            f"CONTACT is missing. Its owners must be able to reach whoever crawls {site}: name a web page or an e-mail "
            f"address of yours, such as\n  make run SITE={site} CONTACT=https://your.example/bot"
        )
    environment = {**os.environ, "STOPPRESS_CRAWLER__CONTACT": contact}
    stoppress = [sys.executable, "-m", "cli.main"]
    made = subprocess.run([*stoppress, "init"], env=environment, check=False)  # noqa: S603  our own module
    if made.returncode:
        return made.returncode
    say(f"Looking at {site} until Ctrl-C; from another terminal: .venv/bin/stoppress articles --site {site}", bold=True)
    running = subprocess.Popen([*stoppress, "run", site], env=environment)  # noqa: S603  our own module
    while True:
        try:
            return 0 if (status := running.wait()) == INTERRUPTED else status
        except KeyboardInterrupt:
            running.terminate()  # it heard Ctrl-C itself, but not what ended us otherwise; it closes either way
