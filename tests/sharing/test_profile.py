"""The extension is written, read and described by the schema in the same way."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import jsonschema
import pytest
import stix2
import stix2validator
from hypothesis import given
from hypothesis import strategies as st

from revenuer.sharing import profile
from revenuer.sharing.objects import extension_definition, profile_identity
from revenuer.sharing.patterns import SHAPES, pattern_of, value_of
from revenuer.sharing.profile import EXTENSION_ID, Details, ProfileError, details_of, extension_of
from revenuer.sharing.tiers import TIERS, Tier, held_back, tier_of

REQUIRED = (
    "methods",
    "window",
    "cluster",
    "verdict",
    "behaviour",
    "confidence",
    "likelihood",
    "response",
    "expires",
    "tlp",
    "legal_basis",
    "permitted_use",
)


def valid(stix: dict[str, Any]) -> bool:
    checker = jsonschema.Draft202012Validator(json.loads(profile.schema_text()))
    return bool(checker.is_valid(stix))


def test_what_is_written_is_read_back(details: Details) -> None:
    written = {"extensions": extension_of(details)}
    assert details_of(json.loads(json.dumps(written))) == details
    assert valid(written)


@pytest.mark.parametrize("name", REQUIRED)
def test_reader_and_schema_refuse_an_object_without_it(details: Details, name: str) -> None:
    written = {"extensions": copy.deepcopy(extension_of(details))}
    del written["extensions"][EXTENSION_ID][name]
    assert not valid(written)
    with pytest.raises(ProfileError):
        details_of(written)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("methods", ["theft"]),
        ("methods", []),
        ("tlp", "purple"),
        ("confidence", {"level": "high", "value": 400}),
        ("likelihood", "very likely"),
        ("cluster", "campaign--2b1c3f7e-6a55-5c52-9b11-0c9c5b8f2a10"),
        ("permitted_use", []),
        ("profile_version", "2.0.0"),
        ("behaviour", "x" * 2001),
    ],
)
def test_reader_and_schema_refuse_what_is_wrong(details: Details, name: str, wrong: Any) -> None:
    written = {"extensions": copy.deepcopy(extension_of(details))}
    written["extensions"][EXTENSION_ID][name] = wrong
    assert not valid(written)
    with pytest.raises(ProfileError) as problem:
        details_of(written)
    assert str(wrong) not in problem.value.message, "a hostile value is not quoted"


def test_properties_of_a_later_version_are_passed_over(details: Details) -> None:
    written = {"extensions": copy.deepcopy(extension_of(details))}
    written["extensions"][EXTENSION_ID]["of_later"] = [1]
    assert details_of(written) == details
    assert valid(written)


def test_a_window_that_ends_before_it_begins_is_refused(details: Details) -> None:
    written = {"extensions": copy.deepcopy(extension_of(details))}
    window = written["extensions"][EXTENSION_ID]["window"]
    window["from"], window["to"] = window["to"], window["from"]
    with pytest.raises(ProfileError, match="ends before"):
        details_of(written)


@pytest.mark.parametrize("stix", [{}, {"extensions": []}, {"extensions": {"other": {}}}])
def test_an_object_without_the_extension_says_nothing(stix: dict[str, Any]) -> None:
    assert details_of(stix) is None


def test_the_published_schema_is_that_of_the_code() -> None:
    made = json.loads(json.dumps(profile.json_schema()))
    assert json.loads(profile.schema_text()) == made


@pytest.mark.parametrize("make", [extension_definition, profile_identity])
def test_the_profiles_own_objects_are_valid_stix(make: Any) -> None:
    assert stix2validator.validate_instance(make()).is_valid
    assert stix2.parse(make())["id"] == make()["id"]


def test_fixed_ids_stay_as_they_were_published() -> None:
    assert EXTENSION_ID == "extension-definition--1ffdc63d-f902-5baa-87c3-0c8df8cf5b2c"
    assert re.fullmatch(r"identity--[0-9a-f-]{36}", profile.PROFILE_IDENTITY_ID)


@given(kind=st.sampled_from(sorted(set(SHAPES) - {"asn"})), value=st.text(min_size=1))
def test_a_pattern_is_read_back_as_it_was_written(kind: str, value: str) -> None:
    assert value_of(pattern_of(kind, value)) == (kind, value)


@given(value=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1))
def test_a_pattern_is_one_comparison_to_the_pattern_parser(value: str) -> None:
    pattern = pattern_of("user-agent", value)
    assert stix2.pattern_visitor.create_pattern_object(pattern).operand.rhs.value


@pytest.mark.parametrize(
    "pattern",
    [
        "[autonomous-system:number = 1 OR autonomous-system:number = 2]",
        "[domain-name:value = 'a'] AND [domain-name:value = 'b']",
        "[domain-name:value = '']",
        "[ipv4-addr:value = '198.51.100.7']",
        "nothing",
    ],
)
def test_a_pattern_of_another_shape_is_not_guessed_at(pattern: str) -> None:
    assert value_of(pattern) is None


def test_only_clear_and_keyed_kinds_have_a_pattern() -> None:
    assert {TIERS[kind] for kind in SHAPES} == {Tier.CLEAR, Tier.KEYED}


def test_what_nobody_listed_never_leaves() -> None:
    assert tier_of("something new") is Tier.NEVER
    assert tier_of("address") is tier_of("payment-fingerprint") is Tier.PRIVATE


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email-domain", "GMAIL.com"),
        ("user-agent", "my-app (mail me@firm.example)"),
        ("user-agent", "bot https://firm.example"),
        ("user-agent", "a\x00b"),
        ("tls-fingerprint", "t" * 600),
    ],
)
def test_values_that_name_somebody_stay(kind: str, value: str) -> None:
    assert held_back(kind, value)
    assert held_back("email-domain", "harvest.example") is None
