"""A WACZ file (1.1.1): records, their index and the list of pages in one zip that replays from any web server.

Source: Web Archive Collection Zipped 1.1.1. Members of `archive/` are stored, not deflated, so that a replay tool reads
each record where it lies by a Range request; the rest is deflated.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from news.serial import rfc3339
from storage.export.signing import WaczSigner
from storage.export.warc import Copied, Origin, Out, Written, write_warc

VERSION = "1.1.1"
PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the list: a revision, by the capture that shows it."""

    id: str
    record_id: str
    title: str
    text: str | None


@dataclass(slots=True, kw_only=True)
class Packed:
    """What a WACZ file holds: its records, how many pages it lists, and whether it is signed."""

    warc: Written
    pages: int
    signed: bool

    def row(self) -> dict[str, Any]:
        """Return it as `export --json` prints it."""
        return {**self.warc.row(), "index_lines": len(self.warc.index), "pages": self.pages, "signed": self.signed}


def write_wacz(
    records: Copied,
    pages: Iterable[Page],
    stream: BinaryIO,
    origin: Origin,
    *,
    name: str,
    redact: bool,
    signer: WaczSigner | None,
) -> Packed:
    """Write the file; `name` is that of the WARC file in it, `pages` is asked once the records are written."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:
        package = _Package(packed, origin.now)
        with package.part(f"archive/{name}", stored=True) as part:
            warc = write_warc(records, part, origin, filename=name, redact=redact)
        with package.part("indexes/index.cdxj") as part:
            for line in sorted(line.encode() for line in warc.index):
                part.write(line)
        listed = 0
        first: dict[str, Any] = {}
        with package.part("pages/pages.jsonl") as part:
            part.write(_line(PAGES))
            for row in _pages(pages, warc):
                part.write(_line(row))
                first = max(first, row, key=lambda each: each.get("ts", ""))
                listed += 1
        said = _datapackage(package.resources, first, origin, signer)
        package.put("datapackage.json", said)
        digest = f"sha256:{hashlib.sha256(said).hexdigest()}"
        package.put("datapackage-digest.json", _digest(digest, origin, signer))
    return Packed(warc=warc, pages=listed, signed=signer is not None)


class _Package:
    """The zip while it is written, and what its data package has to list."""

    def __init__(self, packed: zipfile.ZipFile, now: datetime) -> None:
        self.resources: list[dict[str, Any]] = []
        self._packed = packed
        self._at = now.astimezone(UTC)

    @contextmanager
    def part(self, path: str, *, stored: bool = False) -> Iterator[Out]:
        with self._packed.open(self._info(path, stored=stored), "w", force_zip64=stored) as stream:
            hashed = _Hashed(stream)
            yield hashed
        resource = {"name": path.rpartition("/")[2], "path": path, "hash": hashed.said, "bytes": hashed.size}
        self.resources.append(resource)

    def put(self, path: str, content: bytes) -> None:
        self._packed.writestr(self._info(path), content)

    def _info(self, path: str, *, stored: bool = False) -> zipfile.ZipInfo:
        """Return a part's entry. Its time in seconds stands before its content and in the zip's directory alike.

        A replay tool that finds no extra field in the directory takes it that there is none before the content either;
        but there a part of unknown size has one (zip64).
        """
        info = zipfile.ZipInfo(path, self._at.timetuple()[:6])
        info.extra = struct.pack("<2sHBI", b"UT", 5, 1, int(self._at.timestamp()))
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info


class _Hashed:
    """A stream that is hashed and counted as it is written."""

    def __init__(self, stream: Any) -> None:
        self.size = 0
        self._stream = stream
        self._digest = hashlib.sha256()

    @property
    def said(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"

    def write(self, content: bytes, /) -> None:
        self._stream.write(content)
        self._digest.update(content)
        self.size += len(content)


def _pages(pages: Iterable[Page], warc: Written) -> Iterator[dict[str, Any]]:
    """Yield the rows of those pages whose capture is in the file and replays."""
    for page in pages:
        shown = warc.replayed.get(page.record_id)
        if shown is not None:
            row = {"id": page.id, "url": shown[0], "ts": shown[1], "title": page.title}
            yield row | ({"text": page.text} if page.text is not None else {})


def _datapackage(
    resources: list[dict[str, Any]], page: dict[str, Any], origin: Origin, signer: WaczSigner | None
) -> bytes:
    said = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": f"Stop Press: {origin.chosen}",
        "description": f"Records and revisions of {origin.chosen}, copied from a Stop Press archive.",
        "created": created(origin),
        "modified": created(origin),
        "software": origin.software,
        "resources": resources,
        **({"mainPageUrl": page["url"], "mainPageDate": page["ts"]} if page else {}),
        **({"stoppress": signer.vouched} if signer else {}),
    }
    return json.dumps(said, indent=2).encode()


def _digest(digest: str, origin: Origin, signer: WaczSigner | None) -> bytes:
    said: dict[str, Any] = {"path": "datapackage.json", "hash": digest}
    if signer is not None:
        said["signedData"] = signer.signed_data(digest, created=created(origin), software=origin.software)
    return json.dumps(said, indent=2).encode()


def created(origin: Origin) -> str:
    """Return when the file was made, to the second."""
    return f"{rfc3339(origin.now)[:19]}Z"


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"
