"""Bundles are valid, the same each time, readable elsewhere, and name nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import stix2
import stix2patterns.validator
import stix2validator

from revenuer.records import Attribution, Axis, Campaign, Evidence, Scanned, Verdict
from revenuer.sharing.bundle import bundle_text, make_bundle
from revenuer.sharing.objects import observable_of
from revenuer.sharing.patterns import value_of
from revenuer.sharing.profile import EXTENSION_ID, Level, Response, Said, details_of
from revenuer.sharing.reidentify import review
from revenuer.sharing.revocation import revoked
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.tlp import Tlp, label_of
from revenuer.sharing.words import confidence_of, likelihood_of

from .conftest import SECRET_WORDS

SCHEMAS = Path(__file__).parents[2] / "src/revenuer/sharing/schemas"
LAB = Producer("Lab A", bytes(range(32)))
NOW = datetime(2026, 7, 1, tzinfo=UTC)
SAID = ("campaign", "indicator", "observed-data", "infrastructure", "report", "grouping")
"""Types that carry the extension."""


@pytest.fixture
def bundle(campaign: Campaign, scanned: Scanned, ties: pl.DataFrame) -> dict[str, Any]:
    found = review(ties, group_keys=["group-key"])
    return make_bundle(campaign, scanned, found, LAB, Terms())


def of(bundle: dict[str, Any], type_: str) -> list[dict[str, Any]]:
    return [one for one in bundle["objects"] if one["type"] == type_]


def validated(text: str) -> Any:
    options = stix2validator.ValidationOptions(schema_dir=str(SCHEMAS), version="2.1")
    return stix2validator.validate_string(text, options)


@pytest.mark.parametrize("verdict", [Verdict.CONVICTED, Verdict.SUSPECTED])
def test_a_bundle_is_valid(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame, verdict: Verdict
) -> None:
    found = review(ties, group_keys=["group-key"])
    made = make_bundle(replace(campaign, verdict=verdict), scanned, found, LAB, Terms())
    assert validated(bundle_text(made)).is_valid


def test_the_validator_looks_into_the_extension(bundle: dict[str, Any]) -> None:
    del of(bundle, "campaign")[0]["extensions"][EXTENSION_ID]["legal_basis"]
    assert not validated(bundle_text(bundle)).is_valid


def test_another_library_reads_it_to_the_letter(bundle: dict[str, Any]) -> None:
    parsed = stix2.parse(bundle_text(bundle))
    for theirs, ours in zip(parsed.objects, bundle["objects"], strict=True):
        # It leaves the fraction of a whole second out of some times.
        expected = json.loads(json.dumps(ours).replace(".000Z", "Z"))
        assert json.loads(theirs.serialize().replace(".000Z", "Z")) == expected


def test_every_pattern_is_one_comparison_and_is_read_back(bundle: dict[str, Any]) -> None:
    indicators = of(bundle, "indicator")
    assert {value_of(one["pattern"])[0] for one in indicators} == {  # type: ignore[index]
        "asn",
        "tls-fingerprint",
        "user-agent",
        "email-domain",
        "prompt-sketch",
    }
    for one in indicators:
        assert stix2patterns.validator.validate(one["pattern"], stix_version="2.1")


def test_the_same_scan_gives_the_same_bytes(
    bundle: dict[str, Any], campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    again = review(ties.sample(fraction=1, shuffle=True, seed=3), group_keys=["group-key"])
    made = make_bundle(campaign, scanned, again, LAB, Terms())
    assert bundle_text(made) == bundle_text(bundle)


def test_a_later_scan_makes_newer_versions_under_the_same_ids(
    bundle: dict[str, Any], campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    later = replace(scanned, last=scanned.last + timedelta(days=3))
    grown = replace(campaign, last_seen=later.last, exchanges=90_000)
    again = make_bundle(grown, later, review(ties, group_keys=["group-key"]), LAB, Terms())
    before = {
        one["id"]: one for one in bundle["objects"] if one.get("created_by_ref") == LAB.identity_id
    }
    after = {one["id"]: one for one in again["objects"]}
    assert set(before) <= set(after)
    for id_, one in before.items():
        assert after[id_]["created"] == one["created"]
        assert after[id_]["modified"] > one["modified"]


def test_another_operator_has_other_ids_and_pseudonyms(campaign: Campaign) -> None:
    other = Producer("Lab A", bytes(32))
    assert other.identity_id != LAB.identity_id
    assert other.cluster(campaign.id) != LAB.cluster(campaign.id)
    assert LAB.cluster(campaign.id) == Producer("Renamed", LAB.secret).cluster(campaign.id)
    assert "secret" not in repr(LAB)


def test_nothing_of_our_own_is_in_it(bundle: dict[str, Any], campaign: Campaign) -> None:
    text = bundle_text(bundle)
    assert not [word for word in SECRET_WORDS if word in text]
    assert str(campaign.exchanges) not in text, "counts are told as bands"
    assert "07:30" not in text, "times are told by the day"


def test_every_object_that_says_something_carries_the_whole_profile(bundle: dict[str, Any]) -> None:
    for one in bundle["objects"]:
        if one["type"] not in SAID:
            continue
        told = details_of(one)
        assert told is not None
        assert told.tlp is label_of(one["object_marking_refs"]) is Tlp.AMBER
        assert told.verdict is Said.CONVICTED
    assert {one["type"] for one in bundle["objects"]} >= {
        "campaign",
        "indicator",
        "infrastructure",
        "attack-pattern",
        "observed-data",
        "report",
        "relationship",
        "identity",
        "marking-definition",
        "extension-definition",
    }


def test_who_skips_extensions_reads_the_same_in_the_description(bundle: dict[str, Any]) -> None:
    for type_ in ("campaign", "indicator", "infrastructure", "report"):
        for one in of(bundle, type_):
            told = details_of(one)
            assert told is not None
            for word in (
                told.cluster,
                told.behaviour,
                told.likelihood.term,
                told.confidence.level.value,
                told.legal_basis,
                told.response.value,
                "TLP:AMBER",
                "Attribution: unknown",
                f"{told.expires:%Y-%m-%d}",
                *told.permitted_use,
            ):
                assert word in one["description"], word


# What OpenCTI asks of what it takes in; research, and issues 13312, 4686 and 4817 of its tracker.


def test_an_indicator_has_what_opencti_and_misp_ask_for(bundle: dict[str, Any]) -> None:
    for one in of(bundle, "indicator"):
        assert one["pattern_type"] == "stix"
        for name in ("name", "description", "valid_from", "valid_until", "indicator_types"):
            assert one[name]
        assert 0 < one["confidence"] <= 100
        assert one["valid_from"] < one["valid_until"]


def test_extensions_are_only_property_extensions_on_standard_objects(
    bundle: dict[str, Any],
) -> None:
    for one in bundle["objects"]:
        assert not one["type"].startswith("x-")
        assert not [name for name in one if name.startswith("x_")]
        for told in one.get("extensions", {}).values():
            assert told["extension_type"] == "property-extension"


def test_nothing_refers_to_what_is_not_there(bundle: dict[str, Any]) -> None:
    there = {one["id"] for one in bundle["objects"]}
    assert len(there) == len(bundle["objects"])
    for one in bundle["objects"]:
        for name, value in one.items():
            if name.endswith("_ref"):
                assert value in there
            if name.endswith("_refs"):
                assert set(value) <= there


def test_what_is_not_known_is_said_and_leaves_no_empty_list(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    bare = replace(campaign, methods=(), capabilities={}, taxonomy={}, evidence=())
    made = make_bundle(bare, scanned, review(ties), LAB, Terms())
    assert validated(bundle_text(made)).is_valid
    told = details_of(of(made, "campaign")[0])
    assert told is not None
    assert told.methods == ("undetermined",)
    said = [one for one in made["objects"] if one["type"] != "extension-definition"]
    assert "[]" not in json.dumps(said)


def test_a_suspected_campaign_is_a_grouping_of_low_confidence(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    only = replace(campaign, verdict=Verdict.SUSPECTED)
    made = make_bundle(only, scanned, review(ties), LAB, Terms())
    assert not of(made, "report")
    assert of(made, "grouping")[0]["confidence"] == 15
    assert "Suspected only" in of(made, "campaign")[0]["description"]
    assert of(made, "indicator")[0]["indicator_types"] == ["anomalous-activity"]


def test_confidence_and_likelihood_are_two_things(campaign: Campaign) -> None:
    assert confidence_of(campaign).level is Level.HIGH
    single = tuple(one for one in campaign.evidence if one.kind != "output-mass")
    assert confidence_of(replace(campaign, evidence=single)).level is Level.MODERATE
    faint = tuple(replace(one, log_e_value=0.1) for one in campaign.evidence)
    assert confidence_of(replace(campaign, evidence=faint)).level is Level.MODERATE
    odds = likelihood_of(campaign)
    assert (odds.term, odds.low_percent, odds.high_percent) == ("very likely", 80, 95)
    unlikely = likelihood_of(replace(campaign, probability=0.02))
    assert (unlikely.term, unlikely.low_percent, unlikely.high_percent) == (
        "almost no chance",
        1,
        5,
    )
    assert confidence_of(replace(campaign, probability=0.02)) == confidence_of(campaign)


def test_attribution_is_unknown_and_rivals_are_named(
    bundle: dict[str, Any], campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    told = details_of(of(bundle, "campaign")[0])
    assert told is not None
    assert told.attribution is not None
    assert (told.attribution.actor, told.attribution.level.value) == ("unknown", "L1")
    assert "names nobody" in of(bundle, "infrastructure")[0]["description"]
    named = replace(campaign, attribution=Attribution("Example Org", 0.4, ("a reseller",)))
    again = make_bundle(named, scanned, review(ties), LAB, Terms())
    text = of(again, "campaign")[0]["description"]
    assert "Attribution: Example Org (L3)" in text
    assert "a reseller" in text


def test_the_terms_are_those_that_were_asked_for(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    terms = Terms(Tlp.RED, "agreement 7", ("blocking",), Response.BLOCKED, 30)
    made = make_bundle(campaign, scanned, review(ties), LAB, terms)
    told = details_of(of(made, "report")[0])
    assert told is not None
    assert (told.tlp, told.legal_basis, told.permitted_use) == (
        Tlp.RED,
        "agreement 7",
        ("blocking",),
    )
    assert told.response is Response.BLOCKED
    assert told.expires == datetime(2026, 6, 10, tzinfo=UTC) + timedelta(days=30)


def test_overlap_of_networks_alone_names_nobody(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    network = (Evidence("network", Axis.COORDINATION, "one block", 30.0),)
    rest = tuple(one for one in campaign.evidence if one.axis is not Axis.COORDINATION)
    named = replace(campaign, attribution=Attribution("Example Org", 0.9), evidence=network + rest)
    assert "Example Org" not in bundle_text(make_bundle(named, scanned, review(ties), LAB, Terms()))
    guessed = replace(named, verdict=Verdict.SUSPECTED, evidence=campaign.evidence)
    made = make_bundle(guessed, scanned, review(ties), LAB, Terms())
    assert "Example Org" not in bundle_text(made)


@pytest.mark.parametrize(
    ("kind", "value", "theirs"),
    [
        ("asn", "64500", stix2.AutonomousSystem(number=64500)),
        ("email-domain", "harvest.example", stix2.DomainName(value="harvest.example")),
    ],
)
def test_observables_have_the_ids_that_stix_gives_them(kind: str, value: str, theirs: Any) -> None:
    ours = observable_of(kind, value)
    assert ours == json.loads(theirs.serialize())


def test_revoking_makes_newer_versions_of_the_own_objects_only(bundle: dict[str, Any]) -> None:
    foreign = {
        "type": "campaign",
        "id": "campaign--x",
        "created_by_ref": "identity--x",
        "modified": "2026-06-01T00:00:00.000Z",
    }
    taken = revoked([*bundle["objects"], foreign], LAB.identity_id, NOW)
    assert validated(bundle_text(taken)).is_valid
    before = {one["id"]: one for one in bundle["objects"]}
    versions = [one for one in taken["objects"] if one.get("revoked")]
    assert {one["created_by_ref"] for one in versions} == {LAB.identity_id}
    assert {one["type"] for one in versions} >= {"campaign", "indicator", "report", "relationship"}
    for one in versions:
        assert one["modified"] > before[one["id"]]["modified"]
        assert one["created"] == before[one["id"]]["created"]


def test_a_revocation_is_newer_even_where_the_clock_is_behind(bundle: dict[str, Any]) -> None:
    taken = revoked(bundle["objects"], LAB.identity_id, datetime(2020, 1, 1, tzinfo=UTC))
    before = {one["id"]: one for one in bundle["objects"]}
    for one in taken["objects"]:
        if one.get("revoked"):
            assert one["modified"] > before[one["id"]]["modified"]


def test_nobody_revokes_what_is_not_theirs(bundle: dict[str, Any]) -> None:
    assert revoked(bundle["objects"], "identity--other", NOW)["objects"] == []


def test_a_campaign_of_which_nothing_may_leave_is_still_told(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    made = make_bundle(campaign, scanned, review(ties.clear()), LAB, Terms())
    assert validated(bundle_text(made)).is_valid
    assert not of(made, "indicator")
    assert of(made, "campaign")
    assert set(Axis) == set(campaign.axes)
