"""WARC files as others write them, made with warcio in their shapes: CC-NEWS, wget, warcprox; and repacked."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.storage.making import html


class Foreign:
    """A WARC file that is being written by another tool; WARC/1.0 with seconds and SHA-1, unless told otherwise."""

    def __init__(self, path: Path, *, version: str = "1.0", gzipped: bool = True, software: str = "news-crawl") -> None:
        self.path = path
        self._out = path.open("wb")
        self.writer = WARCWriter(self._out, gzip=gzipped, warc_version=version)
        self._add(self.writer.create_warcinfo_record(path.name, {"software": software, "format": "WARC File Format"}))

    def close(self) -> Path:
        self._out.close()
        return self.path

    def _add(self, record: object) -> str:
        self.writer.write_record(record)
        record.raw_stream.close()  # type: ignore[attr-defined]  a temporary file by then
        return str(record.rec_headers.get_header("WARC-Record-ID"))  # type: ignore[attr-defined]

    def page(
        self,
        url: str,
        body: bytes,
        at: datetime,
        *,
        status: str = "200 OK",
        fields: Sequence[tuple[str, str]] = (),
        request_first: bool = False,
        method: str = "GET",
        media: str = "text/html; charset=utf-8",
        record_id: str | None = None,
        digest: str | None = None,
    ) -> str:
        """Write an exchange; return the response's record id. With `request_first` the response names the request."""
        date, response_id = stamp(at), record_id or f"<urn:uuid:{uuid4()}>"
        request_id = f"<urn:uuid:{uuid4()}>"
        head = StatusAndHeaders(
            status, [("Content-Type", media), ("Content-Length", str(len(body))), *fields], protocol="HTTP/1.1"
        )
        asked = StatusAndHeaders(
            f"{method} / HTTP/1.1", [("Host", "news.example"), ("Cookie", "id=7")], is_http_request=True
        )
        extra = {"WARC-Payload-Digest": digest} if digest else {}
        request = self.writer.create_warc_record(
            url,
            "request",
            payload=io.BytesIO(b""),
            http_headers=asked,
            warc_headers_dict={
                "WARC-Date": date,
                "WARC-Record-ID": request_id,
                **({} if request_first else {"WARC-Concurrent-To": response_id}),
            },
        )
        response = self.writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            http_headers=head,
            warc_headers_dict={
                "WARC-Date": date,
                "WARC-Record-ID": response_id,
                **({"WARC-Concurrent-To": request_id} if request_first else {}),
                **extra,
            },
        )
        for record in (request, response) if request_first else (response, request):
            self._add(record)
        return response_id

    def revisit(
        self,
        url: str,
        at: datetime,
        *,
        of_url: str,
        of_at: datetime,
        digest: str = "sha1:AAAA",
        of_id: str | None = None,
        status: str = "200 OK",
        record_id: str | None = None,
    ) -> str:
        """Write a revisit that names what it repeats by address and instant, as warcprox does, or by `of_id` too."""
        head = StatusAndHeaders(status, [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        named = {"WARC-Refers-To": of_id} if of_id else {}
        record = self.writer.create_revisit_record(
            url,
            digest,
            of_url,
            stamp(of_at),
            http_headers=head,
            warc_headers_dict={
                "WARC-Date": stamp(at),
                "WARC-Record-ID": record_id or f"<urn:uuid:{uuid4()}>",
                **named,
            },
        )
        return self._add(record)


def stamp(at: datetime) -> str:
    """An instant as WARC/1.0 has it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def one_page(path: Path, url: str, at: datetime, headline: str = "Ferry to run all winter", *extra: str) -> Path:
    """A file with one page in it, in the shape of CC-NEWS."""
    foreign = Foreign(path)
    foreign.page(url, html(headline, *extra), at, request_first=True)
    return foreign.close()


def plain(path: Path, to: Path) -> Path:
    to.write_bytes(gzip.decompress(path.read_bytes()))
    return to


def as_one_member(path: Path, to: Path) -> Path:
    to.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    return to


def in_zstandard(path: Path, to: Path, *, dictionary: bytes | None = None) -> Path:
    """Each record a frame of its own, behind the dictionary's frame where there is one."""
    content = gzip.decompress(path.read_bytes())
    parts, start = [], 0
    while (end := content.find(b"\r\n\r\nWARC/", start)) >= 0:
        parts.append(content[start : end + 4])
        start = end + 4
    parts.append(content[start:])
    said = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    packer = zstandard.ZstdCompressor(dict_data=said)
    head = b"" if dictionary is None else b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary
    to.write_bytes(head + b"".join(packer.compress(part) for part in parts))
    return to


def records_of(path: Path) -> list[tuple[str, str]]:
    """Types and ids of a file's records, as warcio reads them."""
    with path.open("rb") as stream:
        return [
            (str(record.rec_type), str(record.rec_headers.get_header("WARC-Record-ID")))
            for record in ArchiveIterator(stream, no_record_parse=True)
        ]
