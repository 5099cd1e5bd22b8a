from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.matching.canonical import CanonicalError, MatchKind, canonical

VECTORS = json.loads(
    files("revenuer.matching").joinpath("canonical_vectors.json").read_text("utf-8")
)


def name_of(vector: dict[str, Any]) -> str:
    return f"{vector['kind']}: {vector['why']}"


@pytest.mark.parametrize("vector", VECTORS["good"], ids=name_of)
def test_a_good_vector_has_its_form(vector: dict[str, Any]) -> None:
    assert canonical(MatchKind(vector["kind"]), vector["in"]) == vector["out"]


@pytest.mark.parametrize("vector", VECTORS["good"], ids=name_of)
def test_a_form_is_its_own_form(vector: dict[str, Any]) -> None:
    assert canonical(MatchKind(vector["kind"]), vector["out"]) == vector["out"]


@pytest.mark.parametrize("vector", VECTORS["bad"], ids=name_of)
def test_a_bad_vector_is_refused_without_a_word_of_it(vector: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError) as caught:
        canonical(MatchKind(vector["kind"]), vector["in"])
    said = str(caught.value) + str(caught.value.hint)
    parts = [part for part in vector["in"].split() if len(part) > 3]
    assert not [part for part in parts if part in said]
    assert caught.value.__cause__ is None


def test_every_kind_has_vectors_of_both_sorts() -> None:
    # Fingerprints of all three kinds have one form; the payment's are its vectors.
    same = {MatchKind.PHONE_FINGERPRINT, MatchKind.DEVICE}
    assert {MatchKind(vector["kind"]) for vector in VECTORS["good"]} == set(MatchKind)
    assert {MatchKind(vector["kind"]) for vector in VECTORS["bad"]} == set(MatchKind) - same


@given(st.sampled_from(MatchKind), st.text(max_size=80))
def test_whatever_comes_has_one_stable_form_or_none(kind: MatchKind, text: str) -> None:
    try:
        form = canonical(kind, text)
    except CanonicalError:
        return
    assert canonical(kind, form) == form


@given(st.ip_addresses(v=4))
def test_an_address_lies_in_its_block(address: Any) -> None:
    try:
        form = canonical(MatchKind.ADDRESS, str(address))
    except CanonicalError:
        return
    block = canonical(MatchKind.ADDRESS_BLOCK, form)
    assert block.rsplit(".", 1)[0] == form.rsplit(".", 1)[0]
    assert block.endswith(".0/24")
