"""From judged groups to cases: disjoint, explained, with a verdict each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.explain import Tested, weigh_explanations
from revenuer.campaigns.judge import Judged, Judgement
from revenuer.campaigns.population import Population
from revenuer.campaigns.ties import shared_tokens
from revenuer.records import Axis, InnocentExplanation, Verdict

LOOKS_LIKE_ONE = 3.0
"""Nats on an axis from which a person should look: 1 in 20 innocents reaches it."""
FUSED_BELOW = 0.5
"""A group is one if a single shared thing holds so much of it; otherwise its parts at a
finer resolution are looked at first. placeholder"""
FEW_INNOCENTS = 0.1
"""Share of known innocents above which a group is not what it looks like. placeholder"""
SAME_GROUP = 0.5
"""Share of a group that must be taken already for it to be the same case."""


@dataclass(frozen=True, slots=True)
class Case:
    """A group that is reported."""

    group: Judged
    verdict: Verdict
    explanations: tuple[InnocentExplanation, ...]


def make_cases(
    judgement: Judgement,
    population: Population,
    permits: pl.DataFrame,
    innocents: frozenset[str] | None = None,
) -> list[Case]:
    """Choose the groups that are reported and give each its verdict.

    Args:
        judgement: All groups.
        population: The accounts.
        permits: The permits table, with a number `permit` a row.
        innocents: Accounts that the operator knows to be innocent; none is convicted.
    """
    worth = [group for group in judgement.groups if _worth_a_look(group)]
    listed = np.isin(population.incidences.account_ids.astype(str), sorted(innocents or ()))
    cases = []
    for group in disjoint(worth, population):
        group = without_innocents(group, listed)
        tested = Tested(
            population,
            group.members,
            population.accounts[group.members],
            permits,
            judgement.baseline,
        )
        explanations = weigh_explanations(tested)
        cases.append(Case(group, verdict_of(group, explanations), explanations))
    return cases


def without_innocents(group: Judged, listed: NDArray[np.bool_]) -> Judged:
    """The group without listed accounts; with more than a few of them it convicts nobody."""
    share = float(listed[group.members].mean())
    kept = group.members[~listed[group.members]]
    if not share:
        return group
    if share > FEW_INNOCENTS or not kept.size:
        return replace(group, passes=False)
    return replace(group, members=kept)


def _worth_a_look(group: Judged) -> bool:
    axes = group.axes
    return group.passes or (
        min(axes[Axis.COORDINATION], axes[Axis.EXTRACTION]) >= LOOKS_LIKE_ONE
    )


def verdict_of(group: Judged, explanations: tuple[InnocentExplanation, ...]) -> Verdict:
    """An explanation that holds clears; without one, what passed e-BH is convicted."""
    if any(one.holds for one in explanations):
        return Verdict.CLEARED
    return Verdict.CONVICTED if group.passes else Verdict.SUSPECTED


def disjoint(groups: list[Judged], population: Population) -> list[Judged]:
    """Choose among groups that overlap, so that each account is in one case at most.

    Coarse groups come first unless they look fused: several campaigns that share next to
    nothing with each other. Those give way to their parts.
    """
    order = sorted(
        groups,
        key=lambda group: (
            not group.passes,
            cohesion(group, population) < FUSED_BELOW,
            group.resolution,
            -group.log_e_value,
            -group.members.size,
            int(group.members[0]),
        ),
    )
    taken = np.zeros(population.size, dtype=bool)
    chosen = []
    for group in order:
        if taken[group.members].mean() < SAME_GROUP and not taken[group.members].any():
            taken[group.members] = True
            chosen.append(group)
    return chosen


def cohesion(group: Judged, population: Population) -> float:
    """Largest share of the group that holds one thing which few outside it hold."""
    shared = shared_tokens(population.incidences, group.members).filter(
        pl.col("inside") >= pl.col("holders") / 2
    )
    most = shared["inside"].max()
    return float(most) / group.members.size if isinstance(most, int) else 0.0


def members_of(cases: list[Case], size: int) -> NDArray[np.int64]:
    """The case of each account, -1 for none. Shape (size,)."""
    owner = np.full(size, -1, dtype=np.int64)
    for number, case in enumerate(cases):
        owner[case.group.members] = number
    return owner
