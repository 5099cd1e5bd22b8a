"""From judged cases and labelled exchanges to the findings that are reported."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

from revenuer.app.label import Labels
from revenuer.app.observe import Observation
from revenuer.app.reading import Reading, Span, digest_of
from revenuer.campaigns.cases import Case
from revenuer.campaigns.conclude import capability_mix, conclude
from revenuer.campaigns.exhibits import make_exhibit
from revenuer.campaigns.identity import name_groups
from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.methods import find_methods
from revenuer.campaigns.statements import Sources, by_id, evidence_of
from revenuer.campaigns.ties import shared_tokens, strongest_ties
from revenuer.features.capability import CAPABILITIES, capability_shares
from revenuer.records import Campaign, Exhibit, Findings, Scanned, Verdict
from revenuer.settings import JudgeSettings, Release, Settings


def make_findings(
    reading: Reading,
    judgement: Judgement,
    cases: list[Case],
    labels: Labels,
    settings: Settings,
    *,
    baseline_id: str | None,
    earlier: tuple[Campaign, ...],
    unmask: bool,
) -> Findings:
    """Every case as a campaign, the gravest first.

    Args:
        reading: What was read.
        judgement: Of all groups.
        cases: Those that are reported.
        labels: Their exchanges.
        settings: Of the scan.
        baseline_id: Of the baseline it was given; None if it fitted its own.
        earlier: Campaigns of the scan before.
        unmask: Show prompts in the report.
    """
    observation, span = reading.observation, reading.span
    population = observation.population
    groups = [
        frozenset(population.account_ids[population.accounts_of(case.group.members)].tolist())
        for case in cases
    ]
    names = name_groups(groups, earlier)
    sources = Sources(
        population,
        judgement,
        by_id(reading.detectors),
        observation.prompts,
        observation.scores,
        capability_shares(observation.prompts),
    )
    releases = observation.context.releases
    campaigns, exhibits = [], []
    for number, case in enumerate(cases):
        if labels.own(number).is_empty():
            continue
        campaign = _campaign(
            number, case, names[number], sorted(groups[number]), labels, span, sources, releases
        )
        campaigns.append(campaign)
        exhibits.append(_exhibit(campaign, number, case, labels, observation, releases, unmask))
    gravity = list(Verdict)
    campaigns.sort(key=lambda one: (gravity.index(one.verdict), -one.exchanges, one.id))
    scanned = Scanned(
        exchanges=span.exchanges,
        tasks=span.tasks,
        accounts=population.size,
        first=span.first,
        last=span.last,
        fdr=settings.judge.fdr,
        baseline_id=baseline_id or _baseline_id(observation, judgement),
        config_sha256=digest_of(settings),
        detector_versions=reading.versions,
        promise=promise_of(judgement, settings.judge),
        blind=observation.blind + judgement.abstains,
    )
    return Findings(scanned, tuple(campaigns), tuple(exhibits))


def promise_of(judgement: Judgement, settings: JudgeSettings) -> tuple[str, ...]:
    """What the error rate means and under which conditions, a sentence each."""
    head = (
        f"Of the convicted campaigns {settings.fdr:.0%} at most are innocent in the long run, if "
        f"{settings.contamination:.0%} of the accounts at most are guilty, "
        f"{settings.new_contamination:.0%} of the new sign-ups, and what follows holds."
    )
    return (head, *(f"{check.name}: {check.said}" for check in judgement.checks))


def _campaign(
    number: int,
    case: Case,
    name: tuple[str, tuple[str, ...]],
    account_ids: list[str],
    labels: Labels,
    span: Span,
    sources: Sources,
    releases: tuple[Release, ...],
) -> Campaign:
    own = labels.own(number)
    prompts = sources.prompts
    mine = np.isin(prompts.account, sources.accounts(case.group))
    ids = pl.Series(prompts.exchange_id[mine].tolist(), dtype=pl.String)
    mine[mine] = ids.is_in(own["exchange_id"].to_list()).to_numpy()
    ordinary = sources.judgement.baseline[sources.population.owner][prompts.account]
    return conclude(
        case,
        name=name,
        account_ids=account_ids,
        own=own,
        detected_at=span.last,
        methods=find_methods(sources.detectors.values(), sources.scores, mine, ordinary),
        capabilities=capability_mix(sources.capabilities[mine], CAPABILITIES),
        evidence=evidence_of(case.group, sources),
        innocents_nearby=_nearby(case, sources),
        releases=releases,
    )


def _nearby(case: Case, sources: Sources) -> int:
    """Accounts of ordinary owners that share a token with two members or more."""
    population = sources.population
    tokens = shared_tokens(population.incidences, case.group.members)["token"].to_numpy()
    holders = population.incidences.owner[np.isin(population.incidences.token, tokens)]
    near = population.accounts_of(np.unique(holders))
    return int(sources.judgement.baseline[population.owner[near]].sum())


def _exhibit(
    campaign: Campaign,
    number: int,
    case: Case,
    labels: Labels,
    observation: Observation,
    releases: tuple[Release, ...],
    unmask: bool,
) -> Exhibit:
    members = case.group.members
    population = observation.population
    accounts = population.accounts[population.accounts_of(members)]
    names = {
        int(owner): tuple(ids)
        for owner, ids in accounts.group_by("owner").agg("account_id").iter_rows()
    }
    return make_exhibit(
        campaign,
        exchanges=labels.all_of(number),
        accounts=accounts,
        sample=observation.sample.filter(
            pl.col("account_id").is_in(accounts["account_id"].to_list())
        ),
        ties=strongest_ties(population.incidences, members, names),
        releases=releases,
        unmask=unmask,
    )


def _baseline_id(observation: Observation, judgement: Judgement) -> str:
    """A name for the baseline: the same accounts, the same name."""
    population = observation.population
    ids = population.account_ids[judgement.baseline[population.owner]]
    digest = hashlib.sha256("\n".join(ids.tolist()).encode()).hexdigest()
    return f"fitted-{ids.size}-{digest[:16]}"
