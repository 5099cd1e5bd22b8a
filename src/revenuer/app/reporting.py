"""From a judgement to what is told: cases, their exchanges, findings, and the files of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from revenuer.app.findings import make_findings
from revenuer.app.label import label_exchanges
from revenuer.app.outputs import Outputs, case_numbers, write_outputs
from revenuer.app.permit_use import permit_use
from revenuer.app.progress import Progress, Silent
from revenuer.app.reading import Reading
from revenuer.app.saved import PERMIT_USE
from revenuer.app.side_by_side import begun
from revenuer.app.ties import write_ties
from revenuer.campaigns.cases import make_cases
from revenuer.campaigns.judge import Judgement
from revenuer.records import Campaign, Findings
from revenuer.settings import Settings
from revenuer.sources import Logs


@dataclass(frozen=True, slots=True)
class Reporting:
    """How the cases of a judgement are told.

    Attributes:
        out: Folder for the results.
        labels_in: Folder for labelled exchanges while they are needed.
        settings: Of the scan.
        baseline_id: Of the baseline that was given; None if the log's own was fitted.
        earlier: Campaigns of the scan before, so that they keep their ids.
        innocents: Accounts that the operator knows to be innocent; None without a list.
        unmask: Show prompts in the report.
        amend: What is changed in the findings before they are written.
        aside: Let the engine work out ties while the other files are written, if it can do two
            things at once. Nothing is told of that then.
    """

    out: Path
    labels_in: Path
    settings: Settings
    baseline_id: str | None = None
    earlier: tuple[Campaign, ...] = ()
    innocents: frozenset[str] | None = None
    unmask: bool = False
    amend: Callable[[Findings], Findings] | None = None
    aside: bool = False


def report(
    logs: Logs, reading: Reading, judgement: Judgement, how: Reporting, progress: Progress
) -> Findings:
    """Make cases of what passes or looks like it, label their exchanges, write the results."""
    seen, settings = reading.observation, how.settings
    with progress.stage("campaigns: cases and explanations", None):
        permits = logs.engine.fetch(logs.tables.permits).with_row_index("permit")
        use = permit_use(logs, seen.population.accounts, permits)
        cases = make_cases(judgement, seen.population, permits, settings.judge, how.innocents, use)
    labels = label_exchanges(
        logs, seen, cases, judgement.baseline, settings.sample, progress, how.labels_in
    )
    with progress.stage("campaigns: what to say of each", None):
        findings = make_findings(
            reading,
            judgement,
            cases,
            labels,
            settings,
            baseline_id=how.baseline_id,
            earlier=how.earlier,
            unmask=how.unmask,
        )
        if how.amend is not None:
            findings = how.amend(findings)
    outputs = Outputs(findings, judgement, seen.population, labels, cases, seen.sample)
    aside = how.aside and logs.engine.at_once > 1
    ties = partial(
        write_ties,
        logs,
        findings,
        labels,
        case_numbers(outputs),
        how.out,
        Silent() if aside else progress,
        controls=settings.matching.controls,
    )
    with begun(ties, aside=aside) as tied:
        with progress.stage("report", None):
            write_outputs(how.out, outputs, logs.intake)
            if not permits.is_empty():
                use.write_parquet(how.out / PERMIT_USE)
        tied()
    return findings
