"""Where a catalogue lies: the addresses that a configuration may name, in SQLAlchemy's form."""

from __future__ import annotations

import re
from pathlib import Path

from news.errors import ConfigError

SQLITE = "sqlite:///"
_POSTGRESQL = re.compile(r"postgresql(\+psycopg)?://")
_PASSWORD = re.compile(r"(://[^:@/?]*:)[^@/]*(?=@)|([?&](?:ssl)?password=)[^&]*")


def on_server(address: str) -> bool:
    """Return whether this is PostgreSQL's address and not a file's; raises `ConfigError` for any other kind."""
    if address.startswith(SQLITE):
        return False
    if _POSTGRESQL.match(address):
        return True
    raise ConfigError(
        f"archive.catalogue: {shown(address)} is neither SQLite's nor PostgreSQL's address: "
        'write "sqlite:///path/catalogue.db" or "postgresql+psycopg://user@host/database"'
    )


def file_of(address: str) -> Path:
    """Return where SQLite's file lies."""
    return Path(address.removeprefix(SQLITE))


def libpq(address: str) -> str:
    """Return PostgreSQL's address in the form that its own library takes."""
    return _POSTGRESQL.sub("postgresql://", address, count=1)


def psycopg_address(address: str) -> str:
    """Return the address in the form with which SQLAlchemy takes psycopg for PostgreSQL."""
    return _POSTGRESQL.sub("postgresql+psycopg://", address, count=1)


def shown(address: str) -> str:
    """Return the address as people may see it: without its password."""
    return _PASSWORD.sub(lambda found: f"{found[1] or found[2]}***", address)
