"""Looks made of imported captures, oldest first: each as if we had made it then, by the one path that all looks go."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from news.errors import ObjectCorrupt, ObjectMissing
from news.revising import Verdict, judge
from news.revising.judging import GONE
from news.serial import rfc3339
from news.urls import normalise, same_page_key
from storage.archive.look import Committed, Imported, Look, NotModified, Redirected, Seen
from storage.archive.writer import SiteWriter
from storage.catalogue import reading
from storage.catalogue.opening import Rows
from storage.catalogue.rows import stored_capture
from storage.ingest.scanning import Answer, looks_like_page
from storage.warc.segment import Capture

Progress = Callable[[int, int], None]
TOGETHER = 200
"""Looks that share a commit at most."""
PUT_BY = 1000
"""Late looks that are held at most, with the articles that they saw."""
LANDS_WITHIN = timedelta(minutes=2)
"""How soon after a redirect what it led to was captured, to be taken for one look."""
PERMANENT = (301, 308)


@dataclass(slots=True, kw_only=True)
class Looked:
    """What came of looking: looks by outcome, revisions laid, captures kept without a look, by why."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    there: int = 0


class Looker:
    """Looks at one site's imported captures. `sources` leads from an answer's record id to the file that it is from."""

    def __init__(self, rows: Rows, writer: SiteWriter, sources: Mapping[str, Imported], *, full: int) -> None:
        self._rows = rows
        self._writer = writer
        self._sources = sources
        self._full = full
        self._looked = Looked()
        self._landed: set[str] = set()
        self._seen: set[str] = set()
        self._observed: set[str] = set()
        self._late = 0
        self._by_page: dict[str, list[Answer]] = defaultdict(list)

    def look(self, answers: Iterable[Answer], *, progress: Progress | None) -> Looked:
        """Make every look that is still to be made of these answers; committed when it returns."""
        ordered = sorted(answers, key=lambda one: (one.at, one.number))
        for one in ordered:
            self._by_page[one.page].append(one)
        self._observed = self._looked_at(ordered)
        for done, one in enumerate(ordered, start=1):
            if one.record_id in self._observed:
                self._looked.there += 1
            elif one.record_id not in self._landed:
                self._look(one)
            if done % TOGETHER == 0:
                self._writer.commit()
                self._begin_anew()
            if progress and done % 20 == 0:
                progress(done, len(ordered))
        self._tell(self._writer.lay_late())
        self._writer.commit()
        return self._looked

    def _begin_anew(self) -> None:
        """Seal a segment that holds enough, and open the next under today's name, not under that of an old look."""
        if self._writer.is_full(self._full):
            now = datetime.now(UTC)
            self._writer.seal(now)
            self._writer.segment_name(now)

    def _looked_at(self, ordered: Sequence[Answer]) -> set[str]:
        """Return the records that a look speaks of already."""
        if not ordered:
            return set()
        found = self._rows(
            "SELECT record_id FROM observations WHERE site = :site AND at >= :first AND at <= :last "
            "AND record_id IS NOT NULL",
            site=self._writer.site.name,
            first=ordered[0].at,
            last=rfc3339(ordered[-1].instant + LANDS_WITHIN),
        )
        return {row["record_id"] for row in found}

    def _look(self, one: Answer) -> None:
        capture = self._capture(one)
        if capture is None:
            return
        try:
            look = self._made(one, capture)
        except _NoLookError as kept:
            self._looked.kept[str(kept)] += 1
        except (ObjectCorrupt, ObjectMissing, zlib.error) as error:
            self._looked.kept[f"its content can't be had: {_short(error)}"] += 1
        else:
            self._seen.add(one.page)
            self._observe(look)

    def _observe(self, look: Look) -> None:
        if not self._writer.put_by(look):
            self._tell(self._writer.observe(look))
            return
        self._late += 1
        if self._late % PUT_BY == 0:
            self._tell(self._writer.lay_late())

    def _tell(self, committed: Iterable[Committed]) -> None:
        for each in committed:
            self._looked.outcomes[each.outcome] += 1

    def _capture(self, one: Answer) -> Capture | None:
        row = reading.capture(self._rows, one.record_id)
        return stored_capture(row) if row is not None and row["kind"] == "import" and one.is_of(row) else None

    def _made(self, one: Answer, capture: Capture) -> Look:
        """Return the look that this capture is the record of; raises `_NoLookError` where it is none."""
        base = Look(
            page=one.page,
            at=one.instant,
            why="import",
            result=NotModified(),
            capture=capture,
            source="import",
            imported=self._sources[one.record_id],
        )
        known = self._is_known(one.page)
        why = _no_look(one, known=known)
        if why is not None:
            raise _NoLookError(why)
        if one.status == 304:
            return base
        if 300 <= (one.status or 0) < 400:
            return replace(base, result=self._redirect(one, known=known))
        verdict = self._judged(capture)
        if verdict.article is None and not known:
            raise _NoLookError(f"no article in it: {verdict.reason}")
        return replace(base, result=Seen(verdict=verdict, address=one.url))

    def _redirect(self, one: Answer, *, known: bool) -> Redirected:
        """Return what a redirect shows: where it leads, with what it led to if that was captured at once."""
        to = _address(one.location)
        if to is None:
            raise _NoLookError("a redirect without a target")
        if same_page_key(to) == same_page_key(one.page):
            raise _NoLookError("a redirect that only respells the address")
        landed = self._landing(one, to)
        if landed is not None and landed.record_id in self._observed:
            self._join(one, landed)
            return Redirected(to=landed.page)
        capture = self._capture(landed) if landed else None
        verdict = self._judged(capture) if capture else None
        if landed is not None and verdict is not None and (known or verdict.article):
            self._landed.add(landed.record_id)
            self._seen.add(landed.page)
            return Redirected(to=landed.page, verdict=verdict, landed=capture, landed_at=landed.instant)
        if not known or one.status not in PERMANENT:
            raise _NoLookError("a redirect of no article")
        return Redirected(to=to)

    def _join(self, one: Answer, landed: Answer) -> None:
        """Make a page known as another address of the article that it led to, which was looked at before it."""
        article = reading.article_at(self._rows, landed.page)
        if article is not None and reading.article_at(self._rows, one.page) is None:
            self._writer.write({"t": "alias", "url": one.page, "article_id": article["id"], "at": one.at}, one.instant)

    def _landing(self, one: Answer, to: str) -> Answer | None:
        """Return the answer that a redirect led to, over further ones."""
        for _ in range(5):
            near = (each for each in self._by_page.get(to, ()) if one.at <= each.at)
            found = next(near, None)
            if found is None or found.instant - one.instant > LANDS_WITHIN:
                return None
            further = _address(found.location) if found.status and 300 <= found.status < 400 else None
            if further is None:
                return found if looks_like_page(found) or found.status in GONE else None
            to = further
        return None

    def _judged(self, capture: Capture) -> Verdict:
        return judge(self._writer.document(capture), self._writer.site, self._writer.reader)

    def _is_known(self, page: str) -> bool:
        """Return whether a look was made at a page before, in this import too: the catalogue may not know of it yet."""
        return (
            page in self._seen
            or reading.page(self._rows, page) is not None
            or reading.article_at(self._rows, page) is not None
        )


class _NoLookError(Exception):
    """A capture that shows nothing of a page; its words say why."""


def _no_look(one: Answer, *, known: bool) -> str | None:
    """Return why an answer is no look by what it is, or None; at a page that is known its end counts as one."""
    if one.truncated:
        return "cut short"
    if one.status is None:
        return "no HTTP answer in it"
    if one.method != "GET":
        return f"an answer to {one.method}"
    if one.status == 304 and not known:
        return "a 304 of a page that is not known"
    if 300 <= one.status < 400 or looks_like_page(one) or (known and one.status != 200):
        return None
    return "no page: a picture, style sheet, script or error"


def _address(location: str | None) -> str | None:
    try:
        return normalise(location) if location else None
    except ValueError:
        return None


def _short(error: Exception) -> str:
    return "the record that it repeats is not here" if "repeats" in str(error) else type(error).__name__
