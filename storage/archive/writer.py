"""The one that writes a site: appends exchanges, records looks, commits both together, seals."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from news.errors import LeaseLost, ObjectCorrupt, SpoolUnavailable, StoreUnavailable
from news.model import Document, Revision, Site
from news.serial import revision_json, shown_json
from news.sites import Reader
from storage.archive.look import Committed, Look
from storage.archive.observing import Observer
from storage.archive.outage import LONGEST_PAUSE, Away, note_waiting, nothing_waits, waiting_in
from storage.archive.sealing import seal
from storage.archive.spool import OpenSegment, Place, SpoolLock, spooling
from storage.catalogue import reading
from storage.catalogue.rows import stored_capture
from storage.warc.exchange import Exchange
from storage.warc.reading import decoded, taken_apart
from storage.warc.segment import IDENTICAL, Capture, RefersTo
from storage.warc.telling import Witness

if TYPE_CHECKING:
    from storage.archive.archive import Archive
    from storage.leases import Lease

log = logging.getLogger(__name__)

Line = Mapping[str, Any]
MOST_HELD = 5000
"""Captures or looks that a segment holds at most, or a few more: some 50 MB for who checks it."""


class SiteWriter:
    """Writes one site. While it lives it holds the site's lock and lease, so no other process writes it.

    `waiting` are closed segments that the store does not have yet, oldest first; `unread` captures that nobody looked
    at yet, since what they repeat lies in a store that was away; `refused` says why the oldest of those that wait can't
    be sealed though the store is there, as when other bytes lie under a key of it: the site's others wait behind it.
    """

    def __init__(self, archive: Archive, site: Site, reader: Reader, lock: SpoolLock, lease: Lease) -> None:
        self.site = site
        self.reader = reader
        self.waiting: list[Place] = []
        self.unread: list[Capture] = []
        self.refused: Away | None = None
        self._archive = archive
        self._lock = lock
        self._lease = lease
        self._open: OpenSegment | None = None
        self._pending: list[Line] = []
        self._held = Counter[str]()
        self._observer = Observer(archive, self)

    @property
    def bytes_open(self) -> int:
        """Bytes in the open segment, 0 when none is open."""
        return self._open.segment.size if self._open else 0

    @property
    def opened(self) -> datetime | None:
        """When the open segment was opened, or None."""
        return self._open.segment.opened if self._open else None

    def is_full(self, most_bytes: float) -> bool:
        """Return whether the open segment has grown enough: in bytes, or in captures or looks, which a seal, a check
        and a rebuild hold a segment at a time.
        """
        return self.bytes_open > most_bytes or max(self._held.values(), default=0) >= MOST_HELD

    def append(self, exchange: Exchange, *, refers_to: RefersTo | None = None) -> Capture | None:
        """Write an exchange to the open segment before anything else sees it; return where its answer lies, if any.

        Raises `StoreUnavailable` when the spool can't take it: the exchange then counts as failed.
        """
        with spooling(self._archive.spool):
            opened = self._segment(exchange.started)
            capture = opened.segment.append(exchange, refers_to=refers_to)
        if capture is not None:
            self.write({"t": "capture", **capture.row()}, exchange.started)
        return capture

    def append_witnesses(self, capture: Capture, witnesses: Sequence[Witness], now: datetime) -> None:
        """Write to the open segment what led to a capture, by record id."""
        if witnesses:
            with spooling(self._archive.spool):
                self._segment(now).segment.append_witnesses(capture, witnesses, now)

    def append_member(self, member: bytes, now: datetime) -> tuple[str, int]:
        """Append a record made elsewhere, one gzip member, to the open segment; return its name and where that lies."""
        with spooling(self._archive.spool):
            opened = self._segment(now)
            return opened.place.name, opened.segment.append_member(member)

    def document(self, capture: Capture) -> Document:
        """Return the decoded view of a capture, from its WARC record; raises `ObjectCorrupt` when there is none.

        A revisit has its own head and the body of the capture that it repeats.
        """
        at_hand = self._open.segment.written(capture.record_id) if self._open else None
        body_of = None
        if capture.record_type == "revisit" and capture.refers_to:
            original = reading.original(self._archive.rows, capture.refers_to)
            if original is None:
                raise ObjectCorrupt(f"record {capture.record_id} repeats {capture.refers_to}, which is not known")
            body_of = self._archive.record(original)
        taken = taken_apart(at_hand or self._archive.record(capture), body_of=body_of)
        if taken is None:
            raise ObjectCorrupt(f"record {capture.record_id} in {capture.segment} holds no HTTP answer")
        return decoded(taken, max_bytes=self._archive.max_body_bytes)

    def seen_before(self, url: str, payload_digest: str) -> RefersTo | None:
        """Return the capture of this address that holds the same payload, for a revisit to stand on, or None."""
        found = reading.same_payload(self._archive.rows, self.site.name, url, payload_digest)
        if found is None or self._archive.is_out_of_reach(found):
            return None  # what can't be read now is written whole, so that it can
        return RefersTo(
            record_id=found["record_id"],
            url=found["url"],
            at=found["at"],
            payload_digest=payload_digest,
            profile=IDENTICAL,
        )

    def last_robots(self, url: str) -> Capture | None:
        """Return the newest archived answer for this address's robots.txt, whatever it said, or None."""
        found = reading.last_robots(self._archive.rows, self.site.name, url)
        return stored_capture(found) if found else None

    def last_good_robots(self, url: str) -> Capture | None:
        """Return the newest archived robots.txt of this address that was there, or None."""
        found = reading.last_good_robots(self._archive.rows, self.site.name, url)
        return stored_capture(found) if found else None

    def observe(self, look: Look) -> tuple[Committed, ...]:
        """Turn a look into its observation and, where its state is new, its revision; both wait for the next commit.

        A redirect to an article makes two: one of the address that led on, one of what was found there.
        """
        return self._observer.observe(look)

    def put_by(self, look: Look) -> bool:
        """Keep a look that is older than its article's history is long for `lay_late`; False where it is none such.

        Nothing of it is written before that. Each observed alone would cost as much as its article's history is long.
        """
        return self._observer.put_by(look)

    def lay_late(self) -> tuple[Committed, ...]:
        """Turn the looks that were put by into observations and revisions, and commit them."""
        return self._observer.lay_late()

    def write(self, line: Line, at: datetime) -> str:
        """Put a line in the journal, to be committed; return the name of the segment that it belongs to."""
        with spooling(self._archive.spool):
            opened = self._segment(at)
            opened.journal.append(line)
        self._held[line["t"]] += 1
        self._pending.append(line)
        return opened.place.name

    def write_look(self, line: Line, at: datetime, revision: Revision | None, content: bytes | None) -> None:
        """Put a look's line in the journal, to be committed, with the revision that it made and that one's bytes."""
        with spooling(self._archive.spool):
            self._segment(at).journal.append(line, content)
        self._held["look"] += 1
        if revision is not None:
            digest = line["observation"]["revision"]
            line = {**line, "revision": revision_json(revision, shown_json), "content": content, "digest": digest}
        self._pending.append(line)

    def segment_name(self, at: datetime) -> str:
        """Return the name of the open segment, opening one where there is none."""
        with spooling(self._archive.spool):
            return self._segment(at).place.name

    def sync(self) -> None:
        """Put the records that were written on the disk, before anything is told of them."""
        if self._open is not None:
            with spooling(self._archive.spool):
                self._open.segment.sync()

    def commit(self) -> None:
        """Make all that waits durable and visible: records, then journal, then one catalogue transaction.

        Raises `LeaseLost`, and changes nothing, where another has taken the site; the spool then keeps what waits.
        What the catalogue can't take waits for the next commit.
        """
        self._lease.renew(datetime.now(UTC))
        if not self._pending:
            return
        assert self._open is not None
        with spooling(self._archive.spool):
            self._open.segment.sync()
            self._open.journal.sync()
        try:
            self._archive.recorder.apply(self._pending)
        except LeaseLost:
            self._pending = []  # the one that has the site takes it from the spool
            raise
        self._pending = []
        self._observer.committed()

    def seal(self, now: datetime) -> str | None:
        """Commit, and bring all that was written into the store; return the newest segment, None when there was none.

        Raises `StoreUnavailable` when the store can't take it: it then waits in the spool, and can be read from there.
        """
        self.look_again()
        newest = self.set_aside()
        while self.waiting:
            with spooling(self._archive.spool):
                seal(self._archive, self.waiting[0], now=now)
            self.sealed(self.waiting[0])
        return newest

    def set_aside(self) -> str | None:
        """Commit, and close the open segment, which waits for its seal then; return its name."""
        self.commit()
        if self._open is None:
            return None
        opened, self._open = self._open, None
        with spooling(self._archive.spool):
            opened.close()
        self.waiting.append(opened.place)
        if away := self._archive.outage.away or self.refused:
            self.note(away)
        return opened.place.name

    def try_to_seal(self, now: datetime) -> None:
        """Bring what waits into the store, or note that it can't be reached, or what stands there in its way."""
        try:
            self._archive.reach()
            self._archive.outage.trying = True
            try:
                self.seal(now)
            except ObjectCorrupt as error:
                self.refuse(error, now)
            self._archive.outage.answered()
        except SpoolUnavailable:
            raise
        except StoreUnavailable as error:
            self.note(self._archive.outage.failed(str(error), now))

    def refuse(self, error: ObjectCorrupt, now: datetime) -> None:
        """Note that what waits can't be sealed as long as what the error tells of is not mended: someone must look.

        What is captured meanwhile waits behind it. It is tried again after some minutes, and at each start.
        """
        since = self.refused.since if self.refused else now
        why = (
            f"{self.waiting[0].name} can't be sealed, and what comes after it waits behind it: {error}. Bring back "
            "what was there (`stoppress restore KEY`), or take away what no manifest lists"
        )
        log.error("%s", why)
        self.refused = Away(since=since, next_try=now + timedelta(seconds=LONGEST_PAUSE), tries=1, why=why)
        self.note(self.refused)

    def has_work(self, now: datetime) -> bool:
        """Return whether something waits that may be brought into the store now."""
        return bool(self.unread or (self.waiting and (self.refused is None or now >= self.refused.next_try)))

    def seal_apart(self, place: Place, now: datetime) -> None:
        """Seal a segment that waits, in another thread than the writer's own; the writer is to be told by `sealed`."""
        self._archive.seal_apart(place, now)

    def check_room(self) -> None:
        """Raise `SpoolFull` while nothing should be fetched."""
        if self._archive.room is not None:
            self._archive.room.check()

    def look_again(self) -> None:
        """Look at the captures that nobody could look at; raises `StoreUnavailable` where the store is away still."""
        from storage.archive.recovery import look_again_at

        look_again_at(self, self.unread)

    def holds_look_at(self, capture: Capture) -> bool:
        """Return whether a look at this capture was written and waits for the next commit."""
        looks = (line["observation"] for line in self._pending if line["t"] == "look")
        return any(look["record_id"] == capture.record_id for look in looks)

    def look_later(self, capture: Capture) -> None:
        """Look at a capture once the store can be read, and before its segment is sealed."""
        self.unread.append(capture)

    def sealed(self, place: Place) -> None:
        """Note that a segment is in the store."""
        self.waiting.remove(place)
        self.refused = None
        if not self.waiting:
            nothing_waits(place.folder)

    def note(self, away: Away) -> None:
        """Note beside the spool what waits there for the store."""
        if self.waiting:
            folder = self.waiting[0].folder
            before = waiting_in(folder)
            since = min(before.since, away.since) if before else away.since
            note_waiting(folder, replace(away, since=since), [place.name for place in self.waiting])

    def close(self) -> None:
        """Commit and let go of the site; what is not sealed stays in the spool for the next start."""
        try:
            self.commit()
        finally:
            try:
                if self._open is not None:
                    self._open.close()
                    self._open = None
            finally:
                self._lease.release()
                self._lock.release()

    def _segment(self, now: datetime) -> OpenSegment:
        if self._open is None:
            self._open = self._archive.open_segment(self.site, now)
            self._held.clear()
        return self._open
