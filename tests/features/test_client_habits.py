"""Keys of habits: worked out, or as they are kept."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import ibis.expr.types as ir
import pytest

from revenuer.app.policy import within_policy
from revenuer.detectors.case_tables import case_tables
from revenuer.features.client_habits import HABITS
from revenuer.settings import DataPolicy
from revenuer.sources.engine import DuckDBEngine

ROWS = [
    {"account_id": "a", "system_prompt": "You help.", "temperature": 0.5, "user_agent": "x/1"},
    {"account_id": "a", "system_prompt": " You help. ", "temperature": 0.5, "user_agent": "x/1"},
    {"account_id": "b", "system_prompt": "You help.", "max_output_tokens": 5},
    {"account_id": "b", "system_prompt": "", "user_agent": "x/1", "tls_fingerprint": "t"},
    {"account_id": "c", "tls_fingerprint": "t", "user_agent": "x/1"},
    {"account_id": "c"},
]


def streams(rows: ir.Table, name: str) -> list[frozenset[str]]:
    """Which exchanges have one key, by the set of them; those without a habit left out."""
    habit = HABITS[name]
    found = rows.select("exchange_id", key=habit.key(rows), given=habit.given(rows)).to_polars()
    groups = found.filter("given").group_by("key").agg("exchange_id")["exchange_id"]
    return sorted((frozenset(one) for one in groups), key=sorted)


@pytest.mark.parametrize("name", sorted(HABITS))
def test_kept_keys_tell_apart_what_the_columns_do(name: str) -> None:
    plain = case_tables({"name": "habits", "exchanges": ROWS}).exchanges
    kept = plain.mutate(**{HABITS[name].kept: HABITS[name].key_to_keep(plain)})
    assert streams(kept, name) == streams(plain, name) != []
    columns = ["account_id", "model", "habit", "exchanges"]
    worn = [HABITS[name].worn(rows).select(columns).to_polars().sort(columns)
            for rows in (plain, kept)]  # fmt: skip
    assert worn[0].equals(worn[1])


def test_keys_of_texts_that_may_not_be_looked_at_are_not_used(tmp_path: Path) -> None:
    said = [{**ROWS[0], "organization_id": "secretive"}, ROWS[2]]
    tables = case_tables({"name": "hidden", "exchanges": said})
    plain = tables.exchanges
    kept = {one.kept: one.key_to_keep(plain) for one in HABITS.values()}
    with closing(DuckDBEngine(tmp_path)) as engine:
        sight = within_policy(
            replace(tables, exchanges=plain.mutate(**kept)),
            engine,
            {"secretive": DataPolicy.METADATA},
        )
        shown = sight.tables.exchanges
        known = HABITS["instructions"].given(shown)
        found = engine.fetch(shown.filter(known).select("account_id"))
    assert found["account_id"].to_list() == ["b"]
    assert {one.kept for one in HABITS.values()} & set(shown.columns) == {
        "software_key",
        "request_shape_key",
    }
