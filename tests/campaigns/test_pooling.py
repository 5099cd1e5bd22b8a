"""Exchanges that belong together are decided together, unless they differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.pooling import logit, pooled_log_odds, sigmoid


def _ids(*numbers: int) -> NDArray[np.uint64]:
    return np.array(numbers, np.uint64)


def _alone(n: int) -> NDArray[np.uint64]:
    return np.arange(1000, 1000 + n).astype(np.uint64)


def test_no_exchange_is_no_label() -> None:
    nothing = np.empty(0)
    assert pooled_log_odds(nothing, nothing, _ids(), _ids()).size == 0


def test_a_single_exchange_adds_up_what_it_says_and_wears() -> None:
    # By hand: own e^3, customers 1, mixed 0.2 e^0.5 / 2 (e^2 + 1), of which e^2 / (e^2 + 1).
    own, mixed = np.exp(3.0), 0.2 * np.exp(0.5) * (np.exp(2.0) + 1) / 2
    # One talk moves the share of a mixed cell a little: so a tolerance.
    chance = (own + mixed * 0.88) / (own + mixed + 1)
    found = pooled_log_odds(np.array([2.0]), np.array([1.0]), _ids(1), _ids(1))
    assert abs(sigmoid(found)[0] - chance) < 0.01


def test_a_silent_exchange_is_decided_by_its_cell() -> None:
    said = np.array([3.0] * 9 + [-0.7] + [-0.7] * 10)
    cell = np.repeat(_ids(1, 2), 10)
    found = pooled_log_odds(said, np.zeros(20), cell, _alone(20))
    assert found[9] > 0
    assert (found[10:] < 0).all()


def test_a_mixed_cell_lets_each_exchange_speak_for_itself() -> None:
    said = np.array([3.0, -3.0] * 30)
    found = pooled_log_odds(said, np.zeros(60), np.repeat(_ids(1), 60), _alone(60))
    assert (found[::2] > 0).all()
    assert (found[1::2] < 0).all()


def test_turns_of_a_talk_go_together_in_a_mixed_cell() -> None:
    said = np.array([3.0, -3.0] * 30 + [-2.0, 0.5])
    talk = np.concatenate([_alone(60), _ids(7, 7)])
    found = pooled_log_odds(said, np.zeros(62), np.repeat(_ids(1), 62), talk)
    assert (found[60:] < 0).all()


def test_weak_words_of_many_do_not_outweigh_another_client() -> None:
    said, worn = np.full(200, 0.4), np.full(200, -9.0)
    found = pooled_log_odds(said, worn, np.repeat(_ids(1), 200), _alone(200))
    assert (found < 0).all()


def test_the_order_of_exchanges_changes_no_bit() -> None:
    rng = np.random.default_rng(1)
    said, worn = rng.normal(0, 2, 500), np.repeat(rng.normal(0, 2, 25), 20)
    cell, talk = np.repeat(np.arange(25), 20).astype(np.uint64), np.arange(500) // 3
    # A talk lies within one cell.
    talk = (talk + 1000 * cell.astype(np.int64)).astype(np.uint64)
    order = rng.permutation(500)
    there = pooled_log_odds(said, worn, cell, talk)[order]
    here = pooled_log_odds(said[order], worn[order], cell[order], talk[order])
    assert (there == here).all()


def test_logit_undoes_sigmoid() -> None:
    values = np.array([-5.0, 0.0, 2.5])
    assert np.allclose(logit(sigmoid(values)), values, atol=1e-3)
