"""Index lines tell an instant in the 14 digits that replay tools make of it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from warcio.timeutils import iso_date_to_timestamp

from news.serial import rfc3339
from storage.cdx import digits


@given(st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_has_the_digits_that_warcio_gives_it(at: datetime) -> None:
    assert digits(rfc3339(at)) == iso_date_to_timestamp(rfc3339(at))
    assert digits(f"{at:%Y-%m-%dT%H:%M:%SZ}") == f"{at:%Y%m%d%H%M%S}"
