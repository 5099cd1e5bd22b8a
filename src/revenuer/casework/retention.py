"""How long what is kept, and what is due to go: pure rules over times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of record is kept.

    Attributes:
        kind: Its key in `[retention]`, without `_days`.
        days: For how long; 0 for ever.
        since: What the days count from, in words.
    """

    kind: str
    days: int
    since: str

    def before(self, now: datetime) -> datetime | None:
        """What is from before this is due; None where nothing ever is.

        Examples:
            >>> Rule("texts", 2, "kept").before(datetime(2026, 1, 3))
            datetime.datetime(2026, 1, 1, 0, 0)
            >>> Rule("texts", 0, "kept").before(datetime(2026, 1, 3)) is None
            True
        """
        return now - timedelta(days=self.days) if self.days else None


SINCE = {
    "texts": "it was kept",
    "notes": "the case was closed or dismissed",
    "cases": "it was closed or dismissed",
    "assessments": "it was made",
    "applications": "it ended",
    "appeals": "it was answered",
    "permits": "it ended",
}
"""What the days of each kind count from."""
