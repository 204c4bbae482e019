"""How long the articles of a site usually are: what a paywall's stub is measured against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from statistics import median

from news.revising.stubs import words_in
from news.serial import rfc3339
from storage.catalogue.opening import Rows
from storage.catalogue.rows import stored_revision

ENOUGH = 8
MOST = 40


def typical_words(rows: Rows, site: str) -> Callable[[datetime], int | None]:
    """Return a function that says how many words a site's articles had, by the middle one of those found before then.

    None where fewer than `ENOUGH` were known.
    """

    def known(before: datetime) -> int | None:
        found = rows(
            "SELECT object FROM revisions WHERE site = :site AND seen_first < :before AND previous IS NULL "
            "AND content_digest IS NOT NULL AND superseded = 0 ORDER BY seen_first DESC LIMIT :most",
            site=site,
            before=rfc3339(before),
            most=MOST,
        )
        articles = [stored_revision(row).article for row in found]
        lengths = [words_in(article) for article in articles if article]
        return int(median(lengths)) if len(lengths) >= ENOUGH else None

    return known
