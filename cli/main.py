"""`stoppress`: the commands by name, loaded when one is asked for, and the way from errors to exit statuses."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any, cast

import click

gc.set_threshold(50_000, 10, 10)  # imports make no garbage; looking for it costs a tenth of a short command's time

COMMANDS = {
    "init": ("cli.setting_up", "Create the store and the catalogue of an archive."),
    "sites": ("cli.setting_up", "Show the known sites, their readers, sources and budgets."),
    "crawl": ("cli.crawling", "Look at a site now, whatever is due."),
    "tick": ("cli.crawling", "Do one round of what is due, then exit (for cron)."),
    "run": ("cli.crawling", "Run the daemon: discover, look again, seal, until stopped."),
    "status": ("cli.asking", "Show how each site is doing."),
    "articles": ("cli.asking", "List articles."),
    "history": ("cli.asking", "Show the revisions of one article."),
    "show": ("cli.showing", "Show one revision as it was."),
    "diff": ("cli.showing", "Show what changed between two revisions."),
    "blame": ("cli.blaming", "Show from which revision each sentence is."),
    "grep": ("cli.grepping", "Find where words came into articles, or went."),
    "extract": ("cli.extracting", "Read saved pages or WARC files through a reader."),
    "reread": ("cli.rereading", "Replay the archived captures through today's readers."),
    "export": ("cli.exporting", "Hand the archive to other tools."),
    "import": ("cli.importing", "Take others' WARC files in."),
    "verify": ("cli.checking", "Re-hash and cross-check everything in the archive."),
    "restore": ("cli.restoring", "Bring back the right version of a damaged object."),
    "rebuild": ("cli.checking", "Build the catalogue anew from the store."),
}
"""Each command's module and its line in the overview; modules are imported when their command is used."""

GROUPS = (
    ("Begin", ("init", "sites")),
    ("Archive", ("crawl", "tick", "run", "status")),
    ("Read", ("articles", "history", "show", "diff", "blame", "grep", "extract")),
    ("Exchange", ("export", "import")),
    ("Check", ("reread", "verify", "restore", "rebuild")),
)

KEPT = dict.fromkeys(("crawl", "tick", "run"), "what was captured is kept") | {
    "import": "what was taken in is kept: give the command again for the rest",
    "export": "nothing was put in place",
}
"""What stands after Ctrl-C, by command."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the disk behind stdout says that is full or failing; the store's and the spool's is told as theirs."""

EXIT = """\b
Exit status:
  0  fine                       3  the configuration must be mended
  1  a check found a problem,   4  the store or the catalogue can't be
     or no such article            reached or used
  2  usage, or no such site   130  interrupted

\b
Examples:
  stoppress init
  stoppress crawl lbc
  stoppress history https://www.lbc.co.uk/news/some-story/
  stoppress diff https://www.lbc.co.uk/news/some-story/ 1 2
"""


class Overview(click.Group):
    """A group whose commands are imported one by one, and listed by what they are for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        return cast("click.Command", getattr(module, f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            raise click.UsageError(
                f"{error.message} Did you mean {near[0]!r}?" if near else error.message, ctx
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their groups."""
        del ctx
        for title, names in GROUPS:
            with formatter.section(title):
                formatter.write_dl([(name, COMMANDS[name][1]) for name in names])


@click.group(
    cls=Overview, epilog=EXIT, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("-c", "--config", type=click.Path(path_type=Path), help="Configuration file. [default: ./stoppress.toml]")
@click.version_option(package_name="stoppress", prog_name="stoppress")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Keep every edition of every article that a news site publishes, with the bytes that prove it."""
    ctx.obj = config


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the status that design.md, section 7, gives."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; errors are told in one line on stderr."""
    from news.errors import StopPressError

    try:
        result = cli.main(arguments, prog_name="stoppress", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        kept = next((KEPT[word] for word in arguments or sys.argv[1:] if word in KEPT), None)
        return _complain(f"interrupted; {kept}" if kept else "interrupted", status=130)
    except (BrokenPipeError, SystemExit):  # click exits when whoever read our output has gone: `| head` is no failure
        _let_go_of_stdout()
        return 0
    except OSError as error:
        if error.errno not in FULL:
            raise
        _let_go_of_stdout()
        return _complain(f"the output can't be written: {error.strerror}", status=4)
    except StopPressError as error:
        return _complain(str(error), status=status_of(error))
    return result if isinstance(result, int) else 0


def _let_go_of_stdout() -> None:
    """Let what is still to be written go nowhere, so that nothing complains of it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def status_of(error: Exception) -> int:
    """Return the exit status that an error of ours ends with."""
    from news.errors import BadAddress, ConfigError, StoreError, UnknownSite

    statuses = {UnknownSite: 2, BadAddress: 2, ConfigError: 3, StoreError: 4}
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 1)


def _complain(message: str, *, status: int) -> int:
    from cli.layout import say

    for line in message.splitlines():
        say(f"stoppress: {line}", then="  ", err=True)
    return status


def context_config(ctx: click.Context) -> Any:
    """Return the configuration that this invocation uses."""
    from storage.config import load_config

    return load_config(cast("Path | None", ctx.obj), os.environ)


if __name__ == "__main__":
    main()
