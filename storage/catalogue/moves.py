"""Where an article goes on that left its address for another's: both were known before the redirect, both are kept.

What is known of one article is never given to another. That the publisher's redirect calls them one is told of both.
"""

from __future__ import annotations

import json
from typing import Any

from storage.catalogue.opening import Row, Rows
from storage.catalogue.reading import aliases_of, article_at

REDIRECTED = "redirected to "
"""What the reason of a look that was led elsewhere begins with; the address follows."""


def moves_json(rows: Rows, article: Row) -> dict[str, Any]:
    """Return `continues_at`, `{"id", "url"}`, and `continued_from`, a list of such; each only where there is one."""
    after, before = goes_on_at(rows, article), came_from(rows, article)
    told = {"continues_at": _named(after)} if after else {}
    return told | ({"continued_from": [_named(one) for one in before]} if before else {})


def goes_on_at(rows: Rows, article: Row) -> Row | None:
    """Return the other article that stands where this one's address leads now, None where it stands by itself."""
    last = rows(
        "SELECT classes FROM revisions WHERE article_id = :id AND superseded = 0 "
        "ORDER BY seen_first DESC, digest DESC LIMIT 1",
        id=article["id"],
    )
    if not last or "moved" not in json.loads(last[0]["classes"]):
        return None
    looks = rows(
        "SELECT reason FROM observations WHERE article_id = :id AND outcome = 'moved' AND reason LIKE :led "
        "ORDER BY at DESC LIMIT 1",
        id=article["id"],
        led=f"{REDIRECTED}%",
    )
    found = article_at(rows, looks[0]["reason"].removeprefix(REDIRECTED)) if looks else None
    return found if found and found["id"] != article["id"] else None


def came_from(rows: Rows, article: Row) -> list[Row]:
    """Return the articles that go on in this one, by address: those whose pages were looked at and led here."""
    addresses = [article["url"], *aliases_of(rows, article)]
    pages = {row["page"] for url in addresses for row in rows(_LED_HERE, url=url)}
    others = {found["id"]: found for page in sorted(pages) if (found := article_at(rows, page))}
    others.pop(article["id"], None)
    return [other for other in others.values() if (goes_on_at(rows, other) or {}).get("id") == article["id"]]


_LED_HERE = (
    "SELECT DISTINCT page FROM captures WHERE url = :url AND SUBSTR(url, 1, 500) = SUBSTR(:url, 1, 500) "
    "AND page <> :url AND kind = 'page'"
)


def _named(article: Row) -> dict[str, str]:
    return {"id": article["id"], "url": article["url"]}
