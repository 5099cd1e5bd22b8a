"""`simulate --into`: the smallest campaign in one's own logs that is still caught."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from revenuer.app.conversion import convert
from revenuer.app.details import read_details
from revenuer.app.progress import Progress, Silent
from revenuer.app.scan import scan
from revenuer.app.truth import convicted_accounts, is_convicted
from revenuer.records import Axis, Findings, Verdict
from revenuer.settings import Settings
from revenuer.sources import world_files
from revenuer.sources.world_files import WorldSummary

SIZES = (3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Accounts of the campaigns that are tried: steps of about a third."""

EXCHANGES_PER_ACCOUNT = 100
"""Of a planted campaign, unless said."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One campaign that was planted, and how it fared.

    Attributes:
        accounts: Its accounts.
        exchanges: Its own exchanges.
        caught: Whether one conviction holds at least half of its accounts.
        convicted: Its accounts in any conviction.
        found: Its accounts in the group that holds most of them; 0 if none does.
        verdict: On that group; None if it was not reported.
        axes: That group's axes, nats; empty without a group.
        weakest: The axis that decides; None without a group.
    """

    accounts: int
    exchanges: int
    caught: bool
    convicted: int
    found: int
    verdict: Verdict | None
    axes: dict[Axis, float]
    weakest: Axis | None


@dataclass(frozen=True, slots=True)
class Planting:
    """What was planted, and what of it was caught.

    Attributes:
        scenario: Which campaign.
        trials: The sizes that were tried, smallest first.
        smallest: Accounts of the smallest campaign that was caught; None if none was.
        world: What the folder holds: the logs with that campaign, or with the largest.
        blind: What its scan could not see, and why.
    """

    scenario: str
    trials: tuple[Trial, ...]
    smallest: int | None
    world: WorldSummary
    blind: tuple[str, ...]

    @property
    def kept(self) -> Trial:
        """The trial whose logs the folder holds."""
        caught = [trial for trial in self.trials if trial.caught]
        return caught[0] if caught else self.trials[-1]


def plant(
    logs: Sequence[str],
    *,
    out: Path,
    scenario: str,
    accounts: int | None = None,
    exchanges: int | None = None,
    seed: int = 0,
    account_file: str | None = None,
    prompts: Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Planting:
    """Plant a campaign in logs and scan them; make it smaller until it is missed.

    Args:
        logs: The operator's exchanges: files, folders, globs, or `-` for stdin.
        out: Folder for the logs with the campaign in them, the truth, and `scan`.
        scenario: Which campaign, such as `S1`.
        accounts: Its accounts; None to look for the smallest that is still caught.
        exchanges: Its exchanges; without `accounts`, those of the largest that is tried.
        seed: Everything that is drawn follows from it.
        account_file: The operator's accounts, to which the planted ones are added.
        prompts: A folder of prompt sets; None for the project's own generators.
        settings: Of the scans; None for the defaults.
        progress: Told how far the work is.
    """
    progress = progress or Silent()
    sizes = SIZES if accounts is None else (accounts,)
    rate = EXCHANGES_PER_ACCOUNT if exchanges is None else exchanges / sizes[-1]
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        own = Path(work)
        convert(logs, out=own, accounts=account_file, progress=progress)
        people = _filled_columns(own / "accounts.parquet") if account_file else None
        soil = _Soil(own / "exchanges.parquet", people, out, prompts, settings, progress)

        def trial(size: int) -> Trial:
            return soil.trial(scenario, size, max(round(size * rate), 1), seed)

        trials = smallest_caught(sizes, trial)
        caught = [size for size, one in trials.items() if one.caught]
        kept = min(caught, default=sizes[-1])
        if kept != soil.planted:
            trial(kept)
    ordered = tuple(trials[size] for size in sorted(trials))
    smallest = trials[kept].accounts if caught else None
    return Planting(scenario, ordered, smallest, soil.world, soil.blind)


def smallest_caught(sizes: Sequence[int], trial: Callable[[int], Trial]) -> dict[int, Trial]:
    """Try sizes, the largest first, then halve the rest between missed and caught.

    Args:
        sizes: Sizes to choose from, smallest first.
        trial: Plants a campaign of a size and scans.

    Returns:
        The trials by size.
    """
    trials = {sizes[-1]: trial(sizes[-1])}
    low, high = 0, len(sizes) - 1
    while trials[sizes[-1]].caught and low < high:
        middle = (low + high) // 2
        trials[sizes[middle]] = one = trial(sizes[middle])
        low, high = (low, middle) if one.caught else (middle + 1, high)
    return trials


@dataclass(slots=True)
class _Soil:
    """One operator's logs, in which one campaign after another is planted.

    Attributes:
        exchanges: The logs, canonical.
        people: The accounts table, canonical, if there is one.
        out: Where the logs with the campaign, the truth and the scan go.
        prompts: A folder of prompt sets, if any.
        settings: Of the scans.
        progress: Told of every trial.
        planted: The size that `out` holds.
        world: What it holds, in numbers.
        blind: What its scan could not see.
    """

    exchanges: Path
    people: Path | None
    out: Path
    prompts: Path | None
    settings: Settings | None
    progress: Progress
    planted: int = 0
    world: WorldSummary = field(default_factory=lambda: WorldSummary(0, 0, 0, 0))
    blind: tuple[str, ...] = ()

    def trial(self, scenario: str, size: int, exchanges: int, seed: int) -> Trial:
        """Plant one campaign and scan."""
        with self.progress.stage(f"planting {size} accounts and scanning", None):
            self.world = world_files.plant(
                self.exchanges,
                self.out,
                scenario=scenario,
                accounts=size,
                exchanges=exchanges,
                seed=seed,
                account_file=self.people,
                prompts=self.prompts,
            )
            findings = scan(
                [str(self.out / "exchanges")],
                out=self.out / "scan",
                accounts=self._accounts(),
                settings=self.settings,
            ).findings
        self.planted, self.blind = size, findings.scanned.blind
        return _judge(findings, self.out, self.world.own_exchanges)

    def _accounts(self) -> str | None:
        # Without the operator's table the planted accounts alone would have attributes.
        return str(self.out / "accounts.parquet") if self.people else None


def _filled_columns(people: Path) -> Path:
    """Leave out columns without a value: planted accounts must not be the only ones."""
    table = pl.read_parquet(people)
    filled = [column.name for column in table if column.null_count() < table.height]
    table.select(filled or ["account_id"]).write_parquet(people)
    return people


def _judge(findings: Findings, out: Path, own_exchanges: int) -> Trial:
    """How the planted campaign fared in the scan in `out`."""
    text = (out / "truth" / "campaigns.json").read_text(encoding="utf-8")
    planted = set(json.loads(text)[0]["account_ids"])
    caught = is_convicted(planted, findings.campaigns)
    convicted = len(planted & convicted_accounts(findings.campaigns))
    held = {one.id: len(planted & set(one.account_ids)) for one in findings.campaigns}
    # Campaigns come gravest first, so of two that hold as many the graver one is taken.
    best = max(findings.campaigns, key=lambda one: held[one.id], default=None)
    verdict = None
    if best is not None and held[best.id]:
        verdict, found, axes = best.verdict, held[best.id], best.axes
    else:
        found, axes = _nearest_group(out / "scan", planted)
    weakest = min(axes, key=lambda axis: axes[axis]) if axes else None
    return Trial(len(planted), own_exchanges, caught, convicted, found, verdict, axes, weakest)


def _nearest_group(out: Path, planted: set[str]) -> tuple[int, dict[Axis, float]]:
    """The judged group that holds most of the planted accounts, and its axes."""
    inside = pl.col("account_ids").list.set_intersection(sorted(planted)).list.len()
    groups = read_details(out).groups.with_columns(
        inside=inside, least=pl.min_horizontal(*map(str, Axis))
    )
    best = groups.filter(pl.col("inside") > 0).sort(
        "inside", "least", "group", descending=[True, True, False]
    )
    if best.is_empty():
        return 0, {}
    row = best.row(0, named=True)
    return int(row["inside"]), {axis: float(row[axis]) for axis in Axis}
