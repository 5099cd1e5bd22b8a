"""What logs offer, before they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from revenuer.app.doctor import doctor
from revenuer.app.inspection import inspect
from revenuer.errors import ConfigError, NothingToReadError


def test_inspect_and_doctor_agree_on_who_is_blind(small_world) -> None:
    beside = inspect(small_world.exchanges, accounts=small_world.accounts)
    known = doctor(small_world.exchanges, accounts=small_world.accounts)
    assert beside.able == known.able
    assert beside.blind == known.blind
    assert [table.table for table in beside.tables] == ["exchanges", "accounts"]


def test_a_mapping_fills_the_column_it_names(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    row = {"exchange_id": "1", "occurred_at": "2026-06-01T00:00:00Z", "key_hash": "k"}
    log.write_text(json.dumps(row) + "\n")
    (before,) = inspect([str(log)]).tables
    (after,) = inspect([str(log)], map_pairs=["account_id=key_hash"]).tables
    assert before.missing_required == ("account_id",)
    assert after.missing_required == ()


def test_a_format_that_does_not_exist_is_refused(small_world) -> None:
    with pytest.raises(ConfigError):
        inspect(small_world.exchanges, log_format="papyrus")


def test_only_one_table_comes_from_stdin() -> None:
    with pytest.raises(ConfigError):
        inspect(["-"], accounts="-")


def test_nothing_to_inspect_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToReadError):
        inspect([str(tmp_path)])
