"""The package against a second implementation that the RFC's own vectors have checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ristretto_reference import encode, hash_to_group, output, proves, times

from revenuer.matching.oprf import OprfKey, blind

RFC = json.loads((Path(__file__).parent / "rfc9497.json").read_text("utf-8"))


def read(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


@pytest.mark.parametrize("vector", RFC["vectors"], ids=lambda one: ", ".join(one["input"]))
def test_the_reference_has_the_rfcs_blinded_elements_proofs_and_outputs(
    vector: dict[str, Any],
) -> None:
    blinds = [int.from_bytes(each, "little") for each in read(vector["blind"])]
    inputs, evaluated = read(vector["input"]), read(vector["evaluated"])
    made = [encode(times(k, hash_to_group(data))) for k, data in zip(blinds, inputs, strict=True)]
    assert made == read(vector["blinded"])
    public, proof = bytes.fromhex(RFC["public"]), bytes.fromhex(vector["proof"])
    assert proves(public, made, evaluated, proof)
    found = [output(*each) for each in zip(inputs, blinds, evaluated, strict=True)]
    assert found == read(vector["output"])


def test_the_packages_proofs_hold_and_changed_ones_do_not() -> None:
    key = OprfKey(b"\x07" * 32, b"some purpose")
    blinding = blind([b"one", b"two", b"three"])
    blinded = list(blinding.elements)
    evaluated, proof = key.evaluate(blinded)
    assert proves(key.public, blinded, evaluated, proof)
    assert not proves(key.public, blinded, evaluated[::-1], proof)
    assert not proves(key.public, blinded, evaluated, bytes([proof[0] ^ 1]) + proof[1:])
    other = OprfKey(b"\x08" * 32, b"some purpose")
    assert not proves(other.public, blinded, evaluated, proof)
