from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from revenuer.errors import MatchError
from revenuer.matching.oprf import OprfKey, blind, is_public_key

RFC = json.loads((Path(__file__).parent / "rfc9497.json").read_text("utf-8"))
"""Blinds and the randomness of proofs cannot be given to the package; what depends on neither is
checked here, and `test_oprf_reference.py` checks the rest with a second implementation."""


def name_of(vector: dict[str, Any]) -> str:
    return ", ".join(vector["input"])


@pytest.fixture(scope="module")
def key() -> OprfKey:
    return OprfKey(bytes.fromhex(RFC["seed"]), bytes.fromhex(RFC["key_info"]))


def test_the_key_pair_is_the_rfcs(key: OprfKey) -> None:
    assert key.public.hex() == RFC["public"]


@pytest.mark.parametrize(
    "vector", RFC["vectors"], ids=lambda vector: f"batch of {len(vector['input'])}"
)
def test_evaluated_elements_and_outputs_are_the_rfcs(key: OprfKey, vector: dict[str, Any]) -> None:
    evaluated, _ = key.evaluate([bytes.fromhex(each) for each in vector["blinded"]])
    assert [each.hex() for each in evaluated] == vector["evaluated"]
    assert [key.output(bytes.fromhex(each)).hex() for each in vector["input"]] == vector["output"]


@pytest.mark.parametrize(
    "vector", RFC["vectors"], ids=lambda vector: f"batch of {len(vector['input'])}"
)
def test_an_asker_gets_the_rfcs_outputs(key: OprfKey, vector: dict[str, Any]) -> None:
    blinding = blind([bytes.fromhex(each) for each in vector["input"]])
    evaluated, proof = key.evaluate(blinding.elements)
    outputs = blinding.outputs(evaluated, proof, key.public)
    assert [each.hex() for each in outputs] == vector["output"]


def test_a_value_is_blinded_anew_each_time() -> None:
    assert blind([b"x"]).elements != blind([b"x"]).elements


def test_another_key_is_refused(key: OprfKey) -> None:
    other = OprfKey(b"\x01" * 32, b"test key")
    blinding = blind([b"a", b"b"])
    evaluated, proof = other.evaluate(blinding.elements)
    with pytest.raises(MatchError, match="not made with the key"):
        blinding.outputs(evaluated, proof, key.public)
    assert len(blinding.outputs(evaluated, proof, other.public)) == 2


def test_one_element_of_another_key_is_refused(key: OprfKey) -> None:
    # A holder that marks one asked value with a key of its own is seen.
    other = OprfKey(b"\x01" * 32, b"test key")
    blinding = blind([b"a", b"b"])
    evaluated, proof = key.evaluate(blinding.elements)
    marked, _ = other.evaluate(blinding.elements[1:])
    with pytest.raises(MatchError, match="not made with the key"):
        blinding.outputs([evaluated[0], *marked], proof, key.public)


def test_an_answer_to_another_question_is_refused(key: OprfKey) -> None:
    asked, other = blind([b"a"]), blind([b"a"])
    evaluated, proof = key.evaluate(other.elements)
    with pytest.raises(MatchError, match="not made with the key"):
        asked.outputs(evaluated, proof, key.public)


@pytest.mark.parametrize("data", [b"", b"\0" * 32, b"\xff" * 32, b"a" * 31], ids=repr)
def test_what_is_no_element_is_refused(key: OprfKey, data: bytes) -> None:
    with pytest.raises(MatchError, match="no element"):
        key.evaluate([data])
    assert not is_public_key(data)


@pytest.mark.parametrize(
    ("evaluated", "proof"), [([], b""), ([b"\xff" * 32], b"\0" * 64)], ids=repr
)
def test_what_is_no_answer_is_refused(key: OprfKey, evaluated: list[bytes], proof: bytes) -> None:
    with pytest.raises(MatchError, match="not made with the key"):
        blind([b"a"]).outputs(evaluated, proof, key.public)


def test_keys_of_one_seed_and_two_purposes_have_nothing_in_common() -> None:
    one, two = OprfKey(b"\x01" * 32, b"address"), OprfKey(b"\x01" * 32, b"phone")
    assert one.public != two.public
    assert one.output(b"x") != two.output(b"x")
