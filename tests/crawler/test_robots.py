"""robots.txt by RFC 9309: obeyed, archived, kept as long as it says, and in an outage the last good one holds."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crawler.failures import RobotsUnavailable
from crawler.robots import ASKED_AGAIN, ASKED_AT_LEAST, RobotsDesk
from crawler.rules import KEPT, KEPT_LEAST, MOST_BYTES, PRODUCT, kept_until, read_rules
from news.serial import rfc3339
from tests.conftest import run_in
from tests.crawler.crawling import archived, crawl, outcomes, sized
from tests.crawler.wireserver import Answer, WireServer, answer
from tests.growth import grows_as_its_size
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
PRIVATE = b"User-agent: *\nDisallow: /private/\n"
PAGES = ("/news/open/", "/private/closed/")


def serving(robots: Answer | list[Answer], **more: Answer) -> WireServer:
    pages = {path: answer(sized(html(), HTML)) for path in PAGES}
    return WireServer({"/robots.txt": robots, **pages, **{f"/{name}": said for name, said in more.items()}})


def leading(to: str) -> Answer:
    return answer(sized(b"", b"Location: " + to.encode(), status=b"302 Found"))


def age(folder: Path, by: timedelta) -> None:
    """Make every archived robots.txt so much older than it is."""
    with closing(sqlite3.connect(folder / "archive" / "catalogue.db")) as catalogue, catalogue:
        then = rfc3339(datetime.now(UTC) - by)
        catalogue.execute("UPDATE captures SET at = ? WHERE kind = 'robots'", (then,))


def test_what_robots_asks_is_kept_to_and_told(tmp_path: Path) -> None:
    with serving(answer(sized(PRIVATE))) as server:
        crawl(server, tmp_path, *PAGES)
        assert outcomes(tmp_path, server) == {"/news/open/": ("new", None), "/private/closed/": ("blocked", "robots")}
        assert len(server.exchanges("/robots.txt")) == 1
        assert not server.exchanges("/private/closed/")


@pytest.mark.parametrize(
    "outage", [answer(sized(b"no", status=b"500 Oops")), answer(b"", reset=True)], ids=["500", "broken"]
)
def test_in_an_outage_the_archived_robots_holds(tmp_path: Path, outage: Answer) -> None:
    with serving([answer(sized(PRIVATE)), outage]) as server:
        crawl(server, tmp_path, "/news/open/")
        age(tmp_path, timedelta(days=2))
        run_in(tmp_path, "crawl", "harbour", *(f"{server.url}{path}" for path in PAGES))
        assert outcomes(tmp_path, server)["/news/open/"] == ("unchanged", None)
        assert outcomes(tmp_path, server)["/private/closed/"] == ("blocked", "robots")
        assert not server.exchanges("/private/closed/")
        assert len(server.exchanges("/robots.txt")) > 1


@pytest.mark.parametrize(("said", "asked"), [(b"X: y", 1), (b"Cache-Control: max-age=7200", 2)])
def test_another_start_keeps_to_the_archived_robots_as_long_as_it_holds(
    tmp_path: Path, said: bytes, asked: int
) -> None:
    with serving(answer(sized(PRIVATE, said))) as server:
        crawl(server, tmp_path, "/news/open/")
        age(tmp_path, timedelta(hours=3))
        run_in(tmp_path, "crawl", "harbour", f"{server.url}/private/closed/")
        assert outcomes(tmp_path, server)["/private/closed/"] == ("blocked", "robots")
        assert len(server.exchanges("/robots.txt")) == asked


@pytest.mark.parametrize("status", [b"404 Not Found", b"403 Forbidden"])
def test_a_robots_that_is_not_there_asks_nothing_of_us(tmp_path: Path, status: bytes) -> None:
    with serving(answer(sized(b"User-agent: *\nDisallow: /", status=status))) as server:
        crawl(server, tmp_path, *PAGES)
        assert set(outcomes(tmp_path, server).values()) == {("new", None)}
        assert len(server.exchanges("/robots.txt")) == 1


@pytest.mark.parametrize("status", [b"500 Oops", b"429 Too Many Requests"])
def test_where_robots_never_was_seen_an_outage_is_a_refusal(tmp_path: Path, status: bytes) -> None:
    with serving(answer(sized(b"no", b"Retry-After: 0", status=status))) as server:
        crawl(server, tmp_path, *PAGES)
        assert set(outcomes(tmp_path, server).values()) == {("failed", "robots-unavailable")}
        assert len(server.exchanges("/robots.txt")) == 1
        assert not server.exchanges("/news/open/")
        assert [r.block.partition(b"\r\n")[0] for r in archived(tmp_path) if r.type == "response"] == [
            b"HTTP/1.1 " + status
        ]


@pytest.mark.parametrize(("hops", "outcome"), [(5, ("blocked", "robots")), (6, ("new", None))])
def test_five_redirects_lead_to_the_rules_and_six_to_none(tmp_path: Path, hops: int, outcome: tuple[str, str]) -> None:
    steps = {f"hop{number}": leading(f"/hop{number + 1}") for number in range(1, hops)}
    with serving(leading("/hop1"), **steps, **{f"hop{hops}": answer(sized(PRIVATE))}) as server:
        crawl(server, tmp_path, *PAGES)
        assert outcomes(tmp_path, server)["/private/closed/"] == outcome


def test_of_an_endless_robots_what_came_is_kept_to(tmp_path: Path) -> None:
    with serving(answer(sized(PRIVATE + b"# more\n" * 200_000))) as server:
        crawl(server, tmp_path, *PAGES, top="[crawler]\nmax_body_megabytes = 1\n")
        assert outcomes(tmp_path, server)["/private/closed/"] == ("blocked", "robots")
        assert outcomes(tmp_path, server)["/news/open/"] == ("new", None)
        assert len(server.exchanges("/robots.txt")) == 1


def test_what_lies_past_500_kib_is_not_read(tmp_path: Path) -> None:
    robots = b"User-agent: *\n" + b"# filler\n" * (MOST_BYTES // 9) + b"Disallow: /private/\n"
    with serving(answer(sized(robots))) as server:
        crawl(server, tmp_path, *PAGES)
        assert outcomes(tmp_path, server)["/private/closed/"] == ("new", None)


class Server:
    """A robots.txt under control, and a clock; what it answered is archived as a crawl would."""

    def __init__(self, said: bytes | None = PRIVATE, cache: str | None = None) -> None:
        self.now, self.said, self.cache = NOW, said, cache
        self.asked: list[datetime] = []
        self.kept: list[Any] = []
        writer = SimpleNamespace(
            last_robots=lambda _: next(reversed(self.kept), None),
            last_good_robots=lambda _: next((one for one in reversed(self.kept) if one.status == 200), None),
            document=lambda capture: capture.document,
        )
        self.work = SimpleNamespace(
            robots={}, robots_turn=asyncio.Lock(), site=SimpleNamespace(name="harbour"), writer=writer
        )

    async def fetch(self, request: Any) -> Any:
        self.asked.append(self.now)
        await asyncio.sleep(0)
        if self.said is None:
            return SimpleNamespace(status=503, headers={})
        document = SimpleNamespace(status=200, body=self.said, header={"Cache-Control": self.cache}.get)
        capture = SimpleNamespace(
            status=200, at=rfc3339(self.now), record_id="<urn:uuid:1>", url=request.url, document=document
        )
        self.kept.append(capture)
        request.meta["capture"] = capture
        return SimpleNamespace(status=200, headers={})

    def may(self, path: str, *, newly: bool = False) -> bool:
        """Whether a path may be fetched now; `newly` by a worker that was just started."""
        if newly:
            self.work.robots.clear()
        crawler = SimpleNamespace(engine=SimpleNamespace(download_async=self.fetch))
        desk = RobotsDesk(cast("Any", crawler), cast("Any", self.work), clock=lambda: self.now)
        return asyncio.run(self._may(desk, path))

    async def _may(self, desk: RobotsDesk, path: str) -> bool:
        self.work.robots_turn = asyncio.Lock()
        several = await asyncio.gather(*(desk.rules(f"https://a.example/{number}") for number in range(9)))
        return several[0].parsed.can_fetch(f"https://a.example{path}", PRODUCT)


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_rules_are_asked_for_once_for_many_who_wait_and_again_after_a_day() -> None:
    server = Server()
    for hours in (0, 1, 23.9):
        server.now = NOW + timedelta(hours=hours)
        assert not server.may("/private/x", newly=hours == 1)
    assert server.asked == [NOW]
    server.now, server.said = NOW + timedelta(hours=24), b""
    assert server.may("/private/x")
    assert server.asked == [NOW, server.now]


@pytest.mark.parametrize("newly", [False, True])
def test_an_outage_of_months_changes_nothing_of_what_was_asked(newly: bool) -> None:
    server = Server()
    assert not server.may("/private/x")
    server.said = None
    for days in (2, 29, 30, 31, 200):
        server.now = NOW + timedelta(days=days)
        assert not server.may("/private/x", newly=newly), days
        assert server.may("/news/x", newly=newly), days
    server.said, server.now = b"", server.now + timedelta(hours=1)
    assert server.may("/private/x")


def test_where_nothing_was_ever_seen_nothing_is_fetched_however_long_the_outage() -> None:
    server = Server(None)
    for days in (0, 31, 200):
        server.now = NOW + timedelta(days=days)
        with pytest.raises(RobotsUnavailable):
            server.may("/news/x")


def test_a_robots_that_is_out_of_reach_is_asked_for_ever_more_seldom() -> None:
    server = Server()
    server.may("/x")
    server.said = None
    for minute in range(24 * 60, 48 * 60):
        server.now = NOW + timedelta(minutes=minute)
        server.may("/x")
    pauses = [after - before for before, after in zip(server.asked[1:], server.asked[2:], strict=False)]
    assert pauses[:4] == [ASKED_AGAIN * 1, ASKED_AGAIN * 2, ASKED_AGAIN * 4, ASKED_AGAIN * 8]
    assert set(pauses[7:]) == {ASKED_AT_LEAST}
    assert len(server.asked) < 35


@pytest.mark.parametrize(
    ("cache", "age", "hours"),
    [
        (None, None, 24),
        ("max-age=3600", None, 1),
        ("public, MAX-AGE = 7200", "3600", 1),
        ("max-age=0", None, 0.5),
        ("no-cache", None, 0.5),
        ("private, no-store, max-age=7200", None, 0.5),
        ("max-age=31536000", None, 24),
        ("s-maxage=60", None, 24),
        ("max-age=soon", "x", 24),
    ],
)
def test_robots_is_kept_as_its_cache_control_says_and_a_day_at_most(
    cache: str | None, age: str | None, hours: float
) -> None:
    assert kept_until(NOW, cache, age) == NOW + timedelta(hours=hours)
    assert NOW + KEPT_LEAST <= kept_until(NOW, cache, age) <= NOW + KEPT


@pytest.mark.parametrize(
    ("robots", "may"),
    [
        ("User-agent: stoppress/2\nDisallow: /a", False),
        ("USER-AGENT: StopPress # us\nUser-agent: other\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: stoppress\nAllow: /", True),
        ("User-agent: *\nDisallow: /\nUser-agent: stop\nAllow: /", False),
        ("User-agent: stoppress-news\nDisallow: /", True),
        ("User-agent: *bot\nDisallow: /", True),
        ("User-agent:*\nDisallow:/", False),
        ("User-agent: other\nDisallow: /\nSitemap: https://a.example/s.xml\nUser-agent: *\nDisallow: /b", True),
    ],
)
def test_rules_are_those_of_our_name_or_else_of_everyone(robots: str, may: bool) -> None:
    assert read_rules(robots.encode()).can_fetch("https://a.example/a", PRODUCT) is may


def test_a_robots_of_thousands_of_names_over_thousands_of_rules_costs_no_more_than_its_length() -> None:
    def robots(size: int) -> bytes:
        names = "".join(f"User-agent: a{number}\n" for number in range(size))
        return (names + "Disallow: /x\n" * (5 * size // 3) + "\nUser-agent: *\nDisallow: /y\n").encode()

    assert grows_as_its_size(lambda size: read_rules(robots(size)), 12_000)
    rules = read_rules(robots(12_000))
    assert not rules.can_fetch("https://a.example/y", PRODUCT)
    assert rules.can_fetch("https://a.example/x", PRODUCT)
