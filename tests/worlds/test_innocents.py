"""Each look-alike looks like a campaign in the way that it is meant to, and stays open."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pyarrow.parquet as pq
import pytest

from .conftest import Written

OPEN_TEAMS = ("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N9", "N10", "N11", "permitted")


def hours(stream: pl.DataFrame) -> int:
    return stream["occurred_at"].dt.hour().n_unique()


def test_ordinary_people_sleep_and_machines_do_not(world: Written) -> None:
    one = (
        world.of("ordinary")
        .group_by("account_id")
        .agg(pl.len(), pl.col("occurred_at").dt.hour().n_unique().alias("hours"))
    )
    busy = one.filter(pl.col("len") > 100)["hours"]
    assert busy.len() > 5
    assert busy.median() < 22
    assert hours(world.of("N1")) == 24


def test_ordinary_volumes_have_a_heavy_tail(world: Written) -> None:
    volumes = world.of("ordinary").group_by("account_id").len()["len"]
    assert volumes.max() > 8 * volumes.median()


def test_ordinary_people_write_many_languages(world: Written) -> None:
    prompts = world.of("ordinary")["prompt"]
    assert prompts.str.contains(r"\p{Han}").mean() > 0.04
    assert prompts.str.contains("¿|ç|ü|é").mean() > 0.04


def test_ordinary_prompts_are_mostly_unique(world: Written) -> None:
    prompts = world.of("ordinary")["prompt"]
    assert prompts.n_unique() > 0.6 * prompts.len()


def test_ordinary_conversations_have_several_turns(world: Written) -> None:
    turns = world.of("ordinary").group_by("session_id").len()["len"]
    assert 1.5 < turns.mean() < 6


def test_offices_families_and_vpn_users_share_addresses_and_cards(world: Written) -> None:
    people = world.people("ordinary")
    offices = people.drop_nulls("organization_id").group_by("organization_id")
    sizes = offices.agg(pl.len(), pl.col("payment_fingerprint").n_unique().alias("cards"))
    assert sizes.filter(pl.col("len") >= 3)["cards"].max() == 1
    private = people.filter(pl.col("organization_id").is_null())["payment_fingerprint"].drop_nulls()
    assert private.n_unique() < private.len()
    shared = world.of("ordinary").group_by("client_ip").agg(pl.col("account_id").n_unique())
    assert (shared["account_id"] > 3).sum() > 5


def test_some_innocents_are_suspended_and_some_meet_rate_limits(world: Written) -> None:
    assert (world.people("ordinary")["status"] == "suspended").sum() > 0
    assert (world.of("ordinary")["status"] == 429).sum() > 10
    assert (world.of("N7")["status"] != 200).mean() > 0.05


def test_innocent_retries_stay_on_their_account(world: Written) -> None:
    # The drift monitor's probes are the same requests everywhere, by design.
    innocent = world.cohorts.filter(~pl.col("guilty") & (pl.col("cohort") != "N9"))
    requests = world.exchanges.join(innocent, on="account_id").group_by("request_id")
    assert requests.agg(pl.col("account_id").n_unique())["account_id"].max() == 1


@pytest.mark.parametrize("name", OPEN_TEAMS)
def test_open_teams_name_their_organization(world: Written, name: str) -> None:
    people = world.people(name)
    assert people["organization_id"].null_count() == 0
    cards = people.group_by("organization_id").agg(pl.col("payment_fingerprint").n_unique())
    assert cards["payment_fingerprint"].max() == 1


def test_n2_goes_on_in_a_new_account_at_full_volume(world: Written) -> None:
    people, stream = world.people("N2"), world.of("N2")
    closed = people.filter(pl.col("status") == "closed")
    assert closed.height == people.height / 2
    for firm in people.partition_by("organization_id"):
        old = firm.filter(pl.col("status") == "closed")
        new = firm.filter(pl.col("status") != "closed")
        first = stream.filter(pl.col("account_id") == new["account_id"][0])["occurred_at"].min()
        assert first - old["closed_at"][0] < timedelta(hours=30)


def test_n3_is_one_key_on_many_machines(world: Written) -> None:
    one = (
        world.of("N3")
        .group_by("account_id")
        .agg(
            pl.col("client_ip").n_unique().alias("machines"),
            pl.col("api_key_id").n_unique().alias("keys"),
            pl.col("user_agent").n_unique().alias("agents"),
        )
    )
    assert one["machines"].min() > 10
    assert one["keys"].max() == 1
    assert one["agents"].min() >= 3


def test_n5_declares_its_end_users_and_carries_many_system_prompts(world: Written) -> None:
    stream = world.of("N5")
    assert stream["end_user_id"].null_count() == 0
    assert stream["end_user_id"].n_unique() > 20
    assert stream["system_prompt"].n_unique() > 20
    assert stream["user_agent"].str.contains("gateway").all()


def test_n8_is_loud_right_after_the_release(world: Written) -> None:
    release = world.exchanges.filter(pl.col("model") == "corvid-5-large")["occurred_at"].min()
    stream = world.of("N8")
    days_after = (stream["occurred_at"] - release).dt.total_days()
    assert days_after.is_between(-1, 3).mean() > 0.6


def test_n9_asks_the_same_two_dozen_probes(world: Written) -> None:
    stream = world.of("N9")
    assert 15 <= stream["prompt"].n_unique() <= 24
    assert stream.height > 10 * 24


def test_n11_is_batched_and_long(world: Written) -> None:
    stream = world.of("N11")
    assert (stream["operation"] == "batch").all()
    assert (stream["submitted_at"] < stream["occurred_at"]).all()
    assert stream["input_tokens"].median() > 5000


def test_a_class_signs_up_in_one_week_behind_one_address(world: Written) -> None:
    people = world.people("classroom")
    for school in people.partition_by("email_domain"):
        assert school["created_at"].max() - school["created_at"].min() < timedelta(days=7)
        assert school["signup_ip"].n_unique() == 1
    assert (people["programme"] == "education").all()
    assert world.of("classroom")["client_ip"].n_unique() == people["email_domain"].n_unique()


def test_permitted_distillation_has_a_permit_over_the_whole_window(world: Written) -> None:
    permits = pl.from_arrow(pq.read_table(world.folder / "permits.parquet"))
    people = world.people("permitted")
    assert set(people["organization_id"]) == set(permits["organization_id"])
    assert permits["valid_from"].max() < world.exchanges["occurred_at"].min()
    assert permits["valid_until"].min() > world.exchanges["occurred_at"].max()
    assert set(permits["purpose"]) == {"distillation"}


@pytest.mark.parametrize("name", ["office", "agency"])
def test_small_offices_and_agencies_share_a_card_without_an_organization(
    world: Written, name: str
) -> None:
    people = world.people(name)
    assert people["organization_id"].null_count() == people.height
    on_card = people.group_by("payment_fingerprint").len()["len"]
    assert on_card.max() >= 3


def test_evaluators_ask_what_harvesters_ask(world: Written) -> None:
    task = pl.col("prompt").str.extract(r"(A wheel of radius .*? turn\?)").alias("task")
    asked = world.exchanges.with_columns(task).drop_nulls("task")
    innocent = asked.join(world.cohorts.filter(~pl.col("guilty")), on="account_id")
    guilty = asked.join(world.own, on="exchange_id")
    assert set(innocent["task"]) & set(guilty["task"])
