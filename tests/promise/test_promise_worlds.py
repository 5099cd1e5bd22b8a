"""Worlds are what their kind says, and the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from promise_worlds import (
    ACCOUNT_COLUMNS,
    KINDS,
    MOST_GUILTY_NEW,
    SHIFT_BY_NAME,
    SHIFTS,
    TEMPLATES,
    Tables,
    Trial,
    build_world,
    fill_newcomers,
    form_cluster,
    newcomers,
    settle_ordinary,
    spec_of,
)
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S1", "S4"), innocents=("agency",), accounts=300, exchanges=4000, seed=5,
    guilty_share=0.12,
)  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    out = tmp_path_factory.mktemp("world") / "world"
    simulate(SPEC, out)
    return Tables(
        pl.read_parquet(out / "exchanges" / "*.parquet"),
        pl.read_parquet(out / "accounts.parquet"),
        pl.read_parquet(out / "truth" / "accounts.parquet"),
    )


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_the_same_trial_is_the_same_world(tmp_path: Path) -> None:
    for name in ("one", "other"):
        build_world(Trial("clusters", 7), tmp_path / name, None)
    for part in ("exchanges/part-00000.parquet", "accounts.parquet", "truth/accounts.parquet"):
        one, other = (pl.read_parquet(tmp_path / name / part) for name in ("one", "other"))
        assert one.equals(other)
    assert "cluster" in one["cohort"].to_list()


def test_knobs_are_varied_within_the_condition() -> None:
    for kind in KINDS:
        specs = [spec_of(trial, trial.random()) for trial in (Trial(kind, n) for n in range(40))]
        assert max(spec.guilty_share for spec in specs) <= 0.15
        assert len({spec.accounts for spec in specs}) > 5
        assert len({spec.innocents for spec in specs}) > 5
        hidden = sum(bool(spec.scenarios) for spec in specs)
        assert hidden == {"mixed": 40, "newcomers": 20, "shifted": 30, "lied-to": 20}.get(kind, 0)


def test_a_later_window_is_of_the_same_operator() -> None:
    windows = [Trial("shifted", number) for number in range(6)]
    assert {trial.shift for trial in windows} == set(SHIFTS)
    specs = [spec_of(trial, trial.random()) for trial in windows]
    assert len({spec.seed for spec in specs}) == 2
    assert len({spec.accounts for spec in specs}) == 6
    assert all(spec.text is specs[0].text for spec in specs[:3])


def test_a_cluster_is_heavy_alike_and_innocent(tables: Tables) -> None:
    worlds = [form_cluster(tables, np.random.default_rng(seed)) for seed in range(8)]
    # One in four is not heavy.
    changed = max(worlds, key=lambda world: world.exchanges.height)
    members = changed.innocents("cluster")
    assert len(members) >= 8
    theirs = changed.exchanges.filter(pl.col("account_id").is_in(members))
    assert theirs["user_agent"].n_unique() == 1
    others = changed.exchanges.filter(~pl.col("account_id").is_in(members))
    assert others.equals(tables.exchanges.filter(~pl.col("account_id").is_in(members)))
    assert theirs.height / len(members) > 2 * others.height / others["account_id"].n_unique()
    assert changed.exchanges["exchange_id"].is_unique().all()
    ends = tables.exchanges["occurred_at"].min(), tables.exchanges["occurred_at"].max()
    assert theirs["occurred_at"].is_between(*ends).all()
    assert not set(members) & set(tables.truth.filter("guilty")["account_id"])


def test_copied_requests_keep_their_hours(tables: Tables) -> None:
    before = tables.exchanges
    for seed in range(8):
        changed = form_cluster(tables, np.random.default_rng(seed)).exchanges
        copies = changed.filter(pl.col("exchange_id").str.contains("-", literal=True))
        if not copies.is_empty():
            break
    joined = copies.with_columns(pl.col("exchange_id").str.split("-").list.first()).join(
        before.select("exchange_id", first="occurred_at"), on="exchange_id"
    )
    hours = (joined["occurred_at"] - joined["first"]).dt.total_seconds().to_numpy() % 86_400
    assert joined.height == copies.height
    assert (np.minimum(hours, 86_400 - hours) <= 1800).all()


def test_templates_name_the_prompt_once() -> None:
    assert all(template.count("{}") == 1 for template in TEMPLATES)


def test_up_to_half_of_the_new_sign_ups_are_guilty(tables: Tables) -> None:
    for seed in range(6):
        changed = fill_newcomers(tables, np.random.default_rng(seed))
        api = newcomers(changed).filter(pl.col("new") & (pl.col("channel") == "api"))
        assert 0.25 < api["guilty"].mean() <= MOST_GUILTY_NEW
        assert changed.accounts.height == tables.accounts.height


def test_new_sign_ups_are_nearly_all_look_alikes(tables: Tables, rng: np.random.Generator) -> None:
    changed = settle_ordinary(form_cluster(tables, rng), rng)
    new = newcomers(changed).filter(pl.col("new") & ~pl.col("guilty"))
    assert (new["cohort"] != "ordinary").mean() > 0.6


def test_shifts_change_what_they_say(tables: Tables, rng: np.random.Generator) -> None:
    shifted = {name: change(tables, rng) for name, change in SHIFT_BY_NAME.items()}
    assert shifted["nothing"] is tables
    models = shifted["new model"].exchanges["model"]
    assert 0.15 < (models == "corvid-6-large").mean() < 0.65
    assert shifted["holiday"].exchanges.height < tables.exchanges.height
    guilty = pl.col("account_id").is_in(tables.truth.filter("guilty")["account_id"].to_list())
    assert shifted["holiday"].exchanges.filter(guilty).height == (
        tables.exchanges.filter(guilty).height
    )
    agents = shifted["new client"].exchanges["user_agent"].fill_null("")
    assert 0.03 < agents.str.starts_with("Tidewater").mean() < 0.5
    many = newcomers(shifted["more new sign-ups"])["new"].mean()
    assert many > newcomers(tables)["new"].mean() + 0.1


def test_columns_are_missing_in_some_worlds(tmp_path: Path) -> None:
    names = set[str]()
    for number in range(2):
        build_world(Trial("innocent", number), tmp_path / str(number), None)
        path = tmp_path / str(number) / "accounts.parquet"
        names |= set(ACCOUNT_COLUMNS) - set(pl.read_parquet_schema(path))
    assert names
