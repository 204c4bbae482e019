"""A look that comes late: an import's, or one that recovery makes when later ones are known already.

What is stored never changes, so nothing is put between two revisions. The article's chain is laid anew from all looks
at it, the late one in its own place in time, as a reread lays one; the old chain stays in the store and steps aside.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from news.errors import StoreError
from news.model import Article, Outcome
from news.revising.content import content_digest
from news.revising.deciding import Gone, Moved, Occasion, Present, Sight
from news.revising.judging import Verdict
from news.revising.replaying import Link, Sighting, replay
from news.serial import revision_digest, rfc3339
from news.sites import citation
from storage.archive.identity import identify, same_story
from storage.archive.look import Committed, Look, NotModified, Redirected, Seen
from storage.catalogue import reading
from storage.catalogue.rows import stored_revision
from storage.reread.chains import article_sightings, moving, relaid_line

if TYPE_CHECKING:
    from storage.archive.writer import SiteWriter
    from storage.catalogue.opening import Rows

log = logging.getLogger(__name__)

Note = Callable[..., Committed]
UNREADABLE = "history-unreadable"


class Inserter:
    """Puts late looks of one site in their place. `note` writes a look down, `occasion` tells history of it."""

    def __init__(
        self,
        rows: Rows,
        writer: SiteWriter,
        *,
        note: Note,
        occasion: Callable[[Look, str], Occasion],
        judged: Callable[[str], Verdict | None],
        typical_words: Callable[[datetime], int | None],
    ) -> None:
        self._rows = rows
        self._writer = writer
        self._note = note
        self._occasion = occasion
        self._judged = judged
        self._typical_words = typical_words

    def inserted(self, look: Look, known: reading.Row | None) -> tuple[Committed, ...] | None:
        """Put the look in its place in its article's history and commit; None where no later look is known.

        `known` is the article at the look's page as the catalogue has it, all looks before committed.
        """
        article = self._article(look, known)
        if article is None or not self._is_late(article["id"], look):
            return None
        match look.result:
            case Seen(verdict=Verdict(sight=Present() | Gone() as sight) as verdict):
                return (self._put(look, article, sight, reason=verdict.reason),)
            case NotModified():
                return (self._put(look, article, None),)
            case Redirected(to=to) as away if away.verdict is None or away.verdict.article is not None:
                return self._left(look, article, away, to)
        return None

    def _article(self, look: Look, known: reading.Row | None) -> reading.Row | None:
        """Return the article that the look is at: its page's, or the one whose canonical address the page names."""
        if known is not None or not isinstance(look.result, Seen) or look.result.verdict.article is None:
            return known
        found, url = identify(self._rows, self._writer.site, look.page, None, look.result.verdict.article)
        return {"id": found, "url": url}

    def _is_late(self, article_id: str, look: Look) -> bool:
        found = self._rows(
            "SELECT MAX(seen_last) AS last FROM revisions WHERE article_id = :id AND superseded = 0", id=article_id
        )
        return bool(found[0]["last"]) and rfc3339(look.at) < found[0]["last"]

    def _left(self, look: Look, article: reading.Row, away: Redirected, to: str) -> tuple[Committed, ...]:
        left = self._put(look, article, Moved(to=to), reason=f"redirected to {to}")
        if away.verdict is None or away.verdict.article is None:
            return (left,)
        if reading.article_at(self._rows, to) is None and self._tells(article["id"], away.verdict.article):
            line = {"t": "alias", "url": to, "article_id": article["id"], "at": rfc3339(look.at)}
            self._writer.write(line, look.at)
            self._writer.commit()
        landed = Look(
            page=to,
            at=away.landed_at or look.at,
            why=look.why,
            result=Seen(verdict=away.verdict, address=to),
            capture=away.landed,
            source=look.source,
            imported=look.imported,
        )
        return (left, *self._writer.observe(landed))

    def _tells(self, article_id: str, article: Article) -> bool:
        told = [stored_revision(row).article for row in reading.last_revisions(self._rows, article_id)]
        return any(same_story(before, article) for before in told if before)

    def _put(self, look: Look, article: reading.Row, sight: Sight | None, *, reason: str | None = None) -> Committed:
        """Lay the article's chain with this look in it, unless that stands already, and write the look down.

        The chain is written first: what is cut short between the two is done again from the capture.
        """
        self._writer.commit()
        shown = sight.article if isinstance(sight, Present) else None
        said = {"article_id": article["id"], "article": shown, "article_url": article["url"] if shown else None}
        try:
            links = self._laid(look, article["id"], sight)
        except StoreError as error:
            log.warning("late look left out of the history article=%s error=%s", article["id"], error)
            detail = f"its history could not be laid anew: {error}"
            return self._noted(look, outcome="failed", reason=UNREADABLE, detail=detail, article_id=article["id"])
        if not self._stands(article["id"], links):
            self._writer.write(relaid_line(links), look.at)
        if shown is not None and _is_stub(look, shown, links):
            return self._noted(look, outcome="blocked", reason="paywall", article_id=article["id"])
        return self._noted(look, outcome=_outcome(look, sight, links), reason=reason, **said)

    def _noted(self, look: Look, **said: object) -> Committed:
        noted = self._note(look, **said)
        self._writer.commit()
        return noted

    def _laid(self, look: Look, article_id: str, sight: Sight | None) -> list[Link]:
        reader = citation(self._writer.reader)
        seen = article_sightings(self._rows, article_id, self._judged, reader=reader)
        seen.append(Sighting(occasion=self._occasion(look, article_id), sight=sight))
        seen.sort(key=lambda sighting: sighting.occasion.at)
        return replay(seen, moving(self._rows, self._writer.site.name), self._typical_words)

    def _stands(self, article_id: str, links: Sequence[Link]) -> bool:
        """Return whether the catalogue tells these revisions already, and each as last seen then."""
        chain = [(row["digest"], row["seen_last"]) for row in reading.timeline(self._rows, article_id)]
        return chain == [(revision_digest(link.revision), rfc3339(link.seen_last)) for link in links]


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
