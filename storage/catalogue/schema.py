"""The catalogue's tables. Instants are RFC 3339 texts in UTC with microseconds: they sort as instants do."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

REVISION = "0006"
"""The schema that this program speaks: the newest migration."""

metadata = MetaData()

pages = Table(
    "pages",
    metadata,
    Column("url", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("same", Text, nullable=False),  # the key under which www, scheme and slash variants coincide
    Column("article_id", Text),
    Column("source", Text, nullable=False),
    Column("found_in", Text),  # record id of the capture that named it: a feed, a sitemap, a front
    Column("title", Text),
    Column("published", Text),
    Column("first_seen", Text, nullable=False),
    Column("last_look", Text),
    Column("last_full", Text),  # last look that did not end in a 304
    Column("last_outcome", Text),
    Column("last_change", Text),
    Column("looks", Integer, nullable=False, default=0),
    Column("changes", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("unconfirmed", Integer, nullable=False, default=0),
    Column("next_due", Text),
    Column("retry_at", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("validated", Text),  # record id of the capture that etag and last_modified belong to
    Index("pages_due", "site", "next_due"),
    Index("pages_same", "same"),
    Index("pages_article", "article_id"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("headline", Text),
    Column("published", Text),
    Column("updated", Text),
    Column("revisions", Integer, nullable=False, default=0),
    Column("last_change", Text),
    Column("last_look", Text),
    Index("articles_changed", "site", "last_change"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("url", Text, primary_key=True),
    Column("same", Text, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("since", Text, nullable=False),
    Index("aliases_same", "same"),
    Index("aliases_article", "article_id"),
)

captures = Table(
    "captures",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("request_id", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("url", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("status", Integer),
    Column("media_type", Text),
    Column("payload_digest", Text),
    Column("block_digest", Text, nullable=False),
    Column("refers_to", Text),
    Column("truncated", Text),
    Column("evidence", Text, nullable=False),
    Index("captures_url", "url", "at"),
    Index("captures_segment", "segment", "offset"),
    Index("captures_kind", "site", "kind", "at"),
)

observations = Table(
    "observations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("article_id", Text),
    Column("at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("why", Text, nullable=False),
    Column("signals", Text, nullable=False),
    Column("record_id", Text),
    Column("segment", Text, nullable=False),
    Column("revision", Text),
    Index("observations_site", "site", "at"),
    Index("observations_url", "url", "at"),
    Index("observations_article", "article_id", "at"),
    Index("observations_segment", "segment"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("article_id", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("previous", Text),
    Column("classes", Text, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("content_digest", Text),
    Column("reader", Text, nullable=False),
    Column("seen_first", Text, nullable=False),
    Column("seen_last", Text, nullable=False),
    Column("not_before", Text),
    Column("headline", Text),
    Column("published", Text),
    Column("updated", Text),
    Column("record_id", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("object", LargeBinary, nullable=False),  # the canonical JSON, deflated: the store's object at hand
    Column("superseded", Integer, nullable=False, default=0, server_default="0"),  # a newer reader's chain stands
    Index("revisions_article", "article_id", "seen_first"),
    Index("revisions_site", "site", "seen_first"),
    Index("revisions_segment", "segment"),
)

changes = Table(
    "changes",  # one for each revision with one before it; a full-text index stands beside it, see migration 0005
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("article_id", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("at", Text, nullable=False),  # when the revision was seen first
    Column("places", Text, nullable=False),  # where each piece of the texts stands: `body`, `headline`, ...
    Column("removed", Text, nullable=False),  # the pieces that changed, as they were; see `differing`
    Column("added", Text, nullable=False),  # and as they are
    Column("score", Integer, nullable=False),
    Column("significance", Text, nullable=False),
    Index("changes_at", "at"),
    Index("changes_site", "site", "at"),
)

segments = Table(
    "segments",
    metadata,
    Column("name", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("opened", Text, nullable=False),
    Column("sealed", Text),
    Column("warc_key", Text),
    Column("bytes", BigInteger),
    Column("manifest", Text),  # digest of its manifest
    Index("segments_site", "site", "sealed"),
)

versions = Table(
    "versions",
    metadata,
    Column("key", Text, primary_key=True),  # an object of the store, where that keeps versions
    Column("version", Text, nullable=False),  # the version that holds what was put
)

leases = Table(
    "leases",
    metadata,
    Column("site", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),  # grows each time that another takes the site
    Column("holder", Text, nullable=False),  # a name that no other holder ever has; empty when nobody writes the site
    Column("host", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("spool", Text, nullable=False),
    Column("taken", Text, nullable=False),
    Column("until", Text, nullable=False),
)

stores = Table(
    "stores",
    metadata,
    Column("address", Text, primary_key=True),  # a store that this catalogue is the index of
    Column("since", Text, nullable=False),
)
