"""The clock that long-running servers ask; tests put another in its place."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """What time it is."""
    return datetime.now(UTC)
