"""How small a planted campaign may be, and what the logs it is planted in keep."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from revenuer.app.planting import SIZES, Planting, Trial, plant, smallest_caught
from revenuer.app.saved import read_findings
from revenuer.records import Verdict


def outcome(size: int, *, caught: bool) -> Trial:
    return Trial(size, 10 * size, caught, 0, size, None, {}, None)


@pytest.mark.parametrize("least", SIZES)
def test_halving_finds_the_smallest_size_that_is_caught(least: int) -> None:
    trials = smallest_caught(SIZES, lambda size: outcome(size, caught=size >= least))
    assert min(size for size, one in trials.items() if one.caught) == least
    missed = [size for size, one in trials.items() if not one.caught]
    assert max(missed, default=0) == max((s for s in SIZES if s < least), default=0)
    assert len(trials) <= 5


def test_nothing_smaller_is_tried_where_the_largest_is_missed() -> None:
    trials = smallest_caught(SIZES, lambda size: outcome(size, caught=False))
    assert list(trials) == [SIZES[-1]]


@pytest.fixture(scope="module")
def planted(small_world, tmp_path_factory: pytest.TempPathFactory) -> tuple[Planting, Path]:
    out = tmp_path_factory.mktemp("planted")
    found = plant(
        small_world.exchanges,
        out=out,
        scenario="S4",
        accounts=24,
        exchanges=2400,
        account_file=small_world.accounts,
        seed=5,
    )
    return found, out


def test_a_plain_campaign_in_ones_own_logs_is_caught(planted: tuple[Planting, Path]) -> None:
    found, out = planted
    (trial,) = found.trials
    assert trial.caught
    assert found.smallest == trial.accounts == 24
    assert trial.verdict is Verdict.CONVICTED
    assert trial.convicted >= trial.found >= 12
    assert trial.weakest == min(trial.axes, key=lambda axis: trial.axes[axis])
    assert read_findings(out / "scan").scanned.exchanges == found.world.exchanges


def test_no_column_is_filled_for_the_planted_accounts_only(
    small_world, planted: tuple[Planting, Path]
) -> None:
    _, out = planted
    own = pl.read_parquet(small_world.accounts)
    both = pl.read_parquet(out / "accounts.parquet")
    empty = [column.name for column in own if column.null_count() == own.height]
    assert set(own["account_id"]) < set(both["account_id"])
    assert empty
    assert not set(empty) & set(both.columns)


def test_a_campaign_in_logs_too_small_for_a_baseline_is_missed(small_world, tmp_path: Path) -> None:
    rows = pl.read_parquet(small_world.folder / "exchanges" / "*.parquet")
    few = rows["account_id"].unique().sort()[:60].to_list()
    log = tmp_path / "few.parquet"
    rows.filter(pl.col("account_id").is_in(few)).write_parquet(log)
    found = plant([str(log)], out=tmp_path / "out", scenario="S4", accounts=12, exchanges=600)
    assert found.smallest is None
    assert not found.trials[0].caught
    assert any("baseline" in line for line in found.blind)
