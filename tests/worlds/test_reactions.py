"""What campaigns do after they were enforced against, if a world is asked for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from revenuer.errors import ConfigError
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

PLAIN = WorldSpec(
    scenarios=("S1", "S2", "S3", "S6", "S7"),
    innocents=("N1",),
    accounts=400,
    exchanges=6_000,
    days=10,
    seed=2,
    guilty_share=0.25,
)
SPEC = replace(
    PLAIN,
    reactions=(
        ("S1", "none"),
        ("S2", "failover"),
        ("S3", "return"),
        ("S6", "retreat"),
        ("S7", "adaptation"),
    ),
    enforced_day=5.25,
)
DAY = timedelta(days=1)


class Told:
    """A world and what its truth says."""

    def __init__(self, folder: Path) -> None:
        self.exchanges = pl.read_parquet(folder / "exchanges" / "*.parquet")
        self.accounts = pl.read_parquet(folder / "accounts.parquet")
        told = json.loads((folder / "truth" / "campaigns.json").read_text("utf-8"))
        self.truth = {one["scenario"]: one for one in told}

    def parts(self, scenario: str) -> tuple[pl.DataFrame, pl.DataFrame, set[str], datetime]:
        """Exchanges before and after the enforcement, who was known, and when it was."""
        one = self.truth[scenario]
        at = datetime.fromisoformat(one["reaction"]["enforced_at"])
        rows = self.exchanges.filter(pl.col("account_id").is_in(one["account_ids"]))
        known = set(one["reaction"]["account_ids"])
        before = rows.filter(pl.col("occurred_at") < at)
        return before, rows.filter(pl.col("occurred_at") >= at), known, at


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("reacting")
    simulate(SPEC, folder)
    return Told(folder)


def test_who_carries_on_is_refused(told: Told) -> None:
    before, after, known, _ = told.parts("S1")
    assert set(before["account_id"]) <= known
    own = after.filter(pl.col("account_id").is_in(known))
    assert set(own["outcome"]) == {"guard_block"}
    assert own["output_tokens"].sum() == 0
    assert "guard_block" not in set(before["outcome"])


def test_a_failover_goes_to_accounts_that_were_there_within_hours(told: Told) -> None:
    before, after, known, at = told.parts("S2")
    reserves = set(after["account_id"]) - known
    assert reserves & set(before["account_id"])
    late = after.filter(pl.col("occurred_at") >= at + timedelta(hours=6))
    assert set(late["account_id"]) <= reserves
    idle = before.filter(pl.col("account_id").is_in(reserves)).height / before.height
    assert idle < 0.05 < late.height / before.height


def test_a_return_comes_days_later_with_new_accounts(told: Told) -> None:
    before, after, known, at = told.parts("S3")
    new = after.filter(~pl.col("account_id").is_in(known))
    assert not set(new["account_id"]) & set(before["account_id"])
    first = new["occurred_at"].min()
    assert isinstance(first, datetime)
    assert DAY <= first - at <= 3 * DAY
    signed_up = told.accounts.filter(pl.col("account_id").is_in(new["account_id"].implode()))
    assert (signed_up["created_at"] > at).all()
    tries = after.filter(pl.col("account_id").is_in(known))["occurred_at"]
    assert (tries < at + timedelta(hours=6)).all()


def test_a_retreat_is_the_end(told: Told) -> None:
    before, after, _, at = told.parts("S6")
    assert before.height
    assert (after["occurred_at"] < at + timedelta(hours=6)).all()


def test_an_adaptation_is_slower_on_other_models_from_elsewhere(told: Told) -> None:
    before, after, known, at = told.parts("S7")
    assert set(after["account_id"]) <= known
    changed = after.filter(pl.col("occurred_at") >= at + timedelta(hours=6))
    assert changed.height / (10 - 5.5) < 0.5 * before.height / 5.25
    assert not set(changed["model"]) & set(before["model"].mode())
    assert not set(changed["client_ip"]) & set(before["client_ip"])


def test_until_then_it_is_the_world_without(told: Told, tmp_path: Path) -> None:
    simulate(PLAIN, tmp_path)
    plain = Told(tmp_path)
    one = plain.truth["S6"]
    at = told.parts("S6")[3]
    rows = plain.exchanges.filter(
        pl.col("account_id").is_in(one["account_ids"]) & (pl.col("occurred_at") < at)
    )
    assert rows.height == told.parts("S6")[0].height
    assert "reaction" not in one
    assert "reactions" not in json.loads((tmp_path / "truth" / "spec.json").read_text("utf-8"))


@pytest.mark.parametrize("wrong", [("S1", "sulking"), ("S12", "retreat")])
def test_a_reaction_of_nobody_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(ConfigError, match="unknown reaction"):
        replace(PLAIN, reactions=(wrong,))
