"""A look that comes late: an import's, or one that recovery makes when later ones are known already.

What is stored never changes, so nothing is put between two revisions. The article's chain is laid anew from all looks
at it, the late one in its own place in time, as a reread lays one; the old chain stays in the store and steps aside.
Late looks that come in great number are put by, and an article's chain is laid once with all of them in it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from news.errors import StoreError, StoreUnavailable
from news.model import Article, Outcome
from news.revising.content import content_digest
from news.revising.deciding import Gone, Moved, Occasion, Present, Sight, Unchanged
from news.revising.judging import Verdict
from news.revising.replaying import Link, Sighting, replay
from news.serial import rfc3339
from news.sites import citation
from news.writing import revision_digest
from storage.archive.identity import identify, same_story
from storage.archive.look import TICK, WALLS, Committed, Look, NotModified, Redirected, Seen
from storage.catalogue import reading
from storage.catalogue.rows import stored_revision
from storage.reread.chains import article_sightings, is_looked_at_after, relaid_line

if TYPE_CHECKING:
    from storage.archive.knowing import Known
    from storage.archive.writer import SiteWriter
    from storage.catalogue.opening import Rows

log = logging.getLogger(__name__)

Note = Callable[..., Committed]
Signals = tuple[tuple[str, str], ...]
UNREADABLE = "history-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    """A look that is to be put in its place in an article's history; `sight` is None where it found no change.

    `article` has `id` and `url`, also of one that is not known yet.
    """

    look: Look
    article: reading.Row
    sight: Sight | None
    reason: str | None = None


class Inserter:
    """Puts late looks of one site in their place. `note` writes a look down, `occasion` tells history of it."""

    def __init__(
        self,
        rows: Rows,
        writer: SiteWriter,
        *,
        note: Note,
        occasion: Callable[[Look, str], Occasion],
        known: Known,
    ) -> None:
        self._rows = rows
        self._writer = writer
        self._note = note
        self._occasion = occasion
        self._known = known
        self._put_by: dict[str, list[_Late]] = {}
        self._came: list[Committed] = []

    def put_by(self, look: Look, known: reading.Row | None) -> bool:
        """Keep a late look at a known article for `lay`, and say so; one of another kind is to be inserted at once."""
        if known is None or not self._is_late(known["id"], look):
            return False
        match look.result:
            case Seen(verdict=Verdict(sight=Present() | Gone() as sight) as verdict):
                late = _Late(look=look, article=known, sight=sight, reason=verdict.reason)
            case NotModified():
                late = _Late(look=look, article=known, sight=None)
            case _:
                return False
        self._put_by.setdefault(known["id"], []).append(late)
        return True

    def lay(self) -> tuple[Committed, ...]:
        """Lay the chains of all articles with looks that were put by; return what came of those since the last time."""
        for article_id in list(self._put_by):
            self._settle(article_id)
        came, self._came = tuple(self._came), []
        return came

    def _settle(self, article_id: str) -> None:
        """Lay an article's chain with the looks at it that were put by: something else is to stand on it."""
        if article_id in self._put_by:
            self._came += self._put(self._put_by.pop(article_id))

    def inserted(self, look: Look, known: reading.Row | None) -> tuple[Committed, ...] | None:
        """Put the look in its place in its article's history and commit; None where no later look is known.

        `known` is the article at the look's page as the catalogue has it, all looks before committed.
        """
        article = self._article(look, known)
        at_once = list(self._put_by) if isinstance(look.result, Redirected) else [article["id"]] if article else []
        for article_id in at_once:
            self._settle(article_id)
        if article is None or not self._is_late(article["id"], look):
            return None
        match look.result:
            case Seen(verdict=Verdict(sight=Present() | Gone() as sight) as verdict):
                return self._put([_Late(look=look, article=article, sight=sight, reason=verdict.reason)]) or None
            case NotModified():
                return self._put([_Late(look=look, article=article, sight=None)])
            case Redirected(verdict=Verdict(sight=Gone() as sight) as verdict):
                return self._put([_Late(look=look, article=article, sight=sight, reason=verdict.reason)])
            case Redirected(to=to) as away if away.verdict is None or away.verdict.outcome not in WALLS:
                return self._left(look, article, away, to)
        return None

    def _article(self, look: Look, known: reading.Row | None) -> reading.Row | None:
        """Return the article that the look is at: its page's, or the one whose canonical address the page names."""
        if known is not None or not isinstance(look.result, Seen) or look.result.verdict.article is None:
            return known
        found, url = identify(self._rows, self._writer.site, look.page, None, look.result.verdict.article)
        return {"id": found, "url": url}

    def _is_late(self, article_id: str, look: Look) -> bool:
        """Return whether later looks are known that the article's history is made of, or that found its page ended."""
        return is_looked_at_after(self._rows, article_id, rfc3339(look.at), page=look.page)

    def _left(self, look: Look, article: reading.Row, away: Redirected, to: str) -> tuple[Committed, ...]:
        self._writer.commit()
        tells = away.verdict is not None and self._leads_to_it(article["id"], to, away.verdict.article)
        if tells:
            line = {"t": "alias", "url": to, "article_id": article["id"], "at": rfc3339(look.at)}
            self._writer.write(line, look.at)
        left = self._put([_Late(look=look, article=article, sight=Moved(to=to), reason=f"redirected to {to}")])
        if away.verdict is None or away.verdict.article is None:
            return left
        landed = Look(
            page=to,
            at=max(away.landed_at or look.at, look.at + TICK),
            why=look.why,
            result=Seen(verdict=away.verdict, address=to),
            capture=away.landed,
            source=look.source,
            imported=look.imported,
        )
        return (*left, *self._writer.observe(landed))

    def _leads_to_it(self, article_id: str, to: str, article: Article | None) -> bool:
        """Return whether an address that no article has shows this one."""
        if article is None or reading.article_at(self._rows, to) is not None:
            return False
        told = [stored_revision(row).article for row in reading.last_revisions(self._rows, article_id)]
        return any(same_story(before, article) for before in told if before)

    def _put(self, late: Sequence[_Late]) -> tuple[Committed, ...]:
        """Lay one article's chain with these looks in it, unless that stands already, and write the looks down.

        The chain is written first: what is cut short between the two is done again from the captures. Nothing is
        written and returned where nothing is known of the article and these looks don't show it: a paywall's stub.
        """
        self._writer.commit()
        article_id, url = late[0].article["id"], late[0].article["url"]
        late = self._apart(article_id, late)
        try:
            links = self._laid(article_id, late)
        except StoreError as error:
            if isinstance(error, StoreUnavailable) and late[0].look.imported:
                raise  # an import that is given again makes these looks; noted as failed, they would count as made
            log.warning("late looks left out of the history article=%s error=%s", article_id, error)
            detail = f"its history could not be laid anew: {error}"
            said = {"outcome": "failed", "reason": UNREADABLE, "detail": detail, "article_id": article_id}
            return self._noted((one.look, said) for one in late)
        if not links:
            return ()
        signals = {record_id: said for link in links for record_id, said in link.signals.items()}
        wrong = self._told_otherwise(article_id, signals)
        if wrong or not self._stands(article_id, links):
            self._writer.write(relaid_line(links, url=url, signals=wrong), late[0].look.at)
        noted = self._noted((one.look, _said(one, links, signals)) for one in late)
        if wrong:
            self._known.signals_changed()
        return noted

    def lay_again(self, since: str, until: str) -> None:
        """Lay anew what changed within this span and is told otherwise now that other stamps move by themselves."""
        found = self._rows(
            "SELECT DISTINCT article_id FROM revisions WHERE site = :site AND superseded = 0 AND seen_first > :since "
            "AND seen_first <= :until AND (classes LIKE :stealth OR declared_by LIKE :stamp) ORDER BY article_id",
            site=self._writer.site.name,
            since=since,
            until=until,
            stealth='%"stealth"%',
            stamp='%"stamp"%',
        )
        for row in found:
            try:
                links = self._laid(row["article_id"], ())
            except StoreUnavailable:
                raise
            except StoreError as error:
                log.warning("history stays as it was told article=%s error=%s", row["article_id"], error)
                continue
            if links and not self._stands(row["article_id"], links):
                self._writer.write(relaid_line(links), links[-1].seen_last)
                self._writer.commit()

    def _told_otherwise(self, article_id: str, signals: Mapping[str, Signals]) -> dict[str, Signals]:
        """Return what moved all the same at committed looks, by their ids, where they tell something else."""
        found = self._rows("SELECT id, record_id, signals FROM observations WHERE article_id = :id", id=article_id)
        now = {row["id"]: signals.get(row["record_id"], ()) for row in found if row["record_id"]}
        return {
            row["id"]: now[row["id"]]
            for row in found
            if row["id"] in now and [list(pair) for pair in now[row["id"]]] != json.loads(row["signals"])
        }

    def _apart(self, article_id: str, late: Sequence[_Late]) -> list[_Late]:
        """Return the looks each at an instant of its own: behind those whose records bear the same date."""
        taken = {row["at"] for row in self._rows("SELECT at FROM observations WHERE article_id = :id", id=article_id)}
        found = []
        for one in late:
            at = one.look.at
            while rfc3339(at) in taken:
                at += TICK
            taken.add(rfc3339(at))
            found.append(one if at == one.look.at else replace(one, look=replace(one.look, at=at)))
        return found

    def _noted(self, said: Iterable[tuple[Look, Mapping[str, object]]]) -> tuple[Committed, ...]:
        noted = tuple(self._note(look, **finding) for look, finding in said)
        self._writer.commit()
        return noted

    def _laid(self, article_id: str, late: Sequence[_Late]) -> list[Link]:
        reader = citation(self._writer.reader)
        pages = {one.look.page for one in late}
        seen = article_sightings(self._rows, article_id, self._known.judged, reader=reader, pages=pages)
        seen += [Sighting(occasion=self._occasion(one.look, article_id), sight=one.sight) for one in late]
        seen.sort(key=lambda sighting: sighting.occasion.at)
        return replay(seen, self._known.moving, self._known.typical_words)

    def _stands(self, article_id: str, links: Sequence[Link]) -> bool:
        """Return whether the catalogue tells these revisions already, and each as last seen then."""
        chain = [(row["digest"], row["seen_last"]) for row in reading.timeline(self._rows, article_id)]
        return chain == [(revision_digest(link.revision), rfc3339(link.seen_last)) for link in links]


def _said(late: _Late, links: Sequence[Link], signals: Mapping[str, Signals]) -> dict[str, object]:
    """Return what is to be noted of a late look, its article's chain laid."""
    look, article_id = late.look, late.article["id"]
    shown = late.sight.article if isinstance(late.sight, Present) else None
    if shown is not None and _is_stub(look, shown, links):
        return {"outcome": "blocked", "reason": "paywall", "article_id": article_id}
    told = {"article_id": article_id, "article": shown, "article_url": late.article["url"] if shown else None}
    moved = signals.get(look.capture.record_id) if look.capture else None
    decision = Unchanged(signals=moved) if moved else None
    return {"outcome": _outcome(look, late.sight, links), "reason": late.reason, "decision": decision, **told}


def _is_stub(look: Look, shown: Article, links: Sequence[Link]) -> bool:
    """Return whether the article's own page shows another text and that made no revision: a paywall's stub."""
    before = [link.revision for link in links if link.revision.seen_first <= look.at]
    if not before or look.capture is None or before[-1].capture.record_id == look.capture.record_id:
        return False
    state = before[-1]
    return state.url == look.page and state.content_digest not in (None, content_digest(shown))


def _outcome(look: Look, sight: Sight | None, links: Sequence[Link]) -> Outcome:
    """Return what the look saw: a change where a revision stands on its capture."""
    match sight:
        case None:
            return "not-modified"
        case Gone():
            return "gone"
        case Moved():
            return "moved"
    shown = [link.revision.capture.record_id for link in links]
    if look.capture is None or look.capture.record_id not in shown:
        return "unchanged"
    return "changed" if shown.index(look.capture.record_id) else "new"
