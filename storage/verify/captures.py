"""A segment's records held against the captures that its events tell of, and another segment's captures."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from news.errors import StoreError
from storage.objects import Store, get_bytes
from storage.verify.findings import RESTORE, Finding
from storage.verify.records import Found
from storage.warc.members import unpacked_lines

SAME = {
    **{name: name for name in ("offset", "length", "url", "at", "block_digest", "payload_digest")},
    "record_type": "type",
}

DIGESTS = ("block_digest", "payload_digest")

Line = Mapping[str, Any]


def captures_of(store: Store, site: str, segment: str) -> Mapping[str, Line]:
    """Return the digests of a segment's captures by record id, from its events; none where they can't be read."""
    day = segment.removeprefix(f"{site}-")
    key = f"warc/{site}/{day[:4]}/{day[4:6]}/{day[6:8]}/{segment}.jsonl.gz"
    try:
        lines = (json.loads(line) for line in unpacked_lines(get_bytes(store, key)))
        captures = (line for line in lines if line["t"] == "capture")
        return {line["record_id"]: {name: line[name] for name in DIGESTS} for line in captures}
    except (StoreError, ValueError, KeyError, TypeError, zlib.error):
        return {}


def record_findings(
    records: Mapping[str, Found], captures: Mapping[str, Line], segment: str, events: str
) -> Iterator[Finding]:
    """Yield where records and the captures told of them differ, in either direction."""
    for record_id, found in records.items():
        if found.type in ("response", "revisit") and record_id not in captures:
            problem = f"holds record {record_id} at byte {found.offset}, which its events do not tell of"
            yield Finding(object=segment, problem=problem, advice=RESTORE)
    for record_id, capture in captures.items():
        if record_id not in records:
            problem = f"tells of record {record_id}, which the segment does not hold"
            yield Finding(object=events, problem=problem, advice=RESTORE)
            continue
        is_now = records[record_id]
        said = {name: getattr(is_now, SAME[name]) for name in SAME}
        if capture["kind"] == "import":  # our own digests of a record that may carry others
            said |= {"block_digest": is_now.block_sha256, "payload_digest": capture["payload_digest"]}
        wrong = [name for name in SAME if capture[name] not in (said[name], None)]
        if wrong:
            problem = f"tells another {', '.join(wrong)} of record {record_id} than the segment"
            yield Finding(object=events, problem=problem, advice=RESTORE)
        if capture["request_id"] and capture["request_id"] not in records:
            problem = f"what was asked for record {record_id} is not in the segment"
            yield Finding(object=segment, problem=problem, advice=RESTORE)
