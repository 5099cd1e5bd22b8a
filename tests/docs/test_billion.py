"""The page for a billion exchanges a day shows the arithmetic of its constants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from billion import ACCOUNTS, COSTS, EXCHANGES, PLACES, Cost, cost_table, fit, size_table

PAGE = Path(__file__).parents[2] / "docs" / "billion.md"


def test_the_page_shows_the_tables_of_the_constants() -> None:
    told = PAGE.read_text("utf-8").splitlines()
    wanted = [*cost_table(EXCHANGES, ACCOUNTS), *size_table(EXCHANGES, ACCOUNTS)]
    assert [line for line in wanted if line not in told] == []


def test_every_stage_has_its_place() -> None:
    assert set(PLACES) <= {cost.stage for cost in COSTS}


def test_hours_are_those_of_one_processor() -> None:
    # By hand: 3.6e9 exchanges at a microsecond are an hour, a million accounts at 3.6 ms another.
    assert Cost("x", 1.0, 3.6).hours(3.6e9, 1e6) == pytest.approx(2.0)


def test_what_grows_with_exchanges_and_with_accounts_is_told_apart(tmp_path: Path) -> None:
    sizes = {"a": (300_000, 10_000), "b": (1_200_000, 10_000), "c": (1_200_000, 40_000)}
    for name, (exchanges, accounts) in sizes.items():
        folder = tmp_path / name
        folder.mkdir()
        taken = 5.0 + 12e-6 * exchanges + 0.8e-3 * accounts
        gib = 0.5 + 30 * accounts / 2**20
        stages = [
            {"name": "start: importing", "cpu_s": 4.0, "peak_gib": 0.3},
            {"name": "links", "cpu_s": taken, "peak_gib": gib},
        ]
        (folder / "stages.json").write_text(json.dumps(stages))
        scanned = {"scanned": {"exchanges": exchanges, "accounts": accounts}}
        (folder / "campaigns.json").write_text(json.dumps(scanned))
    (cost,), kib = fit([tmp_path / name for name in sizes])
    assert cost.stage == "links"
    assert (cost.exchange_us, cost.account_ms) == pytest.approx((12.0, 0.8))
    assert kib == pytest.approx(30.0)
