"""From judged cases and labelled exchanges to the findings that are reported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.labels import Labels
from revenuer.app.observe import Observation
from revenuer.app.reading import Reading, Span, settings_digest
from revenuer.campaigns.cases import Case
from revenuer.campaigns.conclude import capability_mix, conclude
from revenuer.campaigns.exhibits import SHOWN, make_exhibit
from revenuer.campaigns.identity import name_groups
from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.methods import find_methods
from revenuer.campaigns.statements import Sources, Subject, by_id, evidence_of
from revenuer.campaigns.ties import holders_of, strongest_ties
from revenuer.features.capability import CAPABILITIES
from revenuer.records import Campaign, Exhibit, Findings, Scanned, Verdict
from revenuer.settings import JudgeSettings, Release, Settings

OWN_COLUMNS = (
    "exchange_id",
    "occurred_at",
    "model",
    "task_id",
    "output_tokens",
    "reasoning_tokens",
)


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
    sources = Sources(
        population,
        judgement,
        by_id(reading.detectors),
        observation.sample.prompts,
        observation.sample.scores,
    )
    subjects = [sources.subject(case.group) for case in cases]
    groups = [subject.rows["account_id"].to_list() for subject in subjects]
    names = name_groups([frozenset(ids) for ids in groups], earlier)
    releases = observation.context.releases
    # The sample's rows are the prompts'.
    shown = observation.sample.file.rows_of_each([one.prompts for one in subjects], SHOWN)
    campaigns, exhibits = [], []
    for number, case in enumerate(cases):
        own = labels.own(number, OWN_COLUMNS)
        if own.is_empty():
            continue
        subject = subjects[number]
        told = Told(case, names[number], subject, own)
        campaign = _campaign(told, span, sources, observation.sample.capabilities, releases)
        campaigns.append(campaign)
        every = labels.all_of(number, ("account_id", "occurred_at"))
        exhibits.append(
            _exhibit(campaign, subject, every, shown[number], observation, releases, unmask)
        )
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
        config_sha256=settings_digest(settings),
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


@dataclass(frozen=True, slots=True)
class Told:
    """What a campaign's record is made from.

    Attributes:
        case: The group and its verdict.
        name: Its id, and the ids that it supersedes.
        subject: Its accounts and what they share.
        own: Its own exchanges.
    """

    case: Case
    name: tuple[str, tuple[str, ...]]
    subject: Subject
    own: pl.DataFrame


def _campaign(
    told: Told,
    span: Span,
    sources: Sources,
    capabilities: NDArray[np.float64],
    releases: tuple[Release, ...],
) -> Campaign:
    subject, own = told.subject, told.own
    sampled = sources.prompts.exchange_id[subject.prompts]
    mine = subject.prompts[sampled.is_in(own["exchange_id"].implode()).to_numpy()]
    elsewhere = {name: there.hits for name, there in sources.elsewhere.items()}
    return conclude(
        told.case,
        name=told.name,
        account_ids=subject.rows["account_id"].sort().to_list(),
        own=own,
        detected_at=span.last,
        methods=find_methods(sources.detectors.values(), sources.scores, mine, elsewhere),
        capabilities=capability_mix(capabilities[mine], CAPABILITIES),
        evidence=evidence_of(subject, sources),
        innocents_nearby=_nearby(subject, sources),
        releases=releases,
    )


def _nearby(subject: Subject, sources: Sources) -> int:
    """Accounts of ordinary owners that share a token with two members or more."""
    population = sources.population
    near = holders_of(population.incidences, subject.shared["token"].to_numpy())
    return int(sources.ordinary[population.accounts_of(near)].sum())


def _exhibit(
    campaign: Campaign,
    subject: Subject,
    exchanges: pl.DataFrame,
    sample: pl.DataFrame,
    observation: Observation,
    releases: tuple[Release, ...],
    unmask: bool,
) -> Exhibit:
    by_owner = subject.rows.group_by("owner").agg("account_id")
    names = {int(owner): tuple(ids) for owner, ids in by_owner.iter_rows()}
    return make_exhibit(
        campaign,
        exchanges=exchanges,
        accounts=subject.rows,
        sample=sample,
        ties=strongest_ties(observation.population.incidences, subject.shared, names),
        releases=releases,
        unmask=unmask,
    )


def _baseline_id(observation: Observation, judgement: Judgement) -> str:
    """A name for the baseline: the same accounts, the same name."""
    population = observation.population
    ids = population.account_ids[judgement.baseline[population.owner]]
    digest = hashlib.sha256("\n".join(ids.tolist()).encode()).hexdigest()
    return f"fitted-{ids.size}-{digest[:16]}"
