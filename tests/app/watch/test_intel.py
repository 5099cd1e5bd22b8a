"""A watch hears peers at each look, as a scan does, and leaves what private matching asks with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.opening import Beside
from revenuer.app.progress import Silent
from revenuer.app.saved import read_findings
from revenuer.app.sharing.intel import CLEAR, MATCHES
from revenuer.app.sharing.matching_values import read_values
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.watching import Told, watch
from revenuer.matching.canonical import MatchKind
from revenuer.records import Campaign, Verdict
from revenuer.settings import Settings
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S1", "S6"), innocents=("N1",), accounts=400, exchanges=5_000, days=3, seed=5
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watched-world")
    simulate(SPEC, folder)
    return folder


def watched(world: Path, folder: Path, intel: Path | None) -> tuple[Campaign, ...]:
    asked = Asked(
        places=[str(world / "exchanges")],
        state=folder / "state",
        out=folder / "out",
        beside=Beside(accounts=str(world / "accounts.parquet")),
        settings=Settings(),
        until_end=True,
    )
    told: list[Told] = []
    watch(
        replace(asked, intel=intel),
        environment={},
        progress=Silent(),
        tell=told.append,
        stopped=lambda: False,
    )
    assert told
    return read_findings(folder / "out").campaigns


@pytest.fixture(scope="module")
def alone(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    campaigns = watched(world, folder, None)
    assert any(one.verdict is Verdict.CONVICTED for one in campaigns)
    assert not [e for one in campaigns for e in one.evidence if e.kind == "peer-sighting"]
    return folder / "out"


def said_by_a_peer(alone: Path, folder: Path) -> str:
    """What a peer that saw the first convicted campaign says; the campaign's id."""
    folder.mkdir()
    found = next(one for one in read_findings(alone).campaigns if one.verdict is Verdict.CONVICTED)
    ties = pl.read_parquet(alone / "ties.parquet").filter(campaign_id=found.id)
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    ties.filter(pl.col("kind").is_in(["tls-fingerprint", "user-agent"])).select(
        "kind", "value", cluster=pl.lit("cluster--1"), source=pl.lit("identity--1"),
        since=never, until=never,
    ).unique().write_parquet(folder / CLEAR)  # fmt: skip
    values = read_values(alone, (MatchKind.PAYMENT,)).asked(MatchKind.PAYMENT)
    rows = [
        (
            account,
            "cluster--1" if campaign == found.id else None,
            "identity--1",
            "payment-fingerprint",
            str(number),
            campaign or "control",
        )
        for number, held in enumerate(values)
        for campaign, account in held.holders
    ]
    names = ["account_id", "cluster", "source", "kind", "unit", "role"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    frame.write_parquet(folder / MATCHES)
    return found.id


def test_a_watch_leaves_values_of_controls_for_private_matching(alone: Path) -> None:
    controls = pl.read_parquet(alone / "controls.parquet")
    members = {account for one in read_findings(alone).campaigns for account in one.account_ids
               if one.verdict in (Verdict.CONVICTED, Verdict.SUSPECTED)}  # fmt: skip
    assert controls["account_id"].n_unique() > 100
    assert not set(controls["account_id"]) & members
    assert (alone / "controls.parquet").stat().st_mode & 0o777 == 0o600


def test_each_look_hears_what_peers_say(world: Path, alone: Path, tmp_path: Path) -> None:
    name = said_by_a_peer(alone, tmp_path / "intel")
    heard = watched(world, tmp_path / "heard", tmp_path / "intel")
    before = next(one for one in read_findings(alone).campaigns if one.id == name)
    mine = max(heard, key=lambda one: len(set(one.account_ids) & set(before.account_ids)))
    (piece,) = (one for one in mine.evidence if one.kind == "peer-sighting")
    assert "identity--1" in piece.statement
    assert "payment-fingerprint" in piece.statement
    assert "others that were asked for do" in piece.statement
    assert "2 sightings" in piece.statement
