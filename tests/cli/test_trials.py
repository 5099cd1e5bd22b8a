"""What is printed of planted campaigns and of the demonstration."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from revenuer.app.planting import Planting, Trial
from revenuer.app.truth import HeldAgainstTruth
from revenuer.cli.exits import Exit
from revenuer.cli.show.planting import print_planting
from revenuer.cli.show.truth import print_truth
from revenuer.records import Axis, Verdict
from revenuer.sources.world_files import WorldSummary

AXES = {Axis.COORDINATION: 9.0, Axis.EXTRACTION: 1.5, Axis.CONCEALMENT: 4.0}


def trial(accounts: int, *, caught: bool) -> Trial:
    verdict = Verdict.CONVICTED if caught else Verdict.SUSPECTED
    convicted = accounts if caught else 0
    return Trial(
        accounts, accounts * 100, caught, convicted, accounts, verdict, AXES, Axis.EXTRACTION
    )


def planting(*trials: Trial, smallest: int | None) -> Planting:
    world = WorldSummary(1000, 100, 1, 300)
    return Planting("S4", trials, smallest, world, ("reseller: this log has no reseller_id",))


def printed(show: Callable[[Console], None]) -> str:
    out = io.StringIO()
    show(Console(file=out, width=100, highlight=False))
    return re.sub(" +", " ", out.getvalue())


def test_the_smallest_size_is_told_with_the_one_that_was_missed() -> None:
    sizes = (trial(4, caught=False), trial(6, caught=False), trial(8, caught=True))
    text = printed(lambda c: print_planting(planting(*sizes, smallest=8), Path("out"), c))
    assert "The smallest S4 that is still caught has 8 accounts; with 6 it is missed." in text
    assert "8 800 8 8 convicted 9.0 1.5* 4.0" in text
    assert "the logs with 8 planted accounts" in text
    assert "blind" not in text


def test_a_campaign_that_is_always_missed_names_the_axis_and_the_blind_detectors() -> None:
    found = planting(trial(64, caught=False), smallest=None)
    text = printed(lambda c: print_planting(found, Path("out"), c))
    assert "S4 is missed, with 64 accounts: extraction falls short." in text
    assert "blind: reseller" in text


def test_a_planted_group_that_nobody_saw_has_no_axes() -> None:
    unseen = planting(Trial(3, 300, False, 0, 0, None, {}, None), smallest=None)
    text = printed(lambda c: print_planting(unseen, Path("out"), c))
    assert "3 300 0 0 none - - -" in text
    assert "S4 is missed, with 3 accounts: no group holds them." in text


def test_a_campaign_that_fell_apart_is_told_so() -> None:
    apart = Trial(64, 6400, False, 60, 27, Verdict.CONVICTED, AXES, Axis.EXTRACTION)
    text = printed(lambda c: print_planting(planting(apart, smallest=None), Path("out"), c))
    assert "no conviction holds half of them, the largest part is 27." in text


def test_the_truth_names_convicted_lookalikes() -> None:
    held = HeldAgainstTruth(11, 10, 1, 0, 16, ("classroom",), 172, 58)
    text = printed(lambda c: print_truth(held, c))
    assert "10 of 11 hidden campaigns are convicted" in text
    assert "1 of 16 innocent look-alikes are convicted: classroom" in text
    assert "58 of the 172 accounts in convictions are innocent" in text


def test_logs_that_are_not_there_end_with_code_3(revenuer, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = revenuer("simulate", "--into", tmp_path / "empty", "--out", tmp_path / "out")
    assert (ran.code, ran.out) == (Exit.NOTHING_TO_READ, "")


def test_a_scenario_that_cannot_be_planted_is_an_error(revenuer, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"exchange_id": "1", "occurred_at": "2026-06-01T00:00:00Z", "account_id": "a"}\n'
    )
    ran = revenuer("simulate", "--into", log, "--scenario", "S99", "--out", tmp_path / "out")
    assert ran.code == Exit.ERROR
    assert "S99" in ran.err


@pytest.mark.slow
def test_the_demonstration_catches_campaigns_and_no_lookalike(revenuer, tmp_path: Path) -> None:
    ran = revenuer("demo", "--out", tmp_path)
    assert ran.code == Exit.DONE, ran.err
    assert "0 of 16 innocent look-alikes are convicted" in ran.out
    caught, hidden = map(int, re.findall(r"(\d+) of (\d+) hidden campaigns", ran.out)[0])
    assert caught >= 0.9 * hidden
    assert json.loads((tmp_path / "scan" / "campaigns.json").read_text())["campaigns"]
