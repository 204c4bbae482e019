"""Thin: read the document, then hand the look to the archive. What they do is in `news` and `storage.archive`."""

from __future__ import annotations

from typing import Self, cast

from scrapy.crawler import Crawler

from crawler.items import PageLook
from crawler.spiders.articles import ArticlesSpider
from news.revising import judge
from storage.archive import Failed, Look, NotModified, Redirected, Seen


class ReadPipeline:
    """Makes the document from the WARC record just written, and lets the site's reader judge it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of this crawl."""
        return cls(crawler)

    def process_item(self, item: PageLook) -> PageLook:
        """Fill in the verdict of a look that came with an answer."""
        if item.ended is None and item.capture is not None:
            spider = cast("ArticlesSpider", self._crawler.spider)
            work = spider.work(item.site)
            document = work.writer.document(item.capture)
            item.verdict = judge(document, work.site, work.writer.reader)
            if item.verdict.article is not None:
                spider.order_requisites(item.site, document)
        return item


class ArchivePipeline:
    """Hands the look to the site's writer: observation, revision, commit."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of this crawl."""
        return cls(crawler)

    def process_item(self, item: PageLook) -> PageLook:
        """Record the look and tell the progress of it."""
        spider = cast("ArticlesSpider", self._crawler.spider)
        for committed in spider.work(item.site).writer.observe(look_of(item)):
            spider.tell_look(item.site, committed)
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
