"""What permitted accounts used is counted by day and model."""

from __future__ import annotations

import ibis
import polars as pl

from revenuer.detectors.case_tables import case_tables
from revenuer.features.permit_use import USE, use_by_day

AT = "2026-02-01T23:59:59Z"


def test_use_is_counted_by_account_model_and_day_in_utc() -> None:
    used = [
        {"account_id": "a", "occurred_at": AT, "model": "m", "input_tokens": 3, "output_tokens": 4},
        {"account_id": "a", "occurred_at": AT, "model": "m", "input_tokens": 1},
        {"account_id": "a", "occurred_at": "2026-02-02T00:00:00Z", "model": "m"},
        {"account_id": "a", "occurred_at": AT, "output_tokens": 9},
        {"account_id": "stranger", "occurred_at": AT, "model": "m", "input_tokens": 99},
    ]
    tables = case_tables({"name": "permit use", "exchanges": used})
    holders = ibis.memtable(pl.DataFrame({"account_id": ["a"]}))
    expr = use_by_day(tables.exchanges, holders)
    assert expr.schema() == USE
    found = expr.order_by("day", "model").to_polars()
    rows = found.select("account_id", found["day"].cast(str), "model", "exchanges", "tokens").rows()
    assert rows == [
        ("a", "2026-02-01", "", 1, 9),
        ("a", "2026-02-01", "m", 2, 8),
        ("a", "2026-02-02", "m", 1, 0),
    ]
