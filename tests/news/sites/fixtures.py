"""Saved pages of known sites, each beside the article that a person says it holds.

tests/fixtures/<site>/<case>/ holds `page.html`, `address.txt` (the page's URL) and either `article.json`, the article
object of design.md, section 8, or `refusal.json`, `{"error": "LayoutChanged", "reason": "layout-changed"}`.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from news.errors import PageError
from news.model import Document
from news.reading.decode import html_document
from news.serial import article_json
from news.sites import KNOWN, known_site, load_reader

FIXTURES = Path(__file__).parents[2] / "fixtures"
SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def cases(*sites: str) -> list[Path]:
    return sorted(page.parent for site in sites or KNOWN for page in FIXTURES.glob(f"{site}/*/page.html"))


def articles(*sites: str) -> list[Path]:
    return [case for case in cases(*sites) if (case / "article.json").exists()]


def name_of(case: Path) -> str:
    return f"{case.parent.name}-{case.name}"


def address_of(case: Path) -> str:
    return (case / "address.txt").read_text().strip()


def html_of(case: Path) -> str:
    return (case / "page.html").read_text()


def expected(case: Path) -> object:
    stated = case / "article.json"
    return json.loads((stated if stated.exists() else case / "refusal.json").read_text())


def document(case: Path, html: str | None = None) -> Document:
    body = (case / "page.html").read_bytes() if html is None else html.encode()
    return html_document(address_of(case), body, SEEN)


def told(case: Path, html: str | None = None) -> object:
    """What the site's reader makes of a case, or of other markup at its address, in the form of the expected file."""
    site = known_site(case.parent.name)
    assert site is not None
    try:
        return article_json(load_reader(site.reader).read(document(case, html), site))
    except PageError as refused:
        return {"error": type(refused).__name__, "reason": refused.reason}
