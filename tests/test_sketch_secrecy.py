"""A sketch does not give its prompt away to who has no key; the attack works with the key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import measure_sketches as attack
from revenuer.features.sketches import Sketches


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return attack.candidates(2000)


@pytest.fixture(scope="module")
def owned(texts: list[str]) -> Sketches:
    return attack.sketched(texts, attack.OWN_KEY)


@pytest.fixture(scope="module")
def found(texts: list[str], owned: Sketches) -> dict[str, attack.Attack]:
    guessed = attack.sketched(texts, attack.GUESSED_KEY)
    return attack.attacks(owned, guessed, owned, attack.capabilities(texts))


def test_who_has_the_key_names_the_prompt(found: dict[str, attack.Attack]) -> None:
    assert found["with the key"].top_1 > 0.99


def test_who_has_no_key_is_left_with_many(found: dict[str, attack.Attack], owned) -> None:
    assert attack.shortfalls(found, owned) == []
    assert found["without the key, clear parts"].top_1 < 0.05
    assert found["without the key, clear parts"].mean_rank > 50


def test_the_keyed_parts_add_nothing_without_the_key(found: dict[str, attack.Attack]) -> None:
    assert found["without the key, all parts"] == found["without the key, clear parts"]


def test_the_bits_look_thrown_and_a_bias_would_show(owned: Sketches) -> None:
    assert attack.worst_bias(owned) < attack.UNIFORM_SIGMAS
    tilted = owned.fingerprint | (np.arange(len(owned), dtype=np.uint64) % np.uint64(3) == 0)
    assert attack.worst_bias(replace(owned, fingerprint=tilted)) > attack.UNIFORM_SIGMAS


@pytest.mark.shared
@pytest.mark.slow
def test_of_ten_thousand_public_prompts_many_are_left(root: Path) -> None:
    folder = root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public prompt sets are not here")
    texts = attack.candidates(attack.CANDIDATES, folder)
    owned = attack.sketched(texts, attack.OWN_KEY)
    guessed = attack.sketched(texts, attack.GUESSED_KEY)
    found = attack.attacks(owned, guessed, owned, attack.capabilities(texts))
    assert attack.shortfalls(found, owned) == []
