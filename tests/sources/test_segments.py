"""What the books are told of a segment."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from revenuer.app.state import keeping
from revenuer.settings import Settings
from revenuer.sources import ColumnMap, Segments

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def sealed(tmp_path: Path, times: list[datetime]):
    rows = [
        {"exchange_id": f"x{row}", "account_id": "a", "occurred_at": at.isoformat()}
        for row, at in enumerate(times)
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(map(json.dumps, rows)))
    kept = keeping(tmp_path, Settings(), False, folder="segments", part_s=86_400)
    with closing(Segments(kept, ColumnMap())) as segments:
        return segments.seal(batch, "batch", "000000001", NOON)


def test_a_clock_far_ahead_is_not_the_last_exchange(tmp_path: Path) -> None:
    """It would keep the segment, and all of its prompts, for ten years."""
    minutes = [NOON + timedelta(minutes=minute) for minute in range(-30, 30)]
    told = sealed(tmp_path, [*minutes, NOON + timedelta(days=3650)])
    assert told.rows == 61
    assert told.last == minutes[-1]
    assert told.late == 30


def test_a_clock_a_little_ahead_is(tmp_path: Path) -> None:
    ahead = NOON + timedelta(hours=3)
    minutes = [NOON + timedelta(minutes=minute) for minute in range(60)]
    assert sealed(tmp_path, [*minutes, ahead]).last == ahead


def test_a_clock_far_behind_is_not_the_first_exchange(tmp_path: Path) -> None:
    """The first look would be years before the stream."""
    minutes = [NOON + timedelta(minutes=minute) for minute in range(60)]
    told = sealed(tmp_path, [NOON - timedelta(days=365), *minutes])
    assert told.rows == 61
    assert told.first == minutes[0]
