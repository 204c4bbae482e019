"""Captures found in a WARC file itself: for recovery, for others' files, and to check an index against its segment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from news.serial import digest_of, rfc3339
from storage.warc.reading import Record, answer, records
from storage.warc.segment import Capture, evidence, media_type

ANSWERS = ("response", "revisit")


def captures_in(path: Path, *, site: str) -> Iterator[Capture]:
    """Yield a capture for each HTTP answer in a file of ours, with its place; `kind` is left `unknown`."""
    with path.open("rb") as stream:
        before: Record | None = None
        for record in records(stream):
            if before is not None:
                yield from _capture(path, site, before, end=record.offset or 0)
            before = record
        if before is not None:
            yield from _capture(path, site, before, end=path.stat().st_size)


def answers_in(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the id of each HTTP answer in a file, and where its record begins."""
    with path.open("rb") as stream:
        for record in records(stream):
            if record.type in ANSWERS and record.offset is not None:
                yield record.record_id or "", record.offset


def _capture(path: Path, site: str, record: Record, *, end: int) -> Iterator[Capture]:
    if record.type not in ANSWERS or record.url is None or record.at is None or record.offset is None:
        return
    taken = answer(record.block)
    yield Capture(
        record_id=record.record_id or "",
        request_id="",
        site=site,
        segment=path.name.removesuffix(".warc.gz"),
        offset=record.offset,
        length=end - record.offset,
        url=record.url,
        page=record.url,
        at=rfc3339(record.at),
        kind="unknown",
        record_type=record.type,
        status=taken.head.status if taken else None,
        media_type=media_type(taken.head if taken else None),
        payload_digest=record.get("WARC-Payload-Digest"),
        block_digest=record.get("WARC-Block-Digest") or digest_of(record.block),
        refers_to=record.get("WARC-Refers-To"),
        truncated=record.get("WARC-Truncated"),
        evidence=evidence(taken.head if taken else None),
    )
