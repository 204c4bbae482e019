"""`news/` opens no path of ours, no network and no clock: shown from its source, by reading with all that barred."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.compare import as_json, compare
from news.model import Site
from news.reading.decode import html_document
from news.sites import KNOWN, known_site, load_reader

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "news").rglob("*.py"))
CASES = sorted(
    page.parent for name in ("generic", *KNOWN) for page in (ROOT / "tests/fixtures" / name).glob("*/article.json")
)

CLOCKS = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp", "localtime", "monotonic", "perf_counter"}
DOORS = {"open", "input", "print", "exec", "eval", "breakpoint", "__import__"}
OPENERS = {
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "open",
    "urlopen",
    "unlink",
    "mkdir",
    "environ",
    "getenv",
}
ROOMS_OF_THE_WORLD = ("urllib.request", "http.client", "email.mime", "importlib.resources", "wsgiref", "xmlrpc")
BARRED = (
    "open",
    "socket.",
    "subprocess.",
    "os.",
    "urllib.",
    "http.",
    "sqlite3.",
    "shutil.",
    "tempfile.",
    "glob.",
    "time.",
)

AT = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def sins(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What in this source touches the world: line and name."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in DOORS:
                yield node.lineno, f"{name}()"
            case ast.Attribute(attr=name) if name in OPENERS:
                yield node.lineno, f".{name}"
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCKS:
                # `fromtimestamp(given, UTC)` turns a number that was handed in; without arguments it is a clock
                if not (name.endswith("fromtimestamp") and len(node.args) == 2):
                    yield node.lineno, f".{name}()"
            case ast.Import(names=names):
                yield from ((node.lineno, each.name) for each in names if each.name.startswith(ROOMS_OF_THE_WORLD))
            case ast.ImportFrom(module=str(module)) if module.startswith(ROOMS_OF_THE_WORLD):
                yield node.lineno, module


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_source_of_news_asks_the_clock_or_opens_a_door(path: Path) -> None:
    assert list(sins(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "datetime.now(UTC)",
        "date.today()",
        "time.monotonic()",
        "datetime.fromtimestamp(1)",
        "Path('x').read_text()",
        "os.environ['HOME']",
        "import urllib.request",
        "from http.client import HTTPConnection",
    ],
)
def test_the_scan_sees_what_it_is_for(source: str) -> None:
    assert len(list(sins(ast.parse(source)))) == 1


class Bar:
    """Refuses and notes every door that Python opens (PEP 578), save for the time zones and modules that it loads."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.shut = False
        sys.addaudithook(self._hear)  # a hook can't be taken off again, so there is one for all tests

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.shut or not event.startswith(BARRED):
            return
        place = str(arguments[0]) if arguments else ""
        loads = place.endswith((".py", ".so")) or any(part in place for part in ("__pycache__", "zoneinfo", "tzdata"))
        if not loads:
            self.opened.append(f"{event} {place}")
            raise PermissionError(f"news/ may not: {event} {place}")

    @contextmanager
    def __call__(self) -> Iterator[list[str]]:
        self.opened, self.shut = [], True
        try:
            yield self.opened
        finally:
            self.shut = False


barred = Bar()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_page_is_read_and_compared_with_every_door_barred(case: Path) -> None:
    name = case.parent.name
    address = (case / "address.txt").read_text().strip()
    site = known_site(name) or Site(name="any", home="/".join(address.split("/")[:3]) + "/", timezone="Europe/London")
    reader = load_reader(name)
    document = html_document(address, (case / "page.html").read_bytes(), AT)
    with barred() as opened:
        article = reader.read(document, site)
        changes = as_json(compare(article, article))
    assert opened == []
    assert article.headline
    assert changes["stats"] == {
        "words_added": 0,
        "words_removed": 0,
        "moves": 0,
        "sentences_moved": 0,
        "entries_rolled_off": 0,
    }


def test_the_bar_holds(tmp_path: Path) -> None:
    with barred() as opened, pytest.raises(PermissionError):
        (tmp_path / "x").open("w")
    assert len(opened) == 1
