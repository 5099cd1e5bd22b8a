"""`revenuer access simulate` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from revenuer.cli.entry import run


def test_a_stream_is_written_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "signups"
    arguments = ["--quiet", "access", "simulate", "--out", str(out), "--applications", "800"]
    arguments += ["--days", "28", "--history-days", "28", "--operator", "S1", "--operator", "S4"]
    assert run([*arguments, "--seed", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    table = pl.read_parquet(out / "truth" / "applications.parquet")
    assert told["applications"] == table.height
    assert told["fraudulent"] == table["campaign"].count() > 0
    assert set(table["campaign"].drop_nulls()) == {"S1", "S4"}


def test_it_can_be_assessed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "signups"
    base = ["--quiet", "access"]
    simulated = [*base, "simulate", "--out", str(out), "--applications", "600", "--days", "28"]
    assert run([*simulated, "--history-days", "28"]) == 0
    capsys.readouterr()
    assess = [*base, "assess", str(out / "applications.parquet"), "--json"]
    assess += ["--accounts", str(out / "accounts.parquet"), "--from", str(out / "scan")]
    assert run(assess) == 0
    told = json.loads(capsys.readouterr().out)
    judged = pl.read_parquet(out / "applications.parquet").height
    assert told["applications"] == judged == sum(told["answers"].values())


def test_an_unknown_operator_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["access", "simulate", "--out", str(tmp_path / "x"), "--operator", "S99"]) == 1
    assert "S99" in capsys.readouterr().err
