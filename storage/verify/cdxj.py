"""A segment's CDXJ held against its captures: every line, with its key, and none too few or too many."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage.cdx import index_line, replays
from storage.verify.findings import RESTORE, Finding
from storage.warc.segment import Capture

Line = Mapping[str, Any]
NOWHERE = -1


def cdxj_findings(key: str, lines: Sequence[str], captures: Mapping[str, Line], filename: str) -> Iterator[Finding]:
    """Yield where an index is not that of these captures, told by record id."""
    if lines != sorted(lines, key=lambda line: line.encode()):
        yield Finding(object=key, problem="its lines are not sorted: replay tools will not find them", advice=RESTORE)
    wanted = {line["offset"]: line for line in captures.values() if replays(_capture(line))}
    right = {index_line(_capture(line), filename).rstrip("\n"): offset for offset, line in wanted.items()}
    for number, text in enumerate(lines, start=1):
        if wanted.pop(right.get(text, NOWHERE), None) is None:
            yield from _line_findings(key, number, text, wanted, filename)
    for capture in wanted.values():
        yield Finding(object=key, problem=f"has no line for capture {capture['record_id']}", advice=RESTORE)


def _line_findings(key: str, number: int, text: str, wanted: dict[int, Line], filename: str) -> Iterator[Finding]:
    """Yield what is wrong with a line that is no capture's, whose capture is `wanted` no more then."""
    try:
        said = _index_line(text)
        capture = wanted.pop(int(said["offset"]), None)
    except (ValueError, KeyError, TypeError):
        yield Finding(object=key, problem=f"line {number} is no line of an index", advice=RESTORE)
        return
    if capture is None:
        yield Finding(object=key, problem=f"line {number} leads to no capture that replays", advice=RESTORE)
        return
    right = _index_line(index_line(_capture(capture), filename))
    wrong = [name for name in right if said.get(name) != right[name]]
    if wrong:
        problem = f"line {number} tells another {', '.join(wrong)} than its capture"
        yield Finding(object=key, problem=problem, advice=RESTORE)


def _index_line(text: str) -> dict[str, str]:
    surt, stamp, fields = text.split(" ", 2)
    return {**json.loads(fields), "key": surt, "time": stamp}


def _capture(line: Line) -> Capture:
    return Capture.from_row({name: value for name, value in line.items() if name != "t"})
