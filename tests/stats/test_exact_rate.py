"""A share and its exact interval."""

import pytest
from scipy.stats import binomtest

from revenuer.stats.exact_rate import Rate


@pytest.mark.parametrize(
    ("count", "total"), [(0, 1), (1, 1), (3, 7), (0, 200), (199, 200), (18, 20)]
)
def test_it_is_what_scipy_finds_by_solving(count, total):
    wanted = binomtest(count, total).proportion_ci(method="exact")
    found = Rate.of(count, total)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_nothing_of_nothing_may_be_any_share():
    assert Rate.of(0, 0) == Rate(0, 0, 0.0, 1.0)
