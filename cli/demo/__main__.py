"""`python -m cli.demo`, which is what `make run` runs."""

from __future__ import annotations

import signal
import sys

import click

ROUNDS = 11
"""Events in a demo that ends by itself: one of each kind, in some twenty seconds."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--site", help="Archive this real site instead of the demo's.")
@click.option("--contact", help="Where its owners reach you: a web page or an e-mail address.")
@click.option("--rounds", type=click.IntRange(min=1), help="End after so many events of the demo's programme.")
@click.option(
    "--every", type=click.FloatRange(min=0.1), help="Seconds between two events. [default: 4; 0.7 when it ends]"
)
def demo(site: str | None, contact: str | None, rounds: int | None, every: float | None) -> int:
    """Show the archive at work on a small news site that edits its articles.

    On a terminal it goes on until Ctrl-C; elsewhere, or with --rounds, it ends by itself.
    """
    from cli.demo.archiving import archive_site
    from cli.demo.rehearsing import Rehearsal, rehearse

    if site:
        return archive_site(site, contact)
    ends = rounds is not None or not (sys.stdin.isatty() and sys.stdout.isatty())
    return rehearse(
        Rehearsal(every=every or (0.7 if ends else 4.0), rounds=rounds or (ROUNDS if ends else None), ends=ends)
    )


def main() -> int:
    """Run the demo; SIGTERM and a closed terminal end it as cleanly as Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return int(demo.main(prog_name="make run", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return 2 if isinstance(error, click.UsageError) else 1
    except (click.Abort, KeyboardInterrupt):
        return 130


if __name__ == "__main__":
    sys.exit(main())
