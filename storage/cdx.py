"""CDXJ: one sorted line for each capture that replays (pywb's format: SURT key, 14 digits, JSON).

Looks answered by a 304 have no line: replay tools show an empty page for them, and the capture before is the same page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from warcio.timeutils import iso_date_to_timestamp

from storage.surt import surt
from storage.warc.segment import Capture


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
    return f"{surt(capture.url)} {iso_date_to_timestamp(capture.at)} {json.dumps(fields)}\n"
