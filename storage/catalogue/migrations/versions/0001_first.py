"""The first schema: pages, articles, aliases, captures, observations, revisions, segments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table of format 1."""
    op.create_table(
        "pages",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("same", sa.Text, nullable=False),
        sa.Column("article_id", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("found_in", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("first_seen", sa.Text, nullable=False),
        sa.Column("last_look", sa.Text),
        sa.Column("last_full", sa.Text),
        sa.Column("last_outcome", sa.Text),
        sa.Column("last_change", sa.Text),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("unconfirmed", sa.Integer, nullable=False),
        sa.Column("next_due", sa.Text),
        sa.Column("retry_at", sa.Text),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("validated", sa.Text),
    )
    op.create_index("pages_due", "pages", ["site", "next_due"])
    op.create_index("pages_same", "pages", ["same"])
    op.create_index("pages_article", "pages", ["article_id"])
    op.create_table(
        "articles",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("headline", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("updated", sa.Text),
        sa.Column("revisions", sa.Integer, nullable=False),
        sa.Column("last_change", sa.Text),
        sa.Column("last_look", sa.Text),
    )
    op.create_index("articles_changed", "articles", ["site", "last_change"])
    op.create_table(
        "aliases",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("same", sa.Text, nullable=False),
        sa.Column("article_id", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
    )
    op.create_index("aliases_same", "aliases", ["same"])
    op.create_index("aliases_article", "aliases", ["article_id"])
    op.create_table(
        "captures",
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record_type", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("media_type", sa.Text),
        sa.Column("payload_digest", sa.Text),
        sa.Column("block_digest", sa.Text, nullable=False),
        sa.Column("refers_to", sa.Text),
        sa.Column("truncated", sa.Text),
        sa.Column("evidence", sa.Text, nullable=False),
    )
    op.create_index("captures_url", "captures", ["url", "at"])
    op.create_index("captures_segment", "captures", ["segment", "offset"])
    op.create_index("captures_kind", "captures", ["site", "kind", "at"])
    op.create_table(
        "observations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("article_id", sa.Text),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("signals", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("revision", sa.Text),
    )
    op.create_index("observations_site", "observations", ["site", "at"])
    op.create_index("observations_url", "observations", ["url", "at"])
    op.create_index("observations_article", "observations", ["article_id", "at"])
    op.create_index("observations_segment", "observations", ["segment"])
    op.create_table(
        "revisions",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("article_id", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("classes", sa.Text, nullable=False),
        sa.Column("declared_by", sa.Text, nullable=False),
        sa.Column("content_digest", sa.Text),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("seen_first", sa.Text, nullable=False),
        sa.Column("seen_last", sa.Text, nullable=False),
        sa.Column("not_before", sa.Text),
        sa.Column("headline", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("updated", sa.Text),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("object", sa.LargeBinary, nullable=False),
    )
    op.create_index("revisions_article", "revisions", ["article_id", "seen_first"])
    op.create_index("revisions_site", "revisions", ["site", "seen_first"])
    op.create_index("revisions_segment", "revisions", ["segment"])
    op.create_table(
        "segments",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("opened", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("warc_key", sa.Text),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("manifest", sa.Text),
    )
    op.create_index("segments_site", "segments", ["site", "sealed"])


def downgrade() -> None:
    """Drop every table: the catalogue can be rebuilt from the store."""
    op.drop_table("segments")
    op.drop_table("revisions")
    op.drop_table("observations")
    op.drop_table("captures")
    op.drop_table("aliases")
    op.drop_table("articles")
    op.drop_table("pages")
