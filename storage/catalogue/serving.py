"""PostgreSQL, asked and changed through its own driver with the statements that SQLite takes.

A connection is made at its first use and, where it was lost, made anew at the next. Plans of what is asked often are
kept on the server, and some settings belong to the session: a connection must not lead through a pooler that shares
sessions between transactions.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg.types.string import StrDumperUnknown

from news.errors import ConfigError, StoreUnavailable
from storage.catalogue.addresses import libpq, shown
from storage.catalogue.changing import Interrupted
from storage.catalogue.opening import Row

Connection = psycopg.Connection[dict[str, Any]]

ANEW_AFTER = (0.0, 0.5, 1.5, 3.0)
"""Seconds before each attempt to connect anew: a server that restarts is back within that."""

WAITING = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",  # milliseconds; without it a server that vanished is waited for a quarter of an hour
    "application_name": "stoppress",
    "client_encoding": "utf8",
}
"""What an address may say otherwise."""

LOCK_MILLISECONDS = 30_000

_NAMES = re.compile(r"'[^']*'|(?<![:\w]):([A-Za-z_]\w*)")
_HINTS = (
    (
        r'database ".*" does not exist',
        "make it with PostgreSQL's `createdb`, owned by this user, or mend archive.catalogue",
    ),
    (
        r"authentication failed|no password supplied|role .* does not exist",
        "mend user and password: ~/.pgpass, PGPASSWORD or archive.catalogue",
    ),
    (r"permission denied", "let this user own the database: ALTER DATABASE … OWNER TO …"),
    (r"read-only transaction", "it is a standby: name the primary in archive.catalogue"),
)
_AWAY = "is the server running, and is archive.catalogue right?"


class Server:
    """One connection to a catalogue, for questions only or for changes."""

    def __init__(self, address: str, *, for_changes: bool) -> None:
        self._address = address
        self._for_changes = for_changes
        self._connection: Connection | None = None
        self._was_there = False

    @property
    def connection(self) -> Connection:
        """The connection, made where there is none; raises `StoreUnavailable`, or `ConfigError` for a bad address."""
        if self._connection is None:
            self._connection = self._connected()
            self._was_there = True
        return self._connection

    def rows(self, sql: str, /, **parameters: object) -> list[Row]:
        """Return what a statement with `:named` parameters gives; it is asked once more where the server was lost."""
        try:
            return self._asked(sql, parameters)
        except Interrupted:
            return self._asked(sql, parameters)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let what the driver raises be told as ours; a lost connection is let go of."""
        try:
            yield
        except psycopg.Error as error:
            lost = self._connection is not None and self._connection.closed
            if lost:
                self.close()
            again = lost or isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)
            raise (Interrupted if again else StoreUnavailable)(self._said(error)) from error

    def close(self) -> None:
        """Let go of the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, sql: str, parameters: dict[str, object]) -> list[Row]:
        connection = self.connection
        with self.telling():
            return list(connection.execute(driven(sql), parameters))

    def _connected(self) -> Connection:
        known = _parameters(self._address)
        last: psycopg.Error | None = None
        for seconds in ANEW_AFTER if self._was_there else ANEW_AFTER[:1]:
            time.sleep(seconds)
            try:
                return self._prepared(psycopg.connect(autocommit=True, row_factory=dict_row, **known))
            except psycopg.Error as error:
                last = error
        assert last is not None
        raise StoreUnavailable(self._said(last)) from last

    def _prepared(self, connection: Connection) -> Connection:
        connection.adapters.register_dumper(str, _Text)
        if self._for_changes:  # a spool goes once its rows are here to stay, whatever the server's default
            connection.execute(
                "SELECT set_config('synchronous_commit', 'on', false) "
                "WHERE current_setting('synchronous_commit') = 'off'"
            )
            connection.execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")
        else:
            connection.execute("SET default_transaction_read_only = on")
        return connection

    def _said(self, error: psycopg.Error) -> str:
        kept = "; the spool keeps what was captured" if self._for_changes else ""
        return f"the catalogue {shown(self._address)} can't be used: {said_of(error)}{kept}"


def said_of(error: BaseException) -> str:
    """Return what the server or its driver said, on one line, and what may help."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = next((line for line in lines if line), type(error).__name__)
    hint = next((hint for words, hint in _HINTS if re.search(words, str(error))), None)
    if hint is None and isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        hint = _AWAY
    return f"{told}: {hint}" if hint else told


@lru_cache(maxsize=512)
def driven(sql: str) -> str:
    """Return a statement with `:named` parameters in the driver's spelling."""
    return _NAMES.sub(lambda found: f"%({found[1]})s" if found[1] else found[0], sql.replace("%", "%%"))


def _parameters(address: str) -> dict[str, Any]:
    try:
        return {**WAITING, **conninfo_to_dict(libpq(address))}
    except psycopg.ProgrammingError:
        raise ConfigError(
            f"archive.catalogue: {shown(address)} is no address: "
            'write "postgresql+psycopg://user@host:5432/database", special characters in percent-encoding'
        ) from None


class _Text(StrDumperUnknown):
    """Text as PostgreSQL can hold it: a NUL, which it refuses, and half of a surrogate pair are replaced."""

    def dump(self, obj: str) -> bytes:
        try:
            encoded = obj.encode()
        except UnicodeEncodeError:
            encoded = obj.encode(errors="replace")
        return encoded.replace(b"\0", "\ufffd".encode()) if b"\0" in encoded else encoded
