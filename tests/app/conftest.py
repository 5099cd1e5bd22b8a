"""One small world for all tests of what a user can ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from revenuer.app.simulation import simulate
from revenuer.worlds import WorldSpec


@dataclass(frozen=True)
class SmallWorld:
    """A simulated world on disk."""

    folder: Path

    @property
    def exchanges(self) -> list[str]:
        """Where its exchanges are."""
        return [str(self.folder / "exchanges")]

    @property
    def accounts(self) -> str:
        """Where its accounts are."""
        return str(self.folder / "accounts.parquet")


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    folder = tmp_path_factory.mktemp("small-world")
    spec = WorldSpec(
        scenarios=("S4",), innocents=("N1",), accounts=500, exchanges=8000, days=10, seed=3
    )
    simulate(spec, out=folder)
    return SmallWorld(folder)
