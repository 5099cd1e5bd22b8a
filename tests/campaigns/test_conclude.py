"""From an e-value to a probability, and the capabilities of some prompts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.conclude import PRIOR, capability_mix, probability_of


def test_no_evidence_leaves_the_prior() -> None:
    assert probability_of(0.0) == pytest.approx(PRIOR)


@given(nats=st.floats(-50, 30), more=st.floats(0.01, 5))
def test_more_evidence_is_more_probable(nats: float, more: float) -> None:
    assert 0 < probability_of(nats) < probability_of(nats + more) < 1


@given(nats=st.floats(allow_nan=False))
def test_it_is_a_probability_however_large_the_evidence(nats: float) -> None:
    assert 0 <= probability_of(nats) <= 1


def test_the_capability_mix_is_the_mean_over_prompts_that_were_read() -> None:
    shares = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [np.nan] * 3])
    mix = capability_mix(shares, ["code", "maths", "law"])
    assert list(mix.items()) == [("code", 0.75), ("maths", 0.25)]


def test_without_text_there_is_no_mix() -> None:
    assert capability_mix(np.full((2, 2), np.nan), ["code", "maths"]) == {}
