"""The console script: as little as possible before Ctrl-C is understood."""

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from cli.main import run

        status = run()
    except KeyboardInterrupt:
        sys.stderr.write("stoppress: interrupted\n")
        status = 130
    sys.exit(status)
