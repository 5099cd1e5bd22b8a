"""What the doctor says of a log, against logs whose content is known."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.columns import ColumnHealth
from revenuer.app.doctor import Doctor, doctor
from revenuer.errors import NothingToReadError
from revenuer.settings import JudgeSettings, Settings


def write_log(folder: Path, rows: list[dict[str, object]]) -> list[str]:
    path = folder / "log.jsonl"
    first = {"occurred_at": "2026-06-01T00:00:00Z", "account_id": "acct-one"}
    lines = [json.dumps(first | {"exchange_id": f"x{n}"} | row) for n, row in enumerate(rows)]
    path.write_text("\n".join(lines) + "\n")
    return [str(path)]


def column(found: Doctor, name: str) -> ColumnHealth:
    return next(each for each in found.columns if each.column == name)


def test_fill_distinct_and_commonest_are_counted(tmp_path: Path) -> None:
    models: list[dict[str, object]] = [{"model": "a"}] * 3 + [{"model": "b"}] * 2 + [{}] * 5
    model = column(doctor(write_log(tmp_path, models)), "exchanges.model")
    assert model == ColumnHealth("exchanges.model", 0.5, 2, (("a", 3), ("b", 2)))


def test_a_value_that_stands_once_is_not_common(tmp_path: Path) -> None:
    found = doctor(write_log(tmp_path, [{"model": "a"}, {"model": "a"}, {"model": "b"}]))
    assert column(found, "exchanges.model").commonest == (("a", 2),)
    assert column(found, "exchanges.exchange_id").commonest == ()


def test_no_prompt_address_or_account_is_quoted(tmp_path: Path) -> None:
    secret = {"prompt": "tell me " * 20, "client_ip": "203.0.113.9", "api_key_id": "key-7"}
    found = doctor(write_log(tmp_path, [dict(secret), dict(secret)]))
    told = str(found.columns)
    for quoted in ("tell me", "203.0.113.9", "key-7", "acct-one"):
        assert quoted not in told
    ((label, times),) = column(found, "exchanges.prompt").commonest
    assert (len(label), times) == (6, 2)


def test_a_filler_is_shown_even_where_values_are_masked(tmp_path: Path) -> None:
    found = doctor(write_log(tmp_path, [{"session_id": "unknown"}, {"session_id": "unknown"}]))
    assert column(found, "exchanges.session_id").commonest == (("unknown", 2),)


def test_lists_are_values_too(tmp_path: Path) -> None:
    found = doctor(write_log(tmp_path, [{"modalities": ["text", "image"]}] * 2))
    assert column(found, "exchanges.modalities").commonest == (("text, image", 2),)


def test_detectors_are_blind_without_their_columns(small_world) -> None:
    without, beside = (
        doctor(small_world.exchanges),
        doctor(small_world.exchanges, accounts=small_world.accounts),
    )
    assert "shared-payment" not in without.able
    assert any(line.startswith("shared-payment: ") for line in without.blind)
    assert "shared-payment" in beside.able
    assert not set(without.able) & {line.split(":")[0] for line in without.blind}


def test_accounts_are_counted_and_held_against_their_table(small_world) -> None:
    found = doctor(small_world.exchanges, accounts=small_world.accounts)
    seen = pl.read_parquet(small_world.folder / "exchanges" / "*.parquet", columns=["account_id"])
    assert found.exchanges == seen.height
    assert found.accounts == seen["account_id"].n_unique() == found.described
    assert column(found, "exchanges.account_id").distinct == found.accounts
    assert doctor(small_world.exchanges).described == 0


@pytest.mark.parametrize(("needed", "enough"), [(100, True), (100_000, False)])
def test_a_log_may_be_too_small_for_a_baseline(small_world, needed: int, enough: bool) -> None:
    settings = Settings(judge=JudgeSettings(smallest_baseline=needed))
    found = doctor(small_world.exchanges, settings=settings)
    assert (found.baseline, found.large_enough) == (needed, enough)


def test_the_same_log_gets_the_same_diagnosis(small_world) -> None:
    assert doctor(small_world.exchanges) == doctor(small_world.exchanges)


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToReadError):
        doctor([str(tmp_path)])
