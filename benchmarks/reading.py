"""How well and how fast saved news pages are read: our generic reader beside trafilatura, in the same run.

python benchmarks/reading.py [FOLDER] [--json]

FOLDER holds `truth.json.gz` and `html/` as described in its README; default: ../shared/data/extraction beside the
repository. Words are runs of `\\w`; a text is its multiset of 4-word shingles; per page the shared, surplus and
missing shingles are scaled to sum 1; precision and recall are means over pages, F1 their harmonic mean. The truth of
`fundus` has the standfirst in its body, that of `aeb` has not: ours is scored with and without it accordingly.

`leaks` counts boilerplate: words of lines that have nothing of the truth (not one shingle; of lines under four words,
not their words in a row), for each thousand words given, all pages together. The truth of some pages lacks text:
live blogs' entries, speeches, boxes. So `foreign` leaves out, for everybody alike, the lines whose every shingle is in
the `articleBody` that the page itself states in its JSON-LD: these words are the publisher's text, whatever they say.

`published` and `updated` are told of the pages whose truth has a time of day and a zone: right is the same minute.
`days` are the other pages: right is the day, in an instant or in words that give none.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from news.errors import PageError
from news.model import Article, Site
from news.reading.decode import html_document
from news.sites.generic import READER

WORD = re.compile(r"\w+")
_LINKED = re.compile(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")
Truth = dict[str, object]
Page = tuple[Truth, bytes]


@dataclass
class Score:
    pages: int = 0
    f1: float = 0.0
    precision: float = 0.0
    recall: float = 0.0
    leaks: float = 0.0
    foreign: float = 0.0
    seconds: float = 0.0
    read: int | None = None
    published: float | None = None
    days: float | None = None
    updated: float | None = None
    authors: float | None = None
    refused: list[str] = field(default_factory=list)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3))) if words else Counter()


def overlap(ours: str, truth: str) -> tuple[float, float, float]:
    one, other = shingles(ours), shingles(truth)
    parts = (sum((one & other).values()), sum((one - other).values()), sum((other - one).values()))
    return tuple(part / (sum(parts) or 1) for part in parts)  # type: ignore[return-value]


def leaked(ours: str, truth: str, stated: str = "") -> tuple[int, int]:
    """Return how many words stand in lines that have nothing of the truth, and how many there are in all.

    Lines that are wholly in `stated` are not among the first.
    """
    known, row = shingles(truth).keys(), f" {' '.join(WORD.findall(truth))} "
    said, said_row = shingles(stated).keys(), f" {' '.join(WORD.findall(stated))} "
    lost = total = 0
    for line in ours.splitlines():
        words = WORD.findall(line)
        total += len(words)
        if len(words) < 4:
            phrase = f" {' '.join(words)} "
            lost += 0 if phrase in row or phrase in said_row else len(words)
        elif not (shingles(line).keys() & known or shingles(line).keys() <= said):
            lost += len(words)
    return lost, total


def stated_body(html: bytes) -> str:
    """Return every `articleBody` in a page's JSON-LD, one below the other, without tags; "" where it has none."""
    scripts = _LINKED.findall(html.decode("utf-8", "replace"))
    return "\n".join(unescape(_TAG.sub(" ", unescape(body))) for script in scripts for body in _bodies(script))


def _bodies(script: str) -> Iterator[str]:
    try:
        waiting = [json.loads(script, strict=False)]
    except ValueError:
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            waiting.extend(node.values())
            if isinstance(node.get("articleBody"), str):
                yield node["articleBody"]


def leaks(triples: list[tuple[str, str, str]]) -> tuple[float, float]:
    """Return words of boilerplate for each thousand: beside the truth, and beside what the page states as well."""
    every = [(leaked(ours, truth), leaked(ours, truth, stated)) for ours, truth, stated in triples]
    total = max(1, sum(whole for (_, whole), _ in every))
    sums = sum(lost for (lost, _), _ in every), sum(lost for _, (lost, _) in every)
    return round(1000 * sums[0] / total, 2), round(1000 * sums[1] / total, 2)


def summed(parts: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    precisions = [shared / (shared + surplus) for shared, surplus, _ in parts if shared + surplus]
    recalls = [shared / (shared + missing) for shared, _, missing in parts if shared + missing]
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    return 2 * precision * recall / ((precision + recall) or 1), precision, recall


def pages(folder: Path, part: str) -> Iterator[Page]:
    for row in json.loads(gzip.decompress((folder / "truth.json.gz").read_bytes())):
        if row["set"] == part:
            yield row, gzip.decompress((folder / "html" / row["file"]).read_bytes())


def by_trafilatura(every: list[Page], **mode: bool) -> Score:
    from trafilatura import extract

    def text(html: str) -> str:
        return extract(html, include_comments=False, **mode) or ""

    return scored(every, text)


def scored(every: list[Page], text: Callable[[str], str]) -> Score:
    started = time.perf_counter()
    given = [text(html.decode("utf-8", "replace")) for _, html in every]
    seconds = time.perf_counter() - started
    return Score(len(every), *measures(every, given), seconds)


def measures(every: list[Page], given: list[str]) -> tuple[float, float, float, float, float]:
    """Return F1, precision, recall, `leaks` and `foreign` of the texts given for these pages."""
    truths = [str(row["body"]) for row, _ in every]
    stated = [stated_body(html) for _, html in every]
    parts = [overlap(ours, truth) for ours, truth in zip(given, truths, strict=True)]
    return (*summed(parts), *leaks(list(zip(given, truths, stated, strict=True))))


def by_trafilatura_with_metadata(every: list[Page]) -> float:
    from trafilatura import bare_extraction

    started = time.perf_counter()
    for row, html in every:
        bare_extraction(
            html.decode("utf-8", "replace"), url=str(row["url"]), include_comments=False, with_metadata=True
        )
    return time.perf_counter() - started


def by_us(every: list[Page], part: str) -> Score:
    started = time.perf_counter()
    articles = [read(row, html) for row, html in every]
    seconds = time.perf_counter() - started
    refused = [
        f"{row['file']}: {article.reason}"
        for (row, _), article in zip(every, articles, strict=True)
        if isinstance(article, PageError)
    ]
    figures = measures(every, [text_of(article, part) for article in articles])
    score = Score(len(every), *figures, seconds, len(every) - len(refused), refused=refused)
    if part == "fundus":
        both = [(row, article) for (row, _), article in zip(every, articles, strict=True)]
        score.published = share(published_right(row, article) for row, article in both if timed(row["published"]))
        score.days = share(day_right(row, article) for row, article in both if not timed(row["published"]))
        score.updated = share(updated_right(row, article) for row, article in both if timed(row.get("updated")))
        score.authors = share(authors_right(row, article) for row, article in both if row.get("authors"))
    return score


def read(row: Truth, html: bytes) -> Article | PageError:
    url = str(row["url"])
    site = Site(name="page", home=f"https://{urlsplit(url).netloc}/")
    try:
        return READER.read(html_document(url, html, datetime.now(UTC)), site)
    except PageError as refused:
        return refused


def text_of(article: Article | PageError, part: str) -> str:
    if isinstance(article, PageError):
        return ""
    lead = [article.standfirst or ""] if part == "fundus" else []
    return "\n".join([*lead, *(block.text for block in article.body)])


def share(outcomes: Iterator[bool]) -> float:
    every = list(outcomes)
    return round(sum(every) / max(1, len(every)), 4)


def instant(text: object) -> datetime | None:
    words = str(text).replace("Z", "+00:00")
    for reading in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return reading(words)
        except ValueError:
            continue
    return None


def timed(text: object) -> bool:
    """Whether a truth has a time of day and a zone; one without may come from a day alone."""
    stated = instant(text) if text else None
    return stated is not None and stated.tzinfo is not None


def same(at: datetime | None, stated: datetime | None) -> bool:
    """To the minute."""
    if at is None or stated is None or stated.tzinfo is None:
        return False
    return at.replace(second=0, microsecond=0) == stated.astimezone(UTC).replace(second=0, microsecond=0)


def published_right(row: Truth, article: Article | PageError) -> bool:
    chosen = None if isinstance(article, PageError) else article.chosen("published")
    return chosen is not None and same(chosen.at, instant(row["published"]))


def day_right(row: Truth, article: Article | PageError) -> bool:
    chosen, stated = None if isinstance(article, PageError) else article.chosen("published"), instant(row["published"])
    if chosen is None or stated is None:
        return False
    numbers = {int(number) for number in re.findall(r"\d+", chosen.text)}
    return {stated.year, stated.day} <= numbers if chosen.at is None else chosen.at.date() == stated.date()


def updated_right(row: Truth, article: Article | PageError) -> bool:
    """The page's own claim is among our updated stamps, or only repeats the published instant."""
    stated = instant(row["updated"])
    if isinstance(article, PageError) or stated is None:
        return False
    told = [stamp.at for stamp in article.stamps if stamp.kind == "updated"]
    return any(same(at, stated) for at in told) or any(
        same(stamp.at, stated) for stamp in article.stamps if stamp.kind == "published"
    )


def authors_right(row: Truth, article: Article | PageError) -> bool:
    truth = row["authors"]
    return (
        not isinstance(article, PageError)
        and isinstance(truth, list)
        and set(article.authors) == {str(name).strip() for name in truth}
    )


def measured(folder: Path) -> dict[str, dict[str, object]]:
    out: dict[str, dict[str, object]] = {}
    for part in ("aeb", "fundus"):
        every = list(pages(folder, part))
        ours = by_us(every, part)
        with_metadata = by_trafilatura_with_metadata(every)
        out[part] = {
            "generic": asdict(ours),
            "trafilatura": asdict(by_trafilatura(every)),
            "trafilatura precision": asdict(by_trafilatura(every, favor_precision=True)),
            "trafilatura with metadata": {"seconds": with_metadata},
            "times as fast": round(with_metadata / ours.seconds, 2),
        }
    return out


def show(results: dict[str, dict[str, object]]) -> None:
    for part, rows in results.items():
        print(f"\n{part}")
        for name, row in rows.items():
            if isinstance(row, dict) and "f1" in row:
                figures = {key: value for key, value in row.items() if value not in (None, [], 0)}
                print(
                    f"  {name:24}",
                    "  ".join(
                        f"{key} {value:.4f}" if isinstance(value, float) else f"{key} {value}"
                        for key, value in figures.items()
                    ),
                )
            else:
                print(f"  {name:24} {row}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure reading.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared/data/extraction")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    results = measured(asked.folder)
    if asked.json:
        print(json.dumps(results, indent=2, ensure_ascii=False))
    else:
        show(results)


if __name__ == "__main__":
    main()
