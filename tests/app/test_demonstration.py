"""The demonstration, on a world small enough for a test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.demonstration import WORLD, Demonstration, demo
from revenuer.app.truth import hold_against_truth, is_convicted
from revenuer.records import Findings, Verdict
from revenuer.worlds import INNOCENT_IDS, SCENARIO_IDS


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demonstration, Path]:
    out = tmp_path_factory.mktemp("demo")
    small = replace(
        WORLD,
        scenarios=("S4", "S11"),
        innocents=("N1", "classroom"),
        accounts=600,
        exchanges=12_000,
    )
    return demo(out, spec=small), out


def test_the_demonstration_has_every_scenario_and_lookalike() -> None:
    assert WORLD.scenarios == SCENARIO_IDS
    assert WORLD.innocents == INNOCENT_IDS


def test_the_demonstration_leaves_a_world_and_a_report(shown: tuple[Demonstration, Path]) -> None:
    _, out = shown
    assert (out / "world" / "truth" / "campaigns.json").is_file()
    assert (out / "scan" / "report.html").is_file()


def test_the_truth_is_counted_from_the_world(shown: tuple[Demonstration, Path]) -> None:
    found, _ = shown
    assert (found.truth.campaigns, found.truth.undecidable, found.truth.lookalikes) == (1, 1, 2)
    assert found.truth.convicted == 1
    assert found.truth.undecidable_convicted == 0
    assert found.truth.lookalikes_convicted == ()


def test_a_conviction_of_innocents_is_counted_against_the_scan(
    shown: tuple[Demonstration, Path],
) -> None:
    found, out = shown
    people = json.loads((out / "world" / "truth" / "campaigns.json").read_text())
    guilty = next(one["account_ids"] for one in people if one["scenario"] == "S4")
    findings = found.outcome.findings
    right = next(one for one in findings.campaigns if one.verdict is Verdict.CONVICTED)
    assert is_convicted(guilty, [right])
    truth = pl.read_parquet(out / "world" / "truth" / "accounts.parquet")
    class_ = truth.filter(pl.col("cohort") == "classroom")["account_id"].to_list()
    wrong: Findings = replace(findings, campaigns=(replace(right, account_ids=tuple(class_)),))
    held = hold_against_truth(wrong, out / "world" / "truth")
    assert (held.convicted, held.lookalikes_convicted) == (0, ("classroom",))
    assert held.innocents == held.accounts == len(class_)
