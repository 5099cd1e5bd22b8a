"""An operator's own table is read through a column map."""

from __future__ import annotations

import csv
import hashlib
import hmac
from datetime import UTC, datetime

import polars as pl
import pytest

from revenuer.errors import ColumnError, ConfigError
from revenuer.sources import ColumnMap, load_column_map
from revenuer.sources.column_map import parse_column_map

OWN = [
    {"id": "e1", "ts": 1771838400250, "key": {"hash": "k1"}, "tin": 7, "who": "eve"},
    {"id": "e2", "ts": 1771838401000, "key": {"hash": "k2"}, "tin": None, "who": None},
]
FLAT = [{**row, "key": row["key"]["hash"]} for row in OWN]
DOCUMENT = {
    "columns": {
        "exchange_id": "id",
        "occurred_at": "ts",
        "account_id": "key",
        "input_tokens": "tin",
        "end_user_id": "who",
    },
    "constants": {"channel": "api", "streamed": True},
    "timestamps": {"unit": "ms"},
    "hashing": {"key": "our secret", "columns": ["end_user_id"]},
}


def own_map(**change) -> ColumnMap:
    return parse_column_map({**DOCUMENT, **change})


def as_file(kind, tmp_path, write_lines):
    if kind == "jsonl":
        return write_lines(*FLAT)
    path = tmp_path / f"log.{kind}"
    if kind == "parquet":
        pl.DataFrame(FLAT).write_parquet(path)
    else:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(FLAT[0]))
            writer.writeheader()
            writer.writerows(FLAT)
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_a_map_reads_an_own_table_the_same_from_every_format(kind, tmp_path, write_lines, opened):
    found = opened(as_file(kind, tmp_path, write_lines), column_map=own_map())
    assert found.rows["account_id"].to_list() == ["k1", "k2"]
    assert found.rows["occurred_at"][0] == datetime(2026, 2, 23, 9, 20, 0, 250000, UTC)
    assert found.rows["input_tokens"].to_list() == [7, None]
    assert found.rows["channel"].to_list() == ["api", "api"]
    assert found.rows["streamed"].to_list() == [True, True]
    assert {"exchanges.channel", "exchanges.streamed"} <= found.present
    expected = hmac.new(b"our secret", b"eve", hashlib.sha256).hexdigest()[:32]
    assert found.rows["end_user_id"].to_list() == [expected, None]
    assert found.intake.unknown_columns == ()


def test_dots_go_into_objects(write_lines, opened):
    columns = {**DOCUMENT["columns"], "account_id": "key.hash"}
    found = opened(write_lines(*OWN), column_map=own_map(columns=columns))
    assert found.rows["account_id"].to_list() == ["k1", "k2"]


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 9), ("+02:00", 7), ("-05:30", 14), ("Europe/Berlin", 8)]
)
@pytest.mark.parametrize("kind", ["jsonl", "parquet-text", "parquet-naive"])
def test_a_zone_for_naive_timestamps(kind, zone, hour, write_lines, opened, tmp_path):
    row = {"exchange_id": "e", "occurred_at": "2026-02-23 09:00:00", "account_id": "a"}
    path = tmp_path / "log.parquet"
    if kind == "jsonl":
        path = write_lines(row)
    else:
        frame = pl.DataFrame([row])
        if kind == "parquet-naive":
            frame = frame.with_columns(pl.col("occurred_at").str.to_datetime())
        frame.write_parquet(path)
    column_map = parse_column_map({"timestamps": {"timezone": zone}})
    moment = opened(path, column_map=column_map).rows["occurred_at"].item()
    assert moment.hour == hour


def test_pairs_are_added_to_a_file(tmp_path, write_lines, opened):
    path = tmp_path / "map.toml"
    path.write_text('[columns]\nexchange_id = "id"\noccurred_at = "ts"\n[timestamps]\nunit="ms"\n')
    column_map = load_column_map(path, ["account_id=key.hash"])
    assert opened(write_lines(*OWN), column_map=column_map).rows.height == 2


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_mapped_required_column_that_is_not_there_is_named(kind, tmp_path, write_lines, opened):
    columns = {**DOCUMENT["columns"], "account_id": "keyy"}
    path = as_file(kind, tmp_path, write_lines)
    with pytest.raises(ColumnError, match=r"keyy.*key") as caught:
        opened(path, column_map=own_map(columns=columns))
    assert "--map account_id=key" in caught.value.hint


def test_every_mistake_in_a_map_is_told_at_once():
    with pytest.raises(ConfigError) as caught:
        parse_column_map(
            {
                "colums": {},
                "columns": {"acount_id": "x", "model": 7},
                "timestamps": {"unit": "days", "timezone": "Mars/Olympus"},
                "accounts": {"columns": {"signup_asm": "x"}},
                "hashing": {"columns": ["end_user"]},
            }
        )
    told = caught.value.message
    for part in ("'columns'?", "'account_id'?", "model", "days", "Mars", "'signup_asn'?"):
        assert part in told
    assert "'end_user_id'?" in told


@pytest.mark.parametrize("pair", ["account_id", "account_id=", "acount_id=x"])
def test_a_pair_that_says_nothing_is_refused(pair):
    with pytest.raises(ConfigError, match="--map"):
        load_column_map(None, [pair])


def test_a_map_that_is_no_toml_is_named(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text("[columns")
    with pytest.raises(ConfigError, match=r"map\.toml"):
        load_column_map(path)


def test_an_unknown_format_names_the_nearest(write_lines, opened):
    with pytest.raises(ConfigError, match="litelm") as caught:
        opened(write_lines(*OWN), column_map=ColumnMap(format="litelm"))
    assert "litellm" in caught.value.hint


def test_a_format_may_be_forced(write_lines, opened):
    assert load_column_map(None, log_format="otel").format == "otel"
    with pytest.raises(ConfigError, match="litelm"):
        load_column_map(None, log_format="litelm")
    row = {"exchange_id": "e", "occurred_at": "2026-02-23T00:00Z", "account_id": "a"}
    entry = {**row, "response_code": 200, "upstream_host": "x", "path": "/v1/messages"}
    forced = load_column_map(None, log_format="envoy")
    found = opened(write_lines({**entry, "request_id": "r"}), column_map=forced)
    assert found.intake.files[0].format == "envoy"
    assert found.rows["operation"].item() == "chat"


def test_without_a_key_one_is_made_and_kept_private(write_lines, opened):
    column_map = own_map(hashing={"columns": ["end_user_id"]})
    found = opened(write_lines(*FLAT), column_map=column_map)
    key = found.intake.quarantine_file.with_name("end_user.key")
    assert key.stat().st_mode & 0o077 == 0
    expected = hmac.new(key.read_bytes(), b"eve", hashlib.sha256).hexdigest()[:32]
    assert found.rows["end_user_id"][0] == expected
