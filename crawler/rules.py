"""What robots.txt says, and for how long (RFC 9309); the bytes are a stranger's."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from protego import Protego

PRODUCT = "stoppress"
"""The product token under which robots.txt may speak of us (section 2.2.1)."""

MOST_BYTES = 500 * 1024  # section 2.5
KEPT = timedelta(hours=24)  # section 2.4
KEPT_LEAST = timedelta(minutes=30)
"""Servers that let nobody keep anything (`no-cache`) would else be asked for robots.txt before every page."""

_AGENT = re.compile(r"\s*user(?:-|\s*)agent(?:\s*:|\s)\s*", re.IGNORECASE)
_US = re.compile(rf"{PRODUCT}(?![\w-])", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_UNKEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


def read_rules(body: bytes) -> Protego:
    """Return what robots.txt asks of us and of everyone, from its first 500 KiB.

    Groups for others are read as one: with thousands of names over thousands of rules, each pair would take room.
    """
    text = body[:MOST_BYTES].decode("utf-8-sig", "replace")
    return Protego.parse("\n".join(_of_us(line) for line in text.splitlines()))


def _of_us(line: str) -> str:
    found = _AGENT.match(line)
    if found is None:
        return line
    named = line[found.end() :].partition("#")[0].strip()
    ours = PRODUCT if _US.match(named) else "another"
    return f"User-agent: {'*' if named == '*' else ours}"


def kept_until(at: datetime, cache_control: str | None, age: str | None) -> datetime:
    """Return until when a robots.txt of that time holds: as its Cache-Control says, at most a day (section 2.4)."""
    said = _MAX_AGE.search(cache_control or "")
    if _UNKEPT.search(cache_control or ""):
        return at + KEPT_LEAST
    if said is None:
        return at + KEPT
    passed = int(age) if age and age.strip().isdecimal() and len(age) < 10 else 0
    return at + min(max(timedelta(seconds=int(said[1]) - passed), KEPT_LEAST), KEPT)


def tells(status: int) -> bool:
    """Return whether an answer says what robots.txt asks: its rules, or that there are none (section 2.3.1.3)."""
    return 200 <= status < 300 or (400 <= status < 500 and status != 429)
