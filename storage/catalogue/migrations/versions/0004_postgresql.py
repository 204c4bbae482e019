"""PostgreSQL sorts texts as SQLite does, by their bytes, and takes addresses of any length; SQLite stays as it is.

A B-tree of PostgreSQL takes no row of more than 2,704 bytes, and addresses may be longer: theirs are hash indexes, and
one over an address's beginning and the time. An exclusion by a hash index is a key all the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYS = ("pages", "aliases")
HASHED = {
    "pages_same": ("pages", "same"),
    "aliases_same": ("aliases", "same"),
    "observations_url": ("observations", "url"),
    "captures_address": ("captures", "url"),
}
LONG = "captures_url"


def upgrade() -> None:
    """Sort every text by its bytes, and index addresses by their hashes."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in KEYS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey")
    for index in (*HASHED, LONG):
        op.execute(f"DROP INDEX IF EXISTS {index}")
    _collate("C")
    for table in KEYS:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN url SET NOT NULL")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_key EXCLUDE USING hash (url WITH =)")
    for index, (table, column) in HASHED.items():
        op.create_index(index, table, [column], postgresql_using="hash")
    op.execute(f"CREATE INDEX {LONG} ON captures (SUBSTR(url, 1, 500), at)")


def downgrade() -> None:
    """Sort as the database does, and index addresses whole."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in KEYS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_key")
    for index in (*HASHED, LONG):
        op.execute(f"DROP INDEX {index}")
    _collate("default")
    for table in KEYS:
        op.create_primary_key(f"{table}_pkey", table, ["url"])
    for index in ("pages_same", "aliases_same"):
        op.create_index(index, HASHED[index][0], ["same"])
    op.create_index("observations_url", "observations", ["url", "at"])
    op.create_index(LONG, "captures", ["url", "at"])


def _collate(collation: str) -> None:
    """Let every text column of every table be sorted so."""
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        texts = [column["name"] for column in inspector.get_columns(table) if isinstance(column["type"], sa.Text)]
        if texts and table != "alembic_version":
            changes = ", ".join(f'ALTER COLUMN "{name}" TYPE TEXT COLLATE "{collation}"' for name in texts)
            op.execute(f"ALTER TABLE {table} {changes}")
