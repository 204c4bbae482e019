"""Segments checked side by side: this process takes its share, others take theirs, and the biggest come first."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from storage.objects import Store
from storage.verify.manifests import Manifest
from storage.verify.reports import SegmentReport
from storage.verify.segments import check_segment

WORTH_PROCESSES = 64_000_000
"""Bytes of segments from which it pays to start other processes."""


def checked(
    store: Store, manifests: Sequence[Manifest], catalogue: str | None, earlier: Mapping[str, SegmentReport]
) -> Iterator[tuple[Manifest, SegmentReport]]:
    """Yield each segment's report, checked by several processes where there is enough to do, the biggest first."""
    yield from ((manifest, earlier[manifest.digest]) for manifest in manifests if manifest.digest in earlier)
    left = sorted((one for one in manifests if one.digest not in earlier), key=_size, reverse=True)
    others = min(_cores(), 16, len(left)) - 1
    if sum(map(_size, left)) >= WORTH_PROCESSES and others > 0:
        yield from _shared(store, left, catalogue, others)
        return
    for manifest in left:
        yield manifest, check_segment(store, manifest, catalogue=catalogue)


def _shared(
    store: Store, manifests: Sequence[Manifest], catalogue: str | None, others: int
) -> Iterator[tuple[Manifest, SegmentReport]]:
    """Yield reports as they come: each other process has a segment and one ahead, and this one works meanwhile.

    Another process takes a third of a second to start, in which half a dozen megabytes could be checked.
    """
    quietly = (signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the workers too, and they have nothing to say
    pool = ProcessPoolExecutor(others, mp_context=get_context("spawn"), initializer=signal.signal, initargs=quietly)
    waiting, running = deque(manifests), dict[Future[SegmentReport], Manifest]()
    try:
        while waiting or running:
            while len(waiting) > 1 and len(running) < 2 * others:
                one = waiting.popleft()
                running[pool.submit(check_segment, store, one, catalogue=catalogue)] = one
            if waiting:
                one = waiting.popleft()
                yield one, check_segment(store, one, catalogue=catalogue)
            if running and not waiting:
                wait(running, return_when=FIRST_COMPLETED)
            yield from [(running.pop(job), job.result()) for job in list(running) if job.done()]
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _size(manifest: Manifest) -> int:
    return sum(item.size for item in manifest.objects)
