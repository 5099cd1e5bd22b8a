"""What is planted into worlds for early signs, and how a run is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from measure_signs import Watched, false_row, lead_row
from revenuer.records import Axis, Sign, SignKind
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec
from signs_worlds import CHECKS, DAY, GUARD, HOUR, Ask, checks_of, innocent_repeats, plant

START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    spec = WorldSpec(scenarios=(), innocents=("N1",), accounts=60, exchanges=600, days=3, seed=2)
    simulate(spec, tmp_path)
    return tmp_path


def _read(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "exchanges" / "*.parquet")


def test_planted_exchanges_are_their_accounts_own_but_for_prompt_and_time(world: Path) -> None:
    before = _read(world)
    busiest = before["account_id"].value_counts(sort=True)["account_id"][0]
    first = before.filter(pl.col("account_id") == busiest)["occurred_at"].min()
    assert isinstance(first, datetime)
    hour = float((first - before["occurred_at"].min()).total_seconds() // HOUR)  # type: ignore[operator]
    plant(world, [Ask(busiest, "planted prompt", 1.5 * DAY)], {busiest: [hour]})
    after = _read(world)
    assert after.height == before.height + 1
    (row,) = after.filter(pl.col("prompt") == "planted prompt").to_dicts()
    own = before.filter(pl.col("account_id") == busiest)
    assert row["tls_fingerprint"] in own["tls_fingerprint"].to_list()
    assert row["occurred_at"] - before["occurred_at"].min() == timedelta(days=1.5)
    stopped = after.filter(pl.col("outcome") == GUARD)
    assert set(stopped["account_id"]) == {busiest}
    assert first in stopped["occurred_at"].to_list()


def test_checks_come_within_hours_of_the_guard() -> None:
    accounts = [f"a{n}" for n in range(9)]
    asks, guarded = checks_of(accounts, 12, np.random.default_rng(1))
    assert {one.prompt for one in asks} == set(CHECKS)
    for one in asks:
        waits = [one.at_s / HOUR - hour for hour in guarded[one.account_id]]
        assert any(0 < wait < 6 for wait in waits)


def test_innocents_repeat_on_many_days_and_the_guard_acts_on_all_of_them() -> None:
    asks, guarded = innocent_repeats([f"a{n}" for n in range(99)], 10, np.random.default_rng(1))
    days = pl.DataFrame([(one.prompt, one.at_s // DAY) for one in asks], orient="row")
    assert (
        days.group_by("column_0").agg(pl.col("column_1").n_unique())["column_1"] >= 3
    ).sum() > 30
    assert len(guarded) == 60
    assert max(one.at_s for one in asks) < 10 * DAY


def _sign(name: str, *account_ids: str, day: int = 2) -> Sign:
    at = START + timedelta(days=day)
    return Sign(name, SignKind.PIVOT, at, at, Axis.EXTRACTION, account_ids, None, "said")


def test_leads_and_false_signs_are_counted_by_the_truth() -> None:
    run = Watched(
        signs={"1": _sign("1", "a", "b", "x"), "2": _sign("2", "x", "y", "a", "z")},
        convicted={"S3": START + timedelta(days=5)},
        campaigns={"S3": {"a", "b", "c"}},
        cohort={"a": "S3", "b": "S3", "c": "S3", "x": "N8", "y": "N8", "z": "ordinary"},
        guilty={"a", "b", "c"},
    )
    assert lead_row(SignKind.PIVOT, "S3", [run]) == "| pivot | S3 | 1 of 1 | 1 | 0 | +72 |"
    assert false_row(SignKind.PIVOT, [run], 15) == "| pivot | 1 | 2.00 | 0.5 | 1 N8 |"
