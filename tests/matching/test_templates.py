from __future__ import annotations

import numpy as np
import pytest
from matching_builders import group_key

from revenuer.features.words import Words
from revenuer.matching.templates import (
    LEAST_TEXTS,
    Template,
    bits_apart,
    is_same,
    nearest,
    resemblance,
    sketch_key_of,
    templates_of,
)

RNG = np.random.default_rng(3)
SHARED = [int(each) for each in RNG.integers(0, 2**63, 20)]
OTHER = [int(each) for each in RNG.integers(0, 2**63, 20)]


def words(texts: list[list[int]]) -> Words:
    hashes = np.array([each for text in texts for each in text], np.uint64)
    return Words(hashes, np.concatenate([[0], np.cumsum([len(text) for text in texts])]))


def filled(template: list[int], count: int) -> list[list[int]]:
    """Prompts of a template, each with words of its own in the slot."""
    return [[*template, *(int(each) for each in RNG.integers(0, 2**63, 12))] for _ in range(count)]


def test_what_comes_back_is_the_template_and_what_does_not_is_a_slot() -> None:
    found = templates_of(words(filled(SHARED, 10)))
    assert found == [Template(frozenset(SHARED), 10)]


def test_two_templates_of_one_campaign_are_two() -> None:
    found = templates_of(words([*filled(SHARED, 8), *filled(OTHER, 5)]))
    assert [one.texts for one in found] == [8, 5]
    assert [one.fragments for one in found] == [frozenset(SHARED), frozenset(OTHER)]


def test_prompts_without_a_template_have_none() -> None:
    assert templates_of(words(filled([], 50))) == []
    assert templates_of(words([])) == []
    assert templates_of(words(filled(SHARED, LEAST_TEXTS - 1))) == []


def test_the_order_of_prompts_says_nothing() -> None:
    texts = [*filled(SHARED, 8), *filled(OTHER, 8)]
    assert templates_of(words(texts)) == templates_of(words(texts[::-1]))


def test_the_same_template_is_known_again_with_other_slots() -> None:
    ours, theirs = (templates_of(words(filled(SHARED, 6))) for _ in range(2))
    assert is_same(ours[0], theirs[0])
    assert bits_apart(ours[0], theirs[0]) == 0
    assert nearest(ours, theirs) == 1
    strangers = templates_of(words(filled(OTHER, 6)))
    assert nearest(ours, strangers) == 0
    assert bits_apart(ours[0], strangers[0]) > 16
    assert nearest(ours, []) == 0


@pytest.mark.parametrize("kept", [19, 15, 10])
def test_a_template_that_was_reworded_is_nearer_than_another(kept: int) -> None:
    changed = SHARED[:kept] + OTHER[kept:]
    ours = templates_of(words(filled(SHARED, 6)))[0]
    theirs = templates_of(words(filled(changed, 6)))[0]
    # By hand: `kept` of the 40 - `kept` different hashes are common.
    assert resemblance(ours, theirs) == pytest.approx(kept / (40 - kept))
    assert is_same(ours, theirs)


def test_members_have_the_same_sketch_key_and_nobody_else_has() -> None:
    assert sketch_key_of(group_key()) == sketch_key_of(group_key())
    assert sketch_key_of(group_key()).secret != sketch_key_of(group_key(b"x")).secret
    assert sketch_key_of(group_key()).secret != group_key().secret
