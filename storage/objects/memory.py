"""A store in memory that keeps versions: for tests and simulations, and to say in few lines what a store does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO

from news.errors import ObjectMissing, StoreError
from news.serial import rfc3339
from storage.objects.protocol import (
    Prepared,
    Stored,
    Version,
    check_key,
    ends_early,
    get_bytes,
    missing,
    put_failures,
    taken,
)


@dataclass(frozen=True, slots=True)
class _State:
    name: str
    at: str
    content: bytes | None


class MemoryStore:
    """A store that is gone with its process. `overwrite` and `delete` are what an operator does behind our back."""

    def __init__(self) -> None:
        self.address = "memory"
        self._states: dict[str, list[_State]] = defaultdict(list)
        self._count = 0

    def put(self, key: str, content: BinaryIO) -> Stored:
        """Create the object; the same bytes again change nothing, others raise `ObjectCorrupt`."""
        check_key(key)
        there = self._top(key)
        new = content.read()
        if there is None or there.content is None:
            return self.overwrite(key, new)
        if there.content != new:
            raise taken(key, self.address)
        return Stored(key=key, size=len(new), version=there.name)

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> list[Stored]:
        """Create many objects; what failed is told in one error."""
        done, failures = [], dict[str, StoreError]()
        for key, content in objects:
            try:
                done.append(self.put(key, BytesIO(content)))
            except StoreError as error:
                failures[key] = error
        if failures:
            raise put_failures(failures, len(done) + len(failures))
        return done

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes]:
        """Yield small objects' bytes in the order of their keys."""
        for key in keys:
            yield get_bytes(self, key)

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        """Return the object's bytes, or those of a version, as a stream; raises `ObjectMissing`."""
        found = self._top(key) if version is None else self._named(key, version)
        if found is None or found.content is None:
            raise missing(key, self.address)
        return BytesIO(found.content)

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; raises `ObjectMissing`, or `ObjectCorrupt` when it is shorter."""
        content = self.open(key).read()[offset : offset + length]
        if len(content) != length:
            raise ends_early(key, self.address, offset + length)
        return content

    def list(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects whose keys begin so, sorted by key."""
        for item in self.current(prefix):
            yield Stored(key=item.key, size=item.size)

    def current(self, prefix: str) -> Iterator[Stored]:
        """Yield the same with the version that each has now."""
        for key in sorted(self._states):
            top = self._top(key)
            if key.startswith(prefix) and top is not None and top.content is not None:
                yield Stored(key=key, size=len(top.content), version=top.name, beneath=len(self._states[key]) - 1)

    def versions(self, key: str) -> tuple[Version, ...]:
        """Return every state that the object had, newest first."""
        states = self._states.get(key, [])
        return tuple(
            Version(
                version=state.name,
                at=state.at,
                size=len(state.content or b""),
                latest=state is states[-1],
                deleted=state.content is None,
            )
            for state in reversed(states)
        )

    def bring_back(self, key: str, version: str) -> Stored:
        """Put a version on top again; all others stay."""
        found = self._named(key, version)
        if found is None or found.content is None:
            raise ObjectMissing(f"{key} in {self.address} has no version {version}")
        return self.overwrite(key, found.content)

    def replace(self, key: str, content: BinaryIO) -> Stored:
        """Put the right bytes in the place of wrong ones, which stay as a version."""
        return self.overwrite(key, content.read())

    def prepare(self) -> Prepared:
        """Say what memory can do."""
        return Prepared(able={"create_once": True, "versions": True, "object_lock": False})

    def warnings(self) -> tuple[str, ...]:
        """Return none."""
        return ()

    def overwrite(self, key: str, content: bytes) -> Stored:
        """Put bytes on top of whatever is there."""
        return Stored(key=key, size=len(content), version=self._add(key, content))

    def delete(self, key: str) -> None:
        """Put a deletion on top."""
        self._add(key, None)

    def _add(self, key: str, content: bytes | None) -> str:
        self._count += 1
        self._states[key].append(_State(f"v{self._count}", rfc3339(datetime.now(UTC)), content))
        return f"v{self._count}"

    def _top(self, key: str) -> _State | None:
        states = self._states.get(key)
        return states[-1] if states else None

    def _named(self, key: str, version: str) -> _State | None:
        return next((state for state in self._states.get(key, []) if state.name == version), None)
