"""The evidence of a case as sentences with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.held import FAMILIES
from revenuer.campaigns.hiding import privately_tied
from revenuer.campaigns.judge import Judged, Judgement
from revenuer.campaigns.methods import HIT
from revenuer.campaigns.peer_statements import peers_said, sighted_members
from revenuer.campaigns.peers import PEER_SIGHTING
from revenuer.campaigns.population import Population
from revenuer.campaigns.ties import Sharing, shared_tokens, sharings
from revenuer.campaigns.waterfall import axis_waterfall
from revenuer.detector import (
    BehaviourDetector,
    ContentDetector,
    Detector,
    LinkDetector,
    TextLinkDetector,
)
from revenuer.features.prompts import ReadPrompts
from revenuer.records import Axis, Evidence

CITED = 20
"""Accounts and exchanges that a piece of evidence cites at most."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What one content detector scores among ordinary accounts.

    Attributes:
        hits: Share of their sampled prompts that show what it looks for.
        mean: Mean score of those that can be read.
    """

    hits: float
    mean: float


@dataclass(frozen=True)
class Sources:
    """What sentences are made from.

    Attributes:
        population: The accounts.
        judgement: All groups and the baseline.
        detectors: By id.
        prompts: The sample.
        scores: Each content detector's scores of the sample, by id.
    """

    population: Population
    judgement: Judgement
    detectors: Mapping[str, Detector]
    prompts: ReadPrompts
    scores: Mapping[str, NDArray[np.float64]]

    @cached_property
    def ordinary(self) -> NDArray[np.bool_]:
        """Which accounts are ordinary. Shape (n_accounts,)."""
        return np.asarray(self.judgement.baseline[self.population.owner])

    @cached_property
    def ordinary_accounts(self) -> pl.DataFrame:
        """The ordinary accounts' rows: the same frame for every group."""
        return self.population.accounts.filter(self.ordinary)

    @cached_property
    def elsewhere(self) -> dict[str, Elsewhere]:
        """What each content detector finds among ordinary accounts, by id."""
        theirs = self.ordinary[self.prompts.account]
        found = {}
        for name, scores in self.scores.items():
            those = scores[theirs]
            found[name] = Elsewhere(_share(those >= HIT), _mean(those))
        return found

    @cached_property
    def first_prompt(self) -> NDArray[np.int64]:
        """Where each account's prompts begin, and where the last end. Shape (n_accounts + 1,)."""
        return np.searchsorted(self.prompts.account, np.arange(self.population.size + 1))

    def subject(self, group: Judged) -> Subject:
        """What a group's sentences are about, looked up once."""
        population = self.population
        accounts = population.accounts_of(group.members)
        first, end = self.first_prompt[accounts], self.first_prompt[accounts + 1]
        lengths = end - first
        ends = np.cumsum(lengths)
        rows = np.repeat(first - (ends - lengths), lengths) + np.arange(lengths.sum())
        shared = shared_tokens(population.incidences, group.members)
        return Subject(group, accounts, population.accounts[accounts], rows, shared)


@dataclass(frozen=True, slots=True)
class Subject:
    """A group as sentences need it.

    Attributes:
        group: As it was judged.
        accounts: Positions of its accounts, ascending. Shape (k,).
        rows: Its accounts' rows.
        prompts: Positions of its sampled prompts, ascending. Shape (m,).
        shared: From `shared_tokens`.
    """

    group: Judged
    accounts: NDArray[np.int64]
    rows: pl.DataFrame
    prompts: NDArray[np.int64]
    shared: pl.DataFrame


def evidence_of(subject: Subject, sources: Sources) -> tuple[Evidence, ...]:
    """Every piece of a group's evidence; on each axis they add up to its log e-value."""
    found = []
    links = sharings(sources.population.incidences, subject.group.members, subject.shared)
    for axis, parts in subject.group.parts.items():
        if not parts:
            continue
        for kind, nats in axis_waterfall(axis, parts).items():
            if kind == PEER_SIGHTING and not (subject.group.peers and subject.group.peers.sources):
                continue
            found.append(
                Evidence(
                    kind=kind,
                    axis=axis,
                    statement=_statement(axis, kind, subject, links, sources),
                    log_e_value=nats,
                    account_ids=_telling_accounts(axis, kind, subject, sources),
                    exchange_ids=_telling_exchanges(kind, subject, sources),
                )
            )
    return tuple(found)


def _statement(
    axis: Axis, kind: str, subject: Subject, links: list[Sharing], sources: Sources
) -> str:
    if kind == PEER_SIGHTING:
        return peers_said(sources.population, subject.group, sources.judgement.baseline)
    if axis is Axis.COORDINATION:
        return _coordination(kind, subject.group, links)
    detector = sources.detectors.get(kind)
    if isinstance(detector, BehaviourDetector):
        return detector.describe(subject.rows, sources.ordinary_accounts)
    if isinstance(detector, ContentDetector):
        return _content(detector, subject, sources)
    if isinstance(detector, LinkDetector | TextLinkDetector):
        own = [link for link in links if link.kind.id == kind]
        shared = _shared(own[0], subject.group.members.size) if own else "No member does"
        return f"{shared}."
    return _group_wide(kind, axis, subject, sources)


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


def _content(detector: ContentDetector, subject: Subject, sources: Sources) -> str:
    mine = sources.scores[detector.card.id][subject.prompts]
    theirs = sources.elsewhere[detector.card.id]
    here = _share(mine >= HIT)
    if here > theirs.hits:
        return (
            f"{here:.1%} of the members' sampled prompts {detector.phrase}; "
            f"{theirs.hits:.1%} elsewhere."
        )
    # What is weighed is the mean score: many half-signs count as much as a few clear ones.
    return (
        f"Signs of prompts that {detector.phrase}: the members' sampled prompts have "
        f"{_mean(mine):.3f} of 1 on average, others {theirs.mean:.3f}."
    )


def _mean(scores: NDArray[np.float64]) -> float:
    return float(np.nanmean(scores)) if (~np.isnan(scores)).any() else 0.0


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if hits.size else 0.0


def _group_wide(kind: str, axis: Axis, subject: Subject, sources: Sources) -> str:
    population, members = sources.population, subject.group.members
    n = members.size
    if kind == "split-owners":
        return f"{subject.accounts.size} accounts that act as one declare {n} separate owners."
    if kind == "tied-owners":
        tied = privately_tied(population.incidences, members)
        return (
            f"{tied} of {n} owners share what strangers never share, such as a card or a device, "
            "with another member."
        )
    if kind == "even-load":
        low, high = np.quantile(population.volume[members], [0.1, 0.9])
        return f"Eight in ten members made between {low:,.0f} and {high:,.0f} exchanges."
    evidence = sources.judgement.evidence[axis]
    p_values = evidence.p_values[subject.accounts, evidence.detectors.index(kind)]
    median = float(np.nanmedian(p_values)) if (~np.isnan(p_values)).any() else 1.0
    return (
        f"On all signs of {axis} together, the median member is further out than "
        f"{1 - median:.1%} of ordinary accounts."
    )


def _telling_accounts(axis: Axis, kind: str, subject: Subject, sources: Sources) -> tuple[str, ...]:
    """The members that show it most."""
    if kind == PEER_SIGHTING:
        seen = sighted_members(sources.population, subject.group, sources.judgement.baseline)
        theirs = subject.rows.filter(pl.col("owner").is_in(seen.tolist()))
        return tuple(theirs["account_id"][:CITED])
    evidence = sources.judgement.evidence.get(axis)
    best = np.arange(subject.accounts.size)
    if evidence is not None and kind in evidence.detectors:
        column = evidence.log_e_values[subject.accounts, evidence.detectors.index(kind)]
        best = np.argsort(-np.nan_to_num(column), kind="stable")
    return tuple(subject.rows["account_id"][best[:CITED]])


def _telling_exchanges(kind: str, subject: Subject, sources: Sources) -> tuple[str, ...]:
    """The sampled exchanges that show it most, for what is read in prompts."""
    scores = sources.scores.get(kind)
    if scores is None:
        return ()
    mine = scores[subject.prompts]
    shows = np.flatnonzero(mine > 0)
    best = shows[np.argsort(-mine[shows], kind="stable")[:CITED]]
    return tuple(str(name) for name in sources.prompts.exchange_id[subject.prompts[best]])


def by_id(detectors: Iterable[Detector]) -> dict[str, Detector]:
    """Detectors by the id on their card."""
    return {detector.card.id: detector for detector in detectors}
