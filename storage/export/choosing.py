"""What an export is of: a few articles or whole sites, within a span of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.catalogue import reading
from storage.catalogue.opening import Row, Rows

MOST = 2000
"""Rows that are held at a time."""

_REVISIONS = """
SELECT r.*, a.url AS article_url, c.request_id, c.at AS captured_at, c.url AS capture_url, c."offset", c.length,
  c.payload_digest, c.block_digest, c.status, c.record_type, c.kind
FROM revisions r JOIN articles a ON a.id = r.article_id LEFT JOIN captures c ON c.record_id = r.record_id
WHERE r.superseded = 0 AND
"""
_OF_SITE = (
    f"{_REVISIONS} r.site = :site AND r.article_id > :after ORDER BY r.article_id, r.seen_first, r.digest LIMIT :most"
)
_OF_ARTICLE = f"{_REVISIONS} r.article_id = :id ORDER BY r.seen_first, r.digest"


_NUMBER = """
(SELECT COUNT(*) FROM revisions p WHERE p.article_id = r.article_id AND p.superseded = 0
  AND (p.seen_first < r.seen_first OR (p.seen_first = r.seen_first AND p.digest <= r.digest))) AS number
"""
_BY_TIME = f"""
{_REVISIONS.replace("r.*,", f"r.*, {_NUMBER},")} r.site = :site AND r.seen_first >= :since AND r.seen_first < :until
AND (r.seen_first > :at OR (r.seen_first = :at AND r.digest > :digest)) ORDER BY r.seen_first, r.digest LIMIT :most
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is to be exported: these articles, or where there are none everything of these sites.

    `since` (inclusive) and `until` (exclusive) are RFC 3339; None does not bound.
    """

    sites: tuple[str, ...]
    articles: tuple[Row, ...] = ()
    since: str | None = None
    until: str | None = None

    def holds(self, at: str) -> bool:
        """Return whether an instant lies within the span."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    @property
    def bounded(self) -> bool:
        """True when a span was asked for."""
        return self.since is not None or self.until is not None

    def told(self) -> str:
        """Return in words what was chosen."""
        what = ", ".join(article["url"] for article in self.articles) or f"site {', '.join(self.sites)}"
        since = f" since {self.since}" if self.since else ""
        return f"{what}{since}{f' until {self.until}' if self.until else ''}"


def chosen_revisions(rows: Rows, chosen: Chosen) -> Iterator[tuple[int, Row]]:
    """Yield each standing revision that was chosen with its number, article by article, oldest first in each."""
    for chain in _chains(rows, chosen):
        for number, row in enumerate(chain, start=1):
            if chosen.holds(row["seen_first"]):
                yield number, row


def revisions_by_time(rows: Rows, chosen: Chosen) -> Iterator[tuple[int, Row]]:
    """Yield the same by site and first sight."""
    if chosen.articles:
        found = list(chosen_revisions(rows, chosen))
        yield from sorted(found, key=lambda each: (each[1]["site"], each[1]["seen_first"], each[1]["digest"]))
        return
    span = {"since": chosen.since or "", "until": chosen.until or "9999"}
    for site in chosen.sites:
        at, digest = "", ""
        while page := rows(_BY_TIME, site=site, at=at, digest=digest, most=MOST, **span):
            yield from ((row["number"], row) for row in page)
            at, digest = page[-1]["seen_first"], page[-1]["digest"]


def count_revisions(rows: Rows, chosen: Chosen) -> int:
    """Return how many revisions `chosen_revisions` yields."""
    within = "superseded = 0 AND seen_first >= :since AND seen_first < :until"
    span = {"since": chosen.since or "", "until": chosen.until or "9999"}
    if chosen.articles:
        asked = f"SELECT COUNT(*) AS n FROM revisions WHERE article_id = :id AND {within}"  # noqa: S608  no value
        return sum(rows(asked, id=article["id"], **span)[0]["n"] for article in chosen.articles)
    asked = f"SELECT COUNT(*) AS n FROM revisions WHERE site = :site AND {within}"  # noqa: S608  no value
    return sum(rows(asked, site=site, **span)[0]["n"] for site in chosen.sites)


def _chains(rows: Rows, chosen: Chosen) -> Iterator[Sequence[Row]]:
    if chosen.articles:
        for article in chosen.articles:
            yield rows(_OF_ARTICLE, id=article["id"])
        return
    for site in chosen.sites:
        yield from _chains_of(rows, site)


def _chains_of(rows: Rows, site: str) -> Iterator[Sequence[Row]]:
    after = ""
    while found := rows(_OF_SITE, site=site, after=after, most=MOST):
        chains = dict[str, list[Row]]()
        for row in found:
            chains.setdefault(row["article_id"], []).append(row)
        if len(found) == MOST:
            last, _ = chains.popitem()  # it may go on
            if not chains:
                chains = {last: rows(_OF_ARTICLE, id=last)}
        yield from chains.values()
        after = next(reversed(chains))


def captures_of_articles(rows: Rows, articles: Sequence[Row]) -> list[Row]:
    """Return all captures of these articles' addresses and of the looks at them, by segment and place."""
    found = dict[str, Row]()
    for article in articles:
        urls = {article["url"], *reading.aliases_of(rows, article)}
        urls |= {row["url"] for row in rows("SELECT url FROM pages WHERE article_id = :id", id=article["id"])}
        for url in sorted(urls):
            found |= _by_id(
                rows("SELECT * FROM captures WHERE url = :url AND site = :site", url=url, site=article["site"])
            )
        found |= _by_id(
            rows(
                "SELECT c.* FROM observations o JOIN captures c ON c.record_id = o.record_id WHERE o.article_id = :id",
                id=article["id"],
            )
        )
    return sorted(found.values(), key=lambda row: (row["site"], row["segment"], row["offset"]))


def _by_id(found: Sequence[Row]) -> dict[str, Row]:
    return {row["record_id"]: row for row in found}
