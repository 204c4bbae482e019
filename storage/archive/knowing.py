"""What the catalogue says of a site's pages and articles, each thing asked once between two commits."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from news.errors import StoreError
from news.model import Revision
from news.revising import History, Verdict, judge
from news.revising.replaying import leads, replay
from news.serial import instant, rfc3339
from news.sites import citation
from storage.catalogue import reading
from storage.catalogue.lengths import typical_words
from storage.catalogue.rows import stored_capture, stored_revision
from storage.reread.chains import article_sightings, relaid_line
from storage.reread.moving import SelfMoving, between

if TYPE_CHECKING:
    from storage.archive.archive import Archive
    from storage.archive.writer import SiteWriter

log = logging.getLogger(__name__)


class Known:
    """What is known of one site, as the last commit left it and today's reader tells it.

    `looking_at` is the instant of the look under way, under which a chain that is laid anew is written down.
    """

    def __init__(self, archive: Archive, writer: SiteWriter) -> None:
        self._archive = archive
        self._writer = writer
        self._articles: dict[str, reading.Row | None] = {}
        self._pages: dict[str, reading.Row | None] = {}
        self._histories: dict[str, History] = {}
        self._self_moving: SelfMoving | None = None
        self._moving_since: Mapping[str, str] | None = None
        self.typical_words = typical_words(archive.rows, writer.site.name)
        self.looking_at: datetime | None = None

    def begins(self, article_id: str) -> None:
        """Take note that nothing was ever known of this article, which spares the question."""
        self._histories[article_id] = History()

    def moved_alone(self, at: datetime, sources: Iterable[str]) -> None:
        """Take note of sources of stamps that were seen to move by themselves, in a look that waits for its commit."""
        for source in sources:
            self._moves().add(rfc3339(at), source)

    def moving(self, at: datetime) -> frozenset[str]:
        """Return the sources of stamps that were known at an instant to move by themselves here."""
        return self._moves()(at)

    def signals_changed(self) -> None:
        """Ask anew for what moves by itself: committed looks say otherwise now."""
        self._self_moving = None

    def moving_otherwise(self) -> tuple[str, str] | None:
        """Return the span in which other stamps are known to move by themselves than were when this was last asked."""
        if self._moving_since is None:
            return None  # nobody asked what moves
        before, self._moving_since = self._moving_since, self._moves().since()
        return between(before, self._moving_since)

    def committed(self) -> None:
        """Note that everything written so far can be read from the catalogue."""
        self._articles.clear()
        self._pages.clear()
        self._histories.clear()

    def ask(self, page: str) -> None:
        """Ask what is known of a page that is looked at, all at once."""
        if page not in self._articles:
            self._articles[page], named = reading.known_at(self._archive.rows, page)
            self._pages.setdefault(page, named)

    def article(self, page: str) -> str | None:
        """Return the id of the article at this address, or None."""
        found = self.at(page)
        return found["id"] if found else None

    def led(self, page: str) -> str | None:
        """Return the article whose life this page decides: the one that was last seen at this address, or None."""
        known = self.article(page)
        return known if known and leads(self.history(known), page) else None

    def at(self, page: str) -> reading.Row | None:
        """Return the article at this address as the last commit left it."""
        if page not in self._articles:
            self._articles[page] = reading.article_at(self._archive.rows, page)
        return self._articles[page]

    def page(self, url: str) -> reading.Row | None:
        """Return what is known of a page, and the capture that named it, as the last commit left it."""
        if url not in self._pages:
            self._pages[url] = reading.named_page(self._archive.rows, url)
        return self._pages[url]

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
            self_moving=self.moving(self.looking_at) if self.looking_at else frozenset(),
        )

    def _moves(self) -> SelfMoving:
        """Return what moves by itself here, asked once: the question goes through all looks at the site."""
        if self._self_moving is None:
            self._self_moving = SelfMoving(self._archive.rows, self._writer.site.name)
            if self._moving_since is None:
                self._moving_since = self._self_moving.since()
        return self._self_moving

    def _relay(self, article_id: str) -> bool:
        """Lay the article's chain anew as today's reader reads its captures; return False where they make none."""
        reader = citation(self._writer.reader)
        try:
            seen = article_sightings(self._archive.rows, article_id, self.judged, reader=reader)
        except StoreError as error:
            log.warning("article can't be reread, its chain goes on as it is article=%s error=%s", article_id, error)
            return False
        links = replay(seen, self.moving, self.typical_words)
        if not any(link.revision.article for link in links):
            return False
        self._writer.write(relaid_line(links), self.looking_at or links[-1].seen_last)
        self._writer.commit()
        return True

    def judged(self, record_id: str) -> Verdict | None:
        """Return what today's reader says of a capture, or None where the catalogue doesn't know it."""
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
