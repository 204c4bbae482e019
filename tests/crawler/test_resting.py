"""A host that asks for rest gets it; a page that fails backs off alone."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from crawler import sitework
from crawler.sitework import FIRST_BACKOFF, FORGIVEN_AFTER, SiteWork, retry_after_seconds
from news.model import Site
from tests.conftest import found_archive, run_in, site_config
from tests.crawler.crawling import crawl, outcomes, sized
from tests.crawler.wireserver import WireServer, answer
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
PAGE = sized(html(), HTML)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def work() -> SiteWork:
    site = Site(name="harbour", home="https://a.example/", timezone="Europe/London")
    return SiteWork(site, cast("Any", None), seconds_between=0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Mon, 02 Mar 2026 09:01:30 GMT", 90.0),
        ("Monday, 02-Mar-26 09:01:30 GMT", 90.0),
        ("Mon Mar  2 09:01:30 2026", 90.0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
        ("99999999999", 86_400.0),
        ("Mon, 02 Mar 2099 08:00:00 GMT", 86_400.0),
        ("soon", None),
        ("-5", None),
        ("Mon, 02 Mar 2026 09:01:30 +9999999999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(said: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(said, NOW) == seconds


def test_rest_doubles_from_five_seconds_with_jitter_and_is_forgiven_after_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = 1000.0
    monkeypatch.setattr(sitework.time, "monotonic", lambda: clock)
    host = work()
    for doubled in (1, 2, 4, 8):
        rest = (host.back_off(None, NOW) - NOW).total_seconds()
        assert FIRST_BACKOFF * doubled <= rest <= FIRST_BACKOFF * doubled * 1.3
        clock += rest + 1
    clock += FORGIVEN_AFTER
    assert (host.back_off(None, NOW) - NOW).total_seconds() <= FIRST_BACKOFF * 1.3


def test_a_host_that_says_come_at_once_again_and_again_is_believed_once() -> None:
    host = work()
    assert host.back_off("0", NOW) == NOW
    assert host.back_off("0", NOW) >= NOW + timedelta(seconds=2 * FIRST_BACKOFF)


@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"503 Service Unavailable"])
def test_a_host_that_asks_for_a_long_rest_is_asked_once_and_told(tmp_path: Path, status: bytes) -> None:
    paths = [f"/news/story-{number}/" for number in range(8)]
    refusal = answer(sized(b"slow down", b"Retry-After: 600", status=status))
    with WireServer(dict.fromkeys(paths, refusal)) as server:
        crawl(server, tmp_path, *paths)
        assert len([said for said in server.log if said.path != "/robots.txt"]) == 1
        found = outcomes(tmp_path, server)
        assert list(found.values()).count(("failed", "resting")) == 7
        assert {outcome for outcome, _ in found.values()} <= {"failed", "blocked"}
        told = run_in(tmp_path, "status", "--json", status=None).json
        assert [alarm for alarm in told["alarms"] if alarm["site"] == "harbour"], told


@pytest.mark.slow
def test_a_host_that_keeps_answering_429_is_not_hammered(tmp_path: Path) -> None:
    paths = [f"/news/story-{number}/" for number in range(30)]
    with WireServer({path: answer(sized(b"no", status=b"429 Too Many Requests")) for path in paths}) as server:
        started = time.monotonic()
        crawl(server, tmp_path, *paths)
        assert time.monotonic() - started > 15
        assert len([said for said in server.log if said.path != "/robots.txt"]) <= 5


@pytest.mark.slow
@pytest.mark.parametrize("status", [b"403 Forbidden", b"500 Internal Server Error"])
def test_a_site_that_refuses_everything_is_asked_a_few_times_and_told(tmp_path: Path, status: bytes) -> None:
    paths = [f"/news/story-number-{number}/" for number in range(40)]
    links = "".join(f"<a href={path}>x</a>" for path in paths).encode()
    refusal = answer(sized(b"no", status=status))
    with WireServer({"/": answer(sized(links, HTML)), **dict.fromkeys(paths, refusal)}) as server:
        (tmp_path / "stoppress.toml").write_text(site_config(f"{server.url}/", reader="generic"))
        found_archive(tmp_path)
        crawled = run_in(tmp_path, "crawl", "harbour")
        after_crawl = len([said for said in server.log if said.path in paths])
        ticked = [run_in(tmp_path, "tick") for _ in range(2)]
        asked = len([said for said in server.log if said.path in paths])
        told = run_in(tmp_path, "status", "--json", status=None).json
        shown = run_in(tmp_path, "status", status=None).out
    assert 5 <= after_crawl <= 12, "of 40 pages, with up to 3 tries each"
    assert asked <= after_crawl + 1, "ticks at once after it try one page at most"
    assert len(outcomes(tmp_path, server)) == 40, "every look leaves an observation"
    assert "blocked" in {alarm["kind"] for alarm in told["alarms"] if alarm["since"]}, told["alarms"]
    assert "! harbour: blocked since " in shown
    assert crawled.err.count("alarm site=") + sum(tick.err.count("alarm site=") for tick in ticked) <= 1


def test_a_connection_for_each_that_the_profile_allows_and_one_where_it_says_nothing(tmp_path: Path) -> None:
    paths = [f"/news/story-{number}/" for number in range(8)]
    slow = {path: answer(PAGE[:200], PAGE[200:], pause=0.3) for path in paths}
    most = {}
    for connections in (None, 3):
        folder = tmp_path / str(connections)
        folder.mkdir()
        with WireServer(dict(slow)) as server:
            crawl(server, folder, *paths, extra=f"connections = {connections}" if connections else "")
            most[connections] = server.most_at_once
            assert set(outcomes(folder, server).values()) == {("new", None)}
    assert most == {None: 1, 3: 3}


def test_a_refused_or_broken_page_backs_off_alone(tmp_path: Path) -> None:
    script = {
        "/news/forbidden/": answer(sized(b"no", status=b"403 Forbidden")),
        "/news/broken/": answer(sized(b"oops", status=b"500 Internal Server Error")),
        "/news/well/": answer(sized(html(), HTML)),
    }
    with WireServer(dict(script)) as server:
        crawl(server, tmp_path, *script)
        found = outcomes(tmp_path, server)
        asked = {path: len(server.exchanges(path)) for path in script}
    assert found["/news/well/"] == ("new", None)
    assert {found["/news/forbidden/"][0], found["/news/broken/"][0]} <= {"failed", "blocked"}
    assert asked == {"/news/forbidden/": 1, "/news/broken/": 3, "/news/well/": 1}
    with closing(sqlite3.connect(tmp_path / "archive" / "catalogue.db")) as catalogue:
        rows = catalogue.execute("SELECT url, failures, retry_at FROM pages").fetchall()
    failures = {url.removeprefix(server.url): (failures, retry_at) for url, failures, retry_at in rows}
    assert failures == {"/news/forbidden/": (1, None), "/news/broken/": (1, None), "/news/well/": (0, None)}
