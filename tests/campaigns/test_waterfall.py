"""The pieces of an axis add up to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.waterfall import waterfall
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
