"""Holm's correction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.stats.holm import holm

p_lists = st.lists(st.floats(0, 1), max_size=8)


@given(p_lists, st.floats(0.001, 0.5))
def test_it_rejects_what_the_stepwise_procedure_does(values, alpha):
    order = sorted(range(len(values)), key=lambda i: values[i])
    rejected = set()
    for step, i in enumerate(order):
        if values[i] * (len(values) - step) > alpha:
            break
        rejected.add(i)
    found = holm(np.array(values))
    assert set(np.flatnonzero(found <= alpha)) == rejected
    assert (found >= values).all()


def test_no_tests_are_no_p_values():
    assert holm(np.array([])).size == 0


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad):
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm(np.array([bad]))
