"""robots.txt by RFC 9309: obeyed, archived, kept for a day, and in an outage the last good one holds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from protego import Protego

from crawler.robots import MOST_BYTES, RobotsDesk
from crawler.sitework import Rules
from tests.conftest import run_in
from tests.crawler.crawling import archived, crawl, outcomes, sized
from tests.crawler.wireserver import Answer, WireServer, answer
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
PRIVATE = b"User-agent: *\nDisallow: /private/\n"
PAGES = ("/news/open/", "/private/closed/")


def serving(robots: Answer | list[Answer], **more: Answer) -> WireServer:
    pages = {path: answer(sized(html(), HTML)) for path in PAGES}
    return WireServer({"/robots.txt": robots, **pages, **{f"/{name}": said for name, said in more.items()}})


def leading(to: str) -> Answer:
    return answer(sized(b"", b"Location: " + to.encode(), status=b"302 Found"))


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
        run_in(tmp_path, "crawl", "harbour", *(f"{server.url}{path}" for path in PAGES))
        assert outcomes(tmp_path, server)["/news/open/"] == ("unchanged", None)
        assert outcomes(tmp_path, server)["/private/closed/"] == ("blocked", "robots")
        assert not server.exchanges("/private/closed/")


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


def test_what_lies_past_500_kib_is_not_read(tmp_path: Path) -> None:
    robots = b"User-agent: *\n" + b"# filler\n" * (MOST_BYTES // 9) + b"Disallow: /private/\n"
    with serving(answer(sized(robots))) as server:
        crawl(server, tmp_path, *PAGES)
        assert outcomes(tmp_path, server)["/private/closed/"] == ("new", None)


def test_rules_are_asked_for_again_after_a_day_and_once_for_many_who_wait() -> None:
    asked: list[str] = []

    async def fetch(request: Any) -> Any:
        asked.append(request.url)
        await asyncio.sleep(0)
        return SimpleNamespace(status=404, headers={})

    async def go() -> None:
        work = SimpleNamespace(robots={}, robots_turn=asyncio.Lock(), site=SimpleNamespace(name="harbour"))
        crawler = SimpleNamespace(engine=SimpleNamespace(download_async=fetch))
        desk = RobotsDesk(cast("Any", crawler), cast("Any", work))
        await asyncio.gather(*(desk.rules(f"https://a.example/{number}") for number in range(9)))
        assert asked == ["https://a.example/robots.txt"]
        (rules,) = cast("dict[str, Rules]", work.robots).values()
        assert timedelta(hours=23) < rules.until - datetime.now(UTC) <= timedelta(hours=24)
        work.robots["https://a.example"] = Rules(parsed=Protego.parse(""), until=datetime.now(UTC))
        await desk.rules("https://a.example/again")
        assert len(asked) == 2

    asyncio.run(go())
