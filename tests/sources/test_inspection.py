"""inspect says what a log offers and refuses nothing; convert writes it down."""

from __future__ import annotations

import polars as pl
import pyarrow.parquet as pq
import pytest

from revenuer.errors import NothingToReadError
from revenuer.sources import convert, inspect_logs, load_column_map, open_logs
from revenuer.sources.columns import EXCHANGES

ROWS = [
    {
        "exchange_id": f"e{i}",
        "occurred_at": f"2026-02-{23 - i:02d}T09:30:00Z",
        "key_hash": "k",
        "input_tokens": i if i % 2 else None,
        "output_tokens": "many",
        "colour": "red",
    }
    for i in range(4)
]


@pytest.fixture(params=["jsonl", "parquet"])
def log(request, write_lines, tmp_path):
    if request.param == "jsonl":
        return write_lines(*ROWS)
    path = tmp_path / "log.parquet"
    pl.DataFrame(ROWS).write_parquet(path)
    return path


def test_an_inspection_tells_fill_rates_problems_and_gaps(log, tmp_path):
    found = inspect_logs([str(log)], workdir=tmp_path)
    reports = {report.column: report for report in found.columns}
    assert tuple(reports) == tuple(EXCHANGES.types)
    assert found.rows == 4
    assert reports["input_tokens"].filled == 0.5
    assert reports["output_tokens"].filled == 0
    assert reports["output_tokens"].problem
    assert reports["account_id"].own_name is None
    assert found.missing_required == ("account_id",)
    assert "client_ip" in found.missing_optional
    assert set(found.unknown_columns) == {"key_hash", "colour"}
    assert "exchanges.input_tokens" in found.present
    assert "exchanges.output_tokens" not in found.present


def test_a_map_fills_what_is_missing(log, tmp_path):
    column_map = load_column_map(None, ["account_id=key_hash"])
    found = inspect_logs([str(log)], column_map=column_map, workdir=tmp_path)
    (account,) = [report for report in found.columns if report.column == "account_id"]
    assert (account.own_name, account.filled) == ("key_hash", 1.0)
    assert found.missing_required == ()
    assert found.unknown_columns == ("colour",)


def test_a_likely_name_is_suggested(write_lines, tmp_path):
    log = write_lines({"exchange_id": "e", "occurred_at": "2026-02-23T00:00Z", "acount_id": "a"})
    found = inspect_logs([str(log)], workdir=tmp_path)
    (account,) = [report for report in found.columns if report.column == "account_id"]
    assert account.suggestion == "acount_id"


def test_a_known_format_is_named(write_lines, tmp_path):
    entry = {
        "time_iso8601": "2026-02-23T00:00:00Z",
        "request_uri": "/v1/messages",
        "request_id": "r1",
    }
    found = inspect_logs([str(write_lines(entry))], workdir=tmp_path)
    assert [name for _, name in found.files] == ["nginx"]


def test_nothing_to_inspect_is_said(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(NothingToReadError):
        inspect_logs([str(tmp_path / "empty.jsonl")], workdir=tmp_path)


def test_a_conversion_is_canonical_and_the_same_every_time(write_lines, tmp_path):
    column_map = load_column_map(None, ["account_id=key_hash"])
    rows = [{**row, "output_tokens": 1} for row in ROWS]
    written = []
    for name in ("first", "second"):
        workdir = tmp_path / name
        workdir.mkdir()
        with open_logs([str(write_lines(*rows))], column_map=column_map, workdir=workdir) as logs:
            assert convert(logs, workdir / "out.parquet") == 4
        written.append((workdir / "out.parquet").read_bytes())
    assert written[0] == written[1]
    table = pq.read_table(tmp_path / "first" / "out.parquet")
    assert table.schema.equals(EXCHANGES.schema)
    assert table["exchange_id"].to_pylist() == ["e3", "e2", "e1", "e0"]
    column = pq.read_metadata(tmp_path / "first" / "out.parquet").row_group(0).column(0)
    assert column.compression == "ZSTD"
