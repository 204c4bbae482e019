"""How requests are made depends on what this Scrapy has, which is looked at when the worker starts."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.core.downloader.handlers import DownloadHandlers
from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.http import Response

from crawler import fetching as module
from crawler.fetching import fetching
from news.errors import ConfigError

ASKED = Request("http://127.0.0.1/")


async def wire(request: Request) -> Response:
    return Response(request.url, status=203)


async def through(download: object, request: Request) -> Response:
    assert download is wire
    return Response(request.url, status=200)


async def documented(request: Request) -> Response:
    return Response(request.url, status=201)


def engine(middleware: object = through, handler: object = wire, own: object = documented) -> SimpleNamespace:
    return SimpleNamespace(
        download_async=own,
        downloader=SimpleNamespace(
            middleware=SimpleNamespace(download_async=middleware),
            handlers=SimpleNamespace(download_request_async=handler),
        ),
    )


def status(scrapy: object) -> int:
    async def go() -> int:
        answer = await fetching(scrapy)(ASKED)
        assert isinstance(answer, Response)
        return answer.status

    return asyncio.run(go())


def test_the_insides_of_this_scrapy_are_those_that_were_written_for() -> None:
    assert module._takes(DownloaderMiddlewareManager.download_async, 3)
    assert module._takes(DownloadHandlers.download_request_async, 2)


def test_requests_go_past_the_slots_where_that_is_possible() -> None:
    assert status(engine()) == 200


async def _asks_for_more(download: object, request: Request, spider: object) -> Response:
    raise AssertionError


@pytest.mark.parametrize(
    "scrapy",
    [
        engine(middleware=None),
        engine(middleware=_asks_for_more),
        engine(middleware=lambda download, request: None),
        engine(handler=None),
        SimpleNamespace(download_async=documented),
    ],
    ids=["no middleware", "another shape", "no coroutine", "no handler", "no downloader"],
)
def test_elsewhere_they_go_the_documented_way_and_a_line_says_so(
    scrapy: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert status(scrapy) == 201
    assert len(caplog.records) == 1


def test_a_scrapy_with_neither_way_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match="install the version that we pin"):
        fetching(engine(middleware=None, own=None))
