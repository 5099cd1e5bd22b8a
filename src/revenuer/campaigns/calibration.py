"""Whether the promise of an error rate can be relied on for this log: named checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.baseline import AxisEvidence
from revenuer.campaigns.population import Population
from revenuer.records import Axis
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import block_products
from revenuer.stats.exact_rate import Rate
from revenuer.stats.log_mean_exp import log_mean_exp

LINE = float(np.log(20.0))
"""Nats that one innocent cluster in 20 may reach on an axis."""
FEWEST_CLUSTERS = 20
"""Honest clusters below which their rate is not held against the baseline."""
NO_MAJORITY = 0.5
"""Share of a cohort that may look guilty before nothing ordinary is left to compare with."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold before anybody is convicted.

    Attributes:
        name: Short, stable.
        passes: None if it could not be told, which stops nothing.
        said: What was found, with its numbers.
        missing: What to do, or empty.
    """

    name: str
    passes: bool | None
    said: str
    missing: str = ""


def failing(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks that stop convictions."""
    return tuple(check for check in checks if check.passes is False)


def check_baseline(
    population: Population,
    baseline: NDArray[np.bool_],
    evidence: dict[Axis, AxisEvidence],
    settings: JudgeSettings,
) -> tuple[Check, ...]:
    """Everything that one log can tell about its own baseline.

    Args:
        population: The accounts.
        baseline: Owners taken for ordinary use. Shape (n_owners,).
        evidence: Of every account, against that baseline.
        settings: What a conviction needs.
    """
    return (
        check_size(baseline, settings),
        *check_cohorts(population, baseline, settings),
        *check_clusters(population, evidence, settings),
    )


def check_size(baseline: NDArray[np.bool_], settings: JudgeSettings) -> Check:
    """Enough ordinary owners to compare with."""
    size = int(baseline.sum())
    needed = settings.smallest_baseline
    return Check(
        "size",
        size >= needed,
        f"the baseline has {size} owners outside all groups; {needed} are needed",
        "" if size >= needed else "read a longer window, or logs of more accounts",
    )


def check_cohorts(
    population: Population, baseline: NDArray[np.bool_], settings: JudgeSettings
) -> tuple[Check, ...]:
    """How much looks guilty, of everyone and in each cohort, and whether enough is left.

    A cohort that is mostly suspects says so and stops nothing: what is left of it is
    compared with, beside everyone.
    """
    cohorts = population.cohorts
    ordinary = baseline[population.owner]
    everyone = _Share("accounts", ordinary, settings.contamination)
    checks = [
        Check(
            "suspects",
            everyone.out <= NO_MAJORITY,
            str(everyone),
            "look at the suspects before anybody is convicted" * (everyone.out > NO_MAJORITY),
        )
    ]
    for number, name in enumerate(cohorts.names):
        bound = settings.new_contamination if cohorts.new[number] else settings.contamination
        share = _Share(f"{name} accounts", ordinary[cohorts.of == number], bound)
        large = share.kept >= settings.smallest_cohort
        said = str(share)
        if not large:
            said += f"; {settings.smallest_cohort} must be left to compare them with themselves"
        checks.append(Check(f"cohort {name}", (large and share.out <= bound) or None, said))
    return tuple(checks)


class _Share:
    """How many of some accounts were taken out of the baseline."""

    def __init__(self, whose: str, ordinary: NDArray[np.bool_], bound: float) -> None:
        self.whose, self.bound = whose, bound
        self.size, self.kept = ordinary.size, int(ordinary.sum())
        self.out = 1 - self.kept / max(self.size, 1)

    def __str__(self) -> str:
        return (
            f"of {self.size} {self.whose} {self.out:.1%} were taken out as suspects; the promise "
            f"assumes that {self.bound:.0%} at most are guilty"
        )


def check_clusters(
    population: Population, evidence: dict[Axis, AxisEvidence], settings: JudgeSettings
) -> tuple[Check, ...]:
    """How often openly declared organizations look guilty: a group that is one by right.

    Their accounts depend on each other as those of any honest cluster do, so they show
    whether members are worth as many independent ones as the judgement takes them for.
    """
    counts = np.bincount(population.owner, minlength=population.n_owners)
    clusters = np.flatnonzero(counts >= settings.smallest_group)
    allowed = 1 / 20 + settings.contamination
    reached = {
        axis: cluster_e_values(population, shown, clusters, settings) >= LINE
        for axis, shown in evidence.items()
    }
    checks = []
    for axis, hits in reached.items():
        rate = Rate.of(int(hits.sum()), hits.size)
        known = rate.total >= FEWEST_CLUSTERS
        passes = rate.low <= allowed if known else None
        said = f"declared organizations that reach 20 to 1 on {axis}: {rate}"
        if not known:
            said += f"; {FEWEST_CLUSTERS} are needed to tell"
        missing = "" if passes is not False else "lower judge.effective_accounts"
        checks.append(Check(f"organizations {axis}", passes, said, missing))
    return tuple(checks)


def cluster_e_values(
    population: Population,
    shown: AxisEvidence,
    owners: NDArray[np.int64],
    settings: JudgeSettings,
) -> NDArray[np.float64]:
    """What the accounts of each owner show on an axis, each by itself left out, nats."""
    accounts, place = population.accounts_of_each(owners)
    ends = np.cumsum(np.bincount(place, minlength=owners.size))
    nats = shown.log_e_values[accounts]
    parts = block_products(nats, ends, at_most=settings.effective_accounts)
    return np.array([log_mean_exp(one if one.size else [0.0]) for one in parts])
