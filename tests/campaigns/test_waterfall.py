"""The pieces of an axis add up to it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.waterfall import CLAIMS, axis_e_value, axis_waterfall, waterfall
from revenuer.records import Axis
from revenuer.stats.log_mean_exp import log_mean_exp

PARTS = st.dictionaries(st.text("abcdefgh", min_size=1), st.floats(-60, 700), min_size=1)


@given(parts=PARTS)
def test_the_shares_add_up_to_the_axis(parts: dict[str, float]) -> None:
    assert sum(waterfall(parts).values()) == pytest.approx(
        log_mean_exp(list(parts.values())), abs=1e-6
    )


@given(parts=PARTS)
def test_every_piece_is_there_the_strongest_first(parts: dict[str, float]) -> None:
    shares = waterfall(parts)
    assert set(shares) == set(parts)
    assert [parts[name] for name in shares] == sorted(parts.values(), reverse=True)


@given(parts=PARTS)
def test_only_the_first_piece_can_cost(parts: dict[str, float]) -> None:
    assert all(nats >= -1e-9 for nats in list(waterfall(parts).values())[1:])


def test_one_piece_is_the_whole() -> None:
    assert waterfall({"only": 3.25}) == {"only": 3.25}


def test_equal_pieces_come_in_the_order_of_their_names() -> None:
    assert list(waterfall({"b": 1.0, "a": 1.0})) == ["a", "b"]


@given(parts=PARTS, claims=st.dictionaries(st.sampled_from(CLAIMS), st.floats(-60, 60)))
def test_the_shares_of_every_axis_add_up_to_it(
    parts: dict[str, float], claims: dict[str, float]
) -> None:
    for axis in Axis:
        both = parts | claims
        assert sum(axis_waterfall(axis, both).values()) == pytest.approx(
            axis_e_value(axis, both), abs=1e-6
        )


def test_claims_are_weighed_apart_from_behaviour() -> None:
    # By hand: the mean of 4 and 2 is 3, of 9 and 1 it is 5; concealment has 15.
    nats = {name: math.log(e) for name, e in zip(CLAIMS, (4, 2), strict=True)}
    nats |= {"one": math.log(9), "other": math.log(1)}
    assert axis_e_value(Axis.CONCEALMENT, nats) == pytest.approx(math.log(15))
    assert axis_e_value(Axis.EXTRACTION, nats) == pytest.approx(math.log(4))
    assert axis_e_value(Axis.CONCEALMENT, {}) == 0
