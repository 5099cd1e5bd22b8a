from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import strategies
from findings_fixture import convicted
from hypothesis import given
from hypothesis import strategies as st

from revenuer.errors import SourceError
from revenuer.records import Axis, Campaign, Findings
from revenuer.reports.campaigns_json import CAMPAIGN_KEYS, from_json, to_json

# Copied from the contract, in its order.
SCANNED = (
    "exchanges tasks accounts from to fdr baseline_id config_sha256 detector_versions blind promise"
)
CAMPAIGN = (
    "id supersedes verdict probability log_e_value axes methods capabilities taxonomy attribution "
    "account_ids innocents_nearby exchanges tasks output_tokens reasoning_tokens first_seen "
    "last_seen detected_at leaked_before_detection pivots evidence innocent_explanations"
)
NESTED = {
    "axes": "coordination extraction concealment",
    "taxonomy": "atlas owasp nist",
    "attribution": "actor confidence rivals",
    "leaked_before_detection": "exchanges output_tokens hours",
}
LISTED = {
    "pivots": "at from_model to_model share hours_after_release",
    "evidence": "kind axis statement log_e_value account_ids exchange_ids",
    "innocent_explanations": "name why_rejected holds",
}
TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "supersedes": list,
    "verdict": str,
    "probability": float,
    "log_e_value": float,
    "methods": list,
    "capabilities": dict,
    "account_ids": list,
    "innocents_nearby": int,
    "exchanges": int,
    "first_seen": str,
}
EXACT = st.integers(-(10**9), 10**9).map(lambda n: n / 1000)
ANY = st.floats()


def written(findings: Findings) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} is not JSON")

    return dict(json.loads(to_json(findings), parse_constant=refuse))


def test_the_file_has_the_keys_of_the_contract_in_its_order(example: Findings) -> None:
    document = written(example)
    assert list(document) == ["schema", "scanned", "campaigns"]
    assert document["schema"] == "revenuer/campaigns/1"
    assert list(document["scanned"]) == SCANNED.split()
    first = document["campaigns"][0]
    assert list(first) == CAMPAIGN.split()
    for key, names in NESTED.items():
        assert list(first[key]) == names.split()
    for key, names in LISTED.items():
        assert list(first[key][0]) == names.split()


def test_values_have_the_types_of_the_contract(example: Findings) -> None:
    for campaign in written(example)["campaigns"]:
        for key, kind in TYPES.items():
            assert isinstance(campaign[key], kind), key
        assert campaign["attribution"] == {"actor": "unknown", "confidence": None, "rivals": []}


def test_every_field_of_a_campaign_is_written() -> None:
    assert sorted(CAMPAIGN_KEYS) == sorted(field.name for field in fields(Campaign))


@given(strategies.findings(EXACT))
def test_what_is_written_is_read_back(findings: Findings) -> None:
    assert from_json(to_json(findings)) == findings


@given(strategies.findings(ANY))
def test_any_number_is_written_finite_and_stays_the_same(findings: Findings) -> None:
    text = to_json(findings)
    written(findings)
    assert to_json(from_json(text)) == text


def test_infinite_evidence_stays_large_and_no_number_is_neutral(example: Findings) -> None:
    axes = {Axis.COORDINATION: float("inf"), Axis.EXTRACTION: float("nan")}
    changed = Findings(example.scanned, (replace(convicted(), axes=axes),))
    assert written(changed)["campaigns"][0]["axes"] == {
        "coordination": 1e6,
        "extraction": 0.0,
        "concealment": 0.0,
    }


def test_times_are_written_in_utc(example: Findings) -> None:
    tokyo = datetime(2026, 2, 3, 9, 30, tzinfo=timezone(timedelta(hours=9)))
    naive = datetime(2026, 2, 3, 0, 30)
    changed = replace(convicted(), first_seen=tokyo, last_seen=naive)
    raw = written(Findings(example.scanned, (changed,)))["campaigns"][0]
    assert raw["first_seen"] == raw["last_seen"] == "2026-02-03T00:30:00.000000Z"


def test_times_without_an_offset_are_read_as_utc(example: Findings) -> None:
    text = to_json(example).replace('"2026-02-12T06:30:00.000000Z"', '"2026-02-12T06:30:00"')
    text = text.replace('"from": "2026-02-01T00:02:00.000000Z"', '"from": "2026-02-01T00:02:00"')
    read = from_json(text)
    assert read.campaigns[0].pivots[0].at == datetime(2026, 2, 12, 6, 30, tzinfo=UTC)
    assert read.scanned.first == example.scanned.first


def test_the_order_of_a_dict_changes_no_byte(example: Findings) -> None:
    one = convicted()
    turned = replace(
        one,
        axes=dict(reversed(one.axes.items())),
        capabilities=dict(reversed(one.capabilities.items())),
        taxonomy=dict(reversed(one.taxonomy.items())),
    )
    both = (Findings(example.scanned, (campaign,)) for campaign in (one, turned))
    assert len({to_json(findings) for findings in both}) == 1


def test_keys_of_a_newer_version_are_tolerated(example: Findings) -> None:
    document = written(example)
    document["signed_by"] = "x"
    document["scanned"]["engine"] = "x"
    document["campaigns"][0]["mood"] = 3
    document["campaigns"][0]["axes"]["novelty"] = 1.0
    document["campaigns"][0]["evidence"][0]["weight"] = 0.5
    assert from_json(json.dumps(document)) == from_json(to_json(example))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "truncated"),
        ("[]", "object"),
        ("{}", "schema None"),
        ('{"schema": "revenuer/campaigns/2"}', "'revenuer/campaigns/2'"),
        ('{"schema": "revenuer/campaigns/1"}', "array"),
        (b"\xff\xfe", "malformed"),
        ('"\ud800"', "surrogates"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_what_to_do(text: str | bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        from_json(text)
    assert says in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ('"verdict": "undecided"', '"verdict": "guilty"', "campaign 2"),
        ('"exchanges": 61240', '"exchanges": "many"', "$.exchanges"),
        ('"accounts": 10412', '"accounts": null', "scanned"),
        ('"first_seen": "2026-02-03T04:11:00.000000Z"', '"first_seen": "soon"', "campaign 1"),
        ('"kind": "payment"', '"kinds": "payment"', "$.evidence[0]"),
        ('"axes": {', '"axis": {', "campaign 1"),
    ],
)
def test_a_bad_value_is_named_by_its_place(
    example: Findings, good: str, bad: str, place: str
) -> None:
    text = to_json(example)
    assert good in text
    with pytest.raises(SourceError, match="cannot be read") as caught:
        from_json(text.replace(good, bad, 1))
    assert place in caught.value.message
