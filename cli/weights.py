"""How much a change matters, for the commands that show one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from news.model import Article
    from storage.catalogue.opening import Row

MOST_REASONS = 3


def significance(
    before: Article | None, after: Article | None, classes: Sequence[str], seen_first: str
) -> dict[str, Any]:
    """Return `{"score", "reasons", "rules"}` of the change from one state to another."""
    from news.revising.weighing import weigh, weight_json
    from news.serial import instant

    return weight_json(weigh(before, after, classes=classes, at=instant(seen_first)))


def significance_of(chain: Sequence[Row], number: int) -> dict[str, Any] | None:
    """Return what the revision of this number changed weighs; None of the first, which changed nothing."""
    import json

    from storage.catalogue.rows import stored_revision

    if number == 1:
        return None
    row = chain[number - 1]
    earlier = (stored_revision(one).article for one in reversed(chain[: number - 1]))
    before = next((article for article in earlier if article), None)
    return significance(before, stored_revision(row).article, json.loads(row["classes"]), row["seen_first"])


def in_words(told: Mapping[str, Any]) -> str:
    """Return a significance as one line: the score and the reasons that weigh most."""
    reasons = sorted(told["reasons"], key=lambda reason: -reason["points"])[:MOST_REASONS]
    why = ", ".join(f"{reason['rule']} {reason['points']}" for reason in reasons)
    return f"significance {told['score']} of 100" + (f": {why}" if why else "")
