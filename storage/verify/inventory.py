"""What must be known of the whole archive at once: what lies in its store, what manifests list, and chains.

It is kept in a file that SQLite makes and takes away, 1 MB of it in memory: an archive grows, a check does not.
Names are bytes there, since a key or a file's name may hold what is no text.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from itertools import groupby
from operator import attrgetter
from typing import Self

from storage.objects import Stored
from storage.objects.ordering import keeping_notes
from storage.verify.manifests import Manifest, Proved
from storage.verify.reports import Chained

TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA cache_size = -1000;
    CREATE TABLE there (key BLOB PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE listed (key BLOB PRIMARY KEY, sha256 BLOB) WITHOUT ROWID;
    CREATE TABLE versions (key BLOB PRIMARY KEY, version BLOB) WITHOUT ROWID;
    CREATE TABLE objects (manifest BLOB PRIMARY KEY, listed TEXT) WITHOUT ROWID;
    CREATE TABLE chained (article BLOB, key BLOB, revision TEXT);
    BEGIN;
"""
SHELF = 5000
"""Objects up to which a site's revisions are listed all at once, beyond it by the first digits of their articles."""

UNKNOWN = ""
"""Stands for the version of an object of which the catalogue knows none."""

NAMES = tuple(field.name for field in fields(Chained))
_SAID = attrgetter(*NAMES)  # `astuple` copies deeply, in ten times the time


class Inventory:
    """What lies in a store, and what its manifests and revisions say of each other, however much that is."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        file.executescript(TABLES)

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        """Give an empty inventory, which is gone afterwards; raises `StoreUnavailable` where it finds no room."""
        with keeping_notes(), closing(sqlite3.connect("", isolation_level=None)) as file:
            yield cls(file)

    def see(self, stored: Iterable[Stored]) -> None:
        """Note what lies in the store."""
        self._file.executemany("INSERT OR IGNORE INTO there VALUES (?)", ((_bytes(item.key),) for item in stored))

    def __contains__(self, key: object) -> bool:
        """Return whether an object lies in the store."""
        return self._one("SELECT 1 FROM there WHERE key = ?", _bytes(str(key))) is not None

    def keys(self, ending: str) -> list[str]:
        """Return the keys of what lies in the store that end so, sorted."""
        asked = "SELECT key FROM there WHERE substr(key, ?) = ? ORDER BY key"
        return [_text(key) for (key,) in self._file.execute(asked, (-len(ending), _bytes(ending)))]

    def enter(self, manifest: Manifest) -> Manifest:
        """Note what a manifest lists, and return it without that; `whole` gives it back."""
        rows = [(item.key, item.sha256, item.size) for item in manifest.objects]
        self._file.execute("INSERT OR REPLACE INTO objects VALUES (?, ?)", (_bytes(manifest.key), json.dumps(rows)))
        proofs = [(_bytes(key), _bytes(sha256)) for key, sha256, _ in (*rows, (manifest.key, manifest.digest, 0))]
        self._file.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?)", proofs)
        return replace(manifest, objects=())

    def whole(self, manifest: Manifest) -> Manifest:
        """Return a manifest with what it lists."""
        rows = json.loads(self._one("SELECT listed FROM objects WHERE manifest = ?", _bytes(manifest.key)) or "[]")
        objects = tuple(Proved(key=key, sha256=sha256, size=size) for key, sha256, size in rows)
        return replace(manifest, objects=objects)

    def strays(self) -> Iterator[str]:
        """Yield what lies in the store, is no manifest that was entered, and that none lists, sorted."""
        asked = (
            "SELECT key FROM there WHERE NOT EXISTS (SELECT 1 FROM listed WHERE listed.key = there.key) ORDER BY key"
        )
        yield from (_text(key) for (key,) in self._file.execute(asked))

    def note_versions(self, versions: Iterable[tuple[str, str]]) -> None:
        """Note which version of each object, by key, the catalogue knows."""
        rows = ((_bytes(key), _bytes(version)) for key, version in versions)
        self._file.executemany("INSERT OR REPLACE INTO versions VALUES (?, ?)", rows)

    def want_versions(self, keys: Iterable[str]) -> None:
        """Note as `UNKNOWN` the versions of objects that the catalogue should know and does not."""
        rows = ((_bytes(key), _bytes(UNKNOWN)) for key in keys)
        self._file.executemany("INSERT OR IGNORE INTO versions VALUES (?, ?)", rows)

    def versions(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield what begins the keys of a shelf and, by key, the versions that were noted of what stands there."""
        yield from self._shelved("SELECT key, version FROM versions ORDER BY key")

    def proofs(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the same with the SHA-256 that manifests list, and the manifests' own; of several the last."""
        yield from self._shelved("SELECT key, sha256 FROM listed ORDER BY key")

    def _shelved(self, asked: str) -> Iterator[tuple[str, dict[str, str]]]:
        (number,) = self._file.execute(f"SELECT count(*) FROM ({asked})").fetchone()  # noqa: S608  ours
        digits = sum(number > SHELF * 16**more for more in range(3))
        rows = ((_text(key), _text(said)) for key, said in self._file.execute(asked))
        for shelf, group in groupby(rows, key=lambda row: _shelf(row[0], digits)):
            yield shelf, dict(group)

    def chain(self, revisions: Iterable[Chained]) -> None:
        """Note revisions as their chain needs them."""
        rows = ((_bytes(one.article), _bytes(one.key), json.dumps(_SAID(one))) for one in revisions)
        self._file.executemany("INSERT INTO chained VALUES (?, ?, ?)", rows)

    def chains(self) -> Iterator[tuple[list[Chained], set[str]]]:
        """Yield each article's revisions that were noted, sorted by key, and the keys that the store has of it."""
        found = self._file.execute("SELECT article, revision FROM chained ORDER BY article, key, rowid")
        for article, rows in groupby(found, key=lambda row: row[0]):
            revisions = [Chained(**dict(zip(NAMES, json.loads(row[1]), strict=True))) for row in rows]
            yield revisions, self._keys_of(article) if any(one.previous for one in revisions) else set()

    def _keys_of(self, article: bytes) -> set[str]:
        folder = b"articles/" + article + b"/"
        asked = "SELECT key FROM there WHERE key > ? AND key < ?"
        return {_text(key) for (key,) in self._file.execute(asked, (folder, folder + b"\xff"))}

    def _one(self, asked: str, key: bytes) -> str | bytes | None:
        """Return the first column of the row that there is for a key."""
        found = self._file.execute(asked, (key,)).fetchone()
        return found[0] if found else None


def _shelf(key: str, digits: int) -> str:
    """Return a month's folder for a segment's object, some digits of an article's id for a revision, else the key."""
    parts = key.split("/")
    if parts[0] == "articles" and len(parts) == 4:
        return "/".join((*parts[:2], parts[2][:digits]))
    return "/".join((*parts[:4], "")) if parts[0] == "warc" and len(parts) == 6 else key


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode("utf-8", "surrogatepass")
