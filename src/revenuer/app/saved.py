"""Where a scan and a watch write what they found, and how that is read again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from polars.exceptions import PolarsError

from revenuer.errors import NotFoundError, ScanError, SourceError
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
        ScanError: What it holds cannot be read.
    """
    path = out / "campaigns.json"
    if not path.exists():
        raise NotFoundError(
            f"{out} holds no campaigns.json.", "Name the --out folder of an earlier scan."
        )
    with reading_scan(out):
        findings = from_json(path.read_bytes())
        kept = out / EXHIBITS
        if kept.exists():
            findings = replace(findings, exhibits=exhibits_from_json(kept.read_bytes()))
    return findings


@contextmanager
def reading_scan(folder: Path) -> Iterator[None]:
    """Say of whatever goes wrong inside that it is this scan's folder that cannot be read.

    Raises:
        ScanError: Something did.
    """
    again = "Name a scan that has ended, or scan again with this version."
    try:
        yield
    except SourceError as problem:
        raise ScanError(problem.message, problem.hint or again) from problem
    except (PolarsError, OSError, ValueError) as problem:
        raise ScanError(f"{folder} cannot be read: {type(problem).__name__}.", again) from problem
