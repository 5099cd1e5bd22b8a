"""`demo`: the whole of it on a small simulated world."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from revenuer.app.progress import Progress, Silent
from revenuer.app.scan import ScanOutcome, scan
from revenuer.app.simulation import simulate
from revenuer.app.truth import HeldAgainstTruth, hold_against_truth
from revenuer.config_file import load_settings
from revenuer.settings import Settings
from revenuer.worlds import WorldSpec

WORLD = WorldSpec(accounts=3000, exchanges=150_000)
"""Every scenario and every look-alike, and ordinary accounts enough for a baseline."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A world, scanned.

    Attributes:
        outcome: What the scan found.
        truth: Whether it was right.
    """

    outcome: ScanOutcome
    truth: HeldAgainstTruth


def demo(out: Path, *, spec: WorldSpec = WORLD, progress: Progress | None = None) -> Demonstration:
    """Simulate a world into `out/world`, scan it into `out/scan`, compare.

    Args:
        out: Folder; what an earlier demonstration left in it is replaced.
        spec: The world.
        progress: Told how far the work is.
    """
    progress = progress or Silent()
    world = out / "world"
    simulate(spec, out=world, progress=progress)
    outcome = scan(
        [str(world / "exchanges")],
        out=out / "scan",
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        account_links=str(world / "account_links.parquet"),
        settings=_settings(world),
        progress=progress,
    )
    return Demonstration(outcome, hold_against_truth(outcome.findings, world / "truth"))


def _settings(world: Path) -> Settings:
    """The defaults, with the releases that the world's provider announced."""
    releases = world / "releases.toml"
    return load_settings(releases, environment={}, folder=world).settings
