"""The same rows come in whatever holds them."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import math
import os
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.errors import ConfigError, NothingToReadError, SourceError
from revenuer.sources import open_logs
from revenuer.sources.columns import EXCHANGES, SHAPES

START = datetime(2026, 2, 23, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
VALUES = {
    "exchange_id": WORDS,
    "occurred_at": st.integers(0, 10**12).map(lambda us: START + timedelta(microseconds=us)),
    "account_id": WORDS,
    "input_tokens": st.none() | st.integers(0, 2**62),
    "attempt": st.none() | st.integers(0, 2**31 - 1),
    "temperature": st.none() | st.floats(0, 2),
    "streamed": st.none() | st.booleans(),
    "modalities": st.none() | st.lists(st.sampled_from(["text", "image"]), min_size=1),
    "prompt": st.none() | WORDS | st.just('two\nlines, and a "quote"'),
    "prompt_sketch": st.none() | st.binary(min_size=1, max_size=8),
}
ROWS = st.lists(
    st.fixed_dictionaries(VALUES), min_size=1, max_size=8, unique_by=lambda row: row["exchange_id"]
)


def as_text(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(sep=" " if value.microsecond % 2 else "T")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def as_json(rows: list[dict]) -> bytes:
    lines = [json.dumps({name: as_text(v) for name, v in row.items()}) for row in rows]
    return "\n".join(lines).encode()


def as_csv(rows: list[dict]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(VALUES))
    writer.writeheader()
    for row in rows:
        shown = {name: as_text(value) for name, value in row.items()}
        shown["modalities"] = json.dumps(row["modalities"]) if row["modalities"] else None
        writer.writerow(shown)
    return buffer.getvalue().encode()


def as_parquet(rows: list[dict]) -> bytes:
    schema = pa.schema([(name, EXCHANGES.types[name]) for name in VALUES])
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), buffer, compression="zstd")
    return buffer.getvalue()


WRITERS = {
    "log.jsonl": as_json,
    "log.csv": as_csv,
    "log.parquet": as_parquet,
    "log.jsonl.gz": lambda rows: gzip.compress(as_json(rows)),
    "log.csv.zst": lambda rows: zstandard.compress(as_csv(rows)),
    "log.log": as_json,
}


def read_back(name: str, content: bytes) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        with open_logs([str(path)], workdir=Path(folder)) as logs:
            assert logs.intake.quarantined == 0
            rows = logs.tables.exchanges.select(list(VALUES)).order_by("exchange_id")
            return logs.engine.fetch(rows).to_dicts()


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=20)
@given(rows=ROWS)
def test_a_row_is_the_same_from_every_format(name, rows):
    expected = sorted(rows, key=lambda row: row["exchange_id"].encode())
    assert read_back(name, WRITERS[name](rows)) == expected


def test_every_table_has_every_column_with_its_type(opened, write_lines, tmp_path):
    path = write_lines({"exchange_id": "e", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"})
    (tmp_path / "w").mkdir()
    with open_logs([str(path)], workdir=tmp_path / "w") as logs:
        for name, shape in SHAPES.items():
            table = getattr(logs.tables, name)
            assert tuple(table.columns) == tuple(shape.types)
            told = logs.engine.fetch(table.limit(1)).to_arrow(compat_level=pl.CompatLevel.oldest())
            assert [str(field.type).replace("large_", "") for field in told.schema] == [
                str(kind) for kind in shape.types.values()
            ]
        assert str(logs.tables.exchanges.occurred_at.type()) == "timestamp('UTC', 6)"
        assert logs.tables.present == {
            "exchanges.exchange_id",
            "exchanges.occurred_at",
            "exchanges.account_id",
        }


def test_folders_and_globs_are_read_once_each(opened, write_lines, tmp_path):
    folder = tmp_path / "logs" / "deep"
    folder.mkdir(parents=True)
    for place in range(3):
        row = {"exchange_id": f"e{place}", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"}
        (folder / f"{place}.jsonl").write_text(json.dumps(row))
    (folder / "notes.txt").write_text("not a log")
    (folder / "_SUCCESS.jsonl").write_text("")
    found = opened(tmp_path / "logs", folder / "*.jsonl", folder / "0.jsonl")
    assert found.intake.rows == 3
    assert found.intake.duplicates == 0


@pytest.mark.parametrize("name", ["log.jsonl", "log.csv", "log.parquet", "log.csv.zst"])
def test_stdin_may_hold_any_format(name, opened, monkeypatch, tmp_path):
    row = dict.fromkeys(VALUES) | {"exchange_id": "e", "occurred_at": START, "account_id": "a"}
    piped = tmp_path / "piped"
    piped.write_bytes(WRITERS[name]([row]))
    with piped.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert opened("-").rows["account_id"].to_list() == ["a"]


def test_a_named_pipe_is_read_like_stdin(opened, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    row = dict.fromkeys(VALUES) | {"exchange_id": "e", "occurred_at": START, "account_id": "a"}
    writer = threading.Thread(target=pipe.write_bytes, args=(as_parquet([row]),))
    writer.start()
    assert opened(pipe).rows["exchange_id"].to_list() == ["e"]
    writer.join()


def test_stdin_cannot_be_two_tables(opened):
    with pytest.raises(ConfigError, match="stdin"):
        opened("-", accounts="-")


def test_what_an_earlier_run_left_is_no_log(write_lines, tmp_path):
    folder = tmp_path / "logs"
    workdir = folder / "out"
    workdir.mkdir(parents=True)
    row = {"exchange_id": "e", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"}
    (folder / "log.jsonl").write_text(json.dumps(row))
    for _ in range(2):
        with open_logs([str(folder)], workdir=workdir) as logs:
            assert logs.intake.rows == 1


def test_tables_beside_the_exchanges_are_read_too(opened, write_lines, tmp_path):
    log = write_lines({"exchange_id": "e", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"})
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,created_at,signup_asn\na,2026-01-01T00:00:00Z,64500\n")
    permits = write_lines(
        {
            "organization_id": "o",
            "purpose": "evaluation",
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": "2027-01-01T00:00:00Z",
            "models": ["m"],
        },
        {"purpose": "evaluation", "valid_from": "2026-01-01T00:00Z", "valid_until": None},
        name="permits.jsonl",
    )
    found = opened(log, accounts=str(accounts), permits=str(permits), table="permits")
    assert found.rows["models"].to_list() == [["m"]]
    assert "accounts.signup_asn" in found.present
    assert found.intake.quarantined == 1
    assert found.intake.rows == 1


def test_a_json_array_is_read_like_lines(opened, tmp_path):
    rows = [
        {"exchange_id": f"e{i}", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"}
        for i in range(3)
    ]
    path = tmp_path / "log.json"
    path.write_text(json.dumps(rows, indent=2))
    assert opened(path).rows.height == 3


@pytest.mark.parametrize("content", ["", "\n\n", "[]"])
def test_no_exchange_is_nothing_to_read(content, opened, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(content)
    with pytest.raises(NothingToReadError):
        opened(path)


def test_a_place_that_is_not_there_is_named(opened, tmp_path):
    with pytest.raises(NothingToReadError, match="nowhere"):
        opened(tmp_path / "nowhere.jsonl")


def test_a_lost_accounts_file_is_a_mistake_and_not_an_empty_log(write_lines, opened):
    log = write_lines({"exchange_id": "e", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"})
    with pytest.raises(SourceError, match="accounts: nowhere") as caught:
        opened(log, accounts="nowhere.csv")
    assert not isinstance(caught.value, NothingToReadError)


def test_a_folder_without_logs_is_named(opened, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToReadError, match="empty"):
        opened(tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.jsonl.gz", gzip.compress(b'{"exchange_id": "e"}' * 1000, mtime=0)[:-20]),
        ("cut.parquet", b"PAR1 and then nothing"),
        ("text.parquet", b"no parquet at all"),
    ],
)
def test_a_broken_file_is_named(name, content, opened, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name) as caught:
        opened(tmp_path / name)
    assert caught.value.hint


def test_numbers_that_are_not_there_are_unknown(opened, tmp_path):
    frame = pl.DataFrame(
        {
            "exchange_id": ["e1", "e2"],
            "occurred_at": [START, START],
            "account_id": ["a", "a"],
            "input_tokens": [3.0, math.nan],
            "temperature": [math.inf, 0.5],
        }
    )
    frame.write_parquet(tmp_path / "log.parquet")
    rows = opened(tmp_path / "log.parquet").rows
    assert rows["input_tokens"].to_list() == [3, None]
    assert rows["temperature"].to_list() == [None, 0.5]
