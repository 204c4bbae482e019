"""Write docs/reference/commands.md from the commands' own help: `python docs/generate_commands.py`.

With --check nothing is written; the exit status is 1 when the page is out of date.
"""

# ruff: noqa: INP001  a script beside the pages it writes
from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.main import COMMANDS, GROUPS, cli

PAGE = Path(__file__).parent / "reference" / "commands.md"
WIDTH = 100
HEAD = """\
# Commands

This page is what `stoppress COMMAND --help` prints; `python docs/generate_commands.py` writes it.

Results go to stdout, logs to stderr. Every command that reads takes `--json`. `-c/--config` may stand before or after
the command's name. Where a command takes a time, it may be written as an ISO date or time, or in words such as `2h`.
"""


def page() -> str:
    """Return the whole page as it should be."""
    parts = [HEAD, _block("stoppress", cli)]
    for title, names in GROUPS:
        parts.append(f"## {title}\n")
        parts += [_section(name) for name in names]
    return "\n".join(parts)


def _section(name: str) -> str:
    parent = click.Context(cli, info_name="stoppress")
    try:
        command = cli.get_command(parent, name)
    except ModuleNotFoundError as missing:
        if not str(missing.name).startswith("cli."):
            raise
        return f"### `{name}`\n\n{COMMANDS[name][1]} Not there yet.\n"
    assert command is not None
    return f"### `{name}`\n\n{_block(name, command, parent)}"


def _block(name: str, command: click.Command, parent: click.Context | None = None) -> str:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    return f"```text\n{command.get_help(context).rstrip()}\n```\n"


def main() -> int:
    """Write the page, or say whether it is current."""
    wanted = page()
    if "--check" in sys.argv:
        return int(not PAGE.exists() or PAGE.read_text() != wanted)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
