"""A store that fails as a seeded plan says: what a network, a service or a disk does to whoever trusts them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from io import BytesIO
from typing import BinaryIO, TypeVar

from news.errors import StoreError, StoreUnavailable
from storage.objects import Prepared, Store, Stored, Version, get_bytes
from storage.objects.protocol import put_failures

Done = TypeVar("Done")


class Fault(Enum):
    """What may befall a call."""

    REFUSED = "nothing is done, and an error says so"
    LOST_ANSWER = "it is done, but an error says that it failed"
    TIMED_OUT = "after a wait an error says that no answer came: it may have been done or not"
    SLOW = "it is done after a wait"
    TORN = "the connection breaks while bytes are sent: nothing appears"
    TRUNCATED = "a part of the bytes appears as the object, and no error says so"
    WRONG_BYTES = "one bit of what is read is another"
    SHORT = "what is read ends early, and no error says so"


WRITING = frozenset({Fault.REFUSED, Fault.LOST_ANSWER, Fault.TIMED_OUT, Fault.SLOW, Fault.TORN, Fault.TRUNCATED})
READING = frozenset({Fault.REFUSED, Fault.TIMED_OUT, Fault.SLOW, Fault.WRONG_BYTES, Fault.SHORT})
ASKING = frozenset({Fault.REFUSED, Fault.TIMED_OUT, Fault.SLOW})
HONEST = frozenset(Fault) - {Fault.TRUNCATED, Fault.WRONG_BYTES, Fault.SHORT}
"""Faults that an error tells of, sooner or later; the others are lies, which only digests find."""


@dataclass
class Plan:
    """Which calls fail, and how: of each so many in a hundred, by a seed, until `most` have failed.

    The same seed and the same calls give the same faults; `told` lists them: what was called, for which key, and how it
    failed.
    """

    seed: int
    percent: float = 10
    faults: Collection[Fault] = HONEST
    most: int | None = None
    told: list[tuple[str, str, Fault]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def next(self, call: str, key: str, possible: frozenset[Fault]) -> Fault | None:
        """Return what befalls this call, or None."""
        chosen = self.random.random() * 100 < self.percent
        candidates = [fault for fault in Fault if fault in possible and fault in self.faults]
        if not chosen or not candidates or (self.most is not None and len(self.told) >= self.most):
            return None
        fault = self.random.choice(candidates)
        self.told.append((call, key, fault))
        return fault


class FaultyStore:
    """Any store, with a plan's faults between it and who asks it; `sleep` is told for how many seconds a call waits."""

    def __init__(self, store: Store, plan: Plan, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.store = store
        self.plan = plan
        self.address = store.address
        self._sleep = sleep

    def put(self, key: str, content: BinaryIO) -> Stored:
        whole = content.read()
        return self._write("put", key, whole, lambda given: self.store.put(key, BytesIO(given)))

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> list[Stored]:
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
        for key in keys:
            yield get_bytes(self, key)

    def open(self, key: str, *, version: str | None = None) -> BinaryIO:
        with self.store.open(key, version=version) as stream:
            return BytesIO(self._read("open", key, stream.read))

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        return self._read("read_range", key, lambda: self.store.read_range(key, offset, length))

    def list(self, prefix: str) -> Iterator[Stored]:
        return iter(self._ask("list", prefix, lambda: list(self.store.list(prefix))))

    def current(self, prefix: str) -> Iterator[Stored]:
        return iter(self._ask("current", prefix, lambda: list(self.store.current(prefix))))

    def versions(self, key: str) -> tuple[Version, ...]:
        return self._ask("versions", key, lambda: self.store.versions(key))

    def bring_back(self, key: str, version: str) -> Stored:
        return self._write("bring_back", key, b"", lambda _: self.store.bring_back(key, version))

    def replace(self, key: str, content: BinaryIO) -> Stored:
        whole = content.read()
        return self._write("replace", key, whole, lambda given: self.store.replace(key, BytesIO(given)))

    def prepare(self) -> Prepared:
        return self._ask("prepare", "", self.store.prepare)

    def warnings(self) -> tuple[str, ...]:
        return self._ask("warnings", "", self.store.warnings)

    def _write(self, call: str, key: str, content: bytes, act: Callable[[bytes], Stored]) -> Stored:
        fault = self.plan.next(call, key, WRITING)
        self._before(fault, call, key)
        if fault is Fault.TORN:
            raise self._failed(call, key, "the connection broke while bytes were sent")
        if fault is Fault.TRUNCATED:
            return replace(act(content[: self.plan.random.randrange(len(content) or 1)]), size=len(content))
        stored = act(content)
        if fault in (Fault.LOST_ANSWER, Fault.TIMED_OUT):
            raise self._failed(call, key, "no answer came")
        return stored

    def _read(self, call: str, key: str, act: Callable[[], bytes]) -> bytes:
        fault = self.plan.next(call, key, READING)
        self._before(fault, call, key)
        content = act()
        if fault is Fault.TIMED_OUT:
            raise self._failed(call, key, "no answer came")
        if fault is Fault.SHORT:
            return content[: self.plan.random.randrange(len(content) or 1)]
        if fault is Fault.WRONG_BYTES and content:
            at = self.plan.random.randrange(len(content))
            return content[:at] + bytes([content[at] ^ 1 << self.plan.random.randrange(8)]) + content[at + 1 :]
        return content

    def _ask(self, call: str, key: str, act: Callable[[], Done]) -> Done:
        fault = self.plan.next(call, key, ASKING)
        self._before(fault, call, key)
        if fault is Fault.TIMED_OUT:
            raise self._failed(call, key, "no answer came")
        return act()

    def _before(self, fault: Fault | None, call: str, key: str) -> None:
        """Wait where the call is slow, and end it where nothing is to be done: half of those that time out."""
        if fault in (Fault.SLOW, Fault.TIMED_OUT):
            self._sleep(self.plan.random.uniform(0.001, 0.01))
        if fault is Fault.REFUSED:
            raise self._failed(call, key, "it was refused")
        if fault is Fault.TIMED_OUT and self.plan.random.random() < 0.5:
            raise self._failed(call, key, "no answer came")

    def _failed(self, call: str, key: str, why: str) -> StoreUnavailable:
        return StoreUnavailable(f"{self.address}: {call} {key}: {why}; try again")
