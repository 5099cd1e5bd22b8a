from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.campaigns.layout import GAP, beside, disc_radius, ring, sectors, settle, spiral

Pulls = np.ndarray


def least_distance(places: np.ndarray) -> float:
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    return float(distance.min())


def circles(k: int, seed: int) -> tuple[np.ndarray, Pulls, np.ndarray]:
    draws = np.random.default_rng(seed)
    radii = disc_radius(draws.integers(3, 900, k))
    upper = np.triu(draws.random((k, k)) * (draws.random((k, k)) < 0.2), 1)
    return radii, upper + upper.T, spiral(k) * 20


@pytest.mark.parametrize("n", [1, 2, 50, 2_400])
def test_members_of_a_disc_do_not_cover_each_other_nor_leave_it(n: int) -> None:
    places = spiral(n)
    assert np.linalg.norm(places, axis=1).max() <= disc_radius(n)
    assert n == 1 or least_distance(places) > 0.8


def test_members_of_one_sort_lie_in_one_sector() -> None:
    sort = np.random.default_rng(1).integers(0, 6, 600)
    places = sectors(sort)
    for one in range(6):
        mine = places[sort == one]
        middle = mine.mean(axis=0)
        # Spread evenly they would have their middle in the disc's.
        assert np.linalg.norm(middle) > 0.4 * disc_radius(600)
    assert sorted(map(tuple, places)) == sorted(map(tuple, spiral(600)))


@given(st.lists(st.floats(-np.pi, np.pi), min_size=1, max_size=400), st.floats(2.0, 60.0))
@settings(max_examples=60, deadline=None)
def test_a_ring_gives_everything_a_step_of_room(angles: list[float], radius: float) -> None:
    places = ring(np.array(angles), radius, 1.8)
    assert np.linalg.norm(places, axis=1).min() >= radius - 1e-9
    # Along the ring it is a step; straight across a little less.
    assert len(angles) == 1 or least_distance(places) > 0.9 * 1.8


@pytest.mark.parametrize("k", [1, 2, 12, 120])
def test_no_two_circles_overlap(k: int) -> None:
    radii, pulls, start = circles(k, seed=k)
    places = settle(radii, pulls, start, is_new=np.ones(k, bool))
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (distance >= radii[:, None] + radii[None] + GAP - 1e-6).all()


def test_the_same_circles_have_the_same_places() -> None:
    radii, pulls, start = circles(40, seed=2)
    one, other = (settle(radii, pulls, start, is_new=np.ones(40, bool)) for _ in range(2))
    assert (one == other).all()


def test_circles_that_pull_each_other_end_nearer_than_others() -> None:
    radii = np.full(20, 5.0)
    pulls = np.zeros((20, 20))
    # Two crews of ten, by turns on the spiral that they begin on.
    crew = np.arange(20) % 2
    pulls[crew[:, None] == crew[None]] = 1.0
    np.fill_diagonal(pulls, 0.0)
    places = settle(radii, pulls, spiral(20) * 20, is_new=np.ones(20, bool))
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    inside = distance[crew[:, None] == crew[None]].mean()
    assert inside < 0.75 * distance[crew[:, None] != crew[None]].mean()


def test_circles_that_had_a_place_keep_it() -> None:
    radii, pulls, start = circles(30, seed=3)
    before = settle(radii, pulls, start, is_new=np.ones(30, bool))
    is_new = np.arange(30) >= 29
    start = before.copy()
    start[29] = before.max(axis=0) + 50
    again = settle(radii, pulls, start, is_new=is_new)
    # But for what the new one takes.
    moved = np.linalg.norm(again[:29] - before[:29], axis=1)
    assert moved.max() < 0.05 * np.ptp(before, axis=0).max()
    assert np.median(moved) < 0.5


def test_what_ties_groups_lies_beside_them() -> None:
    middles = np.array([[0.0, 0.0], [60.0, 0.0]])
    radii = np.array([20.0, 20.0])
    places = beside(np.tile([[5.0, 0.0]], (12, 1)), middles, radii, 4.0)
    distance = np.linalg.norm(places[:, None] - middles[None], axis=2)
    assert (distance >= 20).all()
    assert least_distance(places) > 2.0
