"""Time the diff beside difflib's SequenceMatcher over words, in one run on one machine.

    python benchmarks/diff.py [ROUNDS]

The first pair is an article of 75 sentences, one a paragraph, with six edits and one paragraph moved; the second is
2,000 sentences written anew; the third one paragraph of 100,000 words with an edit each 500. Both begin with the same
texts, both times are medians; ours holds blocks, moves, words and counts, without the facts, which are found when
asked for and timed on a line of their own.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from news.compare import as_json, compare, facts_of, render_html, render_terminal
from news.model import Article, Block

SYLLABLES = ("ba", "ne", "ko", "tir", "sal", "men", "ou", "pre", "st", "lin", "der", "ag", "vor", "el", "chi")


class Writer:
    """Writes sentences whose words are as uneven in use as those of a newspaper."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        lengths = [1 + min(3, rank.bit_length() // 4) for rank in range(6000)]
        self.words = ["".join(self.random.choices(SYLLABLES, k=length)) + "aeioustnr"[length] for length in lengths]
        self.weights = [1 / (rank + 2) for rank in range(6000)]

    def sentence(self) -> str:
        words = self.random.choices(self.words, self.weights, k=self.random.randint(12, 28))
        return f"{' '.join(words).capitalize()}."


def article(texts: list[str]) -> Article:
    return Article(headline="Headline", body=tuple(Block(role="paragraph", text=text) for text in texts))


def edited(texts: list[str], writer: Writer) -> list[str]:
    """Six small edits, and one paragraph moved up past many."""
    after = list(texts)
    for index in (4, 16, 29, 43, 58, 69):
        words = after[index].split()
        at = writer.random.randrange(2, len(words) - 4)
        words[at : at + 2] = ["twenty-one", "people"]
        after[index] = " ".join(words)
    after.insert(11, after.pop(50))
    return after


def words_of(texts: list[str]) -> list[str]:
    return " ".join(texts).split()


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    return statistics.median(timed(work, rounds)) * 1000


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return times


def beside_difflib(name: str, before: list[str], after: list[str], rounds: int) -> None:
    old, new = article(before), article(after)
    ours, theirs = list[float](), list[float]()
    for _ in range(max(rounds // 5, 1)):  # in turns, so that what else the machine does troubles both
        ours += timed(lambda: compare(old, new), min(rounds, 5))
        theirs += timed(lambda: SequenceMatcher(None, words_of(before), words_of(after)).get_opcodes(), 1)
    print(f"{name}: {compare(old, new).stats}")
    for label, pick in (("median", statistics.median), ("least", min)):
        mine, other = pick(ours) * 1000, pick(theirs) * 1000
        print(f"  {label}: ours {mine:.2f} ms, difflib {other:.2f} ms, {other / mine:.1f} times as fast")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    writer = Writer(7)
    before = [writer.sentence() for _ in range(75)]
    after = edited(before, writer)
    beside_difflib("75 sentences, 6 edits, 1 move", before, after, rounds)
    comparison = compare(article(before), article(after))
    for name, work in (
        ("facts", lambda: facts_of(comparison)),
        ("as_json, facts and all", lambda: as_json(comparison)),
        ("render_terminal", lambda: render_terminal(comparison, colour=True, width=100)),
        ("render_html", lambda: render_html(comparison)),
    ):
        print(f"  {name}: {milliseconds(work, max(rounds // 5, 1)):.2f} ms")
    old, new = ([writer.sentence() for _ in range(2000)] for _ in range(2))
    beside_difflib("2,000 sentences written anew", old, new, 3)
    long = words_of([writer.sentence() for _ in range(5000)])
    changed = ["changed" if index % 500 == 250 else word for index, word in enumerate(long)]
    beside_difflib(f"one paragraph of {len(long):,} words, an edit each 500", [" ".join(long)], [" ".join(changed)], 1)


if __name__ == "__main__":
    main()
