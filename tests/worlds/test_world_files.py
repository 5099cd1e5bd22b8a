"""What a world on disk promises."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from revenuer.errors import ConfigError, SourceError
from revenuer.sources.columns import SHAPES
from revenuer.sources.world_files import pool_size, simulate
from revenuer.worlds import INNOCENT_IDS, SCENARIO_IDS, WorldSpec, cast_world, write_pools

from .conftest import Written

TINY = WorldSpec(
    scenarios=("S1", "S4"), innocents=("N1", "N5"), accounts=120, exchanges=3000, days=4, seed=3
)
PROMPTS = Path(__file__).parents[3] / "shared" / "data"


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_equal_specs_give_equal_bytes(tmp_path: Path) -> None:
    simulate(TINY, tmp_path / "a")
    simulate(TINY, tmp_path / "b")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    simulate(TINY, tmp_path / "a")
    simulate(replace(TINY, seed=4), tmp_path / "b")
    a, b = digest(tmp_path / "a"), digest(tmp_path / "b")
    assert a.keys() == b.keys()
    assert all(a[name] != b[name] for name in a if name.startswith("exchanges/"))


def test_a_world_is_the_same_at_any_number_of_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(TINY, tmp_path / "few")
    # The package has a function of the same name.
    monkeypatch.setattr(import_module("revenuer.worlds.generate"), "PART_ROWS", 100)
    simulate(TINY, tmp_path / "many")
    few, many = (tmp_path / name / "exchanges" for name in ("few", "many"))
    assert len(list(many.iterdir())) > len(list(few.iterdir()))
    rows = [pl.read_parquet(each / "*.parquet").sort("exchange_id") for each in (few, many)]
    assert rows[0].equals(rows[1])


def test_small_clients_stay_small_in_large_worlds() -> None:
    spec = replace(TINY, accounts=13_000, exchanges=1000)
    world = cast_world(spec, write_pools(np.random.default_rng(1), size=2000))
    blocks = [cohort for cohort in world.cohorts if cohort.name == "ordinary"]
    assert len(blocks) > 2
    agents = np.concatenate([block.streams[0].setup.columns["user_agent"] for block in blocks])
    niche = [agent for agent in agents if agent.startswith("client-")]
    # An office's own tool may be one of them, and adds the office.
    assert np.median(np.unique(niche, return_counts=True)[1]) <= 60
    assert len(niche) < 0.25 * len(agents)


def test_larger_worlds_repeat_prompts_no_more_often() -> None:
    # Below a million exchanges pools are as they were when worlds were first measured.
    assert [pool_size(n) for n in (1, 80_000, 10**6)] == [2000, 10_000, 30_000]
    assert pool_size(8 * 10**6) == 2 * pool_size(4 * 10**6)


def test_a_second_world_replaces_the_first(tmp_path: Path) -> None:
    simulate(replace(TINY, days=8), tmp_path / "a")
    simulate(TINY, tmp_path / "a")
    simulate(TINY, tmp_path / "b")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


@pytest.mark.parametrize("name", ["exchanges", "accounts", "permits", "account_links"])
def test_columns_and_types_are_those_of_the_contract(world: Written, name: str) -> None:
    files = {
        "exchanges": sorted((world.folder / "exchanges").glob("*.parquet")),
        "accounts": [world.folder / "accounts.parquet"],
        "permits": [world.folder / "permits.parquet"],
        "account_links": [world.folder / "account_links.parquet"],
    }[name]
    for file in files:
        for field in pq.read_schema(file):
            assert SHAPES[name].types[field.name] == field.type, field.name


def test_required_columns_are_never_null(world: Written) -> None:
    required = world.exchanges.select("exchange_id", "occurred_at", "account_id")
    assert required.null_count().sum_horizontal().item() == 0
    assert world.exchanges["exchange_id"].n_unique() == world.exchanges.height


def test_rows_of_a_part_are_in_order_of_time(world: Written) -> None:
    for file in (world.folder / "exchanges").glob("*.parquet"):
        assert pl.read_parquet(file, columns=["occurred_at"])["occurred_at"].is_sorted()


def test_sizes_are_about_those_asked_for(world: Written) -> None:
    assert world.exchanges.height == pytest.approx(world.spec.exchanges, rel=0.1)
    assert world.accounts.height == pytest.approx(world.spec.accounts, rel=0.05)
    assert world.summary.exchanges == world.exchanges.height
    assert world.summary.own_exchanges == world.own.height


def test_more_exchanges_scale_every_campaign(build: Callable[[WorldSpec], Written]) -> None:
    small, large = build(TINY), build(replace(TINY, exchanges=12_000))
    for campaign in TINY.scenarios:
        ratio = large.stream(campaign).height / small.stream(campaign).height
        assert ratio == pytest.approx(4.0, rel=0.25)


def test_guilty_share_sets_how_many_accounts_are_guilty(
    build: Callable[[WorldSpec], Written],
) -> None:
    spec = replace(TINY, accounts=1000, guilty_share=0.2)
    guilty = build(spec).cohorts["guilty"].sum()
    assert guilty == pytest.approx(200, abs=3)


def test_all_scenarios_and_look_alikes_appear_once(world: Written) -> None:
    assert set(world.cohorts["cohort"]) == {*SCENARIO_IDS, *INNOCENT_IDS, "ordinary"}
    assert sorted(world.campaigns) == sorted(SCENARIO_IDS)
    assert world.cohorts["account_id"].n_unique() == world.cohorts.height


def test_every_own_exchange_is_of_one_of_the_campaigns_accounts(world: Written) -> None:
    for name, campaign in world.campaigns.items():
        senders = set(world.stream(name)["account_id"])
        assert senders <= set(campaign["account_ids"])
        assert len(senders) > 0.8 * len(campaign["account_ids"])


def test_innocents_are_in_no_campaign(world: Written) -> None:
    innocent = world.cohorts.filter(~pl.col("guilty"))
    assert innocent["campaign"].null_count() == innocent.height
    own = world.exchanges.join(world.own, on="exchange_id")
    assert own.join(innocent, on="account_id").height == 0


def test_only_the_shell_reseller_is_undecidable(world: Written) -> None:
    undecidable = [name for name, c in world.campaigns.items() if not c["decidable"]]
    assert undecidable == ["S11"]
    assert world.campaigns["S11"]["expected_verdict"] == "undecided"


def test_nobody_sends_before_signing_up_or_after_suspension(world: Written) -> None:
    joined = world.exchanges.join(world.accounts, on="account_id")
    assert (joined["occurred_at"] >= joined["created_at"]).all()
    stopped = joined.filter(pl.col("suspended_at").is_not_null())
    assert (stopped["occurred_at"] < stopped["suspended_at"]).all()
    assert stopped.height > 0


def test_a_world_without_text_has_none_and_says_so(build: Callable[[WorldSpec], Written]) -> None:
    plain = build(replace(TINY, text=False)).exchanges
    for name in ("prompt", "system_prompt", "response"):
        assert plain[name].null_count() == plain.height
    assert set(plain["data_policy"]) == {"metadata"}
    assert plain["input_tokens"].null_count() == 0


def test_releases_are_a_settings_file(world: Written) -> None:
    releases = tomllib.loads((world.folder / "releases.toml").read_text())["releases"]
    start, end = world.exchanges["occurred_at"].min(), world.exchanges["occurred_at"].max()
    inside = [release for release in releases if start < release["at"] < end]
    assert len(releases) == 3
    assert len(inside) == 1


def test_the_new_model_is_not_used_before_its_release(world: Written) -> None:
    releases = tomllib.loads((world.folder / "releases.toml").read_text())["releases"]
    for release in releases:
        used = world.exchanges.filter(pl.col("model") == release["model"])
        assert (used["occurred_at"] >= release["at"]).all()
        assert used.height > 0


def test_prompts_come_from_a_folder_where_one_is_given(tmp_path: Path) -> None:
    if not PROMPTS.is_dir():
        pytest.skip("no shared prompt folder beside this checkout")
    simulate(TINY, tmp_path, prompts=PROMPTS)
    simulate(replace(TINY, seed=4), tmp_path / "own")
    own = pl.read_parquet(tmp_path / "own" / "exchanges" / "*.parquet")["prompt"]
    theirs = pl.read_parquet(tmp_path / "exchanges" / "*.parquet")["prompt"]
    assert theirs.str.contains("toolformer|def |Natalia|Weng").sum() > 20
    assert own.str.contains("toolformer|Natalia|Weng").sum() == 0


def test_a_missing_prompt_folder_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder of prompts") as caught:
        simulate(TINY, tmp_path / "out", prompts=tmp_path / "absent")
    assert caught.value.hint


def test_a_wrong_spec_names_every_problem_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        WorldSpec(scenarios=("S99",), innocents=("N0",), accounts=3)
    assert all(word in caught.value.message for word in ("S99", "N0", "at least 50 accounts"))


def test_progress_reaches_its_end(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    simulate(TINY, tmp_path, progress=lambda *step: seen.append(step))
    assert seen[-1] == ("exchanges", TINY.days, TINY.days)
    assert [done for _, done, _ in seen] == list(range(1, TINY.days + 1))


def test_a_guilty_share_of_nought_is_a_world_without_campaigns(
    build: Callable[[WorldSpec], Written],
) -> None:
    world = build(replace(TINY, guilty_share=0.0))
    assert world.campaigns == {}
    assert not world.cohorts["guilty"].any()
    assert world.own.height == 0


@pytest.mark.parametrize(
    "column",
    ["temperature", "max_output_tokens", "channel", "region", "stop_reason",
     "reasoning_effort", "response_format", "status", "outcome", "operation", "streamed"],
)  # fmt: skip
def test_no_setting_is_of_the_guilty_only(world: Written, column: str) -> None:
    guilty = world.exchanges.join(world.cohorts.filter(pl.col("guilty")), on="account_id")
    innocent = world.exchanges.join(world.cohorts.filter(~pl.col("guilty")), on="account_id")
    assert set(guilty[column]) <= set(innocent[column])


def test_the_guilty_offer_no_more_tools_than_the_innocent(world: Written) -> None:
    # A number of a wide range: in a small world some values are drawn once.
    guilty = world.exchanges.join(world.cohorts.filter(pl.col("guilty")), on="account_id")
    innocent = world.exchanges.join(world.cohorts.filter(~pl.col("guilty")), on="account_id")
    most, least = innocent["tool_count"].max(), innocent["tool_count"].min()
    assert guilty["tool_count"].is_between(least, most).all()


@pytest.mark.parametrize(
    "column", ["plan", "programme", "payment_kind", "verification", "status", "country"]
)
def test_no_kind_of_account_is_of_the_guilty_only(world: Written, column: str) -> None:
    guilty = world.accounts.join(world.cohorts.filter(pl.col("guilty")), on="account_id")
    innocent = world.accounts.join(world.cohorts.filter(~pl.col("guilty")), on="account_id")
    assert set(guilty[column]) <= set(innocent[column])
