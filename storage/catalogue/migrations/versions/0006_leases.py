"""Who may write each site, with a token that grows each time another takes it; which stores this catalogue is of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for leases and stores; a store is noted when it next answers."""
    text = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "leases",
        sa.Column("site", text, primary_key=True),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("holder", text, nullable=False),
        sa.Column("host", text, nullable=False),
        sa.Column("boot", text, nullable=False),
        sa.Column("pid", sa.BigInteger, nullable=False),
        sa.Column("spool", text, nullable=False),
        sa.Column("taken", text, nullable=False),
        sa.Column("until", text, nullable=False),
    )
    op.create_table(
        "stores",
        sa.Column("address", text, primary_key=True),
        sa.Column("since", text, nullable=False),
    )


def downgrade() -> None:
    """Take them away; nobody may write meanwhile."""
    op.drop_table("stores")
    op.drop_table("leases")
