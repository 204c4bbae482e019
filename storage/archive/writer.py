"""The one that writes a site: appends exchanges, turns looks into revisions, commits both together, seals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from news.errors import ObjectCorrupt, StoreUnavailable
from news.model import CaptureRef, Document, Outcome, Site
from news.revising import Decision, Gone, History, Moved, NewRevision, Present, Verdict, decide
from news.revising.deciding import Occasion, Sight
from news.serial import canonical, digest_of, instant, revision_json, rfc3339
from news.sites import Reader, citation
from storage.archive.identity import identify, same_story
from storage.archive.look import Failed, Look, NotModified, Redirected, Seen
from storage.archive.sealing import seal
from storage.archive.spool import OpenSegment, SpoolLock
from storage.catalogue import reading
from storage.catalogue.rows import stored_revision
from storage.warc.exchange import Exchange
from storage.warc.reading import document
from storage.warc.segment import Capture, RefersTo

if TYPE_CHECKING:
    from storage.archive.archive import Archive

Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a look came to: its outcome, and the classes of the revision that it made (None where it made none)."""

    page: str
    outcome: Outcome
    reason: str | None
    headline: str | None
    classes: tuple[str, ...] | None


class SiteWriter:
    """Writes one site. While it lives it holds the site's lock, so no other process on this machine writes it."""

    def __init__(self, archive: Archive, site: Site, reader: Reader, lock: SpoolLock) -> None:
        self.site = site
        self.reader = reader
        self._archive = archive
        self._lock = lock
        self._open: OpenSegment | None = None
        self._pending: list[Line] = []
        self._touched: set[str] = set()

    @property
    def bytes_open(self) -> int:
        """Bytes in the open segment, 0 when none is open."""
        return self._open.segment.size if self._open else 0

    @property
    def opened(self) -> datetime | None:
        """When the open segment was opened, or None."""
        return self._open.segment.opened if self._open else None

    @property
    def pending(self) -> int:
        """Looks and captures that wait for a commit."""
        return len(self._pending)

    def append(self, exchange: Exchange, *, refers_to: RefersTo | None = None) -> Capture | None:
        """Write an exchange to the open segment before anything else sees it; raises `StoreUnavailable` if it can't."""
        with self._spooling():
            opened = self._opened(exchange.started)
            capture = opened.segment.append(exchange, refers_to=refers_to)
            if capture is None:
                return None
            line = {"t": "capture", **capture.row()}
            opened.journal.append(line)
        self._pending.append(line)
        return capture

    def document(self, capture: Capture) -> Document:
        """Return the decoded view of a capture, from its WARC record; raises `ObjectCorrupt` when there is none."""
        found = document(self._archive.record(capture), max_bytes=self._archive.max_body_bytes)
        if found is None:
            raise ObjectCorrupt(f"record {capture.record_id} in {capture.segment} holds no HTTP answer")
        return found

    def observe(self, look: Look) -> tuple[Committed, ...]:
        """Turn a look into its observation and, where its state is new, its revision; both wait for the next commit.

        A redirect makes two: one of the address that led on, one of what was found there.
        """
        self._settle(look)
        match look.result:
            case Redirected(verdict=verdict) as where if verdict is not None and verdict.article is not None:
                return self._moved(look, where, verdict, Present(article=verdict.article))
            case Redirected(verdict=verdict) if verdict is not None and verdict.outcome in ("blocked", "failed"):
                return (self._record(look, verdict.outcome, reason=verdict.reason, detail=verdict.detail),)
            case Redirected(verdict=verdict) if verdict is not None and verdict.sight is not None:
                return (self._seen(look, verdict.sight, None, verdict.reason, None),)
            case Redirected(to=to):
                return (self._left(look, to),)
            case Failed(outcome=outcome, reason=reason, detail=detail):
                return (self._record(look, outcome, reason=reason, detail=detail),)
            case NotModified():
                return (self._record(look, "not-modified", article_id=self._known(look.page)),)
            case Seen(verdict=verdict):
                return (self._seen(look, verdict.sight, verdict.outcome, verdict.reason, verdict.detail),)

    def commit(self) -> None:
        """Make all that waits durable and visible: records, then journal, then one catalogue transaction."""
        if not self._pending:
            return
        assert self._open is not None
        with self._spooling():
            self._open.segment.sync()
            self._open.journal.sync()
        lines, self._pending = self._pending, []
        self._touched.clear()
        self._archive.recorder.apply(lines)

    def seal(self, now: datetime) -> str | None:
        """Commit, and bring the open segment into the store; return its name, or None when there was nothing."""
        self.commit()
        if self._open is None:
            return None
        opened, self._open = self._open, None
        opened.close()
        seal(self._archive, opened.place, now=now)
        return opened.place.name

    def close(self) -> None:
        """Commit and let go of the site; what is not sealed stays in the spool for the next start."""
        try:
            self.commit()
        finally:
            if self._open is not None:
                self._open.close()
                self._open = None
            self._lock.release()

    def history(self, article_id: str) -> History:
        """Return what is known of an article before a look at it."""
        rows = self._archive.rows
        self_moving = reading.self_moving(rows, self.site.name)
        found = reading.last_revisions(rows, article_id)
        if not found:
            return History(self_moving=self_moving)
        latest, spoken = stored_revision(found[0]), stored_revision(found[-1])
        return History(
            latest=latest,
            spoken=spoken if spoken.article else None,
            last_look=instant(found[0]["seen_last"]),
            self_moving=self_moving,
        )

    def _seen(
        self, look: Look, sight: Sight | None, outcome: Outcome | None, reason: str | None, detail: str | None
    ) -> Committed:
        if isinstance(sight, Present):
            article_id, url = identify(self._archive.rows, self.site, look.page, sight.article)
            return self._decided(look, article_id, url, sight)
        known = self._known(look.page)
        if sight is None:
            assert outcome is not None
            return self._record(look, outcome, reason=reason, detail=detail, article_id=known)
        if known is None:
            return self._record(look, "gone", reason=reason)
        return self._decided(look, known, look.page, sight, reason=reason)

    def _moved(self, look: Look, where: Redirected, verdict: Verdict, sight: Present) -> tuple[Committed, ...]:
        """An article was found behind a redirect: the page's own under a new address, or another one."""
        known = self._known(look.page)
        to = where.to
        there = replace(
            look,
            page=to,
            at=where.landed_at or look.at,
            capture=where.landed,
            result=Seen(verdict=verdict, address=to),
        )
        if known is None:
            landed = self._seen(there, sight, None, None, None)
            article_id = self._known_pending(to)
            self._alias(look.page, article_id, look.at)
            return (self._record(look, "moved", reason=f"redirected to {to}", article_id=article_id), landed)
        spoken = self.history(known).spoken
        same = spoken is not None and spoken.article is not None and same_story(spoken.article, sight.article)
        left = self._left(look, to)
        if same and reading.article_at(self._archive.rows, to) is None:
            self._alias(to, known, look.at)
        self.commit()
        return (left, self._seen(there, sight, None, None, None))

    def _left(self, look: Look, to: str) -> Committed:
        known = self._known(look.page)
        if known is None:
            return self._record(look, "moved", reason=f"redirected to {to}")
        return self._decided(look, known, look.page, Moved(to=to), reason=f"redirected to {to}")

    def _decided(self, look: Look, article_id: str, url: str, sight: Sight, *, reason: str | None = None) -> Committed:
        assert look.capture is not None
        if article_id in self._touched:
            self.commit()
        history = self.history(article_id)
        occasion = Occasion(
            site=self.site.name,
            article_id=article_id,
            url=look.page,
            reader=citation(self.reader),
            at=look.at,
            capture=CaptureRef(
                record_id=look.capture.record_id,
                segment=look.capture.segment,
                payload_digest=look.capture.payload_digest,
                block_digest=look.capture.block_digest,
            ),
            evidence=look.capture.evidence,
        )
        decision = decide(history, sight, occasion)
        outcome = _outcome(history, sight, decision)
        return self._record(
            look, outcome, reason=reason, article_id=article_id, article_url=url, decision=decision, sight=sight
        )

    def _record(
        self,
        look: Look,
        outcome: Outcome,
        *,
        reason: str | None = None,
        detail: str | None = None,
        article_id: str | None = None,
        article_url: str | None = None,
        decision: Decision | None = None,
        sight: Sight | None = None,
    ) -> Committed:
        revision = decision.revision if isinstance(decision, NewRevision) else None
        row = revision_json(revision) if revision else None
        article = sight.article if isinstance(sight, Present) else None
        with self._spooling():
            opened = self._opened(look.at)
        line: Line = {
            "t": "look",
            "observation": {
                "id": str(uuid4()),
                "site": self.site.name,
                "url": look.page,
                "article_id": article_id,
                "at": rfc3339(look.at),
                "outcome": outcome,
                "reason": reason,
                "detail": detail,
                "why": look.why,
                "signals": [list(pair) for pair in getattr(decision, "signals", ())],
                "record_id": look.capture.record_id if look.capture else None,
                "segment": opened.place.name,
                "revision": digest_of(canonical(row)) if row else None,
            },
            "revision": row,
            "article": {"id": article_id, "site": self.site.name, "url": article_url} if article_url else None,
            "page": self._page_state(look, outcome, article_at=article.chosen("published") if article else None),
        }
        self._write(line)
        if article_url and article_url != look.page:
            self._alias(look.page, article_id, look.at)
        self._touched |= {look.page, article_id or ""}
        return Committed(
            page=look.page,
            outcome=outcome,
            reason=reason,
            headline=article.headline if article else None,
            classes=revision.classes if revision else None,
        )

    def _page_state(self, look: Look, outcome: Outcome, *, article_at: Any) -> Line:
        state: Line = {"source": look.source, "retry_at": rfc3339(look.retry_at) if look.retry_at else None}
        if article_at and article_at.at:
            state["published"] = rfc3339(article_at.at)
        if outcome in ("new", "changed", "unchanged") and look.capture and not isinstance(look.result, Redirected):
            said = dict(look.capture.evidence)
            state |= {
                "etag": said.get("ETag"),
                "last_modified": said.get("Last-Modified"),
                "validated": look.capture.record_id,
            }
        elif outcome != "not-modified":
            state |= {"etag": None, "last_modified": None, "validated": None}
        return state

    def _alias(self, url: str, article_id: str | None, at: datetime) -> None:
        if article_id:
            self._write({"t": "alias", "url": url, "article_id": article_id, "at": rfc3339(at)})

    def _write(self, line: Line) -> None:
        with self._spooling():
            opened = self._open
            assert opened is not None
            opened.journal.append(line)
        self._pending.append(line)

    def _settle(self, look: Look) -> None:
        """Commit first when this look stands on one that still waits."""
        if look.page in self._touched or self._known(look.page) in self._touched:
            self.commit()

    def _known(self, page: str) -> str | None:
        found = reading.article_at(self._archive.rows, page)
        return found["id"] if found else None

    def _known_pending(self, page: str) -> str | None:
        self.commit()
        return self._known(page)

    def _opened(self, now: datetime) -> OpenSegment:
        if self._open is None:
            self._open = self._archive.open_segment(self.site, now)
        return self._open

    @contextmanager
    def _spooling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(
                f"the spool {self._archive.spool} can't be written: {error.strerror}; what was captured before is kept. "
                "Free space or mend the disk, then run the command again"
            ) from error


def _outcome(history: History, sight: Sight, decision: Decision) -> Outcome:
    if isinstance(sight, Gone):
        return "gone"
    if isinstance(sight, Moved):
        return "moved"
    if isinstance(decision, NewRevision):
        return "changed" if history.latest else "new"
    return "unchanged"


def pages_found(site: str, finds: Iterable[tuple[str, str, str | None, datetime | None]], now: datetime) -> list[Line]:
    """Return `(url, source, title, published)` finds as the recorder takes them."""
    return [
        {
            "url": url,
            "site": site,
            "source": source,
            "title": title,
            "published": rfc3339(published) if published else None,
            "first_seen": rfc3339(now),
        }
        for url, source, title, published in finds
    ]
