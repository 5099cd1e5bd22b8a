"""`scan`: logs in, campaigns out."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from revenuer.app.innocence import KnownInnocent, check_known_innocent
from revenuer.app.label import Labels, label_exchanges
from revenuer.app.observe import Observation, observe, without_text
from revenuer.app.opening import open_with
from revenuer.app.outputs import Outputs, write_outputs
from revenuer.app.progress import Progress, Silent
from revenuer.campaigns.cases import Case, make_cases
from revenuer.campaigns.conclude import capability_mix, conclude
from revenuer.campaigns.exhibits import make_exhibit
from revenuer.campaigns.identity import name_groups
from revenuer.campaigns.judge import Judgement, judge
from revenuer.campaigns.methods import find_methods
from revenuer.campaigns.statements import Sources, by_id, evidence_of
from revenuer.campaigns.ties import shared_tokens, strongest_ties
from revenuer.detector import Context, Detector
from revenuer.detectors import load_detectors
from revenuer.features.capability import CAPABILITIES, capability_shares
from revenuer.records import Campaign, Exhibit, Findings, Scanned, Verdict
from revenuer.reports.campaigns_json import from_json
from revenuer.settings import Release, Settings
from revenuer.sources import Intake, Logs


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """What a scan leaves behind.

    Attributes:
        findings: The campaigns.
        intake: What was read and what was left out.
        known_innocent: How near the operator's known innocents came; None without a list.
    """

    findings: Findings
    intake: Intake
    known_innocent: KnownInnocent | None


def scan(
    exchanges: Sequence[str],
    *,
    out: Path,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    settings: Settings | None = None,
    content_free: bool = False,
    known_innocent: Path | None = None,
    previous: Path | None = None,
    unmask: bool = False,
    engine: str = "duckdb",
    progress: Progress | None = None,
) -> ScanOutcome:
    """Find the campaigns in logs and write them to a folder.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        out: Folder for the results; its earlier results are replaced.
        accounts: The accounts table.
        permits: The permits table.
        account_links: The table of attributes that change.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
        settings: None for the defaults.
        content_free: Look at no text.
        known_innocent: A file of account ids, none of which may be convicted.
        previous: Folder of the scan before, so that campaigns keep their ids.
        unmask: Show prompts in the report.
        engine: Where the queries run.
        progress: Told how far the work is.
    """
    settings, progress = settings or Settings(), progress or Silent()
    earlier = _earlier(previous)
    innocents = _read_ids(known_innocent)
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        logs = open_with(
            exchanges,
            accounts=accounts,
            permits=permits,
            account_links=account_links,
            column_map=column_map,
            map_pairs=map_pairs,
            log_format=log_format,
            engine=engine,
            workdir=Path(work),
            progress=progress,
        )
        with logs:
            if content_free:
                logs.tables = without_text(logs.tables)
            return _scan(logs, out, settings, earlier, innocents, unmask, progress)


def _scan(
    logs: Logs,
    out: Path,
    settings: Settings,
    earlier: tuple[Campaign, ...],
    innocents: frozenset[str] | None,
    unmask: bool,
    progress: Progress,
) -> ScanOutcome:
    detectors = load_detectors()
    span = _span(logs)
    context = Context(
        releases=settings.releases,
        plan_tokens_per_day=settings.plan_tokens_per_day,
        window_days=max((span.last - span.first) / timedelta(days=1), 1 / 24),
    )
    observation = observe(logs, detectors, context, settings, progress)
    with progress.stage("campaigns: grouping and judging", None):
        judgement = judge(observation.population, settings.judge, seed=settings.seed)
        permits = logs.engine.fetch(logs.tables.permits).with_row_index("permit")
        cases = make_cases(
            judgement, observation.population, permits, settings.judge, innocents
        )
    labels = label_exchanges(
        logs, observation, cases, judgement.baseline, settings.sample, progress
    )
    findings = _findings(observation, judgement, cases, labels, detectors, span, settings,
                         earlier, unmask)
    checked = check_known_innocent(innocents, judgement, observation.population)
    with progress.stage("report", None):
        write_outputs(out, Outputs(findings, judgement, observation.population, labels, cases),
                      logs.intake)
    return ScanOutcome(findings, logs.intake, checked)


@dataclass(frozen=True, slots=True)
class Span:
    """What the logs span."""

    exchanges: int
    tasks: int
    first: datetime
    last: datetime


def _span(logs: Logs) -> Span:
    table = logs.tables.exchanges
    row = logs.engine.fetch(
        table.aggregate(
            exchanges=table.count(),
            tasks=table.task_id.nunique() + table.task_id.isnull().sum(),
            first=table.occurred_at.min(),
            last=table.occurred_at.max(),
        )
    ).row(0, named=True)
    return Span(int(row["exchanges"]), int(row["tasks"]), row["first"], row["last"])


def _findings(
    observation: Observation,
    judgement: Judgement,
    cases: list[Case],
    labels: Labels,
    detectors: tuple[Detector, ...],
    span: Span,
    settings: Settings,
    earlier: tuple[Campaign, ...],
    unmask: bool,
) -> Findings:
    """Every case as a campaign, the gravest first."""
    population = observation.population
    groups = [
        frozenset(population.account_ids[population.accounts_of(case.group.members)].tolist())
        for case in cases
    ]
    names = name_groups(groups, earlier)
    sources = Sources(
        population,
        judgement,
        by_id(detectors),
        observation.prompts,
        observation.scores,
        capability_shares(observation.prompts),
    )
    releases = settings.releases
    campaigns, exhibits = [], []
    for number, case in enumerate(cases):
        if labels.own(number).is_empty():
            continue
        campaign = _campaign(number, case, names[number], sorted(groups[number]), labels, span,
                             sources, releases)
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
        baseline_id=_baseline_id(observation, judgement),
        config_sha256=hashlib.sha256(msgspec.json.encode(settings)).hexdigest(),
        detector_versions={d.card.id: d.card.version for d in detectors},
        blind=observation.blind + ((judgement.abstains,) if judgement.abstains else ()),
    )
    return Findings(scanned, tuple(campaigns), tuple(exhibits))


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


def _earlier(previous: Path | None) -> tuple[Campaign, ...]:
    if previous is None:
        return ()
    return from_json((previous / "campaigns.json").read_text(encoding="utf-8")).campaigns


def _read_ids(path: Path | None) -> frozenset[str] | None:
    if path is None:
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip())
