from __future__ import annotations

import math
from dataclasses import replace

import pytest
import strategies
from findings_fixture import cleared, convicted, undecided
from hypothesis import given
from hypothesis import strategies as st

from revenuer.records import Axis, Campaign, Evidence, Findings, Verdict
from revenuer.reports.reasons import (
    by_gravity,
    least_for_conviction,
    main_reason,
    waterfall,
    weakest_axis,
)


@given(strategies.campaigns(st.floats(-1e6, 1e6)), st.sampled_from(Axis))
def test_a_waterfall_has_no_gaps_and_ends_at_its_axis(campaign: Campaign, axis: Axis) -> None:
    steps = waterfall(campaign, axis)
    end = 0.0
    for step in steps:
        assert step.start == end
        end = step.end
    assert end == pytest.approx(campaign.axes[axis], abs=0.05, rel=1e-9)


def test_pieces_that_add_up_need_no_correction() -> None:
    steps = waterfall(convicted(), Axis.EXTRACTION)
    assert [step.evidence is None for step in steps] == [False] * 4
    assert [round(step.change, 6) for step in steps] == [6.0, 3.9, 2.6, -1.3]


def test_what_pieces_share_is_taken_away_once() -> None:
    last = waterfall(convicted(), Axis.CONCEALMENT)[-1]
    assert last.evidence is None
    assert last.change == pytest.approx(6.1 - 3.4 - 2.9)


def test_a_step_that_would_be_printed_as_nothing_is_small() -> None:
    pieces = tuple(Evidence(str(n), Axis.EXTRACTION, "s", n) for n in (-0.06, -0.04, 0.049, 0.051))
    steps = waterfall(replace(convicted(), evidence=pieces), Axis.EXTRACTION)
    by_kind = {step.evidence.kind: step.is_small for step in steps if step.evidence}
    assert by_kind == {"-0.06": False, "-0.04": True, "0.049": True, "0.051": False}


def test_an_axis_without_evidence_has_no_steps() -> None:
    assert waterfall(replace(convicted(), evidence=(), axes={}), Axis.EXTRACTION) == ()


def test_the_gravest_verdict_comes_first_and_then_the_heaviest(example: Findings) -> None:
    light = replace(convicted(), id="campaign--light", log_e_value=4.0)
    unknown = replace(convicted(), id="campaign--nan", log_e_value=math.nan)
    found = Findings(example.scanned, (cleared(), undecided(), unknown, light, convicted()))
    assert [one.id for one in by_gravity(found)] == [
        convicted().id,
        "campaign--light",
        "campaign--nan",
        undecided().id,
        cleared().id,
    ]


def test_the_weakest_axis_decides() -> None:
    assert weakest_axis(convicted()) is Axis.CONCEALMENT
    axes = {Axis.COORDINATION: -1.0, Axis.EXTRACTION: 3.0, Axis.CONCEALMENT: 2.0}
    assert weakest_axis(replace(convicted(), axes=axes)) is Axis.COORDINATION


def test_one_in_twenty_needs_three_nats() -> None:
    assert least_for_conviction(0.05) == pytest.approx(2.9957, abs=1e-4)


def test_a_conviction_is_explained_by_its_heaviest_evidence() -> None:
    assert main_reason(convicted()).startswith("38 of 40 accounts pay")


@pytest.mark.parametrize(("campaign", "name"), [(undecided(), "reseller"), (cleared(), "class")])
def test_a_group_let_go_is_explained_by_the_explanation_that_holds(
    campaign: Campaign, name: str
) -> None:
    assert main_reason(campaign).startswith(name)
    turned = tuple(reversed(campaign.innocent_explanations))
    assert main_reason(replace(campaign, innocent_explanations=turned)).startswith(name)


@pytest.mark.parametrize("verdict", [Verdict.SUSPECTED, Verdict.UNDECIDED, Verdict.CLEARED])
def test_without_an_explanation_the_axis_that_falls_short_is_named(verdict: Verdict) -> None:
    campaign = replace(convicted(), verdict=verdict, innocent_explanations=())
    assert main_reason(campaign) == "Too little evidence of concealment: 6.1 nats."


def test_a_conviction_without_listed_evidence_still_has_a_reason() -> None:
    assert "concealment" in main_reason(replace(convicted(), evidence=()))


def test_evidence_of_other_axes_is_not_in_the_waterfall() -> None:
    stray = Evidence("x", Axis.COORDINATION, "stray", 100.0)
    campaign = replace(convicted(), evidence=(*convicted().evidence, stray))
    assert all(step.evidence is not stray for step in waterfall(campaign, Axis.EXTRACTION))
