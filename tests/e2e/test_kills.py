"""Crawls killed for real at random instants: `benchmarks/kill.py`, short."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kill import ordeal

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("store", ["directory", "seaweed"])
def test_crawls_that_are_killed_lose_nothing_and_tell_nothing_false(store: str, tmp_path: Path) -> None:
    report = ordeal(tmp_path, store, 3, seed=5)
    assert report["kills"] == 3
    assert report["looks_seen"]
    assert report["wrong"] == []
