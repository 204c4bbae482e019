"""What changed between two states of an article, told as a standards editor would want to hear it.

`compare` says it in values, `as_json` for programs, the `render_` functions for people. Blocks are matched before
words, so that a paragraph that moved is one move and no words; a number is never split; nothing is dropped before it
is compared, so 1.5 becoming 15 shows. Time is bounded on any input; what was too long says `degraded`.
"""

from __future__ import annotations

from news.compare.bodies import compare_bodies, count
from news.compare.changes import (
    BREAK,
    BlockChange,
    Comparison,
    Deleted,
    Equal,
    FieldChange,
    Inserted,
    ItemChange,
    ListChange,
    Moved,
    Passage,
    Replaced,
    Stats,
    TextChange,
    WordEdit,
    Wording,
)
from news.compare.factual import FactChange, facts_of
from news.compare.fields import compare_fields
from news.compare.form import apply_blocks, as_json, patched
from news.compare.page import render_html
from news.compare.passages import find_passages
from news.compare.plain import plain_text, render_unified
from news.compare.rolling import compare_rolling, is_rolled_off
from news.compare.showing import summarise
from news.compare.terminal import render_terminal
from news.entries import rolled_off, without_rolled_off
from news.model import Article

__all__ = [
    "BREAK",
    "BlockChange",
    "Comparison",
    "Deleted",
    "Equal",
    "FactChange",
    "FieldChange",
    "Inserted",
    "ItemChange",
    "ListChange",
    "Moved",
    "Passage",
    "Replaced",
    "Stats",
    "TextChange",
    "WordEdit",
    "Wording",
    "apply_blocks",
    "as_json",
    "compare",
    "facts",
    "facts_of",
    "patched",
    "plain_text",
    "render_html",
    "render_terminal",
    "render_unified",
    "summarise",
]


def compare(before: Article, after: Article) -> Comparison:
    """Return all that changed from one article to the other; of an article and itself, nothing.

    Turned round, the same blocks are matched and the same words counted, added for removed. What rolled off a live
    blog's page was not removed: it is told apart, and its pictures and links are no change.
    """
    gone = rolled_off(before, after)
    blocks = compare_rolling(before.body, after.body, gone) if gone else compare_bodies(before.body, after.body)
    edited = [change for change in blocks if type(change) is not Equal and not (gone and is_rolled_off(change))]
    passages = find_passages(edited)
    return Comparison(
        before=before,
        after=after,
        fields=compare_fields(without_rolled_off(before, after) if gone else before, after),
        blocks=blocks,
        stats=count(edited, passages, entries_rolled_off=len(gone)),
        passages=passages,
    )


def facts(before: Article, after: Article) -> tuple[FactChange, ...]:
    """Return the facts that changed from one article to the other: numbers, quotations, names and dates, as read."""
    return facts_of(compare(before, after))
