"""Chains beside each other: a revision of a reader that has a newer version is superseded, and kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark which revisions stand in an article's history: all, so far."""
    op.add_column("revisions", sa.Column("superseded", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget the marks: all chains stand in the history then, one after the other."""
    op.drop_column("revisions", "superseded")
