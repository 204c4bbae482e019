"""Which version of each object is the one that was put, where the bucket keeps versions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for versions; `stoppress rebuild` reads those of older objects from the bucket."""
    op.create_table(
        "versions",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Forget them; the bucket knows them."""
    op.drop_table("versions")
