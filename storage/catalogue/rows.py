"""Values as catalogue rows and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from news.errors import ObjectCorrupt
from news.model import Revision
from news.serial import canonical, digest_of, revision_from_json
from news.urls import same_page_key
from storage.warc.members import deflated, inflated

if TYPE_CHECKING:
    from storage.warc.segment import Capture

Row = Mapping[str, Any]


def page_row(
    *,
    url: str,
    site: str,
    source: str,
    first_seen: str,
    title: str | None = None,
    published: str | None = None,
    found_in: str | None = None,
) -> dict[str, Any]:
    """Return the row of a page that was found and not looked at: due at once."""
    return {
        "url": url,
        "site": site,
        "same": same_page_key(url),
        "source": source,
        "found_in": found_in,
        "title": title,
        "published": published,
        "first_seen": first_seen,
        "looks": 0,
        "changes": 0,
        "failures": 0,
        "unconfirmed": 0,
        "next_due": first_seen,
    }


def revision_key(revision: Row, digest: str) -> str:
    """Return where the store keeps a revision (design.md, section 4)."""
    at = revision["seen_first"].translate({ord("-"): None, ord(":"): None})
    short = digest.removeprefix("sha256:")[:32]
    return f"articles/{revision['site']}/{revision['article_id']}/{at}-{short}.json"


def revision_row(revision: Row, content: bytes | None = None, digest: str | None = None) -> dict[str, Any]:
    """Return the row of a revision, from its JSON as the store keeps it.

    `content` is that in bytes and `digest` theirs, where they are known; of its article no more than `shown_json` is
    needed then.
    """
    content = content or canonical(revision)
    digest = digest or digest_of(content)
    return {
        "digest": digest,
        "key": revision_key(revision, digest),
        **told_columns(revision),
        "seen_last": revision["seen_first"],
        "object": deflated(content),
        "superseded": 0,
    }


def told_columns(revision: Row) -> dict[str, Any]:
    """Return what a revision's row tells of it, all of which its JSON says."""
    article = revision["article"]
    return {
        "article_id": revision["article_id"],
        "site": revision["site"],
        "previous": revision["previous"],
        "classes": json.dumps(revision["classes"]),
        "declared_by": json.dumps(revision["declared_by"]),
        "content_digest": revision["content_digest"],
        "reader": revision["reader"],
        "seen_first": revision["seen_first"],
        "not_before": revision["not_before"],
        "headline": article["headline"] if article else None,
        **{kind: _chosen(article, kind) for kind in ("published", "updated")},
        "record_id": revision["capture"]["record_id"],
        "segment": revision["capture"]["segment"],
    }


def stored_revision(row: Row) -> Revision:
    """Return the revision that a row holds; raises `ObjectCorrupt` where the catalogue was damaged."""
    try:
        return revision_from_json(json.loads(inflated(row["object"])))
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(
            f"the catalogue's copy of revision {row['digest']} can't be read ({error}): run `stoppress rebuild`, which "
            "builds it anew from the store"
        ) from error


def stored_capture(row: Row) -> Capture:
    """Return the capture that a row holds."""
    from storage.warc.segment import Capture

    known = {field.name: row[field.name] for field in fields(Capture)}
    return Capture.from_row({**known, "evidence": json.loads(row["evidence"])})


def _chosen(article: Row | None, kind: str) -> str | None:
    found = next((stamp for stamp in article["stamps"] if stamp["kind"] == kind), None) if article else None
    return json.dumps({name: found[name] for name in sorted(found) if name != "kind"}) if found else None
