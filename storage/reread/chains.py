"""One article's looks, from the catalogue, as its reader would see them today; and its chain held against the old."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from news.model import CaptureRef, Revision
from news.revising import Verdict
from news.revising.content import parts_changed
from news.revising.deciding import Gone, Moved, Occasion
from news.revising.replaying import Link, Sighting
from news.serial import canonical, digest_of, instant, revision_json, rfc3339
from news.writing import revision_digest
from storage.catalogue import reading
from storage.catalogue.moves import REDIRECTED
from storage.catalogue.opening import Row, Rows
from storage.catalogue.rows import stored_revision

_LOOKS = """
SELECT o.site, o.url, o.article_id, o.at, o.outcome, o.reason, o.record_id, c.segment, c.payload_digest, c.block_digest,
  c.evidence, c.status, c.truncated
FROM observations o LEFT JOIN captures c ON c.record_id = o.record_id WHERE
"""
_OF_SITE = f"{_LOOKS} o.site = :site AND o.article_id > :after ORDER BY o.article_id, o.at, o.id LIMIT :most"
_OF_ARTICLE = f"{_LOOKS} o.article_id = :id ORDER BY o.at, o.id"
_UNREAD = (
    f"{_LOOKS} o.article_id IS NULL AND c.truncated IS NULL AND "
    "(o.outcome IN ('gone', 'moved', 'unchanged', 'not-modified') OR "
    "(o.outcome IN ('failed', 'not-article', 'blocked') AND c.status = 200 AND o.reason <> 'alias-differs'))"
)
MOST = 20_000
"""Looks that are held at a time."""

Judged = Callable[[str], Verdict | None]


def looks_by_article(rows: Rows, site: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield each article of a site with all looks that saw something of it, oldest first; memory stays flat."""
    after = ""
    while found := rows(_OF_SITE, site=site, after=after, most=MOST):
        whole = [(name, list(looks)) for name, looks in groupby(found, key=lambda row: str(row["article_id"]))]
        if len(found) == MOST:
            name, _ = whole.pop()  # its looks may go on
            if not whole:
                whole = [(name, rows(_OF_ARTICLE, id=name))]
        yield from whole
        after = whole[-1][0]


def unread_looks(rows: Rows, site: str) -> dict[str, list[Row]]:
    """Return the looks that made nothing of a page, by its address: another reader may, or an older look found since.

    A page that was gone or led away before anything was known of it says nothing, until an import brings its article.
    So do an old address that shows another text and a 304 of what had moved, until one brings what was between.
    """
    found = defaultdict[str, list[Row]](list)
    for look in rows(f"{_UNREAD} AND o.site = :site ORDER BY o.at, o.id", site=site):
        found[look["url"]].append(look)
    return found


def with_unread(rows: Rows, article_id: str, looks: Sequence[Row], unread: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Return an article's looks with those at its pages that made nothing of it, oldest first."""
    urls = _pages_of(rows, article_id) if unread else ()
    return _together(article_id, looks, [look for url in urls for look in unread.get(url, ())])


def article_sightings(
    rows: Rows, article_id: str, judged: Judged, *, reader: str, pages: Collection[str] = ()
) -> list[Sighting]:
    """Return what today's reader sees of one article in all looks at it; raises what `judged` raises.

    `pages` are addresses of it that the catalogue need not know as that.
    """
    looks = rows(_OF_ARTICLE, id=article_id)
    urls = {*pages, *_pages_of(rows, article_id)}
    unread = [look for url in sorted(urls) for look in rows(f"{_UNREAD} AND o.url = :url ORDER BY o.at, o.id", url=url)]
    chain = reading.chain(rows, article_id)
    listed = listed_in(map(stored_revision, chain))
    return sightings(_together(article_id, looks, unread), judged, reader=reader, listed=listed)


def is_looked_at_after(rows: Rows, article_id: str, at: str, *, page: str) -> bool:
    """Return whether `article_sightings` of an article, which may be seen at this page, has a look after an instant."""
    if rows("SELECT id FROM observations WHERE article_id = :id AND at > :at LIMIT 1", id=article_id, at=at):
        return True
    asked = f"{_UNREAD} AND o.url = :url AND o.at > :at LIMIT 1"
    return any(rows(asked, url=url, at=at) for url in sorted({page, *_pages_of(rows, article_id)}))


def _pages_of(rows: Rows, article_id: str) -> list[str]:
    """Return the pages of an article: those that are known as that, and its other addresses that are no other's."""
    found = rows(
        "SELECT url FROM pages WHERE article_id = :id UNION SELECT a.url FROM aliases a "
        "LEFT JOIN pages p ON p.url = a.url WHERE a.article_id = :id AND p.article_id IS NULL",
        id=article_id,
    )
    return [row["url"] for row in found]


def _together(article_id: str, looks: Sequence[Row], unread: Sequence[Row]) -> list[Row]:
    more = [{**look, "article_id": article_id} for look in unread]
    return sorted([*looks, *more], key=lambda look: str(look["at"])) if more else list(looks)


def judged_records(looks: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Yield segment and record id of the captures that a reader has to judge anew."""
    for look in looks:
        if look["segment"] and look["outcome"] not in ("moved", "not-modified") and not look["truncated"]:
            yield look["segment"], look["record_id"]


def listed_in(chain: Iterable[Revision]) -> dict[str, str]:
    """Return under which headline an article was named, by record id of the capture that was led to."""
    return {revision.capture.record_id: revision.listed for revision in chain if revision.listed is not None}


def sightings(looks: Sequence[Row], judged: Judged, *, reader: str, listed: Mapping[str, str]) -> list[Sighting]:
    """Return what today's reader sees of an article in these looks; looks that show nothing of it are left out.

    `listed` is what `listed_in` says of the chain that stands: older looks may have been taken in since.
    """
    found = list[Sighting]()
    for look in looks:
        sighting = _sighting(look, judged, reader, listed.get(look["record_id"]))
        if sighting is not None:
            found.append(sighting)
    return found


def _sighting(look: Row, judged: Judged, reader: str, listed: str | None) -> Sighting | None:
    if look["outcome"] == "not-modified":
        return Sighting(occasion=_occasion(look, reader, None), sight=None)
    if look["segment"] is None or look["truncated"]:
        return None
    occasion = _occasion(look, reader, listed)
    if look["outcome"] == "gone" and 300 <= (look["status"] or 0) < 400:  # what the redirect led to was the end
        return Sighting(occasion=occasion, sight=Gone(status=int((look["reason"] or "").removeprefix("http-"))))
    if look["outcome"] == "moved":
        return Sighting(occasion=occasion, sight=Moved(to=(look["reason"] or "").removeprefix(REDIRECTED)))
    verdict = judged(look["record_id"])
    return Sighting(occasion=occasion, sight=verdict.sight) if verdict and verdict.sight else None


def _occasion(look: Row, reader: str, listed: str | None) -> Occasion:
    return Occasion(
        site=look["site"],
        article_id=look["article_id"],
        url=look["url"],
        reader=reader,
        at=instant(look["at"]),
        capture=CaptureRef(
            record_id=look["record_id"] or "",
            segment=look["segment"] or "",
            payload_digest=look["payload_digest"],
            block_digest=look["block_digest"] or "",
        ),
        evidence=tuple((name, value) for name, value in json.loads(look["evidence"] or "[]")),
        listed=listed,
    )


def relaid_line(
    links: Sequence[Link], *, url: str | None = None, signals: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> dict[str, Any]:
    """Return the journal's line that lays these revisions, one article's, in the place of its chain.

    `url` is the article's canonical address at first sight, for one that may not be known yet. `signals` are those of
    earlier looks, by their ids, which tell others in the new chain.
    """
    revisions = [(revision_json(link.revision), link.seen_last) for link in links]
    first = links[0].revision
    return {
        "t": "reread",
        "site": first.site,
        "article_id": first.article_id,
        "reader": first.reader,
        **({"url": url} if url else {}),
        **({"signals": {name: [list(pair) for pair in pairs] for name, pairs in signals.items()}} if signals else {}),
        "revisions": [
            {
                "digest": digest_of(canonical(row)),
                "seen_first": row["seen_first"],
                "seen_last": rfc3339(seen_last),
                "object": row,
            }
            for row, seen_last in revisions
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How an article's chain as read today differs from the one that the catalogue has.

    `added` and `lost` are revisions, by record id of their capture, that one chain has and the other has not:
    changes by the publisher that only one reader sees. `reread` are those of both whose article reads otherwise now,
    with the parts; `retold` those whose article reads the same and whose classes or bounds differ.
    """

    article_id: str
    url: str
    added: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    reread: tuple[tuple[str, tuple[str, ...]], ...] = ()
    retold: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.added or self.lost or self.reread or self.retold)

    def lines(self) -> Iterator[str]:
        """Yield what differs, in words."""
        yield from (f"a revision that was not seen before: record {one}" for one in self.added)
        yield from (f"a revision that is seen no longer: record {one}" for one in self.lost)
        yield from (f"reads otherwise: {', '.join(parts)} (record {one})" for one, parts in self.reread)
        yield from (f"told otherwise: {', '.join(what)} (record {one})" for one, what in self.retold)

    def row(self) -> dict[str, Any]:
        """Return it as `reread --json` prints it."""
        return {
            "id": self.article_id,
            "url": self.url,
            "added": list(self.added),
            "lost": list(self.lost),
            "reread": [{"record_id": one, "parts": list(parts)} for one, parts in self.reread],
            "retold": [{"record_id": one, "what": list(what)} for one, what in self.retold],
        }


def difference(article_id: str, url: str, before: Sequence[Revision], after: Sequence[Link]) -> Difference:
    """Return how the chain `after` differs from the one `before`, revision by revision of the same capture."""
    old = {revision.capture.record_id: revision for revision in before}
    new = {link.revision.capture.record_id: link.revision for link in after}
    both = [(one, old[one], new[one]) for one in old if one in new]
    return Difference(
        article_id=article_id,
        url=url,
        added=tuple(one for one in new if one not in old),
        lost=tuple(one for one in old if one not in new),
        reread=tuple((one, parts) for one, then, now in both if (parts := _parts(then, now))),
        retold=tuple((one, what) for one, then, now in both if (what := _retold(then, now))),
    )


def _parts(then: Revision, now: Revision) -> tuple[str, ...]:
    """Return the parts of an article that one capture shows otherwise to another reader."""
    if then.article is None or now.article is None:
        return () if then.article is now.article else ("article",)
    parts = parts_changed(then.article, now.article)
    return parts or (("stamps",) if then.article.stamps != now.article.stamps else ())


def _retold(then: Revision, now: Revision) -> tuple[str, ...]:
    names = ("classes", "declared_by", "seen_first", "not_before", "url")
    told = tuple(name for name in names if getattr(then, name) != getattr(now, name))
    if told or _parts(then, now) or then.reader != now.reader:
        return told
    return () if revision_digest(then) == revision_digest(now) else ("digest",)
