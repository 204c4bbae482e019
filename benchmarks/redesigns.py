"""LBC's cases redesigned by lot, many times: how often read exactly, refused as a changed layout, or read wrongly.

python benchmarks/redesigns.py [--seeds N] [--json]

Each case of tests/fixtures/lbc goes N times through each mutation of tests/news/sites/mutations.py, and 3 N times
through three in a row. What is read is compared with the case's article field by field. Exits 1 on a wrong reading.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.news.sites import fixtures, mutations

CHANGED = {"error": "LayoutChanged", "reason": "layout-changed"}


def outcome(case: Path, page: str) -> str:
    told = json.loads(json.dumps(fixtures.told(case, page)))
    if told == fixtures.expected(case):
        return "exact"
    return "layout-changed" if told == CHANGED else "wrong"


def measured(seeds: int) -> tuple[dict[str, Counter[str]], list[str]]:
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for case in fixtures.articles("lbc"):
        markup = fixtures.html_of(case)
        wishes = [([mutation], mutation.__name__) for mutation in mutations.MUTATIONS for _ in range(seeds)]
        wishes += [
            (Random(f"{case.name}/{n}").sample(mutations.MUTATIONS, 3), "three in a row") for n in range(3 * seeds)
        ]
        for number, (chosen, name) in enumerate(wishes):
            came = outcome(case, mutations.apply(markup, chosen, Random(f"{case.name}/{name}/{number}")))
            tally[name][came] += 1
            if came == "wrong":
                wrong.append(f"{case.name}: {'+'.join(each.__name__ for each in chosen)}, number {number}")
    return tally, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Redesign LBC's cases and count how they are read.")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    tally, wrong = measured(asked.seeds)
    if asked.json:
        print(json.dumps({"outcomes": tally, "wrong": wrong}, indent=2))
    else:
        for name, outcomes in tally.items():
            print(f"  {name:16}", "  ".join(f"{what} {count}" for what, count in sorted(outcomes.items())))
        print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
