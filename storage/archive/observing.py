"""From a look to its lines in the journal: which article it shows, what that means for its history, what to note.

The deciding is pure and lies in `news.revising`; here the history is fetched for it and its answer is written down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from news.errors import StoreError
from news.model import Article, CaptureRef, Outcome, Revision
from news.revising import (
    Gone,
    History,
    Moved,
    NewRevision,
    Present,
    Unchanged,
    Verdict,
    Walled,
    content_digest,
    decide,
    judge,
)
from news.revising.deciding import Decision, Occasion, Sight
from news.revising.replaying import leads, replay
from news.serial import digest_of, instant, rfc3339
from news.sites import citation
from news.writing import revision_content
from storage.archive.identity import identify, same_story
from storage.archive.inserting import Inserter
from storage.archive.look import Committed, Failed, Look, NotModified, Redirected, Seen
from storage.catalogue import reading
from storage.catalogue.lengths import typical_words
from storage.catalogue.rows import stored_capture, stored_revision
from storage.reread.chains import article_sightings, moving, relaid_line
from storage.warc.telling import Witness

if TYPE_CHECKING:
    from storage.archive.archive import Archive
    from storage.archive.writer import SiteWriter

log = logging.getLogger(__name__)

WALLS = ("blocked", "failed")
STUB = "only the beginning of the article stands there, and the page speaks of paying for the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What a look came to, before it is written down."""

    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    article_id: str | None = None
    article_url: str | None = None
    article: Article | None = None
    decision: Decision | None = None

    @property
    def revision(self) -> Revision | None:
        return self.decision.revision if isinstance(self.decision, NewRevision) else None

    @property
    def signals(self) -> tuple[tuple[str, str], ...]:
        return self.decision.signals if isinstance(self.decision, Unchanged) else ()


class Observer:
    """Observes for one site's writer."""

    def __init__(self, archive: Archive, writer: SiteWriter) -> None:
        self._archive = archive
        self._writer = writer
        self._touched: set[str] = set()
        self._articles: dict[str, reading.Row | None] = {}
        self._pages: dict[str, reading.Row | None] = {}
        self._histories: dict[str, History] = {}
        self._self_moving: frozenset[str] | None = None
        self._moved_alone: set[str] = set()
        self._known_moving: Callable[[datetime], frozenset[str]] | None = None
        self._looking_at: datetime | None = None
        self._opened = datetime.now(UTC)
        self._typical_words = typical_words(archive.rows, writer.site.name)
        self._inserter = Inserter(
            archive.rows,
            writer,
            note=lambda look, **said: self._note(look, _Finding(**said)),
            occasion=lambda look, article_id: self._occasion(look, article_id, first=False),
            judged=self._judged,
            typical_words=self._typical_words,
        )

    def observe(self, look: Look) -> tuple[Committed, ...]:
        """Write down what this look found; see `SiteWriter.observe`."""
        self._looking_at = look.at
        self._ask(look.page)
        self._settle(look.page, self._known(look.page))
        if self._late(look) and (inserted := self._inserter.inserted(look, self._at(look.page))) is not None:
            return inserted
        match look.result:
            case Redirected() as away:
                return self._redirected(look, away)
            case Failed(outcome=outcome, reason=reason, detail=detail):
                return (self._note(look, _Finding(outcome=outcome, reason=reason, detail=detail)),)
            case NotModified():
                return (self._note(look, _Finding(outcome="not-modified", article_id=self._led(look.page))),)
            case Seen(verdict=verdict):
                return (self._seen(look, verdict),)

    def put_by(self, look: Look) -> bool:
        """Keep a late look at a known article until `lay_late`; see `SiteWriter.put_by`."""
        known = self._known(look.page)
        self._settle(look.page, known)
        return self._inserter.put_by(look, self._at(look.page))

    def lay_late(self) -> tuple[Committed, ...]:
        """Write down what the late looks found that were put by."""
        return self._inserter.lay()

    def _late(self, look: Look) -> bool:
        """Return whether later looks may be known: recovery's and imports' come late, and clocks are set back."""
        page = self._page(look.page)
        return look.at < self._opened or bool(page and page["last_look"] and page["last_look"] > rfc3339(look.at))

    def committed(self) -> None:
        """Note that everything written so far can be read from the catalogue."""
        self._touched.clear()
        self._articles.clear()
        self._pages.clear()
        self._histories.clear()
        if self._self_moving is not None and not self._moved_alone <= self._self_moving:
            self._self_moving = None
        self._moved_alone.clear()

    def history(self, article_id: str) -> History:
        """Return what is known of an article, as the last commit left it and today's reader tells it."""
        if article_id not in self._histories:
            self._histories[article_id] = self._history(article_id)
        return self._histories[article_id]

    def _history(self, article_id: str) -> History:
        found = reading.last_revisions(self._archive.rows, article_id)
        if not found:
            return History()
        if found[0]["reader"] != citation(self._writer.reader) and self._relay(article_id):
            found = reading.last_revisions(self._archive.rows, article_id)
        latest, spoken = stored_revision(found[0]), stored_revision(found[-1])
        return History(
            latest=latest,
            spoken=self._as_read_today(spoken) if spoken.article else None,
            last_look=instant(found[0]["seen_last"]),
            self_moving=self._moving(),
        )

    def _moving(self) -> frozenset[str]:
        """Return the sources that move by themselves here; asked anew only once another was seen to move.

        The question goes through all looks at the site: asked at each of them, it cost more with every page.
        """
        if self._self_moving is None:
            self._self_moving = reading.self_moving(self._archive.rows, self._writer.site.name)
        return self._self_moving

    def _relay(self, article_id: str) -> bool:
        """Lay the article's chain anew as today's reader reads its captures; return False where they make none."""
        if self._known_moving is None:
            self._known_moving = moving(self._archive.rows, self._writer.site.name)
        reader = citation(self._writer.reader)
        try:
            seen = article_sightings(self._archive.rows, article_id, self._judged, reader=reader)
        except StoreError as error:
            log.warning("article can't be reread, its chain goes on as it is article=%s error=%s", article_id, error)
            return False
        links = replay(seen, self._known_moving, self._typical_words)
        if not any(link.revision.article for link in links):
            return False
        self._writer.write(relaid_line(links), self._looking_at or links[-1].seen_last)
        self._writer.commit()
        return True

    def _judged(self, record_id: str) -> Verdict | None:
        row = reading.capture(self._archive.rows, record_id)
        if row is None:
            return None
        return judge(self._writer.document(stored_capture(row)), self._writer.site, self._writer.reader)

    def _as_read_today(self, revision: Revision) -> Revision:
        """Return the revision with its article as today's reader reads its capture: a new reader is no new edition."""
        if revision.reader == citation(self._writer.reader):
            return revision
        row = reading.capture(self._archive.rows, revision.capture.record_id)
        if row is None:
            return revision
        try:
            again = judge(self._writer.document(stored_capture(row)), self._writer.site, self._writer.reader)
        except StoreError as error:
            log.warning("capture can't be read again record=%s error=%s", revision.capture.record_id, error)
            return revision
        return replace(revision, article=again.article) if again.article else revision

    def _seen(self, look: Look, verdict: Verdict) -> Committed:
        match verdict.sight:
            case Present(article=article):
                self._name_witnesses(look)
                before = self._at(look.page)
                article_id, url = identify(self._archive.rows, self._writer.site, look.page, before, article)
                if before is None and url == look.page and article_id not in self._touched:
                    self._histories[article_id] = History()  # no article was ever known at its address
                return self._present(look, article_id, url, verdict.sight)
            case Gone() as sight if known := self._led(look.page):
                return self._decide(look, known, None, sight, reason=verdict.reason)
            case Gone():
                return self._note(look, _Finding(outcome="gone", reason=verdict.reason))
        return self._note(look, self._nothing_read(look, verdict))

    def _name_witnesses(self, look: Look) -> None:
        """Put beside an article's capture what led to it: robots.txt, and the source that named the page."""
        page, witnesses = self._page(look.page), look.witnesses
        if page and page["found_in"]:
            named = Witness(role=page["named_kind"] or "source", record_id=page["found_in"], url=page["named_url"])
            witnesses = (*witnesses, named)
        if look.capture is not None:
            self._writer.append_witnesses(look.capture, witnesses, look.at)

    def _nothing_read(self, look: Look, verdict: Verdict) -> _Finding:
        """Where an article was read before and now a page stands that says of nothing to be one, its layout changed."""
        assert verdict.outcome is not None
        known = self._known(look.page)
        if known and verdict.reason == "no-article":
            detail = f"{verdict.detail}; an article was read here before"
            return _Finding(outcome="failed", reason="layout-changed", detail=detail, article_id=known)
        return _Finding(outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail, article_id=known)

    def _redirected(self, look: Look, away: Redirected) -> tuple[Committed, ...]:
        verdict = away.verdict
        if verdict is None:
            return (self._left(look, away.to),)
        if verdict.article is not None:
            return self._moved(look, away, verdict, verdict.article)
        if verdict.outcome in WALLS or isinstance(verdict.sight, Gone):
            return (self._seen(look, verdict),)
        return (self._left(look, away.to),)

    def _moved(self, look: Look, away: Redirected, verdict: Verdict, article: Article) -> tuple[Committed, ...]:
        """An article was found behind a redirect: the page's own under a new address, or another one."""
        there = replace(
            look,
            page=away.to,
            at=away.landed_at or look.at,
            capture=away.landed,
            result=Seen(verdict=verdict, address=away.to),
        )
        known = self._known(look.page)
        if known is None:
            landed = self._seen(there, verdict)
            self._writer.commit()
            self._alias(look, look.page, self._known(away.to))
            return (self._note(look, _Finding(outcome="moved", reason=f"redirected to {away.to}")), landed)
        history = self.history(known)
        if not leads(history, look.page):
            return (self._left(look, away.to), self._seen(there, verdict))
        spoken = history.spoken
        same = spoken is not None and spoken.article is not None and same_story(spoken.article, article)
        if same and self._known(away.to) is None:
            self._alias(look, away.to, known)  # first: cut short here, what it led to would be another article
        left = self._left(look, away.to)
        self._writer.commit()
        return (left, self._seen(there, verdict))

    def _left(self, look: Look, to: str) -> Committed:
        reason, known = f"redirected to {to}", self._led(look.page)
        if known is None:
            return self._note(look, _Finding(outcome="moved", reason=reason))
        return self._decide(look, known, None, Moved(to=to), reason=reason)

    def _present(self, look: Look, article_id: str, url: str, sight: Present) -> Committed:
        """Decide on an article that is there. One of its other addresses confirms its state and never changes it.

        Two live addresses of one article differ for ever where one is its second page, or an AMP copy: no edit is that.
        """
        self._settle(article_id)
        history = self.history(article_id)
        moved = history.latest is not None and "moved" in history.latest.classes
        if moved or leads(history, look.page) or history.spoken is None or history.spoken.article is None:
            return self._decide(look, article_id, url, sight)
        if content_digest(sight.article) == content_digest(history.spoken.article):
            return self._note(look, _Finding(outcome="unchanged", article_id=article_id, article=sight.article))
        differs = Unchanged(signals=(("alias-differs", article_id),))
        return self._note(look, _Finding(outcome="unchanged", article=sight.article, decision=differs))

    def _decide(
        self, look: Look, article_id: str, article_url: str | None, sight: Sight, *, reason: str | None = None
    ) -> Committed:
        self._settle(article_id)
        history = self._recalling(self.history(article_id), article_id, sight)
        if isinstance(sight, Present) and sight.article.paid and history.spoken is None:
            history = replace(history, typical_words=self._typical_words(look.at))
        decision = decide(history, sight, self._occasion(look, article_id, first=history.latest is None))
        if isinstance(decision, Walled):
            known = article_id if history.latest else None
            return self._note(look, _Finding(outcome="blocked", reason="paywall", detail=STUB, article_id=known))
        finding = _Finding(
            outcome=_outcome(history, sight, decision),
            reason=reason,
            article_id=article_id,
            article_url=article_url,
            article=sight.article if isinstance(sight, Present) else _last_article(history),
            decision=decision,
        )
        return self._note(look, finding)

    def _recalling(self, history: History, article_id: str, sight: Sight) -> History:
        """Return the history with the earlier revision that said what is seen now, where one did."""
        if not isinstance(sight, Present) or history.spoken is None:
            return history
        content = content_digest(sight.article)
        if content == history.spoken.content_digest:
            return history
        return replace(history, same_content=reading.same_content(self._archive.rows, article_id, content))

    def _occasion(self, look: Look, article_id: str, *, first: bool) -> Occasion:
        """Return the look as history is to hear of it; what named the page says its headline at first sight only."""
        assert look.capture is not None
        named = self._page(look.page) if first else None
        return Occasion(
            site=self._writer.site.name,
            article_id=article_id,
            url=look.page,
            reader=citation(self._writer.reader),
            at=look.at,
            capture=CaptureRef(
                record_id=look.capture.record_id,
                segment=look.capture.segment,
                payload_digest=look.capture.payload_digest,
                block_digest=look.capture.block_digest,
            ),
            evidence=look.capture.evidence,
            listed=named["title"] if named else None,
        )

    def _note(self, look: Look, finding: _Finding) -> Committed:
        """Write the look's line: its observation, with the revision that it made and the page's new state."""
        content = revision_content(finding.revision) if finding.revision else None
        site = self._writer.site.name
        article = {"id": finding.article_id, "site": site, "url": finding.article_url} if finding.article_url else None
        observation = {
            "id": str(uuid4()),
            "site": site,
            "url": look.page,
            "article_id": finding.article_id,
            "at": rfc3339(look.at),
            "outcome": finding.outcome,
            "reason": finding.reason,
            "detail": finding.detail,
            "why": look.why,
            "signals": [list(pair) for pair in finding.signals],
            "record_id": look.capture.record_id if look.capture else None,
            "segment": self._writer.segment_name(look.at),
            "revision": digest_of(content) if content else None,
            **({"imported": {"file": look.imported.file, "sha256": look.imported.sha256}} if look.imported else {}),
        }
        line = {
            "t": "look",
            "observation": observation,
            "article": article,
            "page": self._named(look) | _page_state(look, finding),
        }
        self._writer.write_look(line, look.at, finding.revision, content)
        if finding.article_url and finding.article_url != look.page:
            self._alias(look, look.page, finding.article_id)
        self._touched |= {look.page, finding.article_id or ""}
        self._moved_alone |= {source for name, source in finding.signals if name == "moved-alone"}
        return Committed(
            page=look.page,
            outcome=finding.outcome,
            reason=finding.reason,
            headline=finding.article.headline if finding.article else None,
            classes=finding.revision.classes if finding.revision else None,
        )

    def _named(self, look: Look) -> dict[str, Any]:
        """Return by which capture the page was named: the first look at it says so, for the catalogue to be rebuilt."""
        known = self._page(look.page)
        return {"found_in": known["found_in"]} if known and known["found_in"] and not known["looks"] else {}

    def _alias(self, look: Look, url: str, article_id: str | None) -> None:
        if article_id:
            self._writer.write({"t": "alias", "url": url, "article_id": article_id, "at": rfc3339(look.at)}, look.at)

    def _settle(self, *what: str | None) -> None:
        """Commit first when this look stands on one that still waits."""
        if self._touched.intersection(what):
            self._writer.commit()

    def _led(self, page: str) -> str | None:
        """Return the article whose life this page decides: the one that was last seen at this address, or None."""
        known = self._known(page)
        return known if known and leads(self.history(known), page) else None

    def _ask(self, page: str) -> None:
        """Ask what is known of a page that is looked at, all at once."""
        if page not in self._articles:
            self._articles[page], named = reading.known_at(self._archive.rows, page)
            self._pages.setdefault(page, named)

    def _known(self, page: str) -> str | None:
        found = self._at(page)
        return found["id"] if found else None

    def _page(self, url: str) -> reading.Row | None:
        """Return what is known of a page, and the capture that named it, as the last commit left it."""
        if url not in self._pages:
            self._pages[url] = reading.named_page(self._archive.rows, url)
        return self._pages[url]

    def _at(self, page: str) -> reading.Row | None:
        """Return the article at this address as the last commit left it."""
        if page not in self._articles:
            self._articles[page] = reading.article_at(self._archive.rows, page)
        return self._articles[page]


def _last_article(history: History) -> Article | None:
    return history.spoken.article if history.spoken else None


def _outcome(history: History, sight: Sight, decision: Decision) -> Outcome:
    if isinstance(sight, Gone):
        return "gone"
    if isinstance(sight, Moved):
        return "moved"
    if isinstance(decision, NewRevision):
        return "changed" if history.latest else "new"
    return "unchanged"


def _page_state(look: Look, finding: _Finding) -> dict[str, Any]:
    """Return what the page's row is to hold after this look: validators, rest asked for, time of publication."""
    state: dict[str, Any] = {"source": look.source, "retry_at": rfc3339(look.retry_at) if look.retry_at else None}
    if look.imported:
        state["due_from"] = rfc3339(look.imported.at)
    published = finding.article.chosen("published") if finding.article else None
    if published is not None and published.at is not None:
        state["published"] = rfc3339(published.at)
    if finding.outcome == "not-modified":
        return state
    whole = finding.outcome in ("new", "changed", "unchanged") and look.capture is not None
    said = dict(look.capture.evidence) if whole and look.capture else {}
    return state | {
        "etag": said.get("ETag"),
        "last_modified": said.get("Last-Modified"),
        "validated": look.capture.record_id if whole and look.capture else None,
    }
