"""One e-value for dependent members: never more than the dependence allows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm

from revenuer.stats.block_product import block_product, block_products, effective_size
from revenuer.stats.calibrators import log_e_from_p

NATS = st.lists(st.floats(-20, 20), min_size=1, max_size=40)
BLOCKS, ROUNDS = 10, 20_000


def _null_members(rng: np.random.Generator, inside: int, correlation: float) -> NDArray[np.float64]:
    """Log e-values of null members in `BLOCKS` independent blocks. Shape (ROUNDS, k)."""
    shared = rng.normal(size=(ROUNDS, BLOCKS, 1))
    own = rng.normal(size=(ROUNDS, BLOCKS, inside))
    z = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    # Ranks in a baseline of 99, as the judge makes them: no p-value below 0.01.
    p_values = np.ceil(norm.sf(z) * 100) / 100
    return log_e_from_p(p_values).reshape(ROUNDS, -1)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("inside", [1, 3, 12])
def test_its_mean_is_at_most_one_whatever_holds_inside_the_blocks(
    inside: int, correlation: float
) -> None:
    nats = _null_members(np.random.default_rng(inside), inside, correlation)
    e_values = np.exp([block_product(row, at_most=BLOCKS) for row in nats])
    assert e_values.mean() <= 1 + 3 * e_values.std() / np.sqrt(ROUNDS)


def test_a_plain_product_would_break_the_promise() -> None:
    nats = _null_members(np.random.default_rng(3), 3, 1.0)
    assert np.exp(nats.sum(axis=1)).mean() > 5


def test_a_small_bias_does_not_convict_a_large_group() -> None:
    assert block_product(np.full(300, 0.1), at_most=10) < 1.0


def test_one_member_counts_as_it_is() -> None:
    assert block_product(np.array([2.5]), at_most=10) == 2.5


def test_no_members_are_no_evidence() -> None:
    assert block_product(np.array([]), at_most=10) == 0.0


def test_a_member_without_evidence_counts_nothing_but_counts() -> None:
    alone = block_product(np.array([3.0]), at_most=10)
    beside_silence = block_product(np.array([3.0, np.nan]), at_most=10)
    assert beside_silence == block_product(np.array([3.0, 0.0]), at_most=10)
    assert beside_silence < alone


@given(nats=NATS, seed=st.integers(0, 99))
def test_order_does_not_matter(nats: list[float], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(nats)
    assert block_product(shuffled, at_most=10) == pytest.approx(
        block_product(np.array(nats), at_most=10), abs=1e-9
    )


@given(nats=NATS, place=st.integers(0, 39), lift=st.floats(0, 9))
def test_more_evidence_of_one_member_is_never_less_for_the_group(
    nats: list[float], place: int, lift: float
) -> None:
    raised = np.array(nats)
    raised[place % len(nats)] += lift
    assert block_product(raised, at_most=10) >= block_product(np.array(nats), at_most=10) - 1e-9


@given(size=st.integers(1, 10_000), at_most=st.floats(1, 100))
def test_a_group_is_worth_no_more_than_its_size_and_the_bound(size: int, at_most: float) -> None:
    worth = effective_size(size, at_most=at_most)
    assert 1 - 1e-9 <= worth <= min(size, at_most) + 1e-9
    assert effective_size(size + 1, at_most=at_most) >= worth - 1e-9


@given(seed=st.integers(0, 999), sizes=st.lists(st.integers(0, 300), max_size=8))
def test_many_groups_at_once_are_each_group_by_itself_to_the_last_bit(
    seed: int, sizes: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    nats = rng.normal(size=(sum(sizes), 3))
    nats[rng.random(nats.shape) < 0.2] = np.nan
    at_most = rng.uniform(1, 30, (len(sizes), 3))
    ends = np.cumsum(np.array(sizes, np.int64))
    found = block_products(nats, ends, at_most=at_most)
    for number, group in enumerate(np.split(nats, ends[:-1]) if sizes else []):
        alone = [
            block_product(column, at_most=most)
            for column, most in zip(group.T, at_most[number], strict=True)
        ]
        assert found[number].tolist() == alone
