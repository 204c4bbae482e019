"""The archive handed on: its records as WARC and WACZ, its revisions as JSON lines and Parquet, its index for replay.

Records are copied as they lie in their segments, byte for byte, unless redaction was asked for, which the copies say.
"""
