"""Merkle trees as RFC 9162, section 2.1, has them: SHA-256, 0x00 before a leaf, 0x01 before a node.

A level with an odd number of nodes hands its last one up as it is, which gives the RFC's tree: its split is at the
largest power of two below the number of leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf, 32 bytes."""
    return sha256(b"\0" + content).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over these leaf hashes, 32 bytes; that of no leaves is the SHA-256 of nothing."""
    if not hashes:
        return sha256().digest()
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the inclusion path of the leaf at `index`, from its sibling upwards (section 2.1.3.1)."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"there is no leaf {index} of {len(hashes)}")
    steps, level = [], list(hashes)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            steps.append(level[sibling])
        level, index = _above(level), index // 2
    return steps


def root_by(leaf: bytes, *, index: int, size: int, steps: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf hash and its path lead to, None for a path of another length (section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    at, last, reached, left = index, size - 1, leaf, list(steps)
    while last:
        if at % 2 or at < last:
            if not left:
                return None
            step = left.pop(0)
            reached = _node(step, reached) if at % 2 else _node(reached, step)
        at, last = at // 2, last // 2
    return None if left else reached


def _above(level: Sequence[bytes]) -> list[bytes]:
    above = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*above, level[-1]] if len(level) % 2 else above


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()
