"""The daemon and its ticks. It never imports the crawler: a crawl worker is a process that it starts and watches."""
