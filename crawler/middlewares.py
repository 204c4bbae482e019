"""Downloader middlewares: robots.txt, retries of what broke, rest for hosts that ask for it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Self, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

from crawler.capture.handler import ASKS_FOR_REST
from crawler.failures import NETWORK, Disallowed
from crawler.robots import RobotsDesk
from crawler.rules import PRODUCT
from crawler.sitework import PATIENCE, SiteWork
from crawler.spiders.articles import ArticlesSpider

log = logging.getLogger(__name__)

LONGEST_CRAWL_DELAY = 120.0


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of this crawl."""
        return cls(crawler)

    def work(self, request: Request) -> SiteWork:
        """Return the site's state that this request is made for."""
        return cast("ArticlesSpider", self.crawler.spider).work(request.meta["site"])


class ObeyRobots(_Middleware):
    """Keeps to what each origin's robots.txt asks (RFC 9309), which is archived as seen."""

    async def process_request(self, request: Request) -> None:
        """Let a request pass that robots.txt allows; raises `Disallowed`, or what kept robots.txt from us."""
        if request.meta.get("kind") == "robots":
            return
        work = self.work(request)
        if not work.serves(request.url):
            return  # the handler says why
        rules = await RobotsDesk(self.crawler, work).rules(request.url)
        if not rules.parsed.can_fetch(request.url, PRODUCT):
            raise Disallowed(f"robots.txt of {urlsplit(request.url).netloc} asks not to fetch {request.url}")
        delay = rules.parsed.crawl_delay(PRODUCT)
        if delay:
            work.slow_down(min(float(delay), LONGEST_CRAWL_DELAY))


class RetryBroken(_Middleware):
    """Tries again what broke or met a passing server error. An exchange that ran out of time is not tried again."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Order a failed page again while tries are left."""
        if response.status in self.crawler.settings.getlist("RETRY_HTTP_CODES"):
            return self._again(request) or response
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Order a broken transfer again while tries are left."""
        if isinstance(exception, DownloadTimeoutError) or not isinstance(exception, NETWORK):
            return None
        if request.meta.get("truncated") == "length":
            return None
        return self._again(request)

    def _again(self, request: Request) -> Request | None:
        tries = request.meta.get("tries", 0)
        if request.meta.get("kind") == "robots" or tries >= self.crawler.settings.getint("RETRY_TIMES"):
            return None
        log.info("trying again url=%s try=%d", request.url, tries + 1)
        return request.replace(meta={**request.meta, "tries": tries + 1}, dont_filter=True)


class BackOff(_Middleware):
    """Asks again, after its rest, a host that answered 429 or 503 and asked for a short one (the handler notes it)."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Order the page again behind the host's rest, while that is short and tries are left."""
        until = request.meta.get("retry_at")
        if response.status not in ASKS_FOR_REST or until is None or request.meta.get("kind") == "robots":
            return response
        tries = request.meta.get("tries", 0)
        is_short = (until - datetime.now(UTC)).total_seconds() <= PATIENCE
        if not is_short or tries >= self.crawler.settings.getint("RETRY_TIMES"):
            return response
        return request.replace(meta={**request.meta, "tries": tries + 1}, dont_filter=True)
