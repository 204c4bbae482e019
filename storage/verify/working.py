"""Segments checked side by side: this process takes its share, others take theirs, and the biggest come first."""

from __future__ import annotations

import logging
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context

from storage.objects import Store
from storage.verify.findings import RESTORE, Finding
from storage.verify.manifests import Manifest, read_manifest
from storage.verify.reports import SegmentReport
from storage.verify.segments import check_segment

log = logging.getLogger(__name__)

WORTH_PROCESSES = 64_000_000
"""Bytes of segments from which it pays to start other processes."""


Whole = Callable[[Manifest], Manifest]
"""Gives a manifest with what it lists, which is asked for when its segment's turn comes."""


def checked(
    store: Store,
    manifests: Sequence[Manifest],
    catalogue: str | None,
    earlier: Mapping[str, SegmentReport],
    whole: Whole,
) -> Iterator[tuple[Manifest, SegmentReport]]:
    """Yield each segment's report, checked by several processes where there is enough to do, the biggest first."""
    yield from ((manifest, earlier[manifest.digest]) for manifest in manifests if manifest.digest in earlier)
    left = sorted((one for one in manifests if one.digest not in earlier), key=lambda one: one.size, reverse=True)
    others = min(_cores(), 16, len(left)) - 1
    if sum(one.size for one in left) >= WORTH_PROCESSES and others > 0:
        yield from _shared(store, left, catalogue, others, whole)
        return
    for manifest in left:
        yield manifest, check_segment(store, whole(manifest), catalogue=catalogue)


def _shared(
    store: Store, manifests: Sequence[Manifest], catalogue: str | None, others: int, whole: Whole
) -> Iterator[tuple[Manifest, SegmentReport]]:
    """Yield reports as they come: each other process has a segment and one ahead, and this one works meanwhile.

    Another process takes a third of a second to start, in which half a dozen megabytes could be checked.
    """
    quietly = (signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the workers too, and they have nothing to say
    pool = ProcessPoolExecutor(others, mp_context=get_context("spawn"), initializer=signal.signal, initargs=quietly)
    waiting, running, packed = deque(manifests), dict[Future[SegmentReport], Manifest](), pickle.dumps(store)
    try:
        while waiting or running:
            while len(waiting) > 1 and len(running) < 2 * others:
                job = pool.submit(check_by_key, packed, waiting[0], catalogue=catalogue)
                running[job] = waiting.popleft()
            if waiting:
                one = waiting.popleft()
                yield one, check_segment(store, whole(one), catalogue=catalogue)
            if running and not waiting:
                wait(running, return_when=FIRST_COMPLETED)
            for job in [job for job in running if job.done()]:
                found = job.result()
                yield running.pop(job), found
    except BrokenProcessPool:
        log.warning("a process that checked segments was killed; the rest is checked by this one alone")
        for one in (*running.values(), *waiting):
            yield one, check_segment(store, whole(one), catalogue=catalogue)
    finally:
        pool.shutdown(cancel_futures=True)


def check_by_key(packed: bytes, manifest: Manifest, *, catalogue: str | None) -> SegmentReport:
    """Return what is wrong with a segment of this pickled store, whose manifest comes without what it lists.

    It is read again: what is handed to another process has to fit into a pipe, or this one waits for ever when that
    one is killed before it reads.
    """
    store = unpacked(packed)
    found = read_manifest(store, manifest.key)
    if isinstance(found, Finding):
        return SegmentReport(findings=[found])
    if found.digest != manifest.digest:
        problem = "it was changed while it was checked"
        return SegmentReport(findings=[Finding(object=manifest.key, problem=problem, advice=RESTORE)])
    return check_segment(store, found, catalogue=catalogue)


@cache
def unpacked(packed: bytes) -> Store:
    """Return a pickled store, the same each time: a client of its own for each segment takes 0.3 s and 2 MB."""
    store: Store = pickle.loads(packed)  # noqa: S301  what this program's other process has pickled
    return store


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
