"""What was sealed, played as journal lines: manifests in the order they were sealed, revisions put back into events.

What can't be played is left out and told: the lines then say as much as the store still does.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from news.errors import ObjectCorrupt, ObjectMissing, StoreError
from news.serial import digest_of
from storage.catalogue.recording import Recorder
from storage.catalogue.rows import revision_key
from storage.objects import Store
from storage.verify.contents import content, contents
from storage.verify.manifests import Manifest, Proved
from storage.warc.members import unpacked_lines

Line = dict[str, Any]
_Revision = tuple[Line, bytes]  # as JSON, and the bytes that it lies in the store as
TOGETHER = 250
"""Lines that are played in one transaction."""

KINDS = {"capture": "captures", "look": "looks", "alias": "aliases"}


@dataclass(slots=True, kw_only=True)
class Played:
    """How much of what was played, and in `problems` what had to be left out."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("segments", *KINDS.values(), "revisions"), 0))
    problems: list[str] = field(default_factory=list)


def play(recorder: Recorder, lines: Iterator[Line], played: Played) -> None:
    """Play a segment's lines, some hundred at a time: with their revisions they may be more than can be held."""
    played.counts["segments"] += 1
    while batch := list(islice(lines, TOGETHER)):
        recorder.apply(batch)
        _count(played, batch)


def opened_line(site: str, segment: str) -> Line:
    """Return the line that a segment's journal begins with, which its name says."""
    stamp = segment.removeprefix(f"{site}-")[:14]
    opened = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return {"t": "segment", "name": segment, "site": site, "opened": f"{opened:%Y-%m-%dT%H:%M:%S.%fZ}"}


def sealed_lines(store: Store, manifest: Manifest, played: Played) -> Iterator[Line]:
    """Yield the lines that a sealed segment's journal held, its revisions put back in."""
    yield opened_line(manifest.site, manifest.segment)
    proofs = {item.key: item for item in manifest.revisions}
    events = _events(store, manifest, played)
    while batch := list(islice(events, TOGETHER)):
        lines = [line for event in batch for line in _line(event, manifest, played)]
        keys = [key for line in lines for key in _revision_keys(line)]
        found = dict(_revisions(store, manifest, keys, proofs, played))
        yield from (_completed(line, found) for line in lines)
    segment = manifest.part(".warc.gz")
    yield {
        "t": "sealed",
        "name": manifest.segment,
        "sealed": manifest.sealed,
        "warc_key": segment.key if segment else f"{manifest.stem}.warc.gz",
        "bytes": segment.size if segment else 0,
        "manifest": manifest.digest,
    }


def _events(store: Store, manifest: Manifest, played: Played) -> Iterator[bytes]:
    """Yield the segment's events as they lie in the store, where that is what was sealed."""
    try:
        yield from unpacked_lines(_proved(store, manifest.part(".jsonl.gz"), manifest))
    except (StoreError, zlib.error) as error:
        played.problems.append(f"left out: looks of segment {manifest.segment}: {error}")


def _line(event: bytes, manifest: Manifest, played: Played) -> Iterator[Line]:
    try:
        yield json.loads(event)
    except ValueError as error:
        played.problems.append(f"left out: a look of segment {manifest.segment}: {error}")


def _revision_keys(line: Line) -> list[str]:
    """Return where the revisions lie that a line brought."""
    seen = line.get("observation")
    if seen and seen["revision"]:
        return [revision_key({**seen, "seen_first": seen["at"]}, seen["revision"])]
    links = line["revisions"] if line["t"] == "reread" else ()
    return [revision_key({**line, "seen_first": link["seen_first"]}, link["digest"]) for link in links]


def _completed(line: Line, found: Mapping[str, _Revision]) -> Line:
    """Return a line with its revisions, those that the store still has whole."""
    keys = _revision_keys(line)
    if line["t"] == "reread":
        links = zip(line["revisions"], keys, strict=True)
        return {**line, "revisions": [{**link, "object": found[key][0]} for link, key in links if key in found]}
    if keys:
        line["revision"], line["content"] = found.get(keys[0], (None, None))
    return line


def _revisions(
    store: Store, manifest: Manifest, keys: Sequence[str], proofs: Mapping[str, Proved], played: Played
) -> Iterator[tuple[str, _Revision]]:
    """Yield by key the revisions that were made here and are whole, and tell of the others."""
    for key, found in zip(keys, contents(store, keys), strict=True):
        try:
            whole = _whole(key, found, proofs.get(key), manifest)
            yield key, (json.loads(whole), whole)
        except (StoreError, ValueError) as error:
            played.problems.append(f"left out: revision {key}: {error}")


def _proved(store: Store, item: Proved | None, manifest: Manifest) -> bytes:
    if item is None:
        raise ObjectMissing(f"the manifest of {manifest.segment} does not list them")
    return _whole(item.key, content(store, item.key), item, manifest)


def _whole(key: str, found: bytes | StoreError, item: Proved | None, manifest: Manifest) -> bytes:
    """Return what was found of an object, which its manifest proves; raises why it can't be had or is not that."""
    if item is None:
        raise ObjectMissing(f"the manifest of {manifest.segment} does not list it")
    if isinstance(found, StoreError):
        raise found
    if digest_of(found) != item.sha256:
        raise ObjectCorrupt(f"{key} is not what was sealed")
    return found


def _count(played: Played, lines: Sequence[Mapping[str, Any]]) -> None:
    for line in lines:
        if line["t"] in KINDS:
            played.counts[KINDS[line["t"]]] += 1
        played.counts["revisions"] += line.get("revision") is not None
