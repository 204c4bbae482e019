"""From a look to its lines in the journal: which article it shows, what that means for its history, what to note.

The deciding is pure and lies in `news.revising`; here the history is fetched for it and its answer is written down.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from news.model import Article, CaptureRef, Outcome
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
)
from news.revising.deciding import Decision, Occasion, Sight
from news.revising.replaying import leads, stands
from news.serial import digest_of, rfc3339
from news.sites import citation
from news.writing import revision_content
from storage.archive.finding import Finding, page_state
from storage.archive.identity import identify, same_story
from storage.archive.inserting import Inserter
from storage.archive.knowing import Known
from storage.archive.look import TICK, WALLS, Committed, Failed, Look, NotModified, Redirected, Seen
from storage.catalogue import reading
from storage.warc.telling import Witness

if TYPE_CHECKING:
    from storage.archive.archive import Archive
    from storage.archive.writer import SiteWriter

log = logging.getLogger(__name__)

STUB = "only the beginning of the article stands there, and the page speaks of paying for the rest"


class Observer:
    """Observes for one site's writer."""

    def __init__(self, archive: Archive, writer: SiteWriter) -> None:
        self._archive = archive
        self._writer = writer
        self._known = Known(archive, writer)
        self._touched: set[str] = set()
        self._opened = datetime.now(UTC)
        self._inserter = Inserter(
            archive.rows,
            writer,
            note=lambda look, **said: self._note(look, Finding(**said), laid=True),
            occasion=lambda look, article_id: self._occasion(look, article_id, first=False),
            known=self._known,
        )

    def observe(self, look: Look) -> tuple[Committed, ...]:
        """Write down what this look found; see `SiteWriter.observe`."""
        self._known.looking_at = look.at
        self._known.ask(look.page)
        self._settle(look.page, self._known.article(look.page))
        if self._late(look) and (inserted := self._inserter.inserted(look, self._known.at(look.page))) is not None:
            return inserted
        match look.result:
            case Redirected() as away:
                return self._redirected(look, away)
            case Failed(outcome=outcome, reason=reason, detail=detail):
                return (self._note(look, Finding(outcome=outcome, reason=reason, detail=detail)),)
            case NotModified():
                known = self._known.article(look.page)
                spoken_of = known if known and stands(self._known.history(known), look.page) else None
                return (self._note(look, Finding(outcome="not-modified", article_id=spoken_of)),)
            case Seen(verdict=verdict):
                return (self._seen(look, verdict),)

    def put_by(self, look: Look) -> bool:
        """Keep a late look at a known article until `lay_late`; see `SiteWriter.put_by`."""
        known = self._known.article(look.page)
        self._settle(look.page, known)
        return self._inserter.put_by(look, self._known.at(look.page))

    def lay_late(self) -> tuple[Committed, ...]:
        """Write down what the late looks found that were put by, and lay anew what others have to say of since."""
        came = self._inserter.lay()
        if (span := self._known.moving_otherwise()) is not None:
            self._inserter.lay_again(*span)
        return came

    def committed(self) -> None:
        """Note that everything written so far can be read from the catalogue."""
        self._touched.clear()
        self._known.committed()

    def _late(self, look: Look) -> bool:
        """Return whether later looks may be known: recovery's and imports' come late, and clocks are set back."""
        page = self._known.page(look.page)
        return look.at < self._opened or bool(page and page["last_look"] and page["last_look"] > rfc3339(look.at))

    def _seen(self, look: Look, verdict: Verdict) -> Committed:
        match verdict.sight:
            case Present(article=article):
                self._name_witnesses(look)
                before = self._known.at(look.page)
                article_id, url = identify(self._archive.rows, self._writer.site, look.page, before, article)
                if before is None and url == look.page and article_id not in self._touched:
                    self._known.begins(article_id)  # no article was ever known at its address
                return self._present(look, article_id, url, verdict.sight)
            case Gone() as sight if known := self._known.led(look.page):
                return self._decide(look, known, None, sight, reason=verdict.reason)
            case Gone():
                return self._note(look, Finding(outcome="gone", reason=verdict.reason))
        return self._note(look, self._nothing_read(look, verdict))

    def _name_witnesses(self, look: Look) -> None:
        """Put beside an article's capture what led to it: robots.txt, and the source that named the page."""
        page, witnesses = self._known.page(look.page), look.witnesses
        if page and page["found_in"]:
            named = Witness(role=page["named_kind"] or "source", record_id=page["found_in"], url=page["named_url"])
            witnesses = (*witnesses, named)
        if look.capture is not None:
            self._writer.append_witnesses(look.capture, witnesses, look.at)

    def _nothing_read(self, look: Look, verdict: Verdict) -> Finding:
        """Where an article was read before and now a page stands that says of nothing to be one, its layout changed."""
        assert verdict.outcome is not None
        known = self._known.article(look.page)
        if known and verdict.reason == "no-article":
            detail = f"{verdict.detail}; an article was read here before"
            return Finding(outcome="failed", reason="layout-changed", detail=detail, article_id=known)
        return Finding(outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail, article_id=known)

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
        known = self._known.article(look.page)
        if known is not None:
            look = self._apart(look, known)
        there = replace(
            look,
            page=away.to,
            at=max(away.landed_at or look.at, look.at + TICK),
            capture=away.landed,
            result=Seen(verdict=verdict, address=away.to),
        )
        if known is None:
            landed = self.observe(there)
            self._writer.commit()
            self._alias(look, look.page, self._known.article(away.to))
            return (self._note(look, Finding(outcome="moved", reason=f"redirected to {away.to}")), *landed)
        history = self._known.history(known)
        if not leads(history, look.page):
            return (self._left(look, away.to), *self.observe(there))
        spoken = history.spoken
        same = spoken is not None and spoken.article is not None and same_story(spoken.article, article)
        if same and self._known.article(away.to) is None:
            self._alias(look, away.to, known)  # first: cut short here, what it led to would be another article
        left = self._left(look, away.to)
        self._writer.commit()
        return (left, *self.observe(there))

    def _left(self, look: Look, to: str) -> Committed:
        reason, known = f"redirected to {to}", self._known.led(look.page)
        if known is None:
            return self._note(look, Finding(outcome="moved", reason=reason))
        return self._decide(look, known, None, Moved(to=to), reason=reason)

    def _present(self, look: Look, article_id: str, url: str, sight: Present) -> Committed:
        """Decide on an article that is there. One of its other addresses confirms its state and never changes it.

        Two live addresses of one article differ for ever where one is its second page, or an AMP copy: no edit is that.
        """
        look = self._apart(look, article_id)
        history = self._known.history(article_id)
        moved = history.latest is not None and "moved" in history.latest.classes
        if moved or leads(history, look.page) or history.spoken is None or history.spoken.article is None:
            return self._decide(look, article_id, url, sight)
        if content_digest(sight.article) == content_digest(history.spoken.article):
            return self._note(look, Finding(outcome="unchanged", article_id=article_id, article=sight.article))
        differs = Unchanged(signals=(("alias-differs", article_id),))
        return self._note(look, Finding(outcome="unchanged", article=sight.article, decision=differs))

    def _decide(
        self, look: Look, article_id: str, article_url: str | None, sight: Sight, *, reason: str | None = None
    ) -> Committed:
        look = self._apart(look, article_id)
        history = self._recalling(self._known.history(article_id), article_id, sight)
        if isinstance(sight, Present) and sight.article.paid and history.spoken is None:
            history = replace(history, typical_words=self._known.typical_words(look.at))
        decision = decide(history, sight, self._occasion(look, article_id, first=history.latest is None))
        if isinstance(decision, Walled):
            known = article_id if history.latest else None
            return self._note(look, Finding(outcome="blocked", reason="paywall", detail=STUB, article_id=known))
        finding = Finding(
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
        named = self._known.page(look.page) if first else None
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

    def _note(self, look: Look, finding: Finding, *, laid: bool = False) -> Committed:
        """Write the look's line: its observation, with the revision that it made and the page's new state.

        `laid`: its article's chain was laid anew with this look in it, and says itself when each state was seen last.
        """
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
            "page": self._named(look) | page_state(look, finding),
            **({"laid": True} if laid else {}),
        }
        self._writer.write_look(line, look.at, finding.revision, content)
        if finding.article_url and finding.article_url != look.page:
            self._alias(look, look.page, finding.article_id)
        self._touched |= {look.page, finding.article_id or ""}
        self._known.moved_alone(look.at, (source for name, source in finding.signals if name == "moved-alone"))
        return Committed(
            page=look.page,
            outcome=finding.outcome,
            reason=finding.reason,
            headline=finding.article.headline if finding.article else None,
            classes=finding.revision.classes if finding.revision else None,
        )

    def _named(self, look: Look) -> dict[str, Any]:
        """Return by which capture the page was named: the first look at it says so, for the catalogue to be rebuilt."""
        known = self._known.page(look.page)
        return {"found_in": known["found_in"]} if known and known["found_in"] and not known["looks"] else {}

    def _alias(self, look: Look, url: str, article_id: str | None) -> None:
        if article_id:
            self._writer.write({"t": "alias", "url": url, "article_id": article_id, "at": rfc3339(look.at)}, look.at)

    def _apart(self, look: Look, article_id: str) -> Look:
        """Return the look behind the article's last, also where both records bear the same date."""
        self._settle(article_id)
        last = self._known.history(article_id).last_look
        return replace(look, at=last + TICK) if last == look.at else look

    def _settle(self, *what: str | None) -> None:
        """Commit first when this look stands on one that still waits."""
        if self._touched.intersection(what):
            self._writer.commit()


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
