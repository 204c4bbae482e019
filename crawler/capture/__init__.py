"""From the wire into the WARC: a download handler on Scrapy's documented interface, over asyncio's transports.

No private name of Scrapy or Twisted is used. Bytes are kept as they come, in memory up to a few megabytes and on disk
beyond, and the framing is followed by `storage.warc.http1`, which is lenient where a strict parser would lose a page.
"""
