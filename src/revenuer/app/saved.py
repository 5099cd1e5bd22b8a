"""Where a scan and a watch write what they found, and how that is read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from revenuer.errors import NotFoundError
from revenuer.records import Findings
from revenuer.reports.campaigns_json import from_json
from revenuer.reports.exhibits_json import exhibits_from_json

EXHIBITS = "details/exhibits.json"
SIGNS = "signs.json"
PERMIT_USE = "permit_use.parquet"
"""What accounts with a permit used, by day and model; only where the scan was told of permits."""
RESULTS = (
    "campaigns.json",
    "accounts.parquet",
    "exchanges.parquet",
    "report.html",
    "ties.parquet",
    PERMIT_USE,
    "controls.parquet",
    "quarantine.jsonl",
)


def read_findings(out: Path) -> Findings:
    """The findings in a scan's folder, with exhibits where they were kept.

    Raises:
        NotFoundError: `out` is not the folder of a scan.
    """
    path = out / "campaigns.json"
    if not path.exists():
        raise NotFoundError(
            f"{out} holds no campaigns.json.", "Name the --out folder of an earlier scan."
        )
    findings = from_json(path.read_text(encoding="utf-8"))
    kept = out / EXHIBITS
    if kept.exists():
        findings = replace(findings, exhibits=exhibits_from_json(kept.read_bytes()))
    return findings
