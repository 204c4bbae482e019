"""Listings put in order by their keys, on disk where they are long: a store may hold more than memory does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice

from news.errors import StoreUnavailable

HELD = 2000
"""Entries up to which a listing is sorted in memory, about half a megabyte."""


def in_order(entries: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield entries sorted by their names; of one that comes twice the later."""
    waiting = iter(entries)
    first = list(islice(waiting, HELD + 1))
    if len(first) <= HELD:
        yield from sorted(dict(first).items())
    else:
        yield from _sorted_on_disk(chain(first, waiting))


def _sorted_on_disk(entries: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the same by way of a file that SQLite makes and takes away; names are bytes there, which sort as text."""
    with keeping_notes(), closing(sqlite3.connect("", isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA cache_size = -500")
        file.execute("CREATE TABLE listed (name BLOB PRIMARY KEY, said INTEGER) WITHOUT ROWID")
        file.execute("BEGIN")
        rows = ((name.encode("utf-8", "surrogatepass"), said) for name, said in entries)
        file.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?)", rows)
        for name, said in file.execute("SELECT name, said FROM listed ORDER BY name"):
            yield name.decode("utf-8", "surrogatepass"), said


@contextmanager
def keeping_notes() -> Iterator[None]:
    """Raise `StoreUnavailable` where notes can't be kept in a file on the way."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"what is noted of the store on the way can't be kept in a temporary file: {error}; "
            "free space in /tmp, or name a folder that has some as TMPDIR, then run the command again"
        ) from error
