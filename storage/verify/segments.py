"""One sealed segment, the unit of verifying: objects hashed, records, index and events held against each other."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from news.errors import ObjectCorrupt, ObjectMissing, StoreError
from news.serial import digest_of
from storage.catalogue import opening
from storage.catalogue.rows import revision_key, told_columns
from storage.ledger.leaves import ENDING as LEAVES
from storage.objects import Store
from storage.verify.captures import DIGESTS, captures_of, record_findings
from storage.verify.cdxj import cdxj_findings
from storage.verify.contents import as_far_as_read, check_reach, contents, unreadable
from storage.verify.findings import RESTORE, Finding
from storage.verify.index import LOOK, index_findings
from storage.verify.ledger import leaf_findings
from storage.verify.manifests import Manifest, Proved
from storage.verify.records import PAYLOAD, Found, Hashed, found_in
from storage.verify.reports import Chained, SegmentReport
from storage.warc.members import unpacked_lines
from storage.warc.segment import Capture

Line = Mapping[str, Any]

TOLD = ("article_id", "site", "previous", "classes", "seen_first", "capture")
"""What of a revision is held against other things; an article takes many times as much."""

PROOF = ("record_id", "segment", "block_digest", "payload_digest")
CAPTURE = tuple(field.name for field in fields(Capture))


def check_segment(store: Store, manifest: Manifest, *, catalogue: str | None) -> SegmentReport:
    """Return what is wrong with a sealed segment; `catalogue` is None where there is none to be asked.

    Objects that are missing altogether are told by who reads the manifests, and passed over here.
    """
    return _Check(store, manifest, catalogue).run()


class _Check:
    def __init__(self, store: Store, manifest: Manifest, catalogue: str | None) -> None:
        self._store = store
        self._manifest = manifest
        self._catalogue = catalogue
        self._report = SegmentReport()
        self._own: Mapping[str, Line] = {}
        self._lost: Mapping[str, Line] = {}
        self._namesakes: list[bytes] = []

    def run(self) -> SegmentReport:
        report, manifest = self._report, self._manifest
        lines = self._events()
        records = self._records(_imported(lines or ()))
        leaves = None if records is None else [*(record.leaf for record in records.values()), *self._namesakes]
        report.tell(as_far_as_read(self._store, self._key(LEAVES), leaf_findings(self._store, manifest, leaves)))
        relaid = _relaid(lines or ())
        revisions = self._revisions(relaid)
        report.count("segments")
        if lines is None:
            return report
        captures = {line["record_id"]: line for line in lines if line["t"] == "capture"}
        looks = [line for line in lines if line["t"] == "look"]
        report.count("looks", len(looks))
        self._own = captures
        self._lost = {line["record_id"]: line for line in lines if line["t"] == "damaged"}
        report.tell(self._count_findings(captures, looks))
        if records is not None:
            report.tell(record_findings(records, captures, self._key(".warc.gz"), self._key(".jsonl.gz")))
            report.count("captures", len(captures))
        self._check_index(captures)
        report.tell(self._look_findings(looks, revisions))
        report.tell(self._revision_findings(revisions, looks, relaid))
        if self._catalogue is not None:
            with opening.reading(self._catalogue) as rows:
                report.tell(index_findings(rows, manifest, lines, revisions))
        return report

    def _key(self, ending: str) -> str:
        return self._manifest.stem + ending

    def _records(self, imported: Collection[str]) -> dict[str, Found] | None:
        """Return the segment's records by id, or None where the segment can't be trusted or read."""
        item = self._manifest.part(".warc.gz")
        if item is None:
            return None
        found: dict[str, Found] = {}
        told: list[Finding] = []
        try:
            with self._store.open(item.key) as stream:
                hashed = Hashed(stream)
                try:
                    for record in found_in(hashed):
                        self._enter(found, record)
                        taken_in = (PAYLOAD,) if record.name in imported else ()
                        problems = [problem for problem in record.problems if problem not in taken_in]
                        told += [_damaged(item.key, record, problem) for problem in problems]
                except ObjectCorrupt as error:
                    told.append(Finding(object=item.key, problem=str(error), advice=RESTORE))
                whole = self._proves(item, hashed.finish())
        except ObjectMissing:
            return None
        except StoreError as error:
            check_reach(self._store)
            self._report.tell([unreadable(item.key, error)])
            return None
        self._report.tell(told)
        self._report.count("records", len(found))
        return found if whole and not told else None

    def _enter(self, found: dict[str, Found], record: Found) -> None:
        """Enter a record under its id; of others' namesakes the answer counts, and the tree has a leaf for each."""
        before = found.get(record.name)
        if before is None:
            found[record.name] = record
            return
        answers = before.type in ("response", "revisit")
        self._namesakes.append(record.leaf if answers else before.leaf)
        if not answers:
            found[record.name] = record

    def _events(self) -> list[Line] | None:
        item = self._manifest.part(".jsonl.gz")
        content = self._bytes(item) if item else None
        if content is None:
            return None
        try:
            return [_kept(json.loads(line)) for line in unpacked_lines(content)]
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            self._report.tell(
                [Finding(object=self._key(".jsonl.gz"), problem=f"can't be read: {error}", advice=RESTORE)]
            )
            return None

    def _revisions(self, relaid: Collection[str]) -> dict[str, tuple[str, Line]]:
        """Return the revisions that were sealed with the segment, as far as they are whole, without their articles.

        They come as `digest: (key, JSON)`.
        """
        found: dict[str, tuple[str, Line]] = {}
        for item, content in self._whole_ones(self._manifest.revisions):
            self._report.count("revisions")
            try:
                revision = json.loads(content)
                right = revision_key(revision, item.sha256)
                self._report.revisions.append(_chained(item, revision, relaid=item.sha256 in relaid))
                columns = told_columns(revision)
                revision = {**{name: revision[name] for name in TOLD}, "columns": columns}
                revision["capture"] = {name: revision["capture"][name] for name in PROOF}
            except (ValueError, KeyError, TypeError) as error:
                self._report.tell([Finding(object=item.key, problem=f"is no revision: {error!r}", advice=RESTORE)])
                continue
            if right != item.key:
                said = f"its name is not its content's: that would be {right}"
                self._report.tell([Finding(object=item.key, problem=said, advice=RESTORE)])
                continue
            found[item.sha256] = (item.key, revision)
        return found

    def _whole_ones(self, items: Sequence[Proved]) -> Iterator[tuple[Proved, bytes]]:
        """Yield small objects that hold what was sealed."""
        for item, content in zip(items, contents(self._store, [item.key for item in items]), strict=True):
            if isinstance(content, ObjectMissing):
                continue
            if isinstance(content, StoreError):
                self._report.tell([unreadable(item.key, content)])
            elif self._proves(item, (digest_of(content), len(content))):
                yield item, content

    def _bytes(self, item: Proved) -> bytes | None:
        return next((content for _, content in self._whole_ones([item])), None)

    def _proves(self, item: Proved, is_now: tuple[str, int]) -> bool:
        self._report.count("objects")
        self._report.count("bytes", is_now[1])
        if is_now == (item.sha256, item.size):
            return True
        said = f"{is_now[1]} bytes, not the {item.size}" if is_now[1] != item.size else "other bytes than those"
        problem = f"holds {said} that were sealed: its SHA-256 is not the manifest's"
        self._report.tell([Finding(object=item.key, problem=problem, advice=RESTORE)])
        return False

    def _count_findings(self, captures: Mapping[str, Line], looks: Sequence[Line]) -> Iterator[Finding]:
        for what, said, there in (
            ("captures", self._manifest.captures, len(captures)),
            ("looks", self._manifest.looks, len(looks)),
        ):
            if said != there:
                problem = f"holds {there} {what}, the manifest says {said}"
                yield Finding(object=self._key(".jsonl.gz"), problem=problem, advice=RESTORE)

    def _check_index(self, captures: Mapping[str, Line]) -> None:
        item = self._manifest.part(".cdxj")
        content = self._bytes(item) if item else None
        if item is None or content is None:
            return
        lines = content.decode("utf-8", "replace").splitlines()
        self._report.count("cdxj_lines", len(lines))
        self._report.tell(cdxj_findings(item.key, lines, captures, f"{self._manifest.segment}.warc.gz"))

    def _look_findings(self, looks: Sequence[Line], revisions: Mapping[str, tuple[str, Line]]) -> Iterator[Finding]:
        key = self._key(".jsonl.gz")
        sealed = {item.sha256 for item in self._manifest.revisions}
        captured = self._captured({look["observation"]["record_id"] for look in looks} - {None, "", *self._lost})
        for look in looks:
            seen = look["observation"]
            what = f"the look at {seen['url']} at {seen['at']}"
            if lost := self._lost.get(seen["record_id"]):
                yield _lost_before(key, what, lost)
            elif seen["record_id"] and seen["record_id"] not in captured:
                yield Finding(
                    object=key,
                    problem=f"{what} names capture {seen['record_id']}, which no segment holds",
                    advice=RESTORE,
                )
            if seen["revision"] and seen["revision"] not in sealed and seen["revision"] not in revisions:
                problem = f"{what} names revision {seen['revision']}, which was not sealed with it"
                yield Finding(object=key, problem=problem, advice=RESTORE)

    def _revision_findings(
        self, revisions: Mapping[str, tuple[str, Line]], looks: Sequence[Line], relaid: Collection[str]
    ) -> Iterator[Finding]:
        told = {*relaid, *(look["observation"]["revision"] for look in looks)}
        proofs = defaultdict[str, list[tuple[str, Line]]](list)
        for digest, (key, revision) in revisions.items():
            if digest not in told:
                yield Finding(object=key, problem="no look made this revision", advice=RESTORE)
            proofs[revision["capture"]["segment"]].append((key, revision["capture"]))
        for segment, claims in proofs.items():
            captures = self._captures(segment)
            for key, proof in claims:
                lost = self._lost.get(proof["record_id"])
                if lost:
                    yield _lost_before(key, "this revision", lost)
                else:
                    yield from _proof_findings(key, proof, captures.get(proof["record_id"]))

    def _captured(self, wanted: set[str]) -> set[str]:
        """Return those of these captures that lie in this segment or another; recovery looks again at an earlier one's.

        Other segments are gone through one by one until nothing is wanted any more.
        """
        found = wanted & self._own.keys()
        for name in self._other_segments() if wanted - found else ():
            found |= wanted & self._captures(name).keys()
            if found == wanted:
                break
        return found

    def _other_segments(self) -> list[str]:
        """Return the site's segments, newest first: a look is never far from its capture."""
        keys = (item.key for item in self._store.list(f"warc/{self._manifest.site}/"))
        events = sorted((key for key in keys if key.endswith(".jsonl.gz")), reverse=True)
        return [key.rpartition("/")[2].removesuffix(".jsonl.gz") for key in events]

    def _captures(self, segment: str) -> Mapping[str, Line]:
        """Return the captures of a segment by record id, from its events; none where they can't be read."""
        if segment == self._manifest.segment:
            return self._own
        return captures_of(self._store, self._manifest.site, segment)


def _lost_before(key: str, what: str, lost: Line) -> Finding:
    """Return the note of what stands on a capture whose loss was told when its segment was sealed."""
    return Finding(
        object=key,
        problem=f"{what} stands on capture {lost['record_id']}, which a disk damaged before it was sealed, as the "
        "segment's events say",
        advice=f"nothing brings it back; what is left of it is {lost['kept']} in the spool where it was captured",
        level="note",
    )


def _proof_findings(key: str, proof: Line, capture: Line | None) -> Iterator[Finding]:
    if capture is None:
        problem = f"its capture {proof['record_id']} is not in segment {proof['segment']}"
        yield Finding(object=key, problem=problem, advice=RESTORE)
    elif any(capture[name] != proof[name] for name in DIGESTS):
        yield Finding(object=key, problem=f"its capture {proof['record_id']} holds other bytes", advice=RESTORE)


def _damaged(key: str, found: Found, problem: str) -> Finding:
    said = f"record {found.name} at byte {found.offset}: {problem}"
    return Finding(object=key, problem=said, advice=RESTORE)


def _kept(line: Line) -> Line:
    """Return what of an event is held against other things; lines thus share their keys, which are half of each."""
    if line["t"] == "capture":
        return {name: line[name] for name in ("t", *CAPTURE) if name in line}
    if line["t"] == "look":
        return {"t": "look", "observation": {name: line["observation"][name] for name in ("id", *LOOK)}}
    return line


def _imported(lines: Iterable[Line]) -> set[str]:
    """Return the ids of the captures that were taken in from elsewhere."""
    return {line["record_id"] for line in lines if line["t"] == "capture" and line["kind"] == "import"}


def _relaid(lines: Iterable[Line]) -> set[str]:
    """Return the digests of the revisions that a reread laid."""
    return {link["digest"] for line in lines if line["t"] == "reread" for link in line["revisions"]}


def _chained(item: Proved, revision: Line, *, relaid: bool) -> Chained:
    return Chained(
        key=item.key,
        digest=item.sha256,
        relaid=relaid,
        article=f"{revision['site']}/{revision['article_id']}",
        reader=revision["reader"],
        previous=revision["previous"],
    )
