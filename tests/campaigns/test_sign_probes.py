"""Probe phases, and innocents that are refused too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from revenuer.campaigns.early_signs import Draft
from revenuer.campaigns.sign_probes import Tries, candidates, probe_phases

N = 400
DAILY = 1 / 30


def _ordinary(seed: int = 1) -> Tries:
    """Owners of all volumes, of whose requests one in two hundred is refused."""
    random = np.random.default_rng(seed)
    exchanges = np.exp(random.normal(3, 1.3, N)).astype(np.int64) + 1
    refused = random.binomial(exchanges, 0.005)
    zeros = np.zeros(N, np.int64)
    return Tries(exchanges, refused, np.minimum(refused, 5), zeros, zeros, np.zeros(N), 0.1)


def _with(tries: Tries, owner: int, **values: float) -> Tries:
    columns = {}
    for name, value in values.items():
        column: NDArray[np.float64] = getattr(tries, name).copy()
        column[owner] = value
        columns[name] = column
    return replace(tries, **columns)


def _prober(tries: Tries, owner: int = 7, **other: float) -> Tries:
    usual = {"exchanges": 20, "refused": 18, "read": 15, "shaped": 9, "methods": 3, "hours": 30}
    return _with(tries, owner, **(usual | other))


def _found(tries: Tries, ways: float = 5.0, excused: int | None = None) -> list[Draft]:
    everyone, covered = np.ones(N, dtype=bool), np.zeros(N, dtype=bool)
    if excused is not None:
        covered[excused] = True
    owners, p_values = candidates(tries, everyone, covered, DAILY)
    several = np.full(owners.size, ways)
    return probe_phases(tries, owners, p_values, several, [np.array([7, 8, 30])], everyone)


def test_many_refused_ways_to_ask_are_a_probe_phase() -> None:
    (draft,) = _found(_prober(_ordinary()))
    assert draft.owners.tolist() == [7]
    assert "18 different prompts refused within 30 hours, 90% of the exchanges" in draft.statement


def test_two_linked_probers_are_one_actor() -> None:
    (draft,) = _found(_prober(_prober(_ordinary()), owner=30))
    assert draft.owners.tolist() == [7, 30]
    assert draft.numbers["refused_prompts"] == 36


def test_probers_who_are_taken_for_ordinary_do_not_hide_each_other() -> None:
    """Three in four hundred, all of them in what is fitted to."""
    tries = _ordinary()
    for owner in (7, 8, 30):
        tries = _prober(tries, owner=owner, exchanges=5, refused=5, read=5, shaped=3)
    (draft,) = _found(tries)
    assert draft.owners.tolist() == [7, 8, 30]


def test_four_tries_are_enough_in_a_new_account() -> None:
    tries = _prober(_ordinary(), exchanges=4, refused=4, read=4, shaped=3)
    assert len(_found(tries)) == 1


@pytest.mark.parametrize(
    "innocent",
    [
        {"refused": 1},  # A broken application repeats one refused prompt.
        {"shaped": 1},  # A product on a contested subject asks for no reasoning.
        {"exchanges": 4000, "refused": 30},  # A large customer has many refusals.
        {"read": 3, "shaped": 1},  # One prompt of three asks so by chance.
        {"read": 0, "shaped": 0},  # Nothing was read: nobody can tell what it asks.
    ],
)
def test_innocents_who_are_refused_raise_no_sign(innocent: dict[str, float]) -> None:
    assert _found(_prober(_ordinary(), **innocent)) == []


def test_a_harvest_whose_template_is_refused_is_no_probe() -> None:
    assert _found(_prober(_ordinary()), ways=1.0) == []


def test_a_red_team_with_a_permit_raises_no_sign() -> None:
    assert _found(_prober(_ordinary()), excused=7) == []


def test_ordinary_owners_raise_fewer_signs_than_are_allowed() -> None:
    """Even if all that anybody has refused asked as a harvest does."""
    raised = 0
    for seed in range(60):
        tries = _ordinary(seed)
        tries = replace(tries, read=tries.refused + 2, shaped=tries.refused + 2)
        raised += len(_found(tries))
    assert raised <= 3
