"""Each campaign shows the mechanism that its public report describes."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from revenuer.worlds import SCENARIO_IDS

from .conftest import Written


def hand_overs(stream: pl.DataFrame) -> pl.DataFrame:
    """429s whose request was answered on another account, with the wait."""
    refused = stream.filter(pl.col("status") == 429)
    answered = stream.filter(pl.col("status") == 200)
    both = refused.join(answered, on="request_id", suffix="_next")
    wait = (pl.col("occurred_at_next") - pl.col("occurred_at")).dt.total_seconds()
    return both.filter(pl.col("account_id") != pl.col("account_id_next")).with_columns(wait=wait)


def test_s01_shares_cards_and_hands_refused_requests_over_in_seconds(world: Written) -> None:
    people, stream = world.people("S1"), world.stream("S1")
    assert people["payment_fingerprint"].n_unique() <= people.height / 2
    passed = hand_overs(stream)
    assert passed.height >= 5
    assert passed["wait"].median() < 5
    assert (passed["prompt"] == passed["prompt_next"]).all()


def test_s01_balances_its_load(world: Written) -> None:
    volumes = world.stream("S1").group_by("account_id").len()["len"]
    assert volumes.std() / volumes.mean() < 0.35


def test_s02_comes_over_several_pathways_and_changes_its_aim(world: Written) -> None:
    people, stream = world.people("S2"), world.stream("S2")
    assert stream["channel"].n_unique() >= 3
    assert people["plan"].n_unique() >= 3
    half = stream.height // 2
    early, late = stream.head(half), stream.tail(half)
    assert late["output_tokens"].median() > 1.5 * early["output_tokens"].median()


def test_s03_moves_nearly_half_within_a_day_of_the_release(world: Written) -> None:
    stream = world.stream("S3")
    new = "corvid-5-large"
    release = world.exchanges.filter(pl.col("model") == new)["occurred_at"].min()
    day_after = stream.filter(
        pl.col("occurred_at").is_between(
            release + timedelta(hours=24), release + timedelta(hours=72)
        )
    )
    assert (day_after["model"] == new).mean() == pytest.approx(0.485, abs=0.12)


def test_s04_second_pool_starts_after_the_first_is_suspended(world: Written) -> None:
    people, stream = world.people("S4"), world.stream("S4")
    first = people.filter(pl.col("suspended_at").is_not_null())["account_id"]
    ban = people["suspended_at"].min()
    pool_1 = stream.filter(pl.col("account_id").is_in(first.to_list()))
    pool_2 = stream.filter(~pl.col("account_id").is_in(first.to_list()))
    assert pool_1["occurred_at"].max() < people["suspended_at"].max()
    assert ban < pool_2["occurred_at"].min() < ban + timedelta(hours=30)
    assert pool_1.height > 100 < pool_2.height


def test_s04_puts_one_fixed_text_before_every_request(world: Written) -> None:
    heads = world.stream("S4")["prompt"].str.split("\n---\n").list.first()
    assert heads.n_unique() == 1
    assert len(heads[0]) > 30


def test_s05_is_quiet_and_relays_diverse_people(world: Written) -> None:
    stream = world.stream("S5")
    hot = world.stream("S7").group_by("account_id").len()["len"].median()
    quiet = stream.group_by("account_id").len()["len"].median()
    assert quiet < hot / 4
    assert stream["prompt"].n_unique() > 0.7 * stream.height
    assert stream["system_prompt"].n_unique() == 1


def test_s06_replays_reasoning_that_was_signed_for_other_accounts(world: Written) -> None:
    issued = world.exchanges.select("issued_reasoning_signature", signer="account_id").drop_nulls()
    replays = world.exchanges.drop_nulls("reasoning_signature").join(
        issued, left_on="reasoning_signature", right_on="issued_reasoning_signature"
    )
    foreign = replays.filter(pl.col("account_id") != pl.col("signer"))
    campaign = set(world.campaigns["S6"]["account_ids"])
    assert foreign.filter(pl.col("account_id").is_in(list(campaign))).height > 50
    innocent = world.cohorts.filter(~pl.col("guilty"))
    assert foreign.join(innocent, on="account_id").height == 0
    assert replays.join(innocent, on="account_id").height > 50


def test_s06_relays_only_users_of_coding_harnesses(world: Written) -> None:
    assert world.stream("S6")["harness"].null_count() == 0


def test_s07_is_few_hot_accounts_with_short_scores_and_long_inputs(world: Written) -> None:
    stream = world.stream("S7")
    everyone = world.exchanges.group_by("account_id").len()["len"].median()
    assert len(world.campaigns["S7"]["account_ids"]) <= 8
    assert stream.group_by("account_id").len()["len"].min() > 8 * everyone
    answers = stream["output_tokens"] - stream["reasoning_tokens"]
    assert (answers < 40).mean() > 0.25
    hours = stream["occurred_at"].dt.hour().value_counts()
    assert hours.height == 24


def test_s08_sends_stored_turns_again_through_other_accounts(world: Written) -> None:
    stream = world.stream("S8")
    repeated = stream.group_by("prompt").agg(
        pl.len(), pl.col("account_id").n_unique().alias("accounts")
    )
    assert (repeated["accounts"] > 1).mean() > 0.5
    signatures = stream["issued_reasoning_signature"].drop_nulls()
    assert signatures.n_unique() == signatures.len()


def test_s09_probes_from_a_few_accounts_are_refused_before_it_scales(world: Written) -> None:
    stream = world.stream("S9")
    # Everybody meets a refusal now and then; the first four fifths are those of the probes.
    refused = stream.filter(pl.col("stop_reason") == "refusal")
    probes = refused.head(refused.height * 4 // 5)
    scaled = stream.filter(pl.col("occurred_at") > probes["occurred_at"].max())
    assert probes["account_id"].n_unique() < scaled["account_id"].n_unique() / 2
    assert probes["prompt"].n_unique() == probes.height
    assert scaled.height > 2 * probes.height


def test_s10_mixes_innocent_customers_into_the_same_accounts(world: Written) -> None:
    own, every = world.stream("S10"), world.of("S10")
    assert 0.35 < 1 - own.height / every.height < 0.65
    customers = every.join(own, on="exchange_id", how="anti")
    both = set(own["account_id"]) & set(customers["account_id"])
    assert len(both) > 0.8 * world.people("S10").height


def test_s11_is_one_organization_and_its_kept_rows_look_like_the_rest(world: Written) -> None:
    people, own, every = world.people("S11"), world.stream("S11"), world.of("S11")
    rest = every.join(own, on="exchange_id", how="anti")
    assert people["organization_id"].n_unique() == 1
    assert people["organization_id"].null_count() == 0
    assert own["output_tokens"].median() == pytest.approx(rest["output_tokens"].median(), rel=0.2)
    assert own["system_prompt"].n_unique() > 20


def test_s12_makes_one_demand_in_many_scripts(world: Written) -> None:
    prompts = world.stream("S12")["prompt"]
    scripts = [r"\p{Hangul}", r"\p{Cyrillic}", r"\p{Arabic}", r"\p{Devanagari}", r"\p{Hiragana}"]
    assert sum(prompts.str.contains(script).any() for script in scripts) >= 2
    assert world.stream("S12")["reasoning_tokens"].median() > 300


@pytest.mark.parametrize("name", sorted(set(SCENARIO_IDS) - {"S11"}))
def test_campaigns_leave_two_to_four_ties(world: Written, name: str) -> None:
    assert 2 <= len(world.campaigns[name]["ties"]) <= 4


@pytest.mark.parametrize(
    ("tie", "column"),
    [
        ("payment", "payment_fingerprint"),
        ("device", "device_fingerprint"),
        ("phone", "phone_fingerprint"),
    ],
)
def test_accounts_share_what_the_truth_says_they_share(
    world: Written, tie: str, column: str
) -> None:
    for name, campaign in world.campaigns.items():
        values = world.people(name)[column].drop_nulls()
        shared = values.len() > 0 and values.n_unique() < 0.75 * values.len()
        if name != "S11":
            assert shared == (tie in campaign["ties"]), name


def test_no_two_pipelines_of_a_world_share_their_wording(world: Written) -> None:
    streams = {name: world.stream(name) for name in ("S1", "S2", "S4", "S9", "S10")}
    heads = {}
    for name, stream in streams.items():
        counted = stream["prompt"].str.slice(0, 45).value_counts()
        heads[name] = set(counted.filter(pl.col("count") > 40)["prompt"])
    assert not set.intersection(*heads.values())
    assert not heads["S4"] & heads["S1"]


def test_campaigns_differ_by_seed(world: Written) -> None:
    assert len({tuple(c["ties"]) for c in world.campaigns.values()}) > 4
