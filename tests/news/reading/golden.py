"""What the generic reader makes of the saved pages in tests/fixtures: the command writes it down, a person reads it.

Sites with a profile have their own cases, in tests/news/sites.

python tests/news/reading/golden.py            names the cases whose article differs from the one written down
python tests/news/reading/golden.py --write    writes them
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from news.model import Article, Site
from news.reading.decode import html_document
from news.serial import article_json
from news.sites import load_reader

FIXTURES = Path(__file__).parents[2] / "fixtures"
SEEN = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = {"german-daily": "Europe/Berlin", "french-relative": "Europe/Paris", "microdata-blog": "Europe/London"}


def cases() -> list[Path]:
    return sorted(page.parent for page in FIXTURES.glob("generic/*/page.html"))


def site_of(case: Path) -> Site:
    home = "/".join(address_of(case).split("/")[:3]) + "/"
    return Site(name=case.name, home=home, timezone=ZONES.get(case.name, "America/Chicago"))


def address_of(case: Path) -> str:
    return (case / "address.txt").read_text().strip()


def read(case: Path) -> Article:
    document = html_document(address_of(case), (case / "page.html").read_bytes(), SEEN)
    return load_reader(case.parent.name).read(document, site_of(case))


def written(article: Article) -> str:
    return json.dumps(article_json(article), ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    differing = [case for case in cases() if not _agrees(case)]
    for case in differing:
        sys.stdout.write(f"{case.parent.name}/{case.name}\n")
        if "--write" in sys.argv:
            (case / "article.json").write_text(written(read(case)))
    return int(bool(differing) and "--write" not in sys.argv)


def _agrees(case: Path) -> bool:
    golden = case / "article.json"
    return golden.exists() and golden.read_text() == written(read(case))


if __name__ == "__main__":
    raise SystemExit(main())
