# ruff: noqa: RUF001 (the marks that look alike are what articles differ in)
"""Write the gold set: `python -m benchmarks.gold.writing [SEED [PAIRS]]` prints it, one pair a line.

A line holds `id`, `ops`, `before` and `after`. A version is `{"headline", "standfirst", "body"}`, the body a list of
paragraphs `[role, [sentence, ...]]`; in `after` a number stands for that paragraph of `before`, and inside a paragraph
for that sentence, counted from 0 through the whole body. `align` lists `[from, to]` of sentences that are the same
one, save for those that `after` gives by number; `moved` the sentences of `before` that stand elsewhere; `facts` what
changed: `[kind, before, after]`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from .editing import OPERATIONS, Draft, write_article
from .sentences import Reporter

FILE = Path(__file__).with_name("pairs.jsonl")
SEED = 2027
PAIRS = 330
MARKS = ("“”", "“”", "“”", '""', "‘’", "«»")
SIZES = (20, 20, 20, 22, 22, 24, 26, 28, 30, 34, 40, 52, 78)


def pairs(seed: int = SEED, count: int = PAIRS) -> Iterator[dict[str, Any]]:
    """Yield so many pairs; the same for the same seed. Each operation is the first one of its share of them."""
    names = list(OPERATIONS)
    for number in range(count):
        random = Random(f"{seed}/{number}")
        draft, before = None, None
        while draft is None or not draft.done:
            draft = write_article(Reporter(random), random.choice(SIZES))
            before = version(draft)
            wanted = [names[number % len(names)], *random.choices(names, k=random.choice((0, 0, 1, 1, 2, 3, 4)))]
            for name in wanted:
                draft.done += [name] if OPERATIONS[name](draft) else []
            if names[number % len(names)] not in draft.done:
                draft = None
        yield _with_marks({"id": number, "ops": draft.done, "before": before, **_after(draft)}, random.choice(MARKS))


def _with_marks(pair: dict[str, Any], marks: str) -> dict[str, Any]:
    """Return the pair with its quotations between other marks: houses differ."""
    table = str.maketrans("“”", marks)
    return {
        **pair,
        **{side: {**pair[side], "body": _translated(pair[side]["body"], table)} for side in ("before", "after")},
    }


def _translated(body: list[Any], table: dict[int, int]) -> list[Any]:
    return [[role, [text.translate(table) for text in told]] for role, told in body]


def version(draft: Draft) -> dict[str, Any]:
    body = [[paragraph.role, [one.text for one in paragraph.sentences]] for paragraph in draft.body]
    return {"headline": draft.headline, "standfirst": draft.standfirst.text, "body": body}


def _after(draft: Draft) -> dict[str, Any]:
    return {"after": version(draft), "align": _alignment(draft), "moved": sorted(draft.moved), "facts": draft.facts}


def _alignment(draft: Draft) -> list[list[int]]:
    told = [one for paragraph in draft.body for one in paragraph.sentences]
    return [[source, place] for place, one in enumerate(told) for source in one.sources]


def packed(pair: dict[str, Any]) -> dict[str, Any]:
    """Return the pair with paragraphs and sentences that stayed as they were written as their number."""
    before, starts = _sentences(pair["before"]), _starts(pair["before"])
    sources: dict[int, list[int]] = {}
    for source, place in pair["align"]:
        sources.setdefault(place, []).append(source)
    body: list[Any] = []
    place, align = 0, []
    for role, told in pair["after"]["body"]:
        items: list[int | str] = []
        for text in told:
            source = sources.get(place, [])
            same = len(source) == 1 and before[source[0]] == text
            items.append(source[0] if same else text)
            align += [] if same else [[one, place] for one in source]
            place += 1
        whole = starts.get(items[0]) if isinstance(items[0], int) else None
        old = None if whole is None else pair["before"]["body"][whole]
        body.append(whole if old == [role, told] and items == list(range(items[0], items[-1] + 1)) else [role, items])
    return {**pair, "after": {**pair["after"], "body": body}, "align": align}


def unpacked(row: dict[str, Any]) -> dict[str, Any]:
    """Return the pair of a line, its sentences written out and its alignment complete."""
    before = _sentences(row["before"])
    first = {paragraph: start for start, paragraph in _starts(row["before"]).items()}
    body, align = [], list(row["align"])
    place = 0
    for item in row["after"]["body"]:
        role, told = item if isinstance(item, list) else (row["before"]["body"][item][0], None)
        if told is None:
            told = list(range(first[item], first[item] + len(row["before"]["body"][item][1])))
        for one in told:
            align += [[one, place]] if isinstance(one, int) else []
            place += 1
        body.append([role, [before[one] if isinstance(one, int) else one for one in told]])
    return {**row, "after": {**row["after"], "body": body}, "align": sorted(align)}


def _sentences(version: dict[str, Any]) -> list[str]:
    return [text for _, told in version["body"] for text in told]


def _starts(version: dict[str, Any]) -> dict[int, int]:
    """Return which paragraph begins with which sentence."""
    starts, number = {}, 0
    for index, (_, told) in enumerate(version["body"]):
        starts[number] = index
        number += len(told)
    return starts


def lines(seed: int = SEED, count: int = PAIRS) -> Iterator[str]:
    for pair in pairs(seed, count):
        yield json.dumps(packed(pair), ensure_ascii=False, separators=(",", ":")) + "\n"


def read() -> list[dict[str, Any]]:
    """Return the committed pairs."""
    return [unpacked(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    seed, count = (int(sys.argv[at]) if len(sys.argv) > at else least for at, least in ((1, SEED), (2, PAIRS)))
    sys.stdout.writelines(lines(seed, count))


if __name__ == "__main__":
    main()
