"""What must hold: after each death, and at the end when everything was recovered."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from news.serial import digest_of
from storage.archive.inserting import UNREADABLE
from storage.archive.spool import DAMAGED
from storage.catalogue import opening
from storage.objects import Store, get_bytes
from storage.rebuild import rebuild
from storage.verify.findings import Finding
from storage.verify.whole import verify
from storage.warc.repairing import whole_members
from tests.storage.test_rebuild import told

if TYPE_CHECKING:
    from tests.storage.simulating.running import Known
    from tests.storage.simulating.world import World

Row = dict[str, Any]


class Broken(AssertionError):
    """Something that must hold does not."""

    def __init__(self, what: str, which: Iterable[object] = ()) -> None:
        super().__init__("\n".join((what, *(f"    {one}" for one in which))))


def at_a_death(world: World, known: Known) -> None:
    """Nothing that was sure is lost, and the store holds nothing whose segment it lacks."""
    manifests = _manifests(world.truth)
    there = {item.key for item in world.truth.list("")}
    for manifest in manifests.values():
        for item in manifest["objects"]:
            if item["key"] not in there or digest_of(get_bytes(world.truth, item["key"])) != item["sha256"]:
                raise Broken("a manifest stands before what it lists", [manifest["segment"], item["key"]])
    for key in there:
        if key.startswith("articles/") and (revision := _read(world.truth, key)):
            segment = revision["capture"]["segment"]
            if not any(other.endswith(f"/{segment}.warc.gz") for other in there):
                raise Broken("a revision lies in the store without the segment of its capture", [key, segment])
    content = b"".join(_everywhere(world, manifests))
    lost = [record for record in known.records | known.written if record.encode() not in content]
    if lost:
        raise Broken("records are lost that were sure", lost)
    _checks_out(world, known)


def unexplained(found: Sequence[Finding], known: Known) -> list[Finding]:
    """Return the findings that do not name a record which the spool's disk has damaged."""
    return [one for one in found if not any(name in one.problem for name in known.rotted)]


def _checks_out(world: World, known: Known) -> None:
    """What a death leaves gives `verify` nothing to find but notes of what waits in the spool."""
    if world.schedule.lying or known.rotting or not (world.folder / "index" / "catalogue.db").exists():
        return
    problems = [one for one in verify(world.places).findings if one.level == "problem"]
    if found := [one.row() for one in unexplained(problems, known)]:
        raise Broken("verify finds something after a death", found)


def at_the_end(world: World, known: Known) -> None:
    """Everything is in its place, once, and the catalogue says what the store does."""
    _in_order(world, known)
    report = verify(world.places)
    lied_to = world.schedule.lying  # what a key seemed not to fit was sealed unsigned, which is a note
    findings = unexplained(report.findings, known)
    if found := [one.row() for one in findings if one.level == "problem" or not lied_to]:
        raise Broken("verify finds something", found)
    _nothing_unproved(world)
    before = told(world.config)
    built = rebuild(world.places, world.config)
    after = told(world.config)
    different = [name for name in before if before[name] != after[name]]
    if different or built.problems:
        details = [difference for name in different for difference in _differences(before[name], after[name])]
        raise Broken(f"a rebuild changes {', '.join(different)}", [*built.problems, *details])


def _in_order(world: World, known: Known) -> None:
    with opening.reading(world.config.archive.catalogue) as rows:
        looks = [dict(row) for row in rows("SELECT * FROM observations ORDER BY at")]
        captures = [dict(row) for row in rows("SELECT * FROM captures ORDER BY at")]
        articles = [dict(row) for row in rows("SELECT * FROM articles")]
        urls = {row["url"]: row["article_id"] for row in rows("SELECT url, article_id FROM aliases")}
        standing = [dict(row) for row in rows("SELECT * FROM revisions ORDER BY seen_first")]
    seen = Counter((look["url"], look["at"]) for look in looks)
    if lost := known.committed - set(seen):
        raise Broken("committed looks are not in the catalogue", sorted(lost))
    if twice := [look for look, times in seen.items() if times > 1]:
        raise Broken("looks stand twice in the catalogue", twice)
    held = Counter(_records(world.truth))
    if lost_records := (known.records | known.written) - {row["record_id"] for row in captures}:
        raise Broken("captures are not in the catalogue", lost_records)
    captures = [row for row in captures if row["record_id"] not in known.rotted]
    if strange := [row["record_id"] for row in captures if held[row["record_id"]] != 1]:
        raise Broken("captures do not lie in the store exactly once", [(one, held[one]) for one in strange])
    if unseen := {row["record_id"] for row in captures} - {look["record_id"] for look in looks}:
        unread = {row["record_id"] for row in captures if _shows_no_page(row)}
        unread |= {row["record_id"] for row in captures if row["refers_to"] in known.rotted}
        if unseen - unread:
            raise Broken("captures were never looked at", unseen - unread)
    for article in articles:
        chain = [row for row in standing if row["article_id"] == article["id"] and not row["superseded"]]
        if article["id"] in urls.values() or known.rotted:
            _no_echo(article, chain)
        else:
            _true_history(article, chain, looks, {row["record_id"]: row for row in captures})


def _shows_no_page(capture: Row) -> bool:
    """Return whether no look is made of a capture that was found in a dead writer's file: a redirect, or an address
    that nobody knows as a page, as when it was killed between writing the first answer of a page and its line."""
    return capture["kind"] == "unknown" or 300 <= (capture["status"] or 0) < 400


def _no_echo(article: Row, chain: list[Row]) -> None:
    """No revision says what the one before it says."""
    told = [_state(row) for row in chain]
    if any(one == other for one, other in pairwise(told)):
        raise Broken("a revision says what the one before it says", [article["url"], *told])


def _true_history(article: Row, chain: list[Row], looks: list[Row], bodies: dict[str, Row]) -> None:
    """The history of an article that had one address is what was seen there, in order.

    A late look for which the history could not be read says so, and is left for `reread`.
    """
    _no_echo(article, chain)
    told = [_state(row) for row in chain]
    there = [look for look in looks if look["url"] == article["url"] and look["record_id"]]
    if any(look["outcome"] == "moved" or look["reason"] == UNREADABLE for look in there):
        return
    seen = [_seen(look, bodies[look["record_id"]]) for look in there]
    wanted = [state for state, _ in groupby(state for state in seen if state)]
    while wanted and wanted[0] == "gone":
        wanted.pop(0)
    if [state == "gone" for state in wanted] != [state == "gone" for state in told]:
        raise Broken("an article's history is not what was seen", [article["url"], f"seen {wanted}", f"told {told}"])


def _seen(look: Row, capture: Row) -> str | None:
    """Return what a capture shows: its payload's digest, `gone`, or None where it shows nothing new."""
    if capture["status"] == 404:
        return "gone"
    return str(capture["payload_digest"]) if capture["status"] == 200 else None


def _state(revision: Row) -> str:
    classes = json.loads(revision["classes"])
    return next((name for name in ("gone", "moved") if name in classes), None) or str(revision["content_digest"])


def _nothing_unproved(world: World) -> None:
    manifests = _manifests(world.truth)
    listed = {item["key"] for manifest in manifests.values() for item in manifest["objects"]} | set(manifests)
    strays = [
        item.key
        for item in world.truth.list("")
        if item.key.startswith(("warc/", "articles/")) and item.key not in listed
    ]
    if strays:
        raise Broken("no manifest lists what lies in the store", strays)
    if left := [path.name for path in world.spool.rglob("*.*") if path.parent.name != DAMAGED]:
        raise Broken("the spool still holds what was sealed", left)


def _manifests(store: Store) -> dict[str, Row]:
    keys = [item.key for item in store.list("warc/") if item.key.endswith(".manifest.json")]
    return {key: read for key in keys if (read := _read(store, key)) is not None}


def _read(store: Store, key: str) -> Row | None:
    """Return an object's JSON, or None for one that a lying store cut short."""
    try:
        read: Row = json.loads(get_bytes(store, key))
    except ValueError:
        return None
    return read


def _everywhere(world: World, manifests: dict[str, Row]) -> Iterator[bytes]:
    """Yield what the WARC files hold that are safe: those of the spool, and those that a manifest proves."""
    for path in world.spool.glob("*/*.warc.gz"):
        content = path.read_bytes()
        for member in whole_members(path):
            yield _inflated(content[member.offset : member.end])
    for manifest in manifests.values():
        yield from (
            _inflated(get_bytes(world.truth, item["key"]))
            for item in manifest["objects"]
            if item["key"].endswith(".warc.gz")
        )


def _records(store: Store) -> Iterator[str]:
    """Yield the ids of the answers in all sealed WARC files."""
    for item in store.list("warc/"):
        if item.key.endswith(".warc.gz"):
            for record in gzip.decompress(get_bytes(store, item.key)).split(b"WARC/1.1\r\n"):
                if record.startswith((b"WARC-Type: response", b"WARC-Type: revisit")):
                    yield record.partition(b"WARC-Record-ID: ")[2].partition(b"\r\n")[0].decode()


def _inflated(content: bytes) -> bytes:
    """Return all that the whole gzip members at the beginning hold."""
    out = []
    while content:
        member = zlib.decompressobj(31)
        try:
            out.append(member.decompress(content))
        except zlib.error:
            break
        if not member.eof:
            break
        content = member.unused_data
    return b"".join(out)


def _differences(before: Any, after: Any) -> Iterator[str]:
    for one, other in zip(before, after, strict=False):
        if one != other:
            rows = isinstance(one, Mapping) and isinstance(other, Mapping)
            yield f"before {_other_than(one, other) if rows else one}"
            yield f"after  {_other_than(other, one) if rows else other}"
    if len(before) != len(after):
        yield f"{len(before)} before, {len(after)} after"


def _other_than(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row says otherwise than another, and what it is about."""
    return {name: one[name] for name in one if one[name] != other.get(name) or name in ("url", "record_id", "name")}
