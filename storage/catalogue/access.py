"""Whether articles can be read where they were: which wall stands before each, and since when."""

from __future__ import annotations

from collections import Counter
from typing import Any

from storage.catalogue.opening import Row, Rows

WORDS = {
    "paywall": "behind a paywall",
    "login-wall": "behind a login",
    "consent-wall": "behind a consent wall",
    "bot-wall": "behind a bot check",
    "robots": "forbidden by robots.txt",
}
"""States in words; any other is told as it is."""


def access_of(rows: Rows, article_id: str) -> dict[str, Any] | None:
    """Return `{"state", "since"}` of what stands before an article since it was last read, None where nothing does.

    The state is the reason of the newest look that was blocked, `since` the first look that met it.
    """
    found = rows(
        """
        SELECT reason AS state, MIN(at) AS since, MAX(at) AS last FROM observations
        WHERE article_id = :id AND outcome = 'blocked' AND at > COALESCE(
          (SELECT at FROM observations WHERE article_id = :id AND outcome NOT IN ('blocked', 'failed')
           ORDER BY at DESC LIMIT 1), '')
        GROUP BY reason ORDER BY last DESC, reason LIMIT 1
        """,
        id=article_id,
    )
    return {"state": found[0]["state"], "since": found[0]["since"]} if found else None


def accesses(rows: Rows, site: str | None = None) -> dict[str, dict[str, Any]]:
    """Return `{"state", "since"}` by article id, for all articles, or a site's, that something stands before."""
    suspects = rows(
        "SELECT DISTINCT article_id AS id FROM pages WHERE last_outcome IN ('blocked', 'failed') "
        "AND article_id IS NOT NULL AND (CAST(:site AS TEXT) IS NULL OR site = :site)",
        site=site,
    )
    found = {row["id"]: access_of(rows, row["id"]) for row in suspects}
    return {name: access for name, access in found.items() if access}


def walled(rows: Rows, site: str) -> dict[str, int]:
    """Return how many of a site's articles each kind of wall stands before, the most frequent first."""
    counts = Counter[str](access["state"] for access in accesses(rows, site).values())
    return dict(counts.most_common())


def in_words(access: Row) -> str:
    """Return what stands before an article, in words."""
    return WORDS.get(access["state"], f"blocked ({access['state']})")
