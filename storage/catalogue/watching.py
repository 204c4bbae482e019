"""What alarms and back-off ask of the catalogue: how a site has treated us lately. Read-only, from indexes."""

from __future__ import annotations

from news.policy import REFUSALS
from storage.catalogue.opening import Row, Rows

_WELL = (
    "(outcome IN ('new', 'changed', 'unchanged', 'not-modified', 'moved') "
    "OR (outcome = 'gone' AND reason <> 'http-451') "
    "OR (outcome = 'not-article' AND reason NOT IN ('error-page', 'soft-404')))"
)
"""Looks at which the site answered as it should; a refusal by 451 for all is none, and an error page is none."""

_SOURCES = "('front', 'feed', 'sitemap')"


def since_well(rows: Rows, site: str) -> list[Row]:
    """Return the looks after the last good one, by `outcome` and `reason`.

    Each row says how many `looks` at how many `pages` these were, `since` when, the `last` of them, and an `example`.
    """
    return rows(
        f"""
        SELECT outcome, reason, COUNT(*) AS looks, COUNT(DISTINCT url) AS pages, MIN(at) AS since, MAX(at) AS last,
          MAX(url) AS example
        FROM observations WHERE site = :site AND at > COALESCE(
          (SELECT at FROM observations WHERE site = :site AND {_WELL} ORDER BY at DESC LIMIT 1), '')
        GROUP BY outcome, reason ORDER BY outcome, reason NULLS FIRST
        """,  # noqa: S608  no value of a user's stands in the text
        site=site,
    )


def resting(rows: Rows, site: str, *, now: str) -> Row:
    """Return how many `pages` wait for a rest to end, and `until` when."""
    return rows(
        "SELECT COUNT(*) AS pages, MAX(retry_at) AS until FROM pages WHERE site = :site AND retry_at > :now",
        site=site,
        now=now,
    )[0]


def pages(rows: Rows, site: str) -> int:
    """Return how many pages of a site are known, at most as many as alarms want to know of."""
    found = rows("SELECT url FROM pages WHERE site = :site LIMIT :most", site=site, most=REFUSALS)
    return len(found)


def sources_tried(rows: Rows, site: str) -> Row:
    """Return how many answers came of `robots` and `fronts`, how many `good` and `refused` sources, `since` when."""
    return rows(
        f"""
        SELECT COALESCE(SUM(CASE WHEN kind = 'robots' THEN 1 ELSE 0 END), 0) AS robots,
          COALESCE(SUM(CASE WHEN kind = 'front' THEN 1 ELSE 0 END), 0) AS fronts,
          COALESCE(SUM(CASE WHEN kind IN {_SOURCES} AND status < 400 THEN 1 ELSE 0 END), 0) AS good,
          COALESCE(SUM(CASE WHEN kind IN {_SOURCES} AND status IN (401, 402, 403, 429, 451) THEN 1 ELSE 0 END), 0)
            AS refused,
          MIN(at) AS since
        FROM captures WHERE site = :site AND kind IN ('robots', 'front', 'feed', 'sitemap')
        """,  # noqa: S608
        site=site,
    )[0]


def unread_layouts(rows: Rows, site: str, *, since: str) -> Row:
    """Return how many `pages` were last found with a layout that can't be read, the `first` such look, an `example`."""
    return rows(
        f"""
        SELECT COUNT(DISTINCT o.url) AS pages, MIN(o.at) AS first, MAX(o.url) AS example FROM observations o
        WHERE o.site = :site AND o.at >= :since AND o.reason = 'layout-changed' AND NOT EXISTS (
          SELECT 1 FROM observations WHERE url = o.url AND at > o.at AND {_WELL})
        """,  # noqa: S608
        site=site,
        since=since,
    )[0]


def finds(rows: Rows, site: str, *, since: str) -> list[str]:
    """Return when pages were found since then, each instant once, in order."""
    found = rows(
        "SELECT DISTINCT first_seen FROM pages WHERE site = :site AND first_seen >= :since ORDER BY first_seen",
        site=site,
        since=since,
    )
    return [row["first_seen"] for row in found]


def last_good_source(rows: Rows, site: str) -> str | None:
    """Return when a front, feed or sitemap last answered well, or None."""
    found = [
        row["at"]
        for kind in ("front", "feed", "sitemap")
        for row in rows(
            "SELECT at FROM captures WHERE site = :site AND kind = :kind AND status IN (200, 304) "
            "AND truncated IS NULL ORDER BY at DESC LIMIT 1",
            site=site,
            kind=kind,
        )
    ]
    return max(found, default=None)


def failing_sources(rows: Rows, site: str, *, since: str, most: int) -> list[Row]:
    """Return sources that were there since then and answer with errors, `bad` times in a row, `most` or more."""
    return rows(
        f"""
        SELECT c.url, MAX(c.kind) AS kind, COUNT(*) AS bad, MIN(c.at) AS since, MAX(c.status) AS status
        FROM captures c JOIN (
          SELECT url, MAX(at) AS at FROM captures WHERE site = :site AND kind IN {_SOURCES} AND at >= :since
          AND status IN (200, 304) GROUP BY url) good ON good.url = c.url
        WHERE c.site = :site AND c.kind IN {_SOURCES} AND c.at > good.at AND c.status >= 400
        GROUP BY c.url HAVING COUNT(*) >= :most ORDER BY since, c.url
        """,  # noqa: S608
        site=site,
        since=since,
        most=most,
    )


def waiting(rows: Rows, site: str, *, now: str) -> Row:
    """Return how many pages are `due`, since when the first of them is (`next_due`), and the `last_look` at any."""
    return rows(
        """
        SELECT COUNT(*) AS due, MIN(next_due) AS next_due,
          (SELECT MAX(at) FROM observations WHERE site = :site) AS last_look
        FROM pages WHERE site = :site AND next_due <= :now
        """,
        site=site,
        now=now,
    )[0]
