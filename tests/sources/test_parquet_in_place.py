"""Parquet stays where it is, whatever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from revenuer.errors import ColumnError, EngineError

WHEN = datetime(2026, 2, 23, 9, 30, 0, 123456)
BASE = {
    "exchange_id": pa.array(["e1", "e2"]),
    "occurred_at": pa.array([WHEN, WHEN], pa.timestamp("us", "UTC")),
    "account_id": pa.array(["a", "b"]),
}


@pytest.fixture
def in_place(tmp_path, opened):
    def write_and_open(**columns):
        path = tmp_path / "log.parquet"
        pq.write_table(pa.table({**BASE, **columns}), path)
        found = opened(path)
        assert not list(found.intake.quarantine_file.parent.glob("*.parquet"))
        return found

    return write_and_open


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, None], pa.int8()),
        pa.array([1, None], pa.uint32()),
        pa.array([1, None], pa.uint64()),
        pa.array([1.0, None], pa.float64()),
        pa.array([1.0, float("nan")], pa.float32()),
    ],
)
def test_any_whole_numbers_are_read(column, in_place):
    rows = in_place(input_tokens=column, attempt=column).rows
    assert rows["input_tokens"].to_list() == [1, None]
    assert rows["attempt"].to_list() == [1, None]
    assert rows.schema["attempt"] == pl.Int32


@pytest.mark.parametrize("values", [[2**40, 1], [-1, 1], [1.5, 1.0]])
def test_a_number_that_does_not_fit_sets_its_row_aside(values, in_place):
    found = in_place(attempt=pa.array(values))
    assert found.rows["exchange_id"].to_list() == ["e2"]
    (entry,) = found.quarantined()
    assert (entry["line"], entry["column"]) == (1, "attempt")


@pytest.mark.parametrize(
    "column",
    [
        pa.array([WHEN, WHEN], pa.timestamp("us", "Asia/Tokyo")),
        pa.array([WHEN, WHEN], pa.timestamp("ns", "UTC")),
        pa.array([WHEN, WHEN], pa.timestamp("us")),
        pa.array([WHEN, WHEN], pa.timestamp("ns")),
        pa.array(["2026-02-23T09:30:00.123456Z", "2026-02-23 10:30:00.123456+0100"]),
    ],
)
def test_any_timestamp_is_read(column, in_place):
    found = in_place(occurred_at=column)
    assert found.rows["occurred_at"].to_list() == [WHEN.replace(tzinfo=UTC)] * 2
    naive = pa.types.is_timestamp(column.type) and column.type.tz is None
    assert any("read as UTC" in note for note in found.intake.warnings) == naive


def test_text_without_an_offset_sets_its_row_aside(in_place):
    found = in_place(occurred_at=pa.array(["2026-02-23T09:30:00Z", "2026-02-23T09:30:00"]))
    assert found.rows["exchange_id"].to_list() == ["e1"]
    assert "offset" in found.quarantined()[0]["reason"]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"input_tokens": pa.array(["many", "few"])}, "VARCHAR"),
        ({"occurred_at": pa.array([1771838400, 1771838401])}, "BIGINT"),
        ({"occurred_at": pa.array(["yesterday", "today"])}, "ISO 8601"),
        ({"streamed": pa.array(["yes", "no"])}, "VARCHAR"),
        ({"prompt": pa.array([b"a", b"b"])}, "BLOB"),
        ({"modalities": pa.array(["text", "text"])}, "VARCHAR"),
    ],
)
def test_a_column_of_the_wrong_type_is_named_with_what_to_do(columns, reason, in_place):
    with pytest.raises(ColumnError, match=next(iter(columns))) as caught:
        in_place(**columns)
    assert reason in caught.value.message
    assert "column map" in caught.value.hint


def test_a_column_without_values_may_have_any_type(in_place):
    found = in_place(client_ip=pa.array([None, None], pa.float64()), asn=pa.nulls(2))
    assert found.rows["client_ip"].to_list() == [None, None]
    assert not found.present & {"exchanges.client_ip", "exchanges.asn"}


def test_numeric_ids_and_categories_are_text(in_place):
    rows = in_place(
        account_id=pa.array([17, 18]), model=pa.array(["m", "m"]).dictionary_encode()
    ).rows
    assert rows["account_id"].to_list() == ["17", "18"]
    assert rows["model"].to_list() == ["m", "m"]


def test_empty_text_is_unknown(in_place):
    found = in_place(client_ip=pa.array(["", "203.0.113.9"]), region=pa.array(["", ""]))
    assert found.rows["client_ip"].to_list() == [None, "203.0.113.9"]
    assert "exchanges.client_ip" in found.present
    assert "exchanges.region" not in found.present


@pytest.mark.parametrize("gap", [None, ""])
def test_a_row_without_an_account_is_set_aside(gap, in_place):
    found = in_place(account_id=pa.array(["a", gap]))
    assert found.rows["exchange_id"].to_list() == ["e1"]
    (entry,) = found.quarantined()
    assert (entry["line"], entry["reason"]) == (2, "account_id is missing")


def test_files_of_different_schemas_are_one_table(tmp_path, opened):
    pq.write_table(pa.table({**BASE, "n": pa.array([1, 2])}), tmp_path / "a.parquet")
    other = {**BASE, "exchange_id": pa.array(["f1", "f2"]), "model": pa.array(["m", None])}
    pq.write_table(pa.table(other), tmp_path / "b.parquet")
    rows = opened(tmp_path).rows
    assert rows["n"].to_list() == [1, 2, None, None]
    assert rows["model"].to_list() == [None, None, "m", None]


def test_without_footer_statistics_the_rows_are_still_checked(tmp_path, opened):
    gaps = {**BASE, "account_id": pa.array(["a", None]), "model": pa.array([None, "m"])}
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table(gaps), path, write_statistics=False)
    found = opened(path)
    assert found.rows["exchange_id"].to_list() == ["e1"]
    # The only model stood in the row that was set aside.
    assert "exchanges.model" not in found.present


def test_folders_may_name_a_partition(tmp_path, opened):
    for region in ("eu", "us"):
        (tmp_path / "logs" / f"region={region}").mkdir(parents=True)
        ids = {**BASE, "exchange_id": pa.array([f"{region}1", f"{region}2"])}
        pq.write_table(pa.table(ids), tmp_path / "logs" / f"region={region}" / "part.parquet")
    found = opened(tmp_path / "logs")
    assert found.rows["region"].to_list() == ["eu", "eu", "us", "us"]
    assert "exchanges.region" in found.present


def test_a_column_may_be_called_filename(tmp_path, opened):
    rows = {**BASE, "exchange_id": pa.array(["e1", "e1"]), "filename": pa.array(["x", "y"])}
    pq.write_table(pa.table(rows), tmp_path / "log.parquet")
    found = opened(tmp_path / "log.parquet")
    assert found.intake.conflicts == 1
    assert found.quarantined()[0]["line"] == 2


def test_the_engines_own_row_number_must_be_renamed(in_place):
    with pytest.raises(ColumnError, match="file_row_number"):
        in_place(file_row_number=pa.array([7, 8]))


def test_a_page_that_is_broken_is_the_engines_refusal(tmp_path, opened):
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table(BASE), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    with pytest.raises(EngineError):
        opened(path)
