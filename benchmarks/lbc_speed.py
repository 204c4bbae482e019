"""How fast LBC's pages are read, beside trafilatura with metadata: medians of interleaved rounds, CPU time.

python benchmarks/lbc_speed.py [--rounds N] [--json]

The pages are the cases of tests/fixtures, read from bytes to article; trafilatura reads the same, decoded already.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from trafilatura import bare_extraction

from news.errors import PageError
from news.reading.decode import html_document
from news.sites import known_site, load_reader

FIXTURES = Path(__file__).parents[1] / "tests/fixtures/lbc"
URL = "https://www.lbc.co.uk/article/ferry-to-run-all-winter-5HjdTkM_2/"


def ours(pages: list[bytes]) -> None:
    reader, site = load_reader("lbc"), known_site("lbc")
    assert site is not None
    for page in pages:
        try:
            reader.read(html_document(URL, page, datetime.now(UTC)), site)
        except PageError:
            continue


def theirs(pages: list[bytes]) -> None:
    for page in pages:
        bare_extraction(page.decode("utf-8", "replace"), url=URL, include_comments=False, with_metadata=True)


def taken(work: Callable[[list[bytes]], None], pages: list[bytes]) -> float:
    began = time.process_time()
    work(pages)
    return (time.process_time() - began) * 1000 / len(pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pages = [path.read_bytes() for path in sorted(FIXTURES.rglob("page.html"))]
    rounds = [(taken(ours, pages), taken(theirs, pages)) for _ in range(options.rounds + 1)][1:]
    told = {
        "pages": len(pages),
        "ms_a_page": round(median(one for one, _ in rounds), 2),
        "trafilatura_ms_a_page": round(median(other for _, other in rounds), 2),
        "times_as_fast": round(median(other / one for one, other in rounds), 2),
    }
    print(json.dumps(told) if options.json else "\n".join(f"{name:24} {value}" for name, value in told.items()))


if __name__ == "__main__":
    main()
