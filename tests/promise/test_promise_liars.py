"""Peers lie about innocents in the worst way there is, and the scan does hear them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from promise_liars import MOST_LIARS, lies, log_of
from promise_populations import ALIKE, LIED, draw_population, lied_to, run_population
from promise_worlds import Trial, build_world
from revenuer.campaigns.judge import judge
from revenuer.settings import JudgeSettings


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("liars") / "world"
    build_world(Trial("lied-to", 3), folder, None)
    return folder


def test_liars_come_one_to_four_at_a_time_in_both_sorts_of_world() -> None:
    trials = [Trial("lied-to", number) for number in range(2 * MOST_LIARS)]
    assert {(one.liars, one.built_as) for one in trials} == {
        (liars, built) for liars in range(1, MOST_LIARS + 1) for built in ("mixed", "clusters")
    }
    assert Trial("mixed", 3).liars == 0


@pytest.mark.parametrize("liars", range(1, MOST_LIARS + 1))
def test_each_liar_has_a_name_of_its_own(world: Path, liars: int) -> None:
    said = lies(world, liars, np.random.default_rng(0))
    sources = set(said.indicators["source"]) | set(said.found["source"])
    assert len(sources) == liars


def test_the_worst_liar_names_all_that_honest_groups_have_and_nothing_else(world: Path) -> None:
    log = log_of(world)
    said = lies(world, 1, np.random.default_rng(0)).indicators
    honest = log.values.join(log.group, on="account_id")
    named = set(said.select("kind", "value", "cluster").rows())
    assert named == {
        (kind, value, f"cluster--{group}")
        for kind, value, group in honest.select("kind", "value", "group").iter_rows()
    }
    guilty = pl.read_parquet(world / "truth" / "accounts.parquet").filter("guilty")
    assert not set(log.group["account_id"]) & set(guilty["account_id"])


def test_the_private_liar_claims_honest_groups_whole_and_half_of_the_rest(world: Path) -> None:
    found = lies(world, 2, np.random.default_rng(0)).found
    log = log_of(world)
    honest = pl.col("account_id").is_in(log.group["account_id"].to_list())
    assert found.filter(honest)["cluster"].null_count() == 0
    rest = found.filter(~honest)
    assert 0.35 < rest["cluster"].null_count() / rest.height < 0.65


def test_a_lie_is_heard_and_convicts_no_honest_cluster() -> None:
    drawn = draw_population(2)
    heard = lied_to(drawn, 3)
    groups = judge(heard.population, JudgeSettings(), seed=1).groups
    assert max(group.peers.log_e_value for group in groups if group.peers) > 5
    assert any(len(group.peers.sources) == 3 for group in groups if group.peers)
    assert not any(group.passes for group in groups)


def test_a_campaign_is_found_among_liars_as_without_them() -> None:
    for kind in (ALIKE, LIED):
        seen = run_population(Trial(kind, 1))
        assert seen.convicted["0.05"].found == 1
        assert seen.convicted["0.05"].innocent == 0
