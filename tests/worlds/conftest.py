"""One small world with everything in it, read once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.sources.world_files import WorldSummary, simulate
from revenuer.worlds import WorldSpec

SMALL = WorldSpec(accounts=700, exchanges=40_000, days=12, seed=11)


@dataclass(frozen=True)
class Written:
    """A world on disk, in memory."""

    folder: Path
    spec: WorldSpec
    summary: WorldSummary
    exchanges: pl.DataFrame
    accounts: pl.DataFrame
    campaigns: dict[str, dict[str, Any]]
    own: pl.DataFrame
    cohorts: pl.DataFrame

    def of(self, cohort: str) -> pl.DataFrame:
        """Exchanges of one cohort's accounts, oldest first."""
        members = self.cohorts.filter(pl.col("cohort") == cohort).select("account_id")
        return self.exchanges.join(members, on="account_id").sort("occurred_at", "exchange_id")

    def people(self, cohort: str) -> pl.DataFrame:
        """Accounts of one cohort."""
        members = self.cohorts.filter(pl.col("cohort") == cohort).select("account_id")
        return self.accounts.join(members, on="account_id")

    def stream(self, campaign: str) -> pl.DataFrame:
        """A campaign's own exchanges, oldest first."""
        own = self.own.filter(pl.col("campaign") == campaign).select("exchange_id")
        return self.exchanges.join(own, on="exchange_id").sort("occurred_at", "exchange_id")


def read_world(folder: Path, spec: WorldSpec, summary: WorldSummary) -> Written:
    truth = folder / "truth"
    campaigns = json.loads((truth / "campaigns.json").read_text(encoding="utf-8"))
    return Written(
        folder,
        spec,
        summary,
        pl.read_parquet(folder / "exchanges" / "*.parquet"),
        pl.read_parquet(folder / "accounts.parquet"),
        {campaign["id"]: campaign for campaign in campaigns},
        pl.read_parquet(truth / "exchanges.parquet"),
        pl.read_parquet(truth / "accounts.parquet"),
    )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("world")
    return read_world(folder, SMALL, simulate(SMALL, folder))


@pytest.fixture
def build(tmp_path: Path) -> Callable[[WorldSpec], Written]:
    def make(spec: WorldSpec) -> Written:
        folder = tmp_path / f"world-{spec.seed}-{spec.exchanges}-{spec.accounts}-{spec.text}"
        return read_world(folder, spec, simulate(spec, folder))

    return make
