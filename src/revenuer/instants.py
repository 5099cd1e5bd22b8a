"""Times as whole microseconds since 1970, UTC: how tables and logs keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """A time in microseconds since the epoch, exactly.

    Examples:
        >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """The time that a number of microseconds since the epoch is.

    Examples:
        >>> moment(1_000_000)
        datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + timedelta(microseconds=us)


def iso(us: int) -> str:
    """The same as JSON has it: ISO 8601 with Z, and microseconds where there are any.

    Examples:
        >>> iso(1_000_000)
        '1970-01-01T00:00:01Z'
    """
    return moment(us).isoformat().replace("+00:00", "Z")
