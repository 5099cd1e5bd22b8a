"""Write a scan's files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from revenuer.app.details import make_details
from revenuer.app.label import Labels
from revenuer.app.sample import FILE as SAMPLE
from revenuer.app.saved import EXHIBITS
from revenuer.campaigns.cases import Case
from revenuer.campaigns.conclude import PRIOR, PRIOR_ALONE, probability_of
from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.population import Population
from revenuer.errors import NothingToReadError
from revenuer.records import Axis, Findings, Verdict
from revenuer.reports.campaigns_json import to_json
from revenuer.reports.exhibits_json import exhibits_to_json
from revenuer.reports.html import render_html
from revenuer.sources import Intake


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written.

    Attributes:
        findings: The campaigns.
        judgement: How every group was judged.
        population: The accounts.
        labels: The labelled exchanges of all cases.
        cases: The cases.
        sample: The exchanges that are kept of every account; see `app.sample`.
    """

    findings: Findings
    judgement: Judgement
    population: Population
    labels: Labels
    cases: list[Case]
    sample: pl.DataFrame


RESULTS = (
    "campaigns.json",
    "accounts.parquet",
    "exchanges.parquet",
    "report.html",
    "quarantine.jsonl",
)


def start_over(out: Path) -> None:
    """Take an earlier scan's results away, so that nobody reads them as this one's."""
    for name in RESULTS:
        (out / name).unlink(missing_ok=True)


def keep_quarantine(work: Path, out: Path, problem: NothingToReadError) -> NothingToReadError:
    """Keep the reasons why no row could be used, and say where they are."""
    written = work / "quarantine.jsonl"
    if not written.exists() or not written.stat().st_size:
        return problem
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(written, out / written.name)
    return NothingToReadError(
        problem.message.replace(str(written), str(out / written.name)),
        problem.hint.replace(str(written), str(out / written.name)),
    )


def write_outputs(out: Path, outputs: Outputs, intake: Intake) -> None:
    """Write the contract's files into `out`, replacing those of an earlier scan."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "campaigns.json").write_text(to_json(outputs.findings), encoding="utf-8")
    account_table(outputs).write_parquet(out / "accounts.parquet")
    exchange_table(outputs).write_parquet(out / "exchanges.parquet")
    make_details(outputs.judgement, outputs.population).write(out)
    outputs.sample.write_parquet(out / SAMPLE)
    (out / EXHIBITS).write_text(exhibits_to_json(outputs.findings.exhibits), encoding="utf-8")
    (out / "report.html").write_text(render_html(outputs.findings), encoding="utf-8")
    kept = out / "quarantine.jsonl"
    kept.unlink(missing_ok=True)
    if intake.quarantined:
        shutil.copyfile(intake.quarantine_file, kept)


def account_table(outputs: Outputs) -> pl.DataFrame:
    """`accounts.parquet`: every account, its campaign and how sure that is."""
    population, judgement = outputs.population, outputs.judgement
    campaign = np.full(population.size, None, dtype=object)
    nats = _alone(judgement, population.size)
    for found in outputs.findings.campaigns:
        mine = np.isin(population.account_ids, found.account_ids)
        campaign[mine] = found.id
        nats[mine] = found.log_e_value
    probability = [
        probability_of(value, PRIOR_ALONE if name is None else PRIOR)
        for name, value in zip(campaign, nats, strict=True)
    ]
    return pl.DataFrame(
        {
            "account_id": population.accounts["account_id"],
            "campaign_id": pl.Series(campaign.tolist(), dtype=pl.String),
            "log_e_value": nats,
            "probability": pl.Series(probability, dtype=pl.Float64),
        }
    )


def _alone(judgement: Judgement, size: int) -> np.ndarray:
    """The least of what an account shows by itself; alone it coordinates with nobody."""
    nats = np.zeros(size)
    for axis in (Axis.EXTRACTION, Axis.CONCEALMENT):
        evidence = judgement.evidence[axis]
        if "composite" in evidence.detectors:
            column = evidence.log_e_values[:, evidence.detectors.index("composite")]
            nats = np.minimum(nats, np.nan_to_num(column))
    return nats


def exchange_table(outputs: Outputs) -> pl.DataFrame:
    """`exchanges.parquet`: the convicted campaigns' own exchanges."""
    population = outputs.population
    convicted = {
        campaign.account_ids[0]: campaign.id
        for campaign in outputs.findings.campaigns
        if campaign.verdict is Verdict.CONVICTED
    }
    firsts = [
        str(population.account_ids[population.accounts_of(case.group.members)[0]])
        for case in outputs.cases
    ]
    parts = [
        outputs.labels.own(number).select(
            "exchange_id",
            "account_id",
            campaign_id=pl.lit(convicted[first]),
            probability="probability",
        )
        for number, first in enumerate(firsts)
        if first in convicted
    ]
    empty = pl.DataFrame(
        schema={
            "exchange_id": pl.String,
            "account_id": pl.String,
            "campaign_id": pl.String,
            "probability": pl.Float64,
        }
    )
    return pl.concat([empty, *parts]).sort("campaign_id", "account_id", "exchange_id")
