"""The evidence of a case as sentences with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.hiding import privately_tied
from revenuer.campaigns.judge import Judged, Judgement
from revenuer.campaigns.methods import HIT
from revenuer.campaigns.partition import FAMILIES
from revenuer.campaigns.population import Population
from revenuer.campaigns.ties import Sharing, sharings
from revenuer.campaigns.waterfall import axis_waterfall
from revenuer.detector import (
    BehaviourDetector,
    ContentDetector,
    Detector,
    LinkDetector,
    TextLinkDetector,
)
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Evidence

CITED = 20
"""Accounts and exchanges that a piece of evidence cites at most."""


@dataclass(frozen=True)
class Sources:
    """What sentences are made from.

    Attributes:
        population: The accounts.
        judgement: All groups and the baseline.
        detectors: By id.
        prompts: The sample.
        scores: Each content detector's scores of the sample, by id.
        capabilities: Shares of the sample. Shape (n_prompts, n_capabilities).
    """

    population: Population
    judgement: Judgement
    detectors: Mapping[str, Detector]
    prompts: Prompts
    scores: Mapping[str, NDArray[np.float64]]
    capabilities: NDArray[np.float64]

    @cached_property
    def ordinary_prompts(self) -> NDArray[np.bool_]:
        """Which sampled prompts are of ordinary accounts. Shape (n_prompts,)."""
        ordinary = self.judgement.baseline[self.population.owner]
        return np.asarray(ordinary[self.prompts.account])

    def prompts_of(self, group: Judged) -> NDArray[np.bool_]:
        """Which sampled prompts are of a group's accounts. Shape (n_prompts,)."""
        inside = np.zeros(self.population.size, dtype=bool)
        inside[self.accounts(group)] = True
        return np.asarray(inside[self.prompts.account])

    def accounts(self, group: Judged) -> NDArray[np.int64]:
        """Positions of a group's accounts."""
        return self.population.accounts_of(group.members)


def evidence_of(group: Judged, sources: Sources) -> tuple[Evidence, ...]:
    """Every piece of a group's evidence; on each axis they add up to its log e-value."""
    found = []
    links = sharings(sources.population.incidences, group.members)
    for axis, parts in group.parts.items():
        if not parts:
            continue
        for kind, nats in axis_waterfall(axis, parts).items():
            found.append(
                Evidence(
                    kind=kind,
                    axis=axis,
                    statement=_statement(axis, kind, group, links, sources),
                    log_e_value=nats,
                    account_ids=_telling_accounts(axis, kind, group, sources),
                    exchange_ids=_telling_exchanges(kind, group, sources),
                )
            )
    return tuple(found)


def _statement(axis: Axis, kind: str, group: Judged, links: list[Sharing], sources: Sources) -> str:
    if axis is Axis.COORDINATION:
        return _coordination(kind, group, links)
    detector = sources.detectors.get(kind)
    if isinstance(detector, BehaviourDetector):
        accounts = sources.population.accounts
        ordinary = sources.judgement.baseline[sources.population.owner]
        return detector.describe(accounts[sources.accounts(group)], accounts.filter(ordinary))
    if isinstance(detector, ContentDetector):
        return _content(detector, group, sources)
    if isinstance(detector, LinkDetector | TextLinkDetector):
        own = [link for link in links if link.kind.id == kind]
        shared = _shared(own[0], group.members.size) if own else "No member does"
        return f"{shared}."
    return _group_wide(kind, axis, group, sources)


def _coordination(family: str, group: Judged, links: list[Sharing]) -> str:
    n = group.members.size
    if family not in FAMILIES:
        return "There is one declared owner, who hides no coordination."
    channels = FAMILIES[family]
    own = [link for link in links if link.kind.channel in channels and not link.kind.declared]
    said = [_shared(link, n) for link in own[:3]]
    if family == "timing":
        said.append(f"the {n} owners are compared in how they keep the same hours and sign up")
    if not said:
        return f"No {family} link ties the {n} owners."
    whole = "; ".join(said) + "."
    return whole[0].upper() + whole[1:]


def _shared(link: Sharing, n: int) -> str:
    others = "1 other does" if link.outsiders == 1 else f"{link.outsiders} others do"
    distinct = "" if link.tokens == 1 else f"{link.tokens} different ones; "
    return f"{link.linked} of {n} owners {link.kind.phrase} as another member ({distinct}{others})"


def _content(detector: ContentDetector, group: Judged, sources: Sources) -> str:
    scores = sources.scores[detector.card.id]
    mine, theirs = sources.prompts_of(group), sources.ordinary_prompts
    here, there = _share(scores[mine] >= HIT), _share(scores[theirs] >= HIT)
    if here > there:
        return (
            f"{here:.1%} of the members' sampled prompts {detector.phrase}; {there:.1%} elsewhere."
        )
    # What is weighed is the mean score: many half-signs count as much as a few clear ones.
    here, there = _mean(scores[mine]), _mean(scores[theirs])
    return (
        f"Signs of prompts that {detector.phrase}: the members' sampled prompts have "
        f"{here:.3f} of 1 on average, others {there:.3f}."
    )


def _mean(scores: NDArray[np.float64]) -> float:
    return float(np.nanmean(scores)) if (~np.isnan(scores)).any() else 0.0


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if hits.size else 0.0


def _group_wide(kind: str, axis: Axis, group: Judged, sources: Sources) -> str:
    population = sources.population
    n = group.members.size
    if kind == "split-owners":
        accounts = sources.accounts(group).size
        return f"{accounts} accounts that act as one declare {n} separate owners."
    if kind == "tied-owners":
        tied = privately_tied(population.incidences, group.members)
        return (
            f"{tied} of {n} owners share what strangers never share, such as a card or a device, "
            "with another member."
        )
    if kind == "even-load":
        low, high = np.quantile(population.volume[group.members], [0.1, 0.9])
        return f"Eight in ten members made between {low:,.0f} and {high:,.0f} exchanges."
    evidence = sources.judgement.evidence[axis]
    p_values = evidence.p_values[sources.accounts(group), evidence.detectors.index(kind)]
    median = float(np.nanmedian(p_values)) if (~np.isnan(p_values)).any() else 1.0
    return (
        f"On all signs of {axis} together, the median member is further out than "
        f"{1 - median:.1%} of ordinary accounts."
    )


def _telling_accounts(axis: Axis, kind: str, group: Judged, sources: Sources) -> tuple[str, ...]:
    """The members that show it most."""
    evidence = sources.judgement.evidence.get(axis)
    accounts = sources.accounts(group)
    if evidence is not None and kind in evidence.detectors:
        nats = np.nan_to_num(evidence.log_e_values[accounts, evidence.detectors.index(kind)])
        accounts = accounts[np.argsort(-nats, kind="stable")]
    return tuple(str(name) for name in sources.population.account_ids[accounts[:CITED]])


def _telling_exchanges(kind: str, group: Judged, sources: Sources) -> tuple[str, ...]:
    """The sampled exchanges that show it most, for what is read in prompts."""
    scores = sources.scores.get(kind)
    if scores is None:
        return ()
    rows = np.flatnonzero(sources.prompts_of(group) & (scores > 0))
    order = np.argsort(-scores[rows], kind="stable")[:CITED]
    return tuple(str(name) for name in sources.prompts.exchange_id[rows[order]])


def by_id(detectors: Iterable[Detector]) -> dict[str, Detector]:
    """Detectors by the id on their card."""
    return {detector.card.id: detector for detector in detectors}
