"""Any log becomes the contract's Parquet."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from revenuer.app.conversion import convert
from revenuer.app.progress import Silent
from revenuer.sources.columns import SHAPES

GOOD = {"exchange_id": "1", "occurred_at": "2026-06-01T00:00:00Z", "account_id": "a"}


def write_log(folder: Path, *rows: dict[str, object]) -> list[str]:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [str(path)]


def test_every_row_and_every_column_of_the_contract_is_written(small_world, tmp_path: Path) -> None:
    intake = convert(
        small_world.exchanges, out=tmp_path, accounts=small_world.accounts, progress=Silent()
    )
    written = pl.read_parquet(tmp_path / "exchanges.parquet")
    assert written.columns == list(SHAPES["exchanges"].types)
    assert written.height == intake.kept == intake.rows
    before = pl.read_parquet(small_world.folder / "exchanges" / "*.parquet")
    assert set(written["exchange_id"]) == set(before["exchange_id"])
    assert pl.read_parquet(tmp_path / "accounts.parquet").height > 0
    assert not (tmp_path / "permits.parquet").exists()


def test_the_same_logs_give_the_same_bytes(small_world, tmp_path: Path) -> None:
    for name in ("a", "b"):
        convert(small_world.exchanges, out=tmp_path / name)
    one, other = (tmp_path / name / "exchanges.parquet" for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()


def test_a_bad_row_is_kept_in_quarantine_with_its_line(tmp_path: Path) -> None:
    bad = {"exchange_id": "2", "occurred_at": "yesterday", "account_id": "a"}
    intake = convert(write_log(tmp_path, GOOD, bad), out=tmp_path / "out")
    assert (intake.kept, intake.quarantined) == (1, 1)
    assert intake.quarantine_file == tmp_path / "out" / "quarantine.jsonl"
    (line,) = intake.quarantine_file.read_text().splitlines()
    assert json.loads(line)["line"] == 2


def test_a_quarantine_of_an_earlier_run_goes(tmp_path: Path) -> None:
    bad = {"exchange_id": "2", "occurred_at": "yesterday", "account_id": "a"}
    convert(write_log(tmp_path, GOOD, bad), out=tmp_path / "out")
    convert(write_log(tmp_path, GOOD), out=tmp_path / "out")
    assert not (tmp_path / "out" / "quarantine.jsonl").exists()
