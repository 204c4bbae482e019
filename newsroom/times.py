"""The station's times: instants are aware UTC, printed words are London's and name no zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)

Clock = Callable[[], datetime]


def clock(now: Clock | datetime | None) -> Clock:
    """A clock: the one given, one that stands still at the instant given, or the machine's."""
    if now is None:
        return lambda: datetime.now(UTC)
    if isinstance(now, datetime):
        fixed = now.astimezone(UTC)
        return lambda: fixed
    return now


def minute(at: datetime) -> datetime:
    """The instant without its seconds."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def printed(at: datetime) -> str:
    """`1 December 2024, 07:14`, in London."""
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


def printed_hour(at: datetime) -> str:
    """`07:14`, in London."""
    return f"{at.astimezone(LONDON):%H:%M}"


def local_iso(at: datetime) -> str:
    """`2024-12-01T07:14:00+00:00`, with London's offset."""
    return at.astimezone(LONDON).isoformat(timespec="seconds")


def utc_iso(at: datetime) -> str:
    """`2024-12-01T07:14:00Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def http_date(at: datetime) -> str:
    """An IMF-fixdate (RFC 9110, section 5.6.7)."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def rss_date(at: datetime) -> str:
    """An RFC 822 date in London, as RSS 2.0 wants it."""
    return format_datetime(at.astimezone(LONDON))
