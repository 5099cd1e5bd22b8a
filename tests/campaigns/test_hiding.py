"""What only a group can hide: how many it is, and who deals out its work."""

from __future__ import annotations

import numpy as np
import pytest
from campaign_builders import ADDRESS, CARD, incidences_of

from revenuer.campaigns.hiding import (
    USUAL_OWNERS,
    Loads,
    claimed_owners,
    evenness,
    privately_tied,
    tied_in_each,
)
from revenuer.settings import JudgeSettings
from revenuer.stats.calibrators import log_e_from_p

SETTINGS = JudgeSettings()
SPREAD = np.exp(np.random.default_rng(1).normal(4, 1.3, 1000))


def _even(volumes: np.ndarray, ordinary: np.ndarray = SPREAD) -> float:
    """Evidence for a group that made `volumes` beside an ordinary population."""
    everybody = np.concatenate([volumes, ordinary])
    members = np.arange(volumes.size)
    loads = Loads.of(everybody, np.arange(everybody.size) >= volumes.size)
    return evenness(loads, members, SETTINGS)


def _claims(owners: int, card_of: int = 0) -> dict[str, float]:
    """A group of owners at one address, the first few of them on one card."""
    holders = {
        ADDRESS: {"one": range(owners)},
        CARD: {"shared": range(card_of)} | {f"own {n}": [n] for n in range(card_of, owners)},
    }
    return claimed_owners(incidences_of(500, holders), np.arange(owners))


def test_as_many_owners_as_friends_are_no_evidence() -> None:
    usual = int(USUAL_OWNERS)
    assert _claims(usual, usual) == pytest.approx(dict.fromkeys(_claims(1), np.log(0.5)))


def test_claims_by_hand() -> None:
    # Eight owners: p = (8 / 4)^-2 = 0.25; all on one card: p = (8 / 4)^-3 = 0.125.
    claims = _claims(8, 8)
    assert claims["split-owners"] == pytest.approx(log_e_from_p(np.array([0.25]))[0])
    assert claims["tied-owners"] == pytest.approx(log_e_from_p(np.array([0.125]))[0])


def test_more_owners_are_more_evidence() -> None:
    nats = [_claims(owners, owners) for owners in range(4, 200, 5)]
    for name in nats[0]:
        assert (np.diff([one[name] for one in nats]) > 0).all()


def test_strangers_at_one_address_are_not_tied() -> None:
    assert _claims(60)["tied-owners"] == pytest.approx(np.log(0.5))


def test_a_card_that_mostly_others_hold_ties_nobody() -> None:
    incidences = incidences_of(100, {CARD: {"lost and found": range(40)}})
    assert privately_tied(incidences, np.arange(10)) == 0
    assert privately_tied(incidences, np.arange(30)) == 30


def test_overlapping_groups_are_counted_each_by_itself() -> None:
    cards = {f"card {n}": range(3 * n, 3 * n + 3) for n in range(20)}
    incidences = incidences_of(100, {CARD: cards, ADDRESS: {"everybody": range(60)}})
    groups = [np.arange(9), np.arange(1, 4), np.arange(60, 80), np.arange(60)]
    assert tied_in_each(incidences, groups) == [9, 2, 0, 60]
    assert tied_in_each(incidences, []) == []


def test_a_load_dealt_out_evenly_is_evidence() -> None:
    rng = np.random.default_rng(2)
    heavy = float(np.quantile(SPREAD, 0.95))
    assert _even(heavy * rng.uniform(0.95, 1.05, 30)) > 3


def test_an_even_load_that_many_carry_is_none() -> None:
    # A class with one assignment.
    assert _even(np.full(30, float(np.median(SPREAD)))) == 0


def test_a_load_as_uneven_as_peoples_is_none() -> None:
    assert _even(SPREAD[:30]) < 1


def test_two_members_are_too_few_to_be_even() -> None:
    assert _even(np.array([100.0, 100.0])) == 0


def test_where_everybody_does_the_same_evenness_says_nothing() -> None:
    assert _even(np.full(30, 100.0), np.full(500, 100.0)) == 0


def test_without_anybody_to_compare_with_evenness_says_nothing() -> None:
    assert _even(np.full(30, 100.0), np.empty(0)) == 0


@pytest.mark.parametrize("size", [3, 8, 60])
def test_groups_drawn_from_the_population_have_a_mean_of_at_most_one(size: int) -> None:
    rng = np.random.default_rng(size)
    e_values = np.exp([_even(np.exp(rng.normal(4, 1.3, size))) for _ in range(1500)])
    assert e_values.mean() <= 1 + 3 * e_values.std() / np.sqrt(e_values.size)
