"""What a site's archive asks of a bucket, and what a year of it costs: counted on a store in memory, then multiplied.

python benchmarks/costs.py [--articles N] [--kilobytes K] [--revisions R] [--captures N] [--json]

Requests are those of the store's interface while `--captures` pages, each with a revision, are sealed as one segment; a
put that asks for create-once is one request, as on S3. Looks follow the policy's ladder for an article that is
published and changes `--revisions` times in its first day. Prices are Amazon S3 Standard's list prices in us-east-1 as
known in early 2025, in US dollars; they are arguments of the sum, not of its result: put your own in `PRICES`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.policy import PageState, next_due
from storage.archive import open_archive
from storage.objects import MemoryStore, Stored, get_bytes
from tests.storage.making import SITE, config_in, html, look, minutes, page

PRICES = {"gigabyte_month": 0.023, "put": 0.005 / 1000, "get": 0.0004 / 1000}
YEAR = timedelta(days=365)


class Counting(MemoryStore):
    """Counts what a bucket would be asked, and the bytes put."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = Counter[str]()

    def put(self, key: str, content: BinaryIO) -> Stored:
        self.asked["put"] += 1
        stored = super().put(key, content)
        self.asked["bytes"] += stored.size
        return stored

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        self.asked["get"] += 1
        return super().open(key, version=version)

    def list(self, prefix: str) -> Iterator[Stored]:
        self.asked["put"] += 1  # at most 1,000 keys; priced as a put
        return super().list(prefix)

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes]:
        for key in keys:
            yield self.open(key).read()


def sealed(captures: int, *, changed: bool) -> Counter[str]:
    """Return what sealing one segment asks for; pages that did not change make no revision."""
    store = Counting()
    with tempfile.TemporaryDirectory() as folder, open_archive(config_in(Path(folder))) as archive:
        for item in archive.store.list(""):
            store.overwrite(item.key, get_bytes(archive.store, item.key))
        writer = replace(archive, store=store).writer(SITE)
        if not changed:
            look(writer, page("story"), html(), minutes(0))
        for number in range(captures):
            slug = f"story-{number}" if changed else "story"
            look(writer, page(slug), html(), minutes(1 + number / 10))
        writer.seal(minutes(captures))
        writer.close()
    return store.asked


def looks_in_a_year(revisions: int) -> int:
    """Return how often the ladder has an article looked at in its first year."""
    born = datetime(2026, 1, 1, tzinfo=UTC)
    state, now, seen = PageState(url="a", first_seen=born, published=born), born, 0
    changes = [born + timedelta(hours=24 * part / (revisions + 1)) for part in range(1, revisions + 1)]
    while now < born + YEAR:
        seen += 1
        changed = [at for at in changes if (state.last_look or born) < at <= now]
        last = now if changed or seen == 1 else state.last_change
        state = replace(state, last_look=now, last_change=last, unconfirmed=bool(changed) or seen == 1)
        now = next_due(state, now)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100, help="new articles a day")
    parser.add_argument("--revisions", type=int, default=1, help="changes of each after the first")
    parser.add_argument("--kilobytes", type=float, default=30, help="of an answer, gzipped")
    parser.add_argument("--same", type=float, default=0.5, help="share of looks answered by 304 or the same bytes")
    parser.add_argument("--captures", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    new, quiet = sealed(options.captures, changed=True), sealed(options.captures, changed=False)
    fixed = {kind: quiet[kind] - 1 for kind in ("put", "get")}  # less its one revision
    each = {kind: (new[kind] - fixed[kind]) / options.captures for kind in ("put", "get")}
    looks = looks_in_a_year(options.revisions) * options.articles * 365
    revisions = (1 + options.revisions) * options.articles * 365
    segments = 24 * 365
    puts, gets = (segments * fixed[kind] + revisions * each[kind] for kind in ("put", "get"))
    gigabytes = looks * (1 - options.same) * options.kilobytes / 1e6 + looks * options.same * 0.8 / 1e6
    cost = {
        "requests": puts * PRICES["put"] + gets * PRICES["get"],
        "first_year_storage": gigabytes / 2 * 12 * PRICES["gigabyte_month"],
        "each_later_year_storage": gigabytes * 12 * PRICES["gigabyte_month"],
    }
    report = {
        "requests_per_1000_captures_all_new": {kind: round(fixed[kind] + 1000 * each[kind]) for kind in each},
        "requests_of_a_seal_without_revisions": fixed,
        "requests_per_revision": each,
        "looks_per_article_and_year": looks_in_a_year(options.revisions),
        "looks_a_year": looks,
        "gigabytes_a_year": round(gigabytes, 1),
        "puts_a_year": round(puts),
        "gets_a_year": round(gets),
        "dollars": {name: round(value, 2) for name, value in cost.items()},
    }
    print(json.dumps(report) if options.json else "\n".join(f"{name:38} {value}" for name, value in report.items()))


if __name__ == "__main__":
    main()
