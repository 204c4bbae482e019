"""An article as plain text, and two of them as a unified diff that `patch` takes.

One line for each block, a blank line before it; list items and the article's particulars take a line each. Characters
that act instead of being seen are written out, so the text is safe to print and a line is a line for every tool.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import Final

from news.compare.changes import Comparison
from news.compare.showing import item_line, one_line, rolled_off_in_words, visible
from news.entries import without_rolled_off
from news.model import Article, Block

OPENINGS: Final = {"heading": "## ", "quote": "> ", "list": "- ", "notice": "! ", "paragraph": ""}


def render_unified(
    comparison: Comparison, *, from_label: str = "before", to_label: str = "after", context: int = 3
) -> str:
    """Return the unified diff of the two plain texts; "" when they are the same.

    Entries of a live blog that rolled off its page stand in neither text; a first line, which `patch` skips, says so.
    """
    off = comparison.stats.entries_rolled_off
    note = f"{rolled_off_in_words(off)} and left out here\n" if off else ""
    return note + "".join(
        unified_diff(
            plain_text(without_rolled_off(comparison.before, comparison.after)).splitlines(keepends=True),
            plain_text(comparison.after).splitlines(keepends=True),
            fromfile=one_line(from_label) or "before",
            tofile=one_line(to_label) or "after",
            n=context,
        )
    )


def plain_text(article: Article) -> str:
    """Return the article as lines of text, the last one ended too."""
    return "".join(f"{line}\n" for line in _lines(article))


def _lines(article: Article) -> Iterator[str]:
    yield f"# {one_line(article.headline)}"
    for label, text in (("Kicker", article.kicker), ("Standfirst", article.standfirst), ("Section", article.section)):
        if text is not None:
            yield f"{label}: {one_line(text)}"
    for label, items in (
        ("By", article.authors),
        ("Stamp", article.stamps),
        ("Picture", article.pictures),
        ("Link", article.links),
        ("Tag", article.tags),
    ):
        yield from (f"{label}: {one_line(item_line(item))}" for item in items)
    for label, text in (("Language", article.language), ("Address", article.canonical_url)):
        if text is not None:
            yield f"{label}: {one_line(text)}"
    for block in article.body:
        yield ""
        yield from _block_lines(block)


def _block_lines(block: Block) -> Iterator[str]:
    for line in visible(block.text).split("\n"):
        if line.strip():
            yield OPENINGS[block.role] + line
