"""How the cost of some work grows with its size: told by this process's own CPU time, twice, so that neither a slow
machine nor a busy one is taken for slow code.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 8
"""How much larger the larger work is: what grows with its square costs 64 times as much."""

SLACK = 3.0
"""How many times more than its share the larger work may cost."""

_LEAST = 0.002
"""Seconds below which a cost is as good as none; clocks and caches are most of it."""

_TRIES = 4


def grows_as_its_size(work: Callable[[int], object], most: int) -> bool:
    """Return whether work of size `most` costs about eight times what an eighth of it does, and no square of that."""
    small, large = [], []
    for _ in range(_TRIES):
        small.append(_seconds(work, most // TIMES))
        large.append(_seconds(work, most))
        if min(large) < SLACK * TIMES * max(min(small), _LEAST):
            return True
    return False


def _seconds(work: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    work(size)
    return time.process_time() - started
