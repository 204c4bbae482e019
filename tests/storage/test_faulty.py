"""The store that fails on purpose: by its seed alone, and in the ways that its faults say."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from news.errors import ObjectMissing, StoreError, StoreUnavailable
from storage.objects import MemoryStore, Store, get_bytes, put_bytes
from tests.storage.faulty import HONEST, Fault, FaultyStore, Plan

WAITS: list[float] = []


def faulty(fault: Fault, *, percent: float = 100) -> tuple[MemoryStore, FaultyStore]:
    store = MemoryStore()
    return store, FaultyStore(store, Plan(7, percent, {fault}), sleep=WAITS.append)


def outcomes(store: Store) -> list[str]:
    return [said for number in range(60) for said in (put_at(store, number), got_at(store, number))]


def put_at(store: Store, number: int) -> str:
    try:
        return repr(put_bytes(store, f"a/{number}", b"%d" % number))
    except StoreError as error:
        return str(error)


def got_at(store: Store, number: int) -> str:
    try:
        return repr(get_bytes(store, f"a/{number}"))
    except StoreError as error:
        return str(error)


def test_without_faults_it_is_the_store() -> None:
    plain, quiet = MemoryStore(), FaultyStore(MemoryStore(), Plan(1, 0))
    assert outcomes(plain) == outcomes(quiet)
    assert list(plain.list("")) == list(quiet.list(""))
    assert list(plain.current("")) == list(quiet.current(""))
    assert quiet.plan.told == []


def test_the_same_seed_fails_alike_and_another_does_not() -> None:
    def told(seed: int) -> tuple[list[str], list[tuple[str, str, Fault]]]:
        store = FaultyStore(MemoryStore(), Plan(seed, 30, tuple(Fault)), sleep=WAITS.append)
        return outcomes(store), store.plan.told

    assert told(1) == told(1)
    assert told(1) != told(2)
    assert {fault for _, _, fault in told(1)[1]} == set(Fault)


def test_a_plan_ends_after_as_many_faults_as_it_may_make() -> None:
    store = FaultyStore(MemoryStore(), Plan(1, 100, {Fault.REFUSED}, most=2))
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            put_bytes(store, "a", b"x")
    assert put_bytes(store, "a", b"x").size == 1


@pytest.mark.parametrize(
    ("fault", "is_there"),
    [(Fault.REFUSED, False), (Fault.TORN, False), (Fault.LOST_ANSWER, True)],
)
def test_a_put_that_fails_was_done_or_not_as_its_fault_says(fault: Fault, *, is_there: bool) -> None:
    inner, store = faulty(fault)
    with pytest.raises(StoreUnavailable):
        put_bytes(store, "a", b"right")
    assert [item.key for item in inner.list("")] == (["a"] if is_there else [])


def test_a_put_that_timed_out_was_sometimes_done() -> None:
    inner, store = faulty(Fault.TIMED_OUT)
    for number in range(40):
        with pytest.raises(StoreUnavailable):
            put_bytes(store, f"a/{number}", b"x")
    assert 5 < len(list(inner.list(""))) < 35


def test_lies_are_told_without_an_error() -> None:
    inner, store = faulty(Fault.TRUNCATED)
    assert put_bytes(store, "a", b"right").size == 5
    assert len(get_bytes(inner, "a")) < 5
    for fault in (Fault.WRONG_BYTES, Fault.SHORT):
        inner, store = faulty(fault)
        put_bytes(inner, "a", b"right")
        assert get_bytes(store, "a") != b"right"
        assert store.read_range("a", 1, 3) != b"igh"


def test_a_slow_store_is_right_in_the_end() -> None:
    _, store = faulty(Fault.SLOW)
    WAITS.clear()
    put_bytes(store, "a", b"right")
    assert get_bytes(store, "a") == b"right"
    assert len(WAITS) == 2
    assert all(0 < seconds < 1 for seconds in WAITS)


def test_many_puts_fail_key_by_key() -> None:
    _, store = faulty(Fault.REFUSED, percent=40)
    with pytest.raises(StoreUnavailable, match="of 30 objects could not be put") as raised:
        store.put_all((f"a/{number}", b"x") for number in range(30))
    failed = set(raised.value.failures)  # type: ignore[attr-defined]
    assert failed == {key for _, key, _ in store.plan.told}
    assert {item.key for item in store.store.list("")} == {f"a/{number}" for number in range(30)} - failed


@pytest.mark.parametrize("ask", [lambda s: list(s.list("")), lambda s: list(s.current("")), lambda s: s.versions("a")])
def test_questions_fail_too(ask: Callable[[Store], object]) -> None:
    _, store = faulty(Fault.REFUSED)
    with pytest.raises(StoreUnavailable):
        ask(store)


def test_it_goes_to_another_process_and_passes_on_what_is_missing() -> None:
    store = pickle.loads(pickle.dumps(FaultyStore(MemoryStore(), Plan(3, 0, HONEST))))
    with pytest.raises(ObjectMissing):
        store.open("none")
