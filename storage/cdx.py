"""CDXJ: one sorted line for each capture that replays (pywb's format: SURT key, 14 digits, JSON).

Looks answered by a 304 have no line: replay tools show an empty page for them, and the capture before is the same page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from storage.surt import surt
from storage.warc.segment import Capture

LONG = len("2026-03-29T01:30:00.000000Z")


def cdxj(captures: Iterable[Capture], *, filename: str) -> str:
    """Return the index of these captures of one WARC file, sorted bytewise."""
    return in_order(index_line(capture, filename) for capture in captures if replays(capture))


def in_order(lines: Iterable[str]) -> str:
    """Return an index of these lines, sorted bytewise."""
    return "".join(sorted(lines, key=lambda line: line.encode()))


def replays(capture: Capture) -> bool:
    """Return whether a replay tool can show this capture: an answer, or a revisit of one with the same payload."""
    return capture.status is not None and capture.status != 304


def index_line(capture: Capture, filename: str) -> str:
    """Return the line of one capture that replays."""
    fields = {
        "url": capture.url,
        "mime": "warc/revisit" if capture.record_type == "revisit" else capture.media_type or "unk",
        "status": str(capture.status),
        "digest": capture.payload_digest or "-",
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": filename,
    }
    return f"{surt(capture.url)} {digits(capture.at)} {json.dumps(fields)}\n"


def digits(at: str) -> str:
    """Return an instant in 14 digits, to the second: cut out where `rfc3339` wrote it, of any other form by warcio."""
    if len(at) != LONG:
        from warcio.timeutils import iso_date_to_timestamp

        return str(iso_date_to_timestamp(at))
    return at[:4] + at[5:7] + at[8:10] + at[11:13] + at[14:16] + at[17:19]
