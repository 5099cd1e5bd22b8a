"""Findings for a SIEM: as the framework asks, and silent about who and what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from guard_builders import (
    MADE_AT,
    account,
    caller,
    guard_of,
    held_to,
    listing,
    request_of,
)
from ocsf_schema import problems

from revenuer.guard import Action, Decision, Facts, Mode, Protocol, ReasoningSign
from revenuer.guard.ocsf import Activity, Seen, finding_of_campaign, finding_of_decision
from revenuer.records import Axis, Campaign, Evidence, Method, Verdict

SEEN = Seen(
    uid="req-1",
    at=MADE_AT,
    account=account("a").hex(),
    organization="0f" * 16,
    protocol=Protocol.ANTHROPIC_MESSAGES,
    service="chat.example.com",
    model="model-1",
    provider="example",
    input_tokens=12,
    output_tokens=340,
)
SLOW = held_to(requests_per_minute=1, requests_burst=1)


def decisions(action: Action, mode: Mode) -> list[Decision]:
    guard = guard_of({account("a"): listing(action)}, mode=mode, throttle=SLOW)
    # The second is over its rate.
    return [guard.decide(request_of()) for _ in range(2)]


def checked(finding: dict[str, Any]) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(finding, allow_nan=False))
    assert again == finding
    assert list(problems(again)) == []
    assert finding["type_uid"] == finding["class_uid"] * 100 + finding["activity_id"]
    return finding


@pytest.mark.parametrize(("action", "mode"), list(product(Action, Mode)))
def test_every_decision_is_a_finding(action: Action, mode: Mode) -> None:
    for decision in decisions(action, mode):
        finding = checked(finding_of_decision(decision, SEEN))
        assert finding["metadata"]["version"] == "1.9.0"
        assert finding["action_id"] == (1 if decision.passes else 2)
        assert (finding["disposition_id"] == 15) == (
            mode is Mode.SHADOW and (action is not Action.ALLOW)
        )


def test_a_decision_for_reasoning_or_lateness_is_one_too() -> None:
    guard = guard_of({})
    replayed = guard.decide(request_of(reasoning=(ReasoningSign.FOREIGN,)))
    assert checked(finding_of_decision(replayed, SEEN))["policy"]["uid"] == "reasoning--foreign"
    checked(finding_of_decision(guard.open(request_of()), SEEN))


@pytest.mark.parametrize(
    ("action", "disposition"),
    [
        (Action.TAG, 18),
        (Action.THROTTLE, 14),
        (Action.REDUCE, 7),
        (Action.CHALLENGE, 23),
        (Action.BLOCK, 2),
    ],
)
def test_what_was_done_is_told_by_its_number(action: Action, disposition: int) -> None:
    first = finding_of_decision(decisions(action, Mode.ENFORCE)[0], SEEN)
    assert first["disposition_id"] == disposition


def test_a_throttled_request_over_its_rate_was_rejected() -> None:
    assert (
        finding_of_decision(decisions(Action.THROTTLE, Mode.ENFORCE)[1], SEEN)["disposition_id"]
        == 25
    )


def test_findings_of_one_campaign_are_tied_by_its_id() -> None:
    finding = finding_of_decision(decisions(Action.BLOCK, Mode.ENFORCE)[0], SEEN)
    assert finding["metadata"]["correlation_uid"] == "campaign--c1"


def test_the_model_and_its_tokens_are_told_where_they_are_known() -> None:
    finding = finding_of_decision(decisions(Action.TAG, Mode.ENFORCE)[0], SEEN)
    assert finding["metadata"]["profiles"] == ["security_control", "ai_operation"]
    assert finding["ai_model"]["model_name"] == "model-1"
    assert finding["message_context"]["prompt_tokens"] == 12
    unknown = Seen("req-2", MADE_AT, "ff" * 16)
    bare = checked(finding_of_decision(decisions(Action.TAG, Mode.ENFORCE)[0], unknown))
    assert "ai_model" not in bare
    assert bare["metadata"]["profiles"] == ["security_control"]


def test_a_decision_without_facts_is_a_finding() -> None:
    guard = guard_of({account("a"): listing(Action.REDUCE)})
    checked(finding_of_decision(guard.decide(request_of(facts=None)), SEEN))
    checked(finding_of_decision(guard.decide(request_of(by=caller("b"), facts=Facts())), SEEN))


AT = datetime(2026, 6, 1, tzinfo=UTC)


def campaign_of(verdict: Verdict) -> Campaign:
    return Campaign(
        id="campaign--1",
        verdict=verdict,
        probability=0.97,
        log_e_value=9.5,
        axes=dict.fromkeys(Axis, 9.5),
        account_ids=("acct-secret-1", "acct-secret-2"),
        exchanges=900,
        tasks=900,
        output_tokens=10**6,
        reasoning_tokens=0,
        first_seen=AT,
        last_seen=AT,
        detected_at=AT,
        methods=(Method.COT_EXFILTRATION,),
        taxonomy={"atlas": ("AML.T0024.002", "AML.CS0056")},
        evidence=(
            Evidence(
                "shared-card", Axis.COORDINATION, "2 of 2 share a card.", 9.5, ("acct-secret-1",)
            ),
        ),
    )


@pytest.mark.parametrize(("verdict", "activity"), list(product(Verdict, Activity)))
def test_every_campaign_is_a_finding_that_names_no_account(
    verdict: Verdict, activity: Activity
) -> None:
    finding = checked(finding_of_campaign(campaign_of(verdict), AT, activity))
    assert "acct-secret" not in json.dumps(finding)
    assert finding["finding_info"]["uid"] == "campaign--1"
    assert finding["confidence_score"] == 97
    assert finding["is_alert"] == (verdict is Verdict.CONVICTED and activity is not Activity.CLOSE)
    # A case study is no technique.
    assert [one["technique"]["uid"] for one in finding["finding_info"]["attacks"]] == [
        "AML.T0024.002"
    ]


def test_a_finding_says_which_peers_saw_the_campaign_too() -> None:
    peers = [f"identity--{n}24a834e-0e82-5268-877c-43fc5c25cef5" for n in (1, 2)]
    said = "; ".join(
        f"4 of 7 owners have what {one} names as its cluster 12345678" for one in peers
    )
    word = Evidence("peer-sighting", Axis.COORDINATION, f"Lab ({said}), twice {peers[0]}.", 7.5)
    alone = campaign_of(Verdict.CONVICTED)
    heard = replace(alone, evidence=(*alone.evidence, word))
    finding = checked(finding_of_campaign(heard, AT))
    assert finding["finding_info"]["data_sources"] == ["revenuer scan", *peers]
    card, peer = finding["evidences"]
    assert peer["data"]["peers"] == peers
    assert "peers" not in card["data"]
    ours = checked(finding_of_campaign(alone, AT))
    assert ours["finding_info"]["data_sources"] == ["revenuer scan"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"severity_id": 7}, "severity_id is 7"),
        ({"time": 1.5}, "time is 1.5"),
        ({"made_up": 1}, "made_up is no attribute"),
        ({"finding_info": {"title": "x"}}, "finding_info lacks uid"),
        ({"evidences": [{"uid": "x"}]}, "has none of"),
        ({"metadata": {"version": "1.9.0"}}, "metadata lacks product"),
    ],
)
def test_what_the_framework_does_not_allow_is_seen(change: dict[str, Any], said: str) -> None:
    finding = finding_of_campaign(campaign_of(Verdict.CONVICTED), AT) | change
    assert any(said in problem for problem in problems(finding))
