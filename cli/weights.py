"""How much a change matters, for the commands that show one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from news.noise import NOISE

if TYPE_CHECKING:
    from news.model import Article
    from storage.catalogue.opening import Row
    from storage.config import Config

MOST_REASONS = 3

Command = TypeVar("Command", bound=Callable[..., Any])


def noise_options(command: Command) -> Command:
    """Give a command `--no-noise-rule` and `--noise-rule`, and hand it the rules that don't hold as `off`.

    It stands below `config_option`, whose configuration says what is off unless the command line says otherwise.
    """

    def wrapped(config: Config, *, no_noise_rule: tuple[str, ...], noise_rule: tuple[str, ...], **rest: Any) -> Any:
        if both := sorted(set(no_noise_rule) & set(noise_rule)):
            raise click.UsageError(f"--noise-rule and --no-noise-rule contradict each other on {both[0]}")
        off = ({*config.noise.off} | {*no_noise_rule}) - {*noise_rule}
        return command(config, off=frozenset(off), **rest)

    rules = click.Choice(tuple(NOISE))
    without = click.option(
        "--no-noise-rule",
        type=rules,
        multiple=True,
        metavar="RULE",
        help=f"Let edits that RULE takes for noise weigh in full; may stand several times. Rules: {', '.join(NOISE)}.",
    )
    with_ = click.option(
        "--noise-rule",
        type=rules,
        multiple=True,
        metavar="RULE",
        help="Let RULE hold though the configuration's [noise] table switches it off.",
    )
    return cast("Command", without(with_(update_wrapper(wrapped, command))))


def significance(
    before: Article | None,
    after: Article | None,
    classes: Sequence[str],
    seen_first: str,
    off: Collection[str] = (),
) -> dict[str, Any]:
    """Return `{"score", "reasons", "rules"}` of the change from one state to another; `off`: noise rules left out."""
    from news.revising.weighing import weigh, weight_json
    from news.serial import instant

    return weight_json(weigh(before, after, classes=classes, at=instant(seen_first), off=off))


def reweighed(chain: Sequence[Row], off: Collection[str]) -> list[dict[str, Any] | None]:
    """Return what each revision of a chain weighs, oldest first, with these noise rules left out."""
    import json

    from storage.catalogue.rows import stored_revision

    told, before = list[dict[str, Any] | None](), None
    for number, row in enumerate(chain, start=1):
        after = stored_revision(row).article
        first = number == 1
        told.append(None if first else significance(before, after, json.loads(row["classes"]), row["seen_first"], off))
        before = after or before
    return told


def significance_of(chain: Sequence[Row], number: int, off: Collection[str] = ()) -> dict[str, Any] | None:
    """Return what the revision of this number changed weighs; None of the first, which changed nothing."""
    import json

    from storage.catalogue.rows import stored_revision

    if number == 1:
        return None
    row = chain[number - 1]
    earlier = (stored_revision(one).article for one in reversed(chain[: number - 1]))
    before = next((article for article in earlier if article), None)
    return significance(before, stored_revision(row).article, json.loads(row["classes"]), row["seen_first"], off)


def in_words(told: Mapping[str, Any]) -> str:
    """Return a significance as one line: the score and the reasons that weigh most."""
    reasons = sorted(told["reasons"], key=lambda reason: -reason["points"])[:MOST_REASONS]
    why = ", ".join(f"{reason['rule']} {reason['points']}" for reason in reasons)
    return f"significance {told['score']} of 100" + (f": {why}" if why else "")
