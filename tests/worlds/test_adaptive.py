"""What an attacker pays for is gone from its traffic, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from revenuer.sources.world_files import read_pools
from revenuer.worlds import World, WorldSpec, generate
from revenuer.worlds.attacker import CAREFUL, CARELESS, EVERY_REQUEST, Attacker, with_habits
from revenuer.worlds.scenarios.adaptive import adaptive
from revenuer.worlds.stage import Stage, set_stage
from revenuer.worlds.truth import account_table

SMALL = replace(CARELESS, accounts=12, requests_per_day=10.0)


@pytest.fixture(scope="module")
def stage() -> Stage:
    spec = WorldSpec(scenarios=(), innocents=(), accounts=100, exchanges=2_000, days=5, seed=4)
    return set_stage(spec, read_pools(spec, None))


def sent(stage: Stage, attacker: Attacker) -> pl.DataFrame:
    world = World(stage, (adaptive(stage, attacker),))
    return pl.concat([pl.DataFrame(part) for part in generate(world)]).sort("occurred_at")


def own(stage: Stage, attacker: Attacker) -> pl.DataFrame:
    return sent(stage, attacker).filter(pl.col("campaign").is_not_null())


def people(stage: Stage, attacker: Attacker) -> pl.DataFrame:
    return pl.DataFrame(account_table([adaptive(stage, attacker)]))


def test_the_same_attacker_in_the_same_world_sends_the_same(stage: Stage) -> None:
    assert sent(stage, SMALL).equals(sent(stage, SMALL))


def test_load_is_what_was_asked_for(stage: Stage) -> None:
    rows = own(stage, SMALL).filter(pl.col("status") == 200)
    assert rows.height == pytest.approx(12 * 10 * 5, rel=0.2)


@pytest.mark.parametrize("cover", [0.5, 0.9])
def test_cover_replaces_that_share_of_the_load(stage: Stage, cover: float) -> None:
    rows = sent(stage, replace(SMALL, cover=cover, requests_per_day=30.0))
    assert rows["campaign"].is_null().mean() == pytest.approx(cover, abs=0.08)


def test_fresh_identities_share_nothing(stage: Stage) -> None:
    careless, fresh = people(stage, SMALL), people(stage, replace(SMALL, per_card=1, own_mail=True))
    for name in ("payment_fingerprint", "phone_fingerprint", "device_fingerprint"):
        assert careless[name].n_unique() <= careless.height / 2
        known = fresh[name].drop_nulls()
        assert known.n_unique() == len(known)
    assert careless["email_domain"].n_unique() <= 6


def test_paying_for_identities_changes_no_request(stage: Stage) -> None:
    columns = ["occurred_at", "prompt", "client_ip", "user_agent"]
    fresh = replace(SMALL, per_card=1, own_mail=True)
    assert own(stage, SMALL).select(columns).equals(own(stage, fresh).select(columns))


def test_wordings_are_as_many_as_paid_for(stage: Stage) -> None:
    tasks = replace(SMALL, wordings=0)
    bare = dict(own(stage, tasks).select("request_id", "prompt").iter_rows())
    for paid, fewest, most in ((1, 1, 1), (5, 4, 5), (EVERY_REQUEST, 300, 10**6)):
        rows = own(stage, replace(SMALL, wordings=paid)).select("request_id", "prompt")
        said = {prompt.replace(bare[request], "") for request, prompt in rows.iter_rows()}
        assert fewest <= len(said) <= most


def test_own_wordings_are_nobody_elses(stage: Stage) -> None:
    attacker = replace(SMALL, wordings=2, own_wordings=True)
    bare = dict(own(stage, replace(SMALL, wordings=0)).select("request_id", "prompt").iter_rows())
    users: dict[str, set[str]] = {}
    rows = own(stage, attacker).filter(pl.col("status") == 200)
    # A request that was handed over keeps its id, and is worded by the account that takes it.
    for account, request, prompt in rows.select("account_id", "request_id", "prompt").iter_rows():
        users.setdefault(prompt.replace(bare[request], ""), set()).add(account)
    assert max(map(len, users.values())) == 1


def test_dealt_tasks_reach_one_account_each(stage: Stage) -> None:
    dealt = replace(SMALL, wordings=0, tasks="dealt")

    def most_holders(attacker: Attacker) -> int:
        answered = own(stage, attacker).filter(pl.col("status") == 200)
        holders = answered.group_by("prompt").agg(n=pl.col("account_id").n_unique())
        return int(holders["n"].to_numpy().max())

    assert most_holders(replace(SMALL, wordings=0)) > 1
    assert most_holders(dealt) == 1


@pytest.mark.parametrize(
    ("network", "fewest", "most"),
    [("hosting", 1, 12), ("household", 8, 60), ("sticky", 60, 300), ("rotating", 300, 700)],
)
def test_addresses_are_as_many_as_the_network_gives(
    stage: Stage, network: str, fewest: int, most: int
) -> None:
    addresses = own(stage, replace(SMALL, network=network))["client_ip"].n_unique()  # type: ignore[arg-type]
    assert fewest <= addresses <= most


def test_clients_tell_what_they_are_made_to_tell(stage: Stage) -> None:
    script, bare, imitated = (
        own(stage, replace(SMALL, client=client))  # type: ignore[arg-type]
        for client in ("script", "bare", "imitated")
    )
    assert script["tls_fingerprint"].n_unique() == script["user_agent"].n_unique() == 1
    assert bare["user_agent"].null_count() == bare["session_id"].null_count() == bare.height
    assert imitated["user_agent"].n_unique() >= 6
    assert imitated["channel"].unique().to_list() == ["api"]


def test_people_sleep_and_differ_in_volume_where_a_queue_does_not(stage: Stage) -> None:
    busy = replace(SMALL, requests_per_day=60.0)
    queue, persons = own(stage, busy), own(stage, replace(busy, rhythm="people"))
    spreads = []
    for rows in (queue, persons):
        volumes = rows.group_by("account_id").len()["len"]
        spreads.append(volumes.std() / volumes.mean())  # type: ignore[operator]
    assert spreads[0] < 0.2 < 0.6 < spreads[1]


def test_probes_replace_the_harvest_and_are_mostly_refused(stage: Stage) -> None:
    rows = own(stage, replace(SMALL, probes=1_000)).filter(pl.col("status") == 200)
    assert rows.height == pytest.approx(1_000, rel=0.15)
    assert (rows["stop_reason"] == "refusal").mean() > 0.8


def test_habits_are_taken_over_by_name() -> None:
    some = with_habits(CARELESS, CAREFUL, ("network", "per_card"))
    assert (some.network, some.per_card) == (CAREFUL.network, CAREFUL.per_card)
    assert some.client == CARELESS.client
