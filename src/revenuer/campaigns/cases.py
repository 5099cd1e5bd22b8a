"""From judged groups to cases: disjoint, explained, with a verdict each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from revenuer.campaigns.explain import PERMIT, Tested, weigh_explanations
from revenuer.campaigns.held import FAMILIES
from revenuer.campaigns.judge import Judged, Judgement, judge_each_alone
from revenuer.campaigns.peers import LOOKS_LIKE_ONE
from revenuer.campaigns.population import Population
from revenuer.campaigns.relays import (
    NAMED_AT_MOST,
    OPEN_RELAY,
    large_owners,
    open_relays,
)
from revenuer.campaigns.waterfall import axis_e_value
from revenuer.campaigns.weighing import weigh_groups
from revenuer.records import Axis, InnocentExplanation, Verdict
from revenuer.settings import JudgeSettings

HIDDEN_ALPHA = 0.05
"""Chance that any honest group is called a hidden operator (Bonferroni)."""
OPEN_HARVEST = 5.0
"""Nats of extraction from which one open owner of several accounts is named. placeholder"""
PART_SHARE = 0.1
"""Share of a group from which a group of the next resolution is a part of it. placeholder"""
MOSTLY_INSIDE = 0.8
"""Share of a finer group that must lie inside for it to be a part. placeholder"""
SAME_HABITS = 0.5
"""Similarity of two parts' software from which they are one's. Random halves of simulated
campaigns have 0.6 to 0.8, campaigns that share a wording under 0.5. placeholder"""
SPANNING_SHARE = 0.25
"""Share of a part that must hold a thing for the thing to reach it. placeholder"""
FEW_INNOCENTS = 0.1
"""Share of known innocents above which a group is not what it looks like. placeholder"""


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
    settings: JudgeSettings,
    innocents: frozenset[str] | None = None,
    use: pl.DataFrame | None = None,
) -> list[Case]:
    """Choose the groups that are reported and give each its verdict.

    Args:
        judgement: All groups.
        population: The accounts.
        permits: The permits table, with a number `permit` a row.
        settings: What a conviction needs.
        innocents: Accounts that the operator knows to be innocent; none is convicted.
        use: What accounts with permits used, from `features.permit_use`; without it every
            model counts as permitted.
    """
    worth = [
        group
        for group in judgement.groups
        if _worth_a_look(group, len(judgement.groups))
        and not adds_bystanders(group, judgement, population, settings)
    ]
    listed = listed_owners(population, innocents or frozenset())
    chosen = [
        without_innocents(group, listed) for group in disjoint(worth, judgement.groups, population)
    ]
    grouped = np.unique(np.concatenate([np.empty(0, np.int64), *[g.members for g in chosen]]))
    apart = np.ones(population.n_owners, dtype=bool)
    apart[grouped] = False
    named = open_relays(population)
    named = named[apart[named]]
    apart[named] = False
    others = large_owners(population, settings.smallest_group)
    relays = judge_each_alone(population, judgement, named, settings)
    open_owners = judge_each_alone(population, judgement, others[apart[others]], settings)
    harvesters = [group for group in open_owners if group.axes[Axis.EXTRACTION] >= OPEN_HARVEST][
        :NAMED_AT_MOST
    ]
    cases = []
    for group in chosen + relays + harvesters:
        accounts = population.accounts[population.accounts_of(group.members)]
        tested = Tested(
            population,
            group.members,
            accounts,
            permits,
            judgement.baseline,
            coordination=group.parts[Axis.COORDINATION],
            concealment=_beyond_a_class(group),
            use=use,
        )
        explanations = (*weigh_explanations(tested), *_on_the_list(group, listed))
        cases.append(Case(group, verdict_of(group, explanations), explanations))
    return cases


def listed_owners(population: Population, account_ids: frozenset[str]) -> NDArray[np.bool_]:
    """Mask of the owners of the listed accounts. Shape (n_owners,)."""
    listed = np.zeros(population.n_owners, dtype=bool)
    listed[population.owner[np.isin(population.account_ids, sorted(account_ids))]] = True
    return listed


def _on_the_list(group: Judged, listed: NDArray[np.bool_]) -> tuple[InnocentExplanation, ...]:
    """What the operator's own list says of a group; nothing if it names none of it."""
    count = int(listed[group.members].sum())
    if not count:
        return ()
    return (
        InnocentExplanation(
            "known innocents",
            f"{count} of {group.members.size} owners are on the operator's list of known "
            "innocents, so nobody of the group is convicted; the list or the suspicion is wrong.",
        ),
    )


def without_innocents(group: Judged, listed: NDArray[np.bool_]) -> Judged:
    """The group without listed owners; with more than a few of them it convicts nobody."""
    share = float(listed[group.members].mean())
    kept = group.members[~listed[group.members]]
    if not share:
        return group
    if share > FEW_INNOCENTS or not kept.size:
        return replace(group, passes=False)
    return replace(group, members=kept)


def _worth_a_look(group: Judged, tested: int) -> bool:
    """Passing groups, those that look like campaigns, and operators whose aim is unseen."""
    axes = group.axes
    looks = min(group.attention, axes[Axis.EXTRACTION]) >= LOOKS_LIKE_ONE
    return group.passes or looks or _is_hidden_operator(group, tested)


def _is_hidden_operator(group: Judged, tested: int) -> bool:
    """Whether coordination and concealment would each pass alone, among all groups tested."""
    bar = np.log(max(tested, 1) / HIDDEN_ALPHA)
    return bool(min(group.attention, group.axes[Axis.CONCEALMENT]) >= bar)


def verdict_of(group: Judged, explanations: tuple[InnocentExplanation, ...]) -> Verdict:
    """An explanation that holds clears; without one, what passed e-BH is convicted.

    A hidden operator that shows no extraction, and an open one that speaks for many
    others, are undecided: what becomes of the answers does not show in traffic.
    """
    holding = {one.name for one in explanations if one.holds}
    if PERMIT in holding:
        return Verdict.CLEARED
    if group.members.size == 1:
        return Verdict.UNDECIDED if OPEN_RELAY in holding else Verdict.CLEARED
    if holding:
        return Verdict.CLEARED
    if group.passes:
        return Verdict.CONVICTED
    unseen = group.axes[Axis.EXTRACTION] < LOOKS_LIKE_ONE
    return Verdict.UNDECIDED if unseen else Verdict.SUSPECTED


def _beyond_a_class(group: Judged) -> float:
    """Concealment but for what a class shows: separate owners with one assignment, nats."""
    parts = group.parts[Axis.CONCEALMENT]
    usual = ("even-load", "split-owners")
    rest = {kind: nats for kind, nats in parts.items() if kind not in usual}
    return axis_e_value(Axis.CONCEALMENT, rest)


def adds_bystanders(
    group: Judged, judgement: Judgement, population: Population, settings: JudgeSettings
) -> bool:
    """Whether finer groups pass without some members, who by themselves extract nothing."""
    inside = np.zeros(population.n_owners, dtype=bool)
    inside[group.members] = True
    finer = [
        one.members
        for one in judgement.groups
        if one.passes
        and one.resolution > group.resolution
        and inside[one.members].mean() >= MOSTLY_INSIDE
    ]
    if not (group.passes and finer):
        return False
    inside[np.concatenate(finer)] = False
    added = np.flatnonzero(inside)
    if not added.size:
        return False
    shown = judgement.evidence[Axis.EXTRACTION]
    (parts,) = weigh_groups(population, shown, [added], settings, exactly=True)
    return axis_e_value(Axis.EXTRACTION, parts) < 0.0


def disjoint(groups: list[Judged], formed: list[Judged], population: Population) -> list[Judged]:
    """Choose among groups that overlap, so that each owner is in one case at most.

    Coarse groups come first, but for those that are several campaigns fused: they give
    way to their parts.

    Args:
        groups: Those worth reporting.
        formed: Every group that was formed.
        population: The accounts.
    """
    order = sorted(
        groups,
        key=lambda group: (
            not group.passes,
            group.resolution,
            -group.log_e_value,
            -group.members.size,
            int(group.members[0]),
        ),
    )
    taken = np.zeros(population.n_owners, dtype=bool)
    chosen = []
    for group in order:
        if not taken[group.members].any() and not is_fused(group, formed, population):
            taken[group.members] = True
            chosen.append(group)
    return chosen


def is_fused(group: Judged, formed: list[Judged], population: Population) -> bool:
    """Whether a group falls apart at the next resolution into parts that share nothing.

    Parts belong together if something that is theirs alone is held by a good part of
    both: one template over many cards, one address pool over many templates.
    """
    inside = np.zeros(population.n_owners, dtype=bool)
    inside[group.members] = True
    parts: dict[float, list[NDArray[np.int64]]] = {}
    for one in formed:
        # The groups of a finer resolution that lie in it and are a good part of it.
        if (
            one.resolution > group.resolution
            and one.members.size >= PART_SHARE * group.members.size
            and inside[one.members].mean() >= MOSTLY_INSIDE
        ):
            parts.setdefault(one.resolution, []).append(one.members)
    return any(_falls_apart(group, some, population) for some in parts.values())


def _falls_apart(group: Judged, parts: list[NDArray[np.int64]], population: Population) -> bool:
    if len(parts) < 2:
        return False
    incidences = population.incidences
    tokens, inside = np.unique(
        incidences.token[population.rows_of(group.members)], return_counts=True
    )
    own = tokens[(inside > 1) & (inside >= incidences.holders[tokens] / 2)]
    reach = np.zeros((len(parts), own.size))
    for number, part in enumerate(parts):
        token = incidences.token[population.rows_of(part)]
        place = np.searchsorted(own, token)
        theirs = own[np.minimum(place, own.size - 1)] == token if own.size else place < 0
        reach[number] = np.bincount(place[theirs], minlength=own.size) / part.size
    software = incidences.kinds_in(FAMILIES["software"])[incidences.kind[own]]
    meeting = _spanned(reach[:, ~software]) | _alike(reach[:, software])
    return int(connected_components(meeting, directed=False)[0]) > 1


def _spanned(reach: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Pairs of parts that one thing reaches both. Shape (n_parts, n_parts)."""
    reached = (reach >= SPANNING_SHARE).astype(np.int64)
    return np.asarray(reached @ reached.T > 0)


def _alike(reach: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Pairs of parts with the same habits, by weighted Jaccard similarity.

    Two labs may word their prompts alike, but not in the same proportions. Shape
    (n_parts, n_parts).
    """
    common = np.minimum(reach[:, None, :], reach[None, :, :]).sum(axis=2)
    either = np.maximum(reach[:, None, :], reach[None, :, :]).sum(axis=2)
    return np.asarray(common >= SAME_HABITS * np.maximum(either, 1e-12))


def case_of_accounts(cases: list[Case], population: Population) -> NDArray[np.int64]:
    """The case of each account, -1 for none. Shape (n_accounts,)."""
    case = np.full(population.n_owners, -1, dtype=np.int64)
    for number, one in enumerate(cases):
        case[one.group.members] = number
    return np.asarray(case[population.owner])
