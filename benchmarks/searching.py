"""How long `grep` takes over many changes: python benchmarks/searching.py [--changes N] [--keep FOLDER] [--json]

Catalogues, one of SQLite and one of PostgreSQL where that is installed (started for it, on loopback), are filled with
the same N generated changes of two pieces each, four sentences a side, words drawn by Zipf's law from a list of 20,000;
a known share holds the words that are asked for. Told is the wall time of the first 50 answers of each question, in
this process, the tables in the page cache: the middle one of three. --keep keeps SQLite's file for the next time.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import accumulate, islice
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.revising.seeking import sought
from storage.catalogue import opening
from storage.catalogue.addresses import on_server
from storage.catalogue.changing import Change, changing_at
from storage.catalogue.differing import EDGE
from storage.catalogue.statements import insert
from storage.searching import Limits, Question, search
from tests import pgserver

BATCH, MOST, ROUNDS = 1000, 50, 3
RARE, COMMON, DECLARED, ELSEWHERE = 1000, 10, 20, 10
"""One change in so many exchanges the rare pair of words; adds the common word; is declared; is another site's."""

ASKED = Limits()
DAY = Limits(since="2026-01-07T00:00:00.000000Z", until="2026-01-07T23:59:59.999999Z")
EXCHANGE = Question(removed=sought("terrorist"), added=sought("militant"), exchange=True)


def either(pattern: str, *, regex: bool = False) -> Question:
    found = sought(pattern, regex=regex)
    return Question(removed=found, added=found)


QUESTIONS: dict[str, tuple[Question, Limits]] = {
    "a rare word": (either("terrorist"), ASKED),
    "a common word": (either("ferry"), ASKED),
    "a word that is nowhere": (either("nowhere"), ASKED),
    "a word that stands by in each": (either("first"), ASKED),
    "two words": (either("ferry militant"), ASKED),
    "milit*": (either("milit*"), ASKED),
    '"the ferry runs"': (either('"the ferry runs"'), ASKED),
    "terrorist -> militant": (EXCHANGE, ASKED),
    "first -> anew": (Question(removed=sought("first"), added=sought("anew"), exchange=True), ASKED),
    "a rare word, one day": (either("terrorist"), DAY),
    "a common word, one site": (either("ferry"), Limits(site="herald")),
    "a common word, one class": (either("ferry"), Limits(edit_class="declared")),
    "--regex terr.rist": (either("terr.rist", regex=True), ASKED),
    "--regex \\bfer+y\\b": (either(r"\bfer+y\b", regex=True), ASKED),
    "--regex nowhere[0-9]": (either("nowhere[0-9]", regex=True), ASKED),
    "--regex [0-9]{3}": (either("[0-9]{3}", regex=True), ASKED),
    "--regex [0-9]{3}, one day": (either("[0-9]{3}", regex=True), DAY),
}
"""`first` stands in every change on both sides and never comes or goes; no text has three figures."""


def main() -> None:
    """Fill catalogues and time the questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as held:
        folder = asked.keep or Path(held.enter_context(tempfile.TemporaryDirectory()))
        told = {}
        for kind, address in _addresses(folder):
            told[kind] = _told(address, asked.changes)
            if not asked.json:
                _tell(kind, asked.changes, told[kind])
    if asked.json:
        print(json.dumps({"changes": asked.changes, **told}))


def _tell(kind: str, changes: int, figures: dict[str, Any]) -> None:
    print(f"{kind}: {changes} changes, filled in {figures['filled_seconds']} s", flush=True)
    for name, (seconds, answers) in figures["seconds"].items():
        print(f"  {name:32} {seconds:7.3f} s  {answers} answers", flush=True)


def _addresses(folder: Path) -> Iterator[tuple[str, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    yield "sqlite", f"sqlite:///{folder}/catalogue.db"
    if pgserver.binaries() is not None:
        server = pgserver.made(durable=True)
        yield "postgresql", server.address(server.database())


def _told(address: str, changes: int) -> dict[str, Any]:
    began = time.perf_counter()
    if not opening.exists(address):
        _fill(address, changes)
    filled = round(time.perf_counter() - began, 1)
    return {"filled_seconds": filled, "seconds": {name: _timed(address, *asked) for name, asked in QUESTIONS.items()}}


def _timed(address: str, question: Question, limits: Limits) -> tuple[float, int]:
    def once() -> int:
        with opening.reading(address) as rows:
            return len(list(islice(search(rows, question, limits, served=on_server(address)), MOST)))

    answers = once()
    return round(median(_seconds(once) for _ in range(ROUNDS)), 3), answers


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


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
    if on_server(address):
        pgserver.change(address, "VACUUM ANALYZE")


def _insert(change: Change, batch: list[dict[str, dict[str, Any]]]) -> None:
    for table in ("articles", "revisions", "changes"):
        told = [row[table] for row in batch]
        change.run(insert(table, tuple(told[0])), told)


def _rows(count: int) -> Iterator[dict[str, dict[str, Any]]]:
    draw = random.Random(5)
    words = ["".join(draw.choices("abcdefghilmnoprstuvw", k=draw.randint(3, 9))) for _ in range(20_000)]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for at in range(count):
        drawn = draw.choices(words, cum_weights=weights, k=4 * 18)
        sentences = [" ".join(drawn[place : place + 18]).capitalize() + "." for place in range(0, len(drawn), 18)]
        sentences[0] += " The first boat."
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
    site = "herald" if at // 5 % ELSEWHERE == 0 else "gazette"
    classes = '["declared", "body"]' if at % DECLARED == 0 else '["stealth", "body"]'
    known = {"article_id": article, "site": site, "digest": digest}
    revision: dict[str, Any] = {**known, "headline": "Counted", "key": digest, "previous": "sha256:0"}
    revision |= {"classes": classes, "declared_by": "[]", "reader": "generic/1", "seen_first": seen}
    revision |= {"seen_last": seen, "record_id": digest, "segment": "s", "object": b"", "superseded": 0}
    change: dict[str, Any] = {**known, "at": seen, "places": '["headline", "body"]'}
    change |= {"removed": f"Old{EDGE}{before}", "added": f"New{EDGE}{after}", "score": 10}
    change["significance"] = '{"score": 10}'
    article_row = {"id": article, "site": site, "url": f"https://{site}.example/{article}", "headline": "Counted"}
    return {"articles": {**article_row, "revisions": 1}, "revisions": revision, "changes": change}


if __name__ == "__main__":
    main()
