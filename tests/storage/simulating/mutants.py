"""Faults put into the archive on purpose, to see that the simulation finds them: each a step left out or out of order.

Those that change the order in which the store is written stand between the archive and its store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from storage.archive import recovery, spool
from storage.archive.journal import Journal
from storage.objects import Stored, directory
from storage.verify import index
from storage.warc.segment import Segment
from tests.storage.simulating.running import Mutation
from tests.storage.simulating.world import SteppedStore, World, replaced

MANIFEST = ".manifest.json"


class _Between(SteppedStore):
    """The world's store as a mutant uses it."""

    def __init__(self, world: World) -> None:
        super().__init__(world.truth, world.plan, world.steps, world.sleep)
        self.world = world


class _Trusting(_Between):
    """Reads back what it was given to put, and asks nobody."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._given = dict[str, bytes]()

    def put(self, key: str, content: BinaryIO) -> Stored:
        self._given[key] = content.read()
        return super().put(key, BytesIO(self._given[key]))

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        return BytesIO(self._given[key]) if key in self._given else super().open(key, version=version)

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes]:
        for key in keys:
            with self.open(key) as stream:
                yield stream.read()


class _Late(_Trusting):
    """Holds back objects whose keys end so until one that ends otherwise was put."""

    held, until = "", ""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._waiting = list[str]()

    def put(self, key: str, content: BinaryIO) -> Stored:
        whole = content.read()
        if key.endswith(self.held) and not key.endswith(self.until):
            self._given[key] = whole
            self._waiting.append(key)
            return Stored(key=key, size=len(whole))
        stored = super().put(key, BytesIO(whole))
        if key.endswith(self.until):
            while self._waiting:
                late = self._waiting.pop(0)
                super().put(late, BytesIO(self._given[late]))
        return stored


class _ManifestFirst(_Late):
    until = MANIFEST


class _RevisionsFirst(_Late):
    held, until = ".warc.gz", ".cdxj"


class _SpoolGoesEarly(_Between):
    """Lets the spool go when the manifest is about to be put."""

    def put(self, key: str, content: BinaryIO) -> Stored:
        if key.endswith(MANIFEST):
            for path in self.world.spool.rglob(f"{Path(key).name.removesuffix(MANIFEST)}.*"):
                path.unlink()
        return super().put(key, content)


def _store(kind: type[_Between]) -> Mutation:
    def mutated(world: World, undone: ExitStack) -> None:
        del undone
        world.store = kind(world)

    return mutated


def _without(place: object, name: str, answer: object = None) -> Mutation:
    def mutated(world: World, undone: ExitStack) -> None:
        del world
        replaced(undone, place, name, lambda *_, **__: answer)

    return mutated


def _names_unsynced(world: World, undone: ExitStack) -> None:
    for place in (spool, recovery):
        _without(place, "sync_entries")(world, undone)


MUTANTS: dict[str, Mutation] = {
    "the segment is not synced at a commit": _without(Segment, "sync"),
    "the journal is not synced at a commit": _without(Journal, "sync"),
    "the names of new segments are not synced": _names_unsynced,
    "the store's directories are not synced": _without(directory, "_fsync_directory"),
    "the manifest is put first": _store(_ManifestFirst),
    "revisions are put before their segment": _store(_RevisionsFirst),
    "the spool goes before the manifest is there": _store(_SpoolGoesEarly),
    "nothing is read back": _store(_Trusting),
    "a torn record is not cut": _without(recovery, "cut_torn_record", 0),
    "lines of lost records are kept": _without(recovery, "_proved", answer=True),
    "chains laid anew are not seen in the spool": _without(index, "laid_anew", set()),
    "captures that nobody looked at are left": _without(recovery, "look_again_at"),
}
