"""How long `grep` takes over many changes: python benchmarks/searching.py [--changes N] [--keep FILE] [--json]

A catalogue (SQLite) is filled with N generated changes of two pieces each, four sentences a side, words drawn by Zipf's
law from a list of 20,000; a known share holds the words that are asked for. Told is the wall time of the first 50
answers of each question, in this process, the file in the page cache.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.revising.seeking import sought
from storage.catalogue import opening
from storage.catalogue.changing import Change, changing_at
from storage.catalogue.differing import EDGE
from storage.catalogue.statements import insert
from storage.searching import Limits, Question, search

BATCH = 1000
RARE, COMMON = 1000, 10
"""One change in so many exchanges the rare pair of words; one in so many adds the common word."""

QUESTIONS = {
    "terrorist -> militant": Question(removed=sought("terrorist"), added=sought("militant"), exchange=True),
    "milit*": Question(removed=sought("milit*"), added=sought("milit*")),
    "common word, newest 50": Question(added=sought("ferry")),
    "no such word": Question(removed=sought("nowhere"), added=sought("nowhere")),
    "two words of one block": Question(added=sought("ferry militant")),
    "regular expression": Question(removed=sought("terr.rist", regex=True)),
}


def main() -> None:
    """Fill a catalogue and time the questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/catalogue.db"
        began = time.perf_counter()
        _fill(address, asked.changes)
        told: dict[str, Any] = {"changes": asked.changes, "filled_seconds": round(time.perf_counter() - began, 1)}
        told["megabytes"] = round(Path(folder, "catalogue.db").stat().st_size / 1e6)
        told["seconds"] = {name: _timed(address, question) for name, question in QUESTIONS.items()}
    if asked.json:
        print(json.dumps(told))
        return
    print(f"{told['changes']} changes, {told['megabytes']} MB, filled in {told['filled_seconds']} s")
    for name, (seconds, answers) in told["seconds"].items():
        print(f"{name:40} {seconds:7.3f} s  {answers} answers")


def _timed(address: str, question: Question) -> tuple[float, int]:
    with opening.reading(address) as rows:
        list(islice(search(rows, question, Limits(), served=False), 50))
        began = time.perf_counter()
        found = list(islice(search(rows, question, Limits(), served=False), 50))
        return round(time.perf_counter() - began, 3), len(found)


def _fill(address: str, count: int) -> None:
    opening.create(address)
    catalogue = changing_at(address)
    try:
        rows = _rows(count)
        while batch := list(islice(rows, BATCH)):
            with catalogue.change() as change:
                _insert(change, batch)
    finally:
        catalogue.dispose()


def _insert(change: Change, batch: list[dict[str, dict[str, Any]]]) -> None:
    for table in ("articles", "revisions", "changes"):
        told = [row[table] for row in batch]
        change.run(insert(table, tuple(told[0])), told)


def _rows(count: int) -> Iterator[dict[str, dict[str, Any]]]:
    draw = random.Random(5)
    words = ["".join(draw.choices("abcdefghilmnoprstuvw", k=draw.randint(3, 9))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    for at in range(count):
        sentences = [" ".join(draw.choices(words, weights, k=18)).capitalize() + "." for _ in range(4)]
        before, after = list(sentences), list(sentences)
        after[1] = after[1].replace(" ", " anew ", 1)
        if at % RARE == 0:
            before[2], after[2] = (f"{sentences[2]} The {word} spoke." for word in ("terrorist", "militant"))
        if at % COMMON == 0:
            after[3] += " The ferry runs."
        yield _row(at, " ".join(before), " ".join(after))


def _row(at: int, before: str, after: str) -> dict[str, dict[str, Any]]:
    article, digest = f"{at // 5:020x}", f"sha256:{at:064x}"
    seen = f"2026-01-{1 + at % 28:02}T{at % 24:02}:{at % 60:02}:00.{at % 1_000_000:06}Z"
    known = {"site": "gazette", "headline": "Counted"}
    revision: dict[str, Any] = {
        "digest": digest,
        "article_id": article,
        "site": "gazette",
        "key": digest,
        "previous": "sha256:0",
    }
    revision |= {"classes": '["stealth", "body"]', "declared_by": "[]", "reader": "generic/1", "seen_first": seen}
    revision |= {"seen_last": seen, "record_id": digest, "segment": "s", "object": b"", "superseded": 0}
    change: dict[str, Any] = {
        "digest": digest,
        "article_id": article,
        "site": "gazette",
        "at": seen,
        "places": '["headline", "body"]',
    }
    change |= {
        "removed": f"Old{EDGE}{before}",
        "added": f"New{EDGE}{after}",
        "score": 10,
        "significance": '{"score": 10}',
    }
    url = f"https://gazette.example/{article}"
    return {"articles": {"id": article, "url": url, "revisions": 1, **known}, "revisions": revision, "changes": change}


if __name__ == "__main__":
    main()
