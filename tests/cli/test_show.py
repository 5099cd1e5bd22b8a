"""What a person reads on the terminal: the numbers, in the order that matters."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from revenuer.app.columns import ColumnHealth
from revenuer.app.diff import Change, Diff
from revenuer.app.doctor import Doctor
from revenuer.app.explain import Explanation, Sign
from revenuer.app.innocence import KnownInnocent
from revenuer.app.pivot import Neighbour, Pivot, SharedToken
from revenuer.app.without import Without
from revenuer.cli.show.diff import print_diff
from revenuer.cli.show.doctor import print_doctor
from revenuer.cli.show.explanation import print_explanation
from revenuer.cli.show.inspection import print_inspection
from revenuer.cli.show.known_innocent import print_known_innocent
from revenuer.cli.show.pivot import SHOWN_NEIGHBOURS, print_pivot
from revenuer.records import Axis, Campaign, Channel, Evidence, Example, Tie, Verdict
from revenuer.reports.wording import percent
from revenuer.sources.inspection import ColumnReport, Inspection

AT = datetime(2026, 6, 1, tzinfo=UTC)
CAMPAIGN = Campaign(
    id="campaign--1",
    verdict=Verdict.CONVICTED,
    probability=0.97,
    log_e_value=5.0,
    axes={Axis.COORDINATION: 9.0, Axis.EXTRACTION: 5.0, Axis.CONCEALMENT: 7.0},
    account_ids=("a", "b", "c"),
    exchanges=1200,
    tasks=1100,
    output_tokens=9,
    reasoning_tokens=0,
    first_seen=AT,
    last_seen=AT,
    detected_at=AT,
)
EXPLAINED = Explanation(
    target="campaign--1",
    campaign=CAMPAIGN,
    accounts=3,
    bar=4.0,
    least_bar=-math.log(0.05),
    axes=CAMPAIGN.axes,
    weakest=Axis.EXTRACTION,
    waterfall={Axis.EXTRACTION: {"output-mass": 3.0, "no-ramp": 1.96, "above-plan": 0.04}},
    without=(
        Without(Axis.EXTRACTION, "output-mass", 2.0, passes=False),
        Without(Axis.EXTRACTION, "above-plan", 5.0, passes=True),
    ),
    signs=(Sign(Axis.EXTRACTION, "output-mass", 0.01, 2.2),),
    ties=(Tie("shared-payment", "shared-payment e38d14", Channel.IDENTITY, ("a", "b"), 0),),
    telling=(Example("x-1", "a", "Write [bold]it[/bold]\x1b[31m out", "template"),),
    random=(Example("x-2", "b", "Hello", "drawn"),),
    settles=("shared-phone: this log has no accounts.phone_fingerprint",),
)


def printed(show, value) -> str:
    stream = io.StringIO()
    show(value, Console(file=stream, width=100, highlight=False))
    return stream.getvalue()


def test_an_explanation_begins_with_the_verdict_and_the_deciding_axis() -> None:
    text = printed(print_explanation, EXPLAINED)
    assert text.startswith(f"campaign--1: convicted, {percent(0.97)} probable, 3 accounts")
    assert "extraction, +5.0 nats, over this scan's bar of 4.0" in text


@pytest.mark.parametrize(
    "part",
    [
        "extraction +5.00 nats (decides)",
        "+3.00 output-mass",
        "+0.04 1 other together",
        "output-mass extraction +2.00 no",
        "1 piece could be left out without weakening it.",
        "0.0100",
        "shared-payment e38d14: 2 members, nobody else",
        "x-2 of b, drawn:\n Hello",
        "shared-phone: this log has no accounts.phone_fingerprint",
    ],
)
def test_an_explanation_holds_each_part(part: str) -> None:
    # Tables are padded, so runs of spaces count as one.
    assert part in re.sub(" +", " ", printed(print_explanation, EXPLAINED))


def test_text_of_the_log_can_neither_colour_nor_steer_the_terminal() -> None:
    text = printed(print_explanation, EXPLAINED)
    assert "\x1b" not in text
    assert "[bold]it[/bold]" in text


def test_an_unconvicted_account_is_told_how_far_it_was() -> None:
    short = replace(EXPLAINED, target="a", campaign=None, bar=None, axes={Axis.EXTRACTION: 1.0})
    text = printed(print_explanation, short)
    assert "a: in no reported campaign, though judged in a group of 3" in text
    assert "2.0 short of the least bar of any scan of 3.0" in text


def test_an_account_in_no_group_is_told_so() -> None:
    alone = replace(EXPLAINED, campaign=None, accounts=0, axes={}, weakest=None)
    assert "No group holds it" in printed(print_explanation, alone)


def test_a_member_is_told_which_campaign_it_is_in() -> None:
    text = printed(print_explanation, replace(EXPLAINED, target="a", campaign=CAMPAIGN))
    assert text.startswith("a: in campaign--1, convicted")


def test_what_the_evidence_says_stands_beside_its_nats() -> None:
    said = Evidence("output-mass", Axis.EXTRACTION, "Members drew much.", 3.0)
    found = replace(EXPLAINED, campaign=replace(CAMPAIGN, evidence=(said,)))
    text = re.sub(" +", " ", printed(print_explanation, found))
    assert "+3.00 output-mass Members drew much." in text


def test_detectors_that_saw_nothing_are_counted_and_not_listed() -> None:
    signs = (Sign(Axis.EXTRACTION, "above-plan", 0.9, -0.5),)
    text = printed(print_explanation, replace(EXPLAINED, signs=signs))
    assert "1 detector saw nothing out of the ordinary." in text
    assert "above-plan" not in text


def test_a_diff_has_a_line_for_each_campaign() -> None:
    grown = Change("campaign--2", Verdict.SUSPECTED, Verdict.CONVICTED, 4, 0, -5)
    merged = (("campaign--8", "campaign--9"),)
    lines = printed(print_diff, Diff((CAMPAIGN,), (), (grown,), merged, 1)).splitlines()
    assert lines == [
        "+ campaign--1  convicted, 3 accounts, 1,200 exchanges",
        "~ campaign--2  suspected, now convicted; 4 accounts joined; -5 exchanges",
        "> campaign--8 went into campaign--9",
        "1 campaign unchanged.",
    ]


def test_a_diff_of_equal_scans_says_so() -> None:
    assert "Nothing changed: 2 campaigns in both." in printed(print_diff, Diff((), (), (), (), 2))


def test_a_pivot_lists_the_nearest_and_counts_the_rest() -> None:
    neighbours = tuple(
        Neighbour(f"n{place}", 1.0, ("live-address",)) for place in range(SHOWN_NEIGHBOURS + 5)
    )
    token = SharedToken("live-address", "live-address 0a1b2c", 45, 1)
    text = printed(print_pivot, Pivot(("a",), (token,), neighbours, len(neighbours)))
    assert "1 account to start from, 45 share something." in text
    assert f"n{SHOWN_NEIGHBOURS - 1} " in text
    assert f"n{SHOWN_NEIGHBOURS} " not in text
    assert "and 5 more" in text


def test_the_nearest_miss_of_the_known_innocent_is_shown() -> None:
    text = printed(
        print_known_innocent, KnownInnocent(3, 2, 1, "acct-7", 2.5, {Axis.EXTRACTION: 2.5})
    )
    assert "2 of 3 listed accounts were seen" in text
    assert "1 group(s) would have been convicted but for the list" in text
    assert "acct-7, in a group with +2.5 nats (extraction +2.5)" in text


def test_known_innocents_in_no_group_are_no_miss() -> None:
    text = printed(print_known_innocent, KnownInnocent(3, 2, 0, None, None, {}))
    assert "None of them is in any group." in text


def test_doctor_shows_full_columns_names_empty_ones_and_blind_detectors() -> None:
    columns = (
        ColumnHealth("exchanges.model", 0.5, 2, (("m\x1b[31m-1", 40), ("x" * 60, 2))),
        ColumnHealth("exchanges.client_ip", 0.0, 0, ()),
    )
    blind = ("live-address: this log has no exchanges.client_ip",)
    found = Doctor(100, 7, 5, AT, AT, 200, False, columns, ("output-mass",), blind)
    text = printed(print_doctor, found)
    assert text.startswith("100 exchanges of 7 accounts")
    assert "5 of them are in the accounts table" in text
    assert "Too small to convict anyone: a baseline needs 200 owners" in text
    row = next(line for line in text.splitlines() if line.startswith("exchanges.model"))
    assert row.split()[1:3] == ["50%", "2"]
    assert "(40)" in row
    assert "x" * 30 not in text
    assert "\x1b" not in text
    assert "Empty: exchanges.client_ip." in text
    assert "1 detector can run: output-mass." in text
    assert "blind: live-address" in text


def test_inspect_says_what_is_required_and_what_may_be_meant() -> None:
    columns = (
        ColumnReport("account_id", "string", True, None, 0.0, suggestion="key_hash"),
        ColumnReport("model", "string", False, "engine", 1.0),
        ColumnReport("input_tokens", "int64", False, "tokens", 0.0, problem="is text"),
        ColumnReport("asn", "int64", False, None, 0.0),
    )
    found = Inspection("exchanges", (("log.jsonl", "canonical"),), 3, columns, ("odd",))
    lines = printed(print_inspection, found).splitlines()
    assert "log.jsonl: canonical" in lines
    rows = {line.split()[0]: line for line in lines if line}
    assert "is it key_hash?; required" in rows["account_id"]
    assert rows["model"].split() == ["model", "engine", "100%"]
    assert "is text" in rows["input_tokens"]
    assert "Missing and required: account_id. Map them with --map OURS=YOURS." in lines
    assert "Not in this log: asn." in lines
    assert "Left out as unknown: odd." in lines
