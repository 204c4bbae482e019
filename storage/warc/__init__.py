"""WARC/1.1 segments: HTTP framing, writing one gzip member a record, reading them back, and their digests."""
