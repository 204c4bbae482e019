"""The relational index over the store. It can be deleted and rebuilt; nothing is true because it says so.

`schema` and `migrations` give it its shape, `recording` writes it from the journal's lines through SQLAlchemy Core,
`reading` answers questions by plain SQL that both SQLite and PostgreSQL understand.
"""
