"""Write a scan's files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.app.details import write_details
from revenuer.app.labels import Labels
from revenuer.app.sample import FILE as SAMPLE
from revenuer.app.sample import READ, keep_sample
from revenuer.app.sampled import SampleReading
from revenuer.app.saved import EXHIBITS, RESULTS
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
        sample: The sampled exchanges, of which some are kept; see `app.sample`.
    """

    findings: Findings
    judgement: Judgement
    population: Population
    labels: Labels
    cases: list[Case]
    sample: SampleReading


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
    write_exchanges(out / "exchanges.parquet", outputs)
    write_details(out, outputs.judgement, outputs.population)
    keep_sample(out / SAMPLE, outputs.sample.file.parts(READ), outputs.sample.scores)
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
    ids = population.accounts["account_id"]
    for found in outputs.findings.campaigns:
        # Both are sorted; a campaign of an earlier look may have accounts that are gone.
        named = pl.Series(found.account_ids, dtype=pl.String)
        mine = ids.search_sorted(named.filter(named.is_in(ids.implode())))
        campaign[mine] = found.id
        nats[mine] = found.log_e_value
    probability = [
        probability_of(value, PRIOR_ALONE if name is None else PRIOR)
        for name, value in zip(campaign, nats, strict=True)
    ]
    return pl.DataFrame(
        {
            "account_id": ids,
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


def write_exchanges(path: Path, outputs: Outputs) -> None:
    """`exchanges.parquet`: the convicted campaigns' own exchanges, a campaign at a time."""
    numbers = case_numbers(outputs)
    convicted = sorted(
        (campaign.id, numbers[campaign.id])
        for campaign in outputs.findings.campaigns
        if campaign.verdict is Verdict.CONVICTED and campaign.id in numbers
    )
    with pq.ParquetWriter(path, EXCHANGES, compression="zstd") as writer:
        for name, number in convicted:
            own = outputs.labels.own(number, ("exchange_id", "account_id", "probability"))
            rows = own.sort("account_id", "exchange_id").with_columns(campaign_id=pl.lit(name))
            writer.write_table(rows.select(EXCHANGES.names).to_arrow().cast(EXCHANGES))


def case_numbers(outputs: Outputs) -> dict[str, int]:
    """The case of each campaign, by the campaign's id; one of an earlier look has none."""
    population = outputs.population
    ids = population.accounts["account_id"]
    numbers = {
        str(ids[int(population.accounts_of(case.group.members)[0])]): number
        for number, case in enumerate(outputs.cases)
    }
    return {
        campaign.id: numbers[campaign.account_ids[0]]
        for campaign in outputs.findings.campaigns
        if campaign.account_ids[0] in numbers
    }


EXCHANGES = pa.schema(
    {
        "exchange_id": pa.string(),
        "account_id": pa.string(),
        "campaign_id": pa.string(),
        "probability": pa.float64(),
    }
)
