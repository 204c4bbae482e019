"""Thin: read the document, then hand the look to the archive. What they do is in `news` and `storage.archive`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self, cast

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.items import PageLook
from crawler.spiders.articles import ArticlesSpider
from news.errors import ObjectCorrupt, ObjectMissing, StoreUnavailable
from news.revising import judge
from storage.archive import Failed, Look, NotModified, Redirected, Seen
from storage.warc.segment import Capture


class _Pipeline:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of this crawl."""
        return cls(crawler)

    @property
    def spider(self) -> ArticlesSpider:
        """The spider of this crawl."""
        return cast("ArticlesSpider", self._crawler.spider)

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """End the crawl, with one clear line, when the archive can't be used: what was captured is kept."""
        try:
            yield
        except StoreUnavailable as error:
            self.spider.stop_for(error)
            raise DropItem("the archive can't be used", log_level="DEBUG") from error


class ReadPipeline(_Pipeline):
    """Makes the document from the WARC record just written, and lets the site's reader judge it."""

    def process_item(self, item: PageLook) -> PageLook:
        """Fill in the verdict of a look that came with an answer."""
        if item.ended is None and item.capture is not None:
            with self.stopping():
                self._read(item, item.capture)
        return item

    def _read(self, item: PageLook, capture: Capture) -> None:
        work = self.spider.work(item.site)
        try:
            document = work.writer.document(capture)
        except (ObjectMissing, ObjectCorrupt) as error:
            item.ended = Failed(outcome="failed", reason="record-unreadable", detail=str(error))
            return
        item.verdict = judge(document, work.site, work.writer.reader)
        if item.verdict.article is not None:
            self.spider.order_requisites(item.site, document)


class ArchivePipeline(_Pipeline):
    """Hands the look to the site's writer: observation, revision, commit."""

    def process_item(self, item: PageLook) -> PageLook:
        """Record the look and tell the progress of it."""
        with self.stopping():
            for committed in self.spider.work(item.site).writer.observe(look_of(item)):
                self.spider.tell_look(item.site, committed)
        return item


def look_of(item: PageLook) -> Look:
    """Return the look as the archive takes it."""
    return Look(
        page=item.page,
        at=item.left_at or item.at,
        why=item.why,
        source=item.source,
        result=_result(item),
        capture=item.left_by or item.capture,
        retry_at=item.retry_at,
        witnesses=item.witnesses,
    )


def _result(item: PageLook) -> Seen | NotModified | Redirected | Failed:
    if item.ended is not None:
        return item.ended
    if item.left_by is not None:
        return Redirected(to=item.address, verdict=item.verdict, landed=item.capture, landed_at=item.at)
    assert item.verdict is not None
    return Seen(verdict=item.verdict, address=item.address)
