"""A campaign planted in an operator's own logs."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from revenuer.errors import NothingToReadError
from revenuer.sources.world_files import plant, simulate
from revenuer.worlds import WorldSpec

from .conftest import Written, read_world

OWN = WorldSpec(scenarios=(), innocents=(), accounts=100, exchanges=2000, days=5, seed=8)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("operator")
    simulate(OWN, folder)
    return folder


def planted(logs: Path, out: Path, scenario: str = "S1", **knobs: int) -> Written:
    asked = {"accounts": 12, "exchanges": 900, "seed": 4} | knobs
    summary = plant(
        logs / "exchanges", out, scenario=scenario, account_file=logs / "accounts.parquet", **asked
    )
    return read_world(out, OWN, summary)


def test_the_operators_files_are_copied_byte_for_byte(logs: Path, tmp_path: Path) -> None:
    planted(logs, tmp_path)
    theirs = sorted((logs / "exchanges").glob("*.parquet"))
    copies = sorted((tmp_path / "exchanges").glob("logs-*.parquet"))
    assert [file.read_bytes() for file in theirs] == [file.read_bytes() for file in copies]


def test_the_operators_accounts_are_unchanged(logs: Path, tmp_path: Path) -> None:
    people = planted(logs, tmp_path).accounts
    theirs = pl.read_parquet(logs / "accounts.parquet")
    assert people.head(theirs.height).equals(theirs)
    assert people.height == theirs.height + 12


def test_the_campaign_stays_inside_the_window(logs: Path, tmp_path: Path) -> None:
    world = planted(logs, tmp_path)
    theirs = pl.read_parquet(logs / "exchanges" / "*.parquet")
    stream = world.stream("S1")
    assert stream["occurred_at"].min() >= theirs["occurred_at"].min()
    assert stream["occurred_at"].max() <= theirs["occurred_at"].max()
    assert set(stream["model"]) <= set(theirs["model"])
    assert stream.height == pytest.approx(900, rel=0.2)


def test_the_truth_covers_the_planted_rows_only(logs: Path, tmp_path: Path) -> None:
    world = planted(logs, tmp_path)
    theirs = pl.read_parquet(logs / "exchanges" / "*.parquet")
    assert world.own.join(theirs, on="exchange_id").height == 0
    assert world.summary.own_exchanges == world.own.height == world.exchanges.height - theirs.height
    assert world.cohorts["guilty"].all()


def test_columns_that_the_logs_lack_stay_empty(logs: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    (bare / "exchanges").mkdir(parents=True)
    table = pq.read_table(sorted((logs / "exchanges").glob("*.parquet")))
    kept = ["exchange_id", "occurred_at", "account_id", "client_ip", "prompt"]
    pq.write_table(table.select(kept), bare / "exchanges" / "own.parquet")
    out = tmp_path / "out"
    plant(bare, out, scenario="S3", accounts=8, exchanges=500, seed=1)
    for file in (out / "exchanges").glob("*.parquet"):
        assert pq.read_schema(file).names == kept


def test_relays_carry_prompts_of_the_logs(logs: Path, tmp_path: Path) -> None:
    stream = planted(logs, tmp_path, "S5").stream("S5")
    theirs = pl.read_parquet(logs / "exchanges" / "*.parquet")["prompt"]
    assert stream["prompt"].is_in(theirs.implode()).mean() > 0.1


@pytest.mark.parametrize("scenario", ["S4", "S9", "S10"])
def test_every_phase_fits_the_window(logs: Path, tmp_path: Path, scenario: str) -> None:
    world = planted(logs, tmp_path, scenario, accounts=20)
    assert world.stream(scenario).height > 300


def test_equal_arguments_plant_equal_bytes(logs: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        planted(logs, tmp_path / name)
    for file in sorted((tmp_path / "a").rglob("*.parquet")):
        assert file.read_bytes() == (tmp_path / "b" / file.relative_to(tmp_path / "a")).read_bytes()


def test_no_logs_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(NothingToReadError) as caught:
        plant(tmp_path, tmp_path / "out", scenario="S1", accounts=5, exchanges=100, seed=0)
    assert "convert" in caught.value.hint


def test_logs_without_a_row_are_an_error(logs: Path, tmp_path: Path) -> None:
    empty = pq.read_table(sorted((logs / "exchanges").glob("*.parquet"))).slice(0, 0)
    pq.write_table(empty, tmp_path / "empty.parquet")
    with pytest.raises(NothingToReadError, match="no exchange"):
        plant(
            tmp_path / "empty.parquet",
            tmp_path / "out",
            scenario="S1",
            accounts=5,
            exchanges=9,
            seed=0,
        )


def test_the_seed_of_a_plant_is_recorded(logs: Path, tmp_path: Path) -> None:
    planted(logs, tmp_path, seed=77)
    assert json.loads((tmp_path / "truth" / "spec.json").read_text())["seed"] == 77
