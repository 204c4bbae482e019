"""Files that are no WARC file, called by their names: what they are, and what makes WARC files of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from shlex import quote

from storage.ingest.content import ZSTD, Content

ZIP = b"PK\x03\x04"
ARC = b"filedesc:"


def called(path: Path) -> str | None:
    """Return what a file is that begins with no WARC record, and what to do; None where nobody knows."""
    with path.open("rb") as stream:
        start = stream.read(len(ZIP))
    with closing(Content(path)) as opened:
        content = opened.read(len(ARC))
    name, stem = quote(str(path)), quote(str(path.with_suffix("")))
    if start.startswith(ZIP):
        return (
            "it is a zip file, as WACZ files are, and the WARC files lie in it: "
            f"`unzip -j {name} 'archive/*' -d {stem}`, then `stoppress import {stem}/*.warc.gz`"
        )
    if content.startswith(ARC):
        made = quote(f"{path.name.partition('.')[0]}.warc.gz")
        return f"it is an ARC file, older than WARC: `warcio recompress {name} {made}`, then `stoppress import {made}`"
    if start.startswith(ZSTD):
        return f"it is packed with Zstandard: try `zstd -d {name}`, then `stoppress import` of what that gives"
    return None
