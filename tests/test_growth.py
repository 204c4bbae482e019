"""That what grows with its square is told from what grows as its size."""

from __future__ import annotations

from tests.growth import grows_as_its_size


def test_a_square_is_told_from_a_line() -> None:
    assert grows_as_its_size(lambda size: [number for number in range(size)], 800_000)  # noqa: C416 - the work itself
    assert not grows_as_its_size(lambda size: sum(1 for _ in range(size) for _ in range(size)), 3_200)
