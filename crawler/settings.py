"""What we change of Scrapy's defaults, each with its reason. Values of the operator come in through `worker.py`."""

BOT_NAME = "stoppress"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

DOWNLOAD_HANDLERS = {
    "http": "crawler.capture.handler.CaptureHandler",  # archives what crosses the wire
    "https": "crawler.capture.handler.CaptureHandler",
    "data": None,  # a page must not hand us documents that never crossed a wire
    "file": None,  # nor files of this machine
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # evidence from a server that can't prove its name is none
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}  # ours only: Scrapy's would rewrite, decompress, redirect and cache
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.ObeyRobots": 100,  # RFC 9309, with the robots.txt archived as seen
    "crawler.middlewares.RetryBroken": 200,  # broken transfers and passing server errors, each try archived
    "crawler.middlewares.BackOff": 300,  # 429 and 503 let the host rest
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}  # the spider is told of every status and sets its own requests
EXTENSIONS_BASE: dict[str, int] = {}  # no telnet console, no memory dumps: the worker tells its own progress

CONCURRENT_REQUESTS = 64  # many sites side by side; each site's own turn allows one at a time
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one connection a site (requests carry their site as slot)
CONCURRENT_ITEMS = 1  # 100 starts 100 tasks a response
DOWNLOAD_DELAY = 0  # the site's turn keeps the pace, robots.txt and requisites included
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # orders are fetched in the order they were given
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # a re-crawler asks again; due times are in the catalogue
REMOTE_CONTROL_ENABLED = False  # would run code sent over HTTP
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False  # a guest without a name tag gets the page that everyone gets
RETRY_HTTP_CODES = [500, 502, 504, 408]  # 429 and 503 ask for rest, not for another try
LOGSTATS_INTERVAL = 0
LOG_LEVEL = "WARNING"
STATS_DUMP = False
USER_AGENT = "stoppress"  # the worker adds version and contact
STOPPRESS_CONFIG = None  # path of the configuration file; None: where every command looks for it
STOPPRESS_MIN_RATE = 1000
