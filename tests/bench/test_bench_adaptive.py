"""The adaptive sweep reads verdicts, counts leaks and says what falls short."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from adaptive_curves import draw_curves
from bench_adaptive import Outcome, main, read_verdict, shortfalls, sweep, table
from revenuer.records import Campaign, Verdict

GUILTY = {f"g{n}" for n in range(10)}
SEEN = Outcome(
    "none", "pays for nothing", 1, "convicted", 1.0, 9.0,
    {"coordination": 40.0, "extraction": 12.0, "concealment": 9.0}, 1000, 200, 90_000, 2, 0,
)  # fmt: skip


def group(verdict: Verdict, members: set[str]) -> Campaign:
    named: Any = SimpleNamespace(
        id=f"{verdict} {min(members)}", verdict=verdict, account_ids=tuple(sorted(members))
    )
    return cast(Campaign, named)


def test_half_of_the_accounts_decide_in_groups_that_are_pure() -> None:
    half = {f"g{n}" for n in range(5)}
    assert read_verdict([group(Verdict.CONVICTED, half)], GUILTY)[0] == "convicted"
    crowd = half | {f"innocent {n}" for n in range(5)}
    assert read_verdict([group(Verdict.CONVICTED, crowd)], GUILTY)[0] == "unseen"
    assert read_verdict([group(Verdict.CONVICTED, half - {"g0"})], GUILTY)[0] == "unseen"


def test_a_worse_verdict_counts_towards_a_better_one_only_downwards() -> None:
    some, rest = {"g0", "g1", "g2"}, {"g3", "g4", "g5"}
    both = [group(Verdict.CONVICTED, some), group(Verdict.SUSPECTED, rest)]
    verdict, share, best, innocents = read_verdict(both, GUILTY)
    assert (verdict, share, innocents) == ("suspected", 0.3, 0)
    assert best is not None


def test_innocents_in_convictions_are_counted() -> None:
    assert read_verdict([group(Verdict.CONVICTED, {"g0", "x", "y"})], GUILTY)[3] == 2
    assert read_verdict([group(Verdict.SUSPECTED, {"g0", "x", "y"})], GUILTY)[3] == 0


def test_shortfalls_are_named() -> None:
    assert shortfalls([SEEN]) == []
    assert shortfalls([replace(SEEN, verdict="suspected")]) == ["the careless attacker"]
    assert shortfalls([SEEN, replace(SEEN, curve="all paid", innocents=3)]) == ["innocents"]
    alone = replace(SEEN, curve="network", verdict="undecided")
    assert shortfalls([SEEN, alone]) == ["network alone is enough"]


def test_the_table_says_where_days_were_not_scanned() -> None:
    rows = table([SEEN, replace(SEEN, level="once", leaked=None, leaked_tokens=None, day=None)])
    assert "| 200 | 90,000 | 2 |" in rows[2]
    assert "not measured" in rows[3]


def test_curves_are_an_svg_with_a_mark_for_every_outcome() -> None:
    outcomes = [SEEN, replace(SEEN, curve="network", level="a < b"),
                replace(SEEN, curve="network", level="c", verdict="unseen", nats=0.0)]  # fmt: skip
    root = ET.fromstring(draw_curves(outcomes))
    panels = root.findall("{*}g")
    assert len(panels) == 1
    # The attacker that pays for nothing opens every panel.
    assert len(panels[0].findall("{*}circle")) == 3


def test_a_sweep_names_every_attacker_once() -> None:
    for quick in (True, False):
        names = [(point.curve, point.level) for point in sweep(quick=quick)]
        assert len(set(names)) == len(names)
    assert {p.attacker for p in sweep(quick=True)} <= {p.attacker for p in sweep(quick=False)}


@pytest.mark.slow
def test_the_quick_sweep_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "outcomes.json"
    monkeypatch.setattr("sys.argv", ["bench_adaptive.py", "--quick", "--json", str(kept)])
    main()
    assert capsys.readouterr().out.splitlines()[-1] == "all targets hold"
    outcomes = {(o["curve"], o["level"]): o for o in json.loads(kept.read_text())["outcomes"]}
    careless = outcomes["none", "pays for nothing"]
    assert careless["verdict"] == "convicted"
    assert 0 < careless["leaked"] <= careless["queries"]
    careful = next(o for (curve, _), o in outcomes.items() if curve == "all paid")
    assert careful["verdict"] != "convicted"
    assert careful["leaked"] == careful["queries"]
