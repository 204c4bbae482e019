"""What each revision changed, with its weight, and a full-text index over it; filled for the revisions there are."""

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from alembic import context, op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BATCH = 200

FTS5 = (
    (
        "CREATE VIRTUAL TABLE changes_words USING fts5(removed, added, content='changes', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')"
    ),
    (
        "CREATE TRIGGER changes_told AFTER INSERT ON changes BEGIN "
        "INSERT INTO changes_words(rowid, removed, added) VALUES (new.id, new.removed, new.added); END"
    ),
)
ACCENTED = "".join(
    letter
    for letter in map(chr, range(0xC0, 0x1F00))
    if len(parts := normalize("NFD", letter)) > 1 and parts[0].isascii()
)
PARTING = "./:@_&<>-\u2019\u2010\u2011\u2012\u2013\u2014\u001e"
"""Marks that PostgreSQL would take for parts of addresses, paths, tags and signed numbers, apostrophes besides."""

PLAIN = "".join(normalize("NFD", letter)[0] for letter in ACCENTED) + " " * len(PARTING)
WORDS = (
    "ALTER TABLE changes ADD COLUMN {side}_words tsvector GENERATED ALWAYS AS "
    f"(to_tsvector('simple', translate(left({{side}}, 200000), '{ACCENTED}{PARTING}', '{PLAIN}'))) STORED"
)
TSVECTOR = (
    *(WORDS.format(side=side) for side in ("removed", "added")),
    "CREATE INDEX changes_removed_words ON changes USING gin (removed_words)",
    "CREATE INDEX changes_added_words ON changes USING gin (added_words)",
)
_SOURCE = "SELECT digest, article_id, site, previous, content_digest, seen_first, object FROM revisions"


def upgrade() -> None:
    """Make the table and its index, and fill them."""
    served = op.get_bind().dialect.name == "postgresql"
    text = sa.Text(collation="C") if served else sa.Text()
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("digest", text, nullable=False, unique=True),
        sa.Column("article_id", text, nullable=False),
        sa.Column("site", text, nullable=False),
        sa.Column("at", text, nullable=False),
        sa.Column("places", text, nullable=False),
        sa.Column("removed", text, nullable=False),
        sa.Column("added", text, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("significance", text, nullable=False),
    )
    op.create_index("changes_at", "changes", ["at"])
    op.create_index("changes_site", "changes", ["site", "at"])
    for statement in TSVECTOR if served else FTS5:
        op.get_bind().exec_driver_sql(statement)
    _fill()


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE changes_words")
    op.drop_table("changes")


def _fill() -> None:
    from storage.catalogue import statements
    from storage.catalogue.differing import change_rows

    names = tuple(name for name in statements.COLUMNS["changes"] if name != "id")
    insert = sa.text(statements.insert("changes", names))
    digests = [
        row[0] for row in op.get_bind().execute(sa.text("SELECT digest FROM revisions WHERE previous IS NOT NULL"))
    ]
    progress = context.config.attributes.get("progress")
    for at in range(0, len(digests), BATCH):
        rows = change_rows(_revisions(digests[at : at + BATCH]).values(), _revisions)
        if rows:
            op.get_bind().execute(insert, rows)
        if progress:
            progress(min(at + BATCH, len(digests)), len(digests))


def _revisions(digests: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    asked = sa.text(f"{_SOURCE} WHERE digest IN :digests").bindparams(sa.bindparam("digests", expanding=True))
    return {row["digest"]: dict(row) for row in op.get_bind().execute(asked, {"digests": list(digests)}).mappings()}
