"""Questions to the catalogue, each one statement that SQLite and PostgreSQL both understand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from news.urls import article_id, normalise, same_page_key
from storage.catalogue.opening import Rows

Row = Mapping[str, Any]

_AT_URL = "url = :url AND SUBSTR(url, 1, 500) = SUBSTR(:url, 1, 500)"
"""An address, for the index over its beginning and the time: PostgreSQL's hold no text of more than 2,700 bytes."""


_ARTICLE_AT = """COALESCE(
    (SELECT m.id FROM pages k JOIN articles m ON m.id = k.article_id WHERE k.url = :url),
    (SELECT m.id FROM aliases k JOIN articles m ON m.id = k.article_id WHERE k.url = :url),
    (SELECT m.id FROM articles m WHERE m.id = :own),
    (SELECT MIN(m.id) FROM pages k JOIN articles m ON m.id = k.article_id WHERE k.same = :same),
    (SELECT MIN(m.id) FROM aliases k JOIN articles m ON m.id = k.article_id WHERE k.same = :same)
)"""
"""The id of the article at an address, sought from what names it most surely to what only guesses."""


def article_at(rows: Rows, url: str) -> Row | None:
    """Return `id`, `site`, `url` of the article at this address, under any spelling it is known by, or None."""
    found = rows(f"SELECT id, site, url FROM articles WHERE id = {_ARTICLE_AT}", **_spellings(url))  # noqa: S608
    return found[0] if found else None


def known_at(rows: Rows, url: str) -> tuple[Row | None, Row | None]:
    """Return what `article_at` and `named_page` do, by one question."""
    (found,) = rows(
        f"""
        SELECT a.id, a.site, a.url, p.found_in, p.title, p.looks, p.last_look, c.url AS named_url, c.kind AS named_kind
        FROM (SELECT 1 AS one) AS every LEFT JOIN articles a ON a.id = {_ARTICLE_AT}
        LEFT JOIN pages p ON p.url = :page LEFT JOIN captures c ON c.record_id = p.found_in
        """,  # noqa: S608  no value of a user's stands in the text
        page=url,
        **_spellings(url),
    )
    article = {name: found[name] for name in ("id", "site", "url")}
    page = {name: found[name] for name in _NAMED}
    return article if article["id"] is not None else None, page if page["looks"] is not None else None


_NAMED = ("found_in", "title", "looks", "last_look", "named_url", "named_kind")


def _spellings(url: str) -> dict[str, str]:
    wanted = normalise(url)
    return {"url": wanted, "same": same_page_key(wanted), "own": article_id(wanted)}


def aliases_of(rows: Rows, article: Row) -> list[str]:
    """Return the other addresses of an article, sorted."""
    found = rows(
        "SELECT url FROM aliases WHERE article_id = :id AND url <> :url ORDER BY url",
        id=article["id"],
        url=article["url"],
    )
    return [row["url"] for row in found]


def chain(rows: Rows, article_id: str) -> list[Row]:
    """Return an article's revisions, oldest first, with where each one's capture lies."""
    return rows(
        """
        SELECT r.*, c."offset", c.length, c.payload_digest, c.block_digest
        FROM revisions r LEFT JOIN captures c ON c.record_id = r.record_id
        WHERE r.article_id = :id AND r.superseded = 0 ORDER BY r.seen_first, r.digest
        """,
        id=article_id,
    )


def last_revisions(rows: Rows, article_id: str) -> list[Row]:
    """Return the newest revision and, where that carries no article, the newest that does; newest first."""
    newest = rows(
        "SELECT * FROM revisions WHERE article_id = :id AND superseded = 0 "
        "ORDER BY seen_first DESC, digest DESC LIMIT 1",
        id=article_id,
    )
    if not newest or newest[0]["content_digest"] is not None:
        return newest
    return newest + rows(
        "SELECT * FROM revisions WHERE article_id = :id AND superseded = 0 AND content_digest IS NOT NULL "
        "ORDER BY seen_first DESC, digest DESC LIMIT 1",
        id=article_id,
    )


def same_content(rows: Rows, article_id: str, content_digest: str) -> str | None:
    """Return the digest of the article's newest revision with this content, or None where it never said this."""
    found = rows(
        "SELECT digest FROM revisions WHERE article_id = :id AND superseded = 0 AND content_digest = :content "
        "ORDER BY seen_first DESC, digest DESC LIMIT 1",
        id=article_id,
        content=content_digest,
    )
    return str(found[0]["digest"]) if found else None


def page(rows: Rows, url: str) -> Row | None:
    """Return what is known of the page at exactly this address, or None."""
    found = rows("SELECT * FROM pages WHERE url = :url", url=url)
    return found[0] if found else None


def validators(rows: Rows, url: str) -> Row | None:
    """Return `etag`, `last_modified`, `last_full` and the capture `validated` of a page that has one, or None."""
    found = rows(
        "SELECT etag, last_modified, last_full, validated FROM pages WHERE url = :url AND validated IS NOT NULL "
        "AND last_full IS NOT NULL",
        url=url,
    )
    return found[0] if found else None


def pages_of(rows: Rows, site: str, *, limit: int | None = None) -> list[Row]:
    """Return `url`, `source` and `article_id` of a site's pages, newest first.

    Their age counts from what the publisher says, else from when they were found.
    """
    return rows(
        "SELECT url, source, article_id FROM pages WHERE site = :site "
        "ORDER BY COALESCE(published, first_seen) DESC, url LIMIT :most",
        site=site,
        most=limit if limit is not None else 1 << 60,
    )


def due_pages(rows: Rows, site: str, now: str, *, most: int) -> list[Row]:
    """Return a site's pages whose time has come, longest due first, from an index."""
    return rows(
        "SELECT * FROM pages WHERE site = :site AND next_due <= :now ORDER BY next_due LIMIT :most",
        site=site,
        now=now,
        most=most,
    )


def list_articles(
    rows: Rows, *, site: str | None, edited_since: str | None, edit_class: str | None, weighed: bool = False
) -> list[Row]:
    """Return articles, newest change first; filters left None do not filter.

    An edit is a revision after an article's first; `edited_since` asks for one at or after that instant and
    `edit_class` for one of that class, both of the same revision when both are given. `weighed` adds
    `max_significance`, the highest score of the article's edits, None where it has none.
    """
    edits = ""
    if edited_since or edit_class:
        edits = """AND EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.superseded = 0
                   AND r.previous IS NOT NULL
                   AND r.seen_first >= :since AND r.classes LIKE :class)"""
    weight = (
        """, (SELECT MAX(d.score) FROM revisions e JOIN changes d ON d.digest = e.digest
                   WHERE e.article_id = a.id AND e.superseded = 0) AS max_significance"""
        if weighed
        else ""
    )
    return rows(
        f"""
        SELECT a.*{weight} FROM articles a WHERE (CAST(:site AS TEXT) IS NULL OR a.site = :site)
        AND CAST(:since AS TEXT) IS NOT NULL AND CAST(:class AS TEXT) IS NOT NULL {edits}
        ORDER BY a.last_change DESC NULLS LAST, a.id
        """,  # noqa: S608  no value of a user's stands in the text
        **{"site": site, "since": edited_since or "", "class": f'%"{edit_class}"%' if edit_class else "%"},
    )


def capture(rows: Rows, record_id: str) -> Row | None:
    """Return where a capture lies, or None."""
    found = rows("SELECT * FROM captures WHERE record_id = :id", id=record_id)
    return found[0] if found else None


def original(rows: Rows, refers_to: str | None) -> Row | None:
    """Return the capture whose body a revisit repeats, over other revisits that it refers to; None where none is known.

    Only a capture of another type ends the way: a revisit of itself, also by others, repeats nothing.
    """
    passed = set[str]()
    while refers_to and refers_to not in passed:
        passed.add(refers_to)
        found = capture(rows, refers_to)
        if found is None or found["record_type"] != "revisit":
            return found
        refers_to = found["refers_to"]
    return None


def looked_at(rows: Rows, record_id: str) -> bool:
    """Return whether a look speaks of this capture."""
    return bool(rows("SELECT 1 AS there FROM observations WHERE record_id = :id LIMIT 1", id=record_id))


def segment(rows: Rows, name: str) -> Row | None:
    """Return what is known of a segment, or None."""
    found = rows("SELECT * FROM segments WHERE name = :name", name=name)
    return found[0] if found else None


def last_manifest(rows: Rows, site: str, *, besides: str) -> Row | None:
    """Return the newest sealed segment of a site other than this one, or None."""
    found = rows(
        "SELECT * FROM segments WHERE site = :site AND sealed IS NOT NULL AND name <> :besides "
        "ORDER BY sealed DESC, name DESC LIMIT 1",
        site=site,
        besides=besides,
    )
    return found[0] if found else None


def last_sealed(rows: Rows) -> str | None:
    """Return when the newest manifest of all sites says that it was sealed, None where nothing was."""
    found: str | None = rows("SELECT max(sealed) AS sealed FROM segments")[0]["sealed"]
    return found


def site_figures(rows: Rows, site: str, *, now: str, today: str) -> Row:
    """Return one site's figures for `status`; `today` is the instant at which its day began."""
    return rows(
        """
        SELECT
          (SELECT COUNT(*) FROM pages WHERE site = :site) AS pages,
          (SELECT COUNT(*) FROM articles WHERE site = :site) AS articles,
          (SELECT COUNT(*) FROM pages WHERE site = :site AND next_due <= :now) AS due,
          (SELECT COUNT(*) FROM pages WHERE site = :site AND last_outcome IN ('failed', 'blocked')) AS failing,
          (SELECT MAX(at) FROM observations WHERE site = :site) AS last_look,
          (SELECT COUNT(*) FROM observations WHERE site = :site AND at >= :today
             AND outcome IN ('failed', 'blocked')) AS failures_today,
          (SELECT COUNT(*) FROM revisions WHERE site = :site AND superseded = 0) AS revisions,
          (SELECT COUNT(*) FROM revisions WHERE site = :site AND superseded = 0 AND previous IS NOT NULL
             AND seen_first >= :today) AS edits_today,
          (SELECT COUNT(*) FROM segments WHERE site = :site AND sealed IS NOT NULL) AS segments_sealed,
          (SELECT MAX(sealed) FROM segments WHERE site = :site) AS last_seal,
          (SELECT MIN(next_due) FROM pages WHERE site = :site) AS next_due
        """,
        site=site,
        now=now,
        today=today,
    )[0]


def recent_failures(rows: Rows, site: str, *, since: str, most: int = 5) -> list[Row]:
    """Return why looks failed or were blocked since then, most frequent reason first."""
    return rows(
        """
        SELECT outcome, reason, COUNT(*) AS looks, MAX(at) AS last, MAX(detail) AS detail, MAX(url) AS example
        FROM observations WHERE site = :site AND at >= :since AND outcome IN ('failed', 'blocked')
        GROUP BY outcome, reason ORDER BY looks DESC, reason NULLS FIRST, outcome LIMIT :most
        """,
        site=site,
        since=since,
        most=most,
    )


def looks_since(rows: Rows, sites: Sequence[str], since: str) -> list[Row]:
    """Return all looks at these sites from that instant on, in order of time."""
    found: list[Row] = []
    for site in sites:
        found += rows("SELECT * FROM observations WHERE site = :site AND at >= :since", site=site, since=since)
    return sorted(found, key=lambda row: (row["at"], row["id"]))


def _pairs(signals: str) -> list[tuple[str, str]]:
    import json

    return [(name, value) for name, value in json.loads(signals)]


def revisions_since(rows: Rows, site: str, since: str) -> list[Row]:
    """Return the edits of a site from that instant on: revisions after an article's first, oldest first."""
    import json

    found = rows(
        """
        SELECT r.article_id, a.url, a.headline, r.classes, r.declared_by, r.seen_first FROM revisions r
        JOIN articles a ON a.id = r.article_id
        WHERE r.site = :site AND r.superseded = 0 AND r.seen_first >= :since AND r.previous IS NOT NULL
        ORDER BY r.seen_first, r.digest
        """,
        site=site,
        since=since,
    )
    return [
        {**row, "classes": json.loads(row["classes"]), "declared_by": json.loads(row["declared_by"])} for row in found
    ]


def last_capture(rows: Rows, site: str, kind: str) -> str | None:
    """Return when a source of this kind was last captured, or None."""
    found = rows("SELECT MAX(at) AS at FROM captures WHERE site = :site AND kind = :kind", site=site, kind=kind)
    return str(found[0]["at"]) if found[0]["at"] else None


def newest_find(rows: Rows, site: str) -> str | None:
    """Return when the newest page of a site was found, or None."""
    found = rows("SELECT MAX(first_seen) AS at FROM pages WHERE site = :site", site=site)
    return str(found[0]["at"]) if found[0]["at"] else None


def timeline(rows: Rows, article_id: str) -> list[Row]:
    """Return an article's revisions as `chain` does, without the objects themselves."""
    return rows(
        """
        SELECT r.digest, r.previous, r.classes, r.declared_by, r.content_digest, r.reader, r.seen_first, r.seen_last,
          r.not_before, r.headline, r.published, r.updated, r.record_id, r.segment,
          c."offset", c.length, c.payload_digest, d.significance
        FROM revisions r LEFT JOIN captures c ON c.record_id = r.record_id LEFT JOIN changes d ON d.digest = r.digest
        WHERE r.article_id = :id AND r.superseded = 0 ORDER BY r.seen_first, r.digest
        """,
        id=article_id,
    )


def known_sites(rows: Rows) -> list[str]:
    """Return the names of all sites that the catalogue knows anything of, sorted."""
    found = rows("SELECT DISTINCT site FROM segments UNION SELECT DISTINCT site FROM pages")
    return sorted(row["site"] for row in found)


def urls_like(rows: Rows, *, start: str, most: int = 2000) -> list[str]:
    """Return addresses of articles that begin so, newest change first."""
    found = rows(
        "SELECT url FROM articles WHERE SUBSTR(url, 1, :length) = :start ORDER BY last_change DESC NULLS LAST, url "
        "LIMIT :most",
        length=len(start),
        start=start,
        most=most,
    )
    return [row["url"] for row in found]


def same_payload(rows: Rows, site: str, url: str, payload_digest: str) -> Row | None:
    """Return the first whole answer from this address that held this payload, or None."""
    found = rows(
        f"SELECT * FROM captures WHERE {_AT_URL} AND payload_digest = :digest AND site = :site "  # noqa: S608
        "AND record_type = 'response' AND truncated IS NULL AND status = 200 ORDER BY at LIMIT 1",
        url=url,
        digest=payload_digest,
        site=site,
    )
    return found[0] if found else None


def last_answer(rows: Rows, site: str, url: str) -> Row | None:
    """Return the newest capture from this address that told something: an answer, or a revisit of one; or None."""
    found = rows(
        f"SELECT * FROM captures WHERE {_AT_URL} AND site = :site AND truncated IS NULL "  # noqa: S608
        "ORDER BY at DESC LIMIT 1",
        url=url,
        site=site,
    )
    return found[0] if found else None


def named_page(rows: Rows, url: str) -> Row | None:
    """Return a page's `found_in`, `title`, `looks`, `last_look`; `named_url`, `named_kind` of what named it."""
    found = rows(
        "SELECT p.found_in, p.title, p.looks, p.last_look, c.url AS named_url, c.kind AS named_kind "
        "FROM pages p LEFT JOIN captures c ON c.record_id = p.found_in WHERE p.url = :url",
        url=url,
    )
    return found[0] if found else None


def last_robots(rows: Rows, site: str, page: str) -> Row | None:
    """Return the newest whole answer for a robots.txt, sought at this address, whatever it said; or None."""
    found = rows(
        "SELECT * FROM captures WHERE site = :site AND kind = 'robots' AND page = :page AND truncated IS NULL "
        "ORDER BY at DESC LIMIT 1",
        site=site,
        page=page,
    )
    return found[0] if found else None


def last_good_robots(rows: Rows, site: str, page: str) -> Row | None:
    """Return the newest capture of a robots.txt, sought at this address, that was there; or None."""
    found = rows(
        "SELECT * FROM captures WHERE site = :site AND kind = 'robots' AND page = :page AND status = 200 "
        "AND truncated IS NULL ORDER BY at DESC LIMIT 1",
        site=site,
        page=page,
    )
    return found[0] if found else None
