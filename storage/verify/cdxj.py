"""A segment's CDXJ held against its captures: every line, with its key, and none too few or too many."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage.cdx import cdxj, replays
from storage.verify.findings import RESTORE, Finding
from storage.warc.segment import Capture

Line = Mapping[str, Any]


def cdxj_findings(key: str, lines: Sequence[str], captures: Mapping[str, Line], filename: str) -> Iterator[Finding]:
    """Yield where an index is not that of these captures, told by record id."""
    if lines != sorted(lines, key=lambda line: line.encode()):
        yield Finding(object=key, problem="its lines are not sorted: replay tools will not find them", advice=RESTORE)
    wanted = {line["offset"]: line for line in captures.values() if replays(_capture(line))}
    for number, text in enumerate(lines, start=1):
        try:
            said = _index_line(text)
            capture = wanted.pop(int(said["offset"]), None)
        except (ValueError, KeyError, TypeError):
            yield Finding(object=key, problem=f"line {number} is no line of an index", advice=RESTORE)
            continue
        if capture is None:
            yield Finding(object=key, problem=f"line {number} leads to no capture that replays", advice=RESTORE)
            continue
        right = _index_line(cdxj([_capture(capture)], filename=filename))
        wrong = [name for name in right if said.get(name) != right[name]]
        if wrong:
            problem = f"line {number} tells another {', '.join(wrong)} than its capture"
            yield Finding(object=key, problem=problem, advice=RESTORE)
    for capture in wanted.values():
        yield Finding(object=key, problem=f"has no line for capture {capture['record_id']}", advice=RESTORE)


def _index_line(text: str) -> dict[str, str]:
    surt, stamp, fields = text.split(" ", 2)
    return {**json.loads(fields), "key": surt, "time": stamp}


def _capture(line: Line) -> Capture:
    return Capture.from_row({name: value for name, value in line.items() if name != "t"})
