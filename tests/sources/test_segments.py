"""What the books are told of a segment."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from revenuer.app.state import keeping
from revenuer.features.accounts import sampled
from revenuer.features.client_habits import HABITS
from revenuer.settings import Settings
from revenuer.sources import ColumnMap, Segments, Span, open_logs

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


@pytest.mark.parametrize("together", [False, True], ids=["apart", "put together"])
def test_what_an_older_program_did_not_keep_is_worked_out(tmp_path: Path, together: bool) -> None:
    """A watch goes on over an update: keys of its older segments are unknown, and not missing."""
    kept = keeping(tmp_path, Settings(), False, folder="segments", part_s=86_400)
    names = ["000000001", "000000002"]
    with closing(Segments(kept, ColumnMap())) as segments:
        for number, name in enumerate(names):
            row = {"occurred_at": NOON.isoformat(), "tls_fingerprint": "t13", "user_agent": "a/1"}
            batch = tmp_path / f"{name}.jsonl"
            rows = [{"exchange_id": f"{name}-{place}", "account_id": f"a{number}", **row}
                    for place in range(3)]  # fmt: skip
            batch.write_text("\n".join(map(json.dumps, rows)))
            segments.seal(batch, name, name, None)
        forget_keys(segments.folders(names[:1])[0])
        if together:
            segments.merge(names, "000000003")
        folders = segments.folders(["000000003"] if together else names)
    span = Span(folders, NOON - timedelta(days=1), NOON + timedelta(days=1))
    with (
        tempfile.TemporaryDirectory() as work,
        open_logs((), workdir=Path(work), keeping=kept, kept=span) as logs,
    ):
        worn = logs.engine.fetch(HABITS["softwares"].worn(logs.tables.exchanges))
        drawn = logs.engine.fetch(sampled(logs.tables.exchanges, 24).select("account_id"))
    assert worn["account_id"].sort().to_list() == ["a0", "a1"]
    assert worn["key"].n_unique() == 1
    assert worn["exchanges"].to_list() == [3, 3]
    assert drawn["account_id"].sort().to_list() == ["a0"] * 3 + ["a1"] * 3


def forget_keys(folder: Path) -> None:
    """Make a segment what it was before keys of habits were kept."""
    about = json.loads((folder / "about.json").read_bytes())
    for name in about["sizes"]:
        path = folder / name
        without = [one for one in pq.read_schema(path).names if not one.endswith("_key")]
        # In another order too: columns are known by name.
        pl.read_parquet(path).select(reversed(without)).write_parquet(path)
        about["sizes"][name] = path.stat().st_size
    (folder / "about.json").write_text(json.dumps(about))
