"""A repeated exchange counts once; a conflicting one is quarantined."""

from __future__ import annotations

import json

import polars as pl
import pytest

ROWS = [
    {"exchange_id": f"e{i}", "occurred_at": "2026-02-23T09:30:00Z", "account_id": "a", "n": i}
    for i in range(4)
]


def to_parquet(path, rows):
    frame = pl.DataFrame(rows).with_columns(pl.col("occurred_at").str.to_datetime(time_zone="UTC"))
    frame.write_parquet(path)
    return path


def test_clean_logs_have_no_repeats(write_lines, opened):
    intake = opened(write_lines(*ROWS)).intake
    assert (intake.rows, intake.kept, intake.duplicates, intake.conflicts) == (4, 4, 0, 0)


def test_an_equal_row_counts_once_across_formats(write_lines, opened, tmp_path):
    parquet = to_parquet(tmp_path / "a.parquet", ROWS)
    found = opened(parquet, write_lines(*ROWS, ROWS[0]))
    assert found.rows["exchange_id"].to_list() == ["e0", "e1", "e2", "e3"]
    assert (found.intake.duplicates, found.intake.conflicts) == (5, 0)
    assert found.intake.quarantined == 0


def test_the_first_row_wins_and_the_conflict_is_named(write_lines, opened):
    found = opened(write_lines(*ROWS, {**ROWS[1], "n": 99}))
    assert found.rows["n"].to_list() == [0, 1, 2, 3]
    assert found.intake.conflicts == 1
    (entry,) = found.quarantined()
    assert (entry["line"], entry["column"]) == (5, "exchange_id")


@pytest.mark.parametrize("first", ["a.parquet", "b.parquet"])
def test_parquet_in_place_keeps_the_first_files_row(first, opened, tmp_path):
    to_parquet(tmp_path / "a.parquet", ROWS[:2])
    to_parquet(tmp_path / "b.parquet", [{**ROWS[1], "n": 99}, ROWS[2]])
    second = ({"a.parquet", "b.parquet"} - {first}).pop()
    found = opened(tmp_path / first, tmp_path / second)
    kept = {row["exchange_id"]: row["n"] for row in found.rows.to_dicts()}
    assert kept == {"e0": 0, "e1": 1 if first == "a.parquet" else 99, "e2": 2}
    (entry,) = found.quarantined()
    assert entry["file"].endswith(second)
    assert entry["line"] == (1 if second == "b.parquet" else 2)


def test_accounts_repeat_like_exchanges(write_lines, opened, tmp_path):
    accounts = tmp_path / "accounts.jsonl"
    lines = [{"account_id": "a", "plan": plan} for plan in ("free", "free", "pro")]
    accounts.write_text("\n".join(map(json.dumps, lines)))
    found = opened(write_lines(*ROWS), accounts=str(accounts), table="accounts")
    assert found.rows["plan"].to_list() == ["free"]
    assert found.intake.quarantined == 1
    assert found.intake.conflicts == 0
