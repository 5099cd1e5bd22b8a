"""Behavioural likeness: against controls, as triage."""

import numpy as np
import pytest
from scipy.stats import binomtest

from revenuer.provenance.similarity import compare, informative_prompts


def answers(rng, like=None, share=0.0, many=400):
    """Answers of a model; a share of them as another gives them."""
    own = rng.integers(0, 20, many)
    return own if like is None else np.where(rng.random(many) < share, like, own)


def test_one_that_follows_the_owner_is_a_lead():
    rng = np.random.default_rng(0)
    common = answers(rng)
    owner = answers(rng, common, 0.5)
    controls = {str(i): answers(rng, common, 0.5) for i in range(3)}
    found = compare(answers(rng, owner, 0.5), owner, controls, alpha=0.05)
    assert found.closest_to_owner
    assert max(found.p_values.values()) < 1e-4
    assert found.with_owner.low > 0.4


def test_strangers_become_leads_no_more_often_than_promised():
    """All share a source, as models do; even one control bounds the rate."""
    rng = np.random.default_rng(1)
    leads = 0
    for _ in range(400):
        common = answers(rng, many=100)
        owner, suspect, control = (answers(rng, common, 0.5, many=100) for _ in range(3))
        leads += compare(suspect, owner, {"c": control}, alpha=0.05).closest_to_owner
    assert binomtest(leads, 400, 0.05, "greater").pvalue > 1e-3


def test_one_control_that_is_as_close_ends_the_lead():
    rng = np.random.default_rng(2)
    owner = answers(rng)
    suspect = answers(rng, owner, 0.5)
    stranger, sibling = answers(rng), answers(rng, owner, 0.95)
    assert compare(suspect, owner, {"stranger": stranger}, alpha=0.05).closest_to_owner
    both = {"stranger": stranger, "sibling": np.where(suspect == owner, suspect, sibling)}
    found = compare(suspect, owner, both, alpha=0.05)
    assert not found.closest_to_owner
    # The sibling alone would have been taken for a student of the owner.
    assert (found.false_leads.count, found.false_leads.total) == (1, 2)


def test_without_a_control_nothing_is_said():
    with pytest.raises(ValueError, match="control"):
        compare(np.zeros(3), np.zeros(3), {}, alpha=0.05)


def test_what_lies_outside_the_listed_answers_counts_as_doubt():
    assert informative_prompts(np.array([[0.9, 0.1], [0.4, 0.1]]), 5).tolist() == [1, 0]
