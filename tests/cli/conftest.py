"""Running the command line as a person would, in this process or in its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.ties import SCHEMA, write_parts
from revenuer.cli.entry import run
from revenuer.records import Axis, Campaign, Evidence, Findings, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

CAMPAIGN = "campaign--0f0f0f0f-0000-5000-8000-000000000001"
START, END = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 9, 22, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """One run of the command line."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def revenuer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `revenuer` in this process, with no variables of the caller's."""
    for name in [name for name in os.environ if name.startswith("REVENUER_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str | Path) -> Ran:
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(int(code), printed.out, printed.err)

    return call


@pytest.fixture
def revenuer_process() -> Callable[..., subprocess.Popen[str]]:
    """Start `revenuer` in a process of its own."""

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from revenuer.cli import main; main()", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def campaign_scan(tmp_path: Path) -> Path:
    """The folder of a scan with a convicted and a suspected campaign."""
    convicted = Campaign(
        id=CAMPAIGN,
        verdict=Verdict.CONVICTED,
        probability=0.93,
        log_e_value=6.0,
        axes=dict.fromkeys(Axis, 6.0),
        account_ids=tuple(f"acct-{n}" for n in range(9)),
        exchanges=2345,
        tasks=2345,
        output_tokens=1,
        reasoning_tokens=0,
        first_seen=START,
        last_seen=END,
        detected_at=END,
        evidence=(Evidence("shared-payment", Axis.COORDINATION, "9 accounts", 3.0, ("acct-1",)),),
    )
    others = [
        replace(
            convicted, id=f"campaign--{n}{n}{n}{n}0000-0000-5000-8000-000000000002", verdict=one
        )
        for n, one in enumerate((Verdict.SUSPECTED, Verdict.CLEARED), start=1)
    ]
    scanned = Scanned(9000, 9000, 90, START, END, 0.05, "b", "c", {}, ())
    folder = tmp_path / "scan-out"
    folder.mkdir()
    text = to_json(Findings(scanned, (convicted, *others)))
    (folder / "campaigns.json").write_text(text, encoding="utf-8")
    rows = [
        {
            "campaign_id": CAMPAIGN,
            "account_id": f"acct-{n}",
            "kind": kind,
            "value": value,
            "exchanges": 200,
            "first_seen": START,
            "last_seen": END,
            "holders": 0,
            "network": "64500" if kind == "address" else None,
            "reseller": None,
        }
        for n in range(9)
        for kind, value in (("asn", "64500"), ("address", "198.51.100.7"))
    ]
    write_parts(
        folder / "ties.parquet", [pl.DataFrame(rows, schema_overrides={"holders": pl.Int64})]
    )
    assert SCHEMA.names == pl.read_parquet(folder / "ties.parquet").columns
    return folder


@pytest.fixture
def share(revenuer: Run, tmp_path: Path) -> Run:
    """`revenuer share COMMAND` with this test's own keys and audit log."""
    private = ("--state", str(tmp_path / "state"), "--keys", str(tmp_path / "keys"))

    def call(command: str | Path, *arguments: str | Path) -> Ran:
        return revenuer("share", command, *arguments, *private)

    return call
