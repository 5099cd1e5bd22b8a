"""The window statistics of peers: their formulas, their levels, and what they can see."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from peers.mmd import LEVEL, Matched, Pool, beyond, distance_to_pool, mixed_windows
from peers.pairs import Pair, relevant, sentences
from peers.prada import prada, seat
from peers.protocol import run_pair
from peers.windows import Sums, draw, kernel, median_bandwidth, squared_mmd


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture(scope="module")
def points(rng: np.random.Generator) -> NDArray[np.float32]:
    """A thousand benign points, and two hundred elsewhere."""
    return unit(np.vstack([rng.normal(size=(1000, 16)) + 1, rng.normal(size=(200, 16)) - 0.2]))


def test_the_kernel_is_the_mean_of_four_gaussians(points: NDArray[np.float32]) -> None:
    a, b = points[:7].astype(float), points[7:12].astype(float)
    squared = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    wanted = np.mean([np.exp(-squared / (2 * (s * 0.8) ** 2)) for s in (0.5, 1, 2, 4)], axis=0)
    found = kernel(points[:7], points[7:12], bandwidth=0.8)
    np.testing.assert_allclose(found, wanted, rtol=2e-5)


def test_sums_over_counts_give_the_discrepancy_of_the_textbook(
    points: NDArray[np.float32], rng: np.random.Generator
) -> None:
    gram = kernel(points, points, bandwidth=0.8)
    # Few to draw from: drawn with replacement, so that repeats are counted too.
    counts = draw(rng, np.arange(1000, 1030), size=40, windows=1, points=len(points))
    counts = np.vstack([counts, draw(rng, np.arange(500), size=40, windows=1, points=len(points))])
    sums = Sums.of(gram, counts, pool=len(points))
    between = float(sums.with_pool[0] @ counts[1])
    found = squared_mmd(
        sums.within[:1], sums.within[1:], np.array([between]), size=40, other_size=40
    )
    x, y = (np.repeat(np.arange(len(points)), row.astype(int)) for row in counts)
    off = ~np.eye(40, dtype=bool)
    within = [gram[np.ix_(z, z)].astype(float)[off].mean() for z in (x, y)]
    assert found[0] == pytest.approx(
        sum(within) - 2 * gram[np.ix_(x, y)].astype(float).mean(), abs=1e-6
    )


def test_the_bandwidth_is_the_median_distance() -> None:
    line = np.array([[0.0], [1.0], [3.0]], np.float32)
    assert median_bandwidth(line, np.random.default_rng(0)) == pytest.approx(2.0)


def test_a_window_larger_than_its_pool_repeats_and_a_smaller_one_does_not(
    rng: np.random.Generator,
) -> None:
    assert draw(rng, np.arange(50), size=50, windows=3, points=60).max() == 1
    repeated = draw(rng, np.arange(10), size=50, windows=3, points=60)
    assert (repeated.sum(axis=1) == 50).all()
    assert repeated.max() > 1


def test_mixed_windows_hold_the_share_that_was_asked(rng: np.random.Generator) -> None:
    windows = mixed_windows(
        rng, np.arange(80), np.arange(80, 100), size=40, share=0.25, windows=4, points=100
    )
    assert (windows[:, 80:].sum(axis=1) == 10).all()
    assert (windows.sum(axis=1) == 40).all()


def test_a_pool_member_is_no_neighbour_of_itself() -> None:
    far = np.float32(
        [[1, 0.9, 0.8, 0.1], [0.9, 1, 0.7, 0.2], [0.8, 0.7, 1, 0.3], [0.1, 0.2, 0.3, 1]]
    )
    newcomer = np.float32([[0.5, 0.4, 0.3, 0.2]])
    distance = distance_to_pool(np.vstack([far, newcomer]))
    # Third nearest among the three others, and among all four for the newcomer.
    np.testing.assert_allclose(distance, [0.9, 0.8, 0.7, 0.9, 0.7], rtol=1e-6)


def test_a_share_of_the_pool_is_far_out() -> None:
    far = beyond(np.arange(1000, dtype=np.float32), 1000)
    np.testing.assert_allclose(far.sum(axis=1), [50, 20, 10], atol=1)


def test_both_rules_keep_the_level_and_ours_sees_what_the_mean_hides() -> None:
    alarms = np.zeros(2)
    seen = np.zeros(2)
    trials = 50
    rng = np.random.default_rng(11)
    for _ in range(trials):
        points = unit(np.vstack([rng.normal(size=(900, 24)) + 1, rng.normal(size=(60, 24)) + 0.4]))
        gram = kernel(points, points, bandwidth=0.6)
        pool = Pool.fit(gram[:700, :700], size=100, rng=rng, draws=100)
        matched = Matched.fit(pool, gram[:, :700])
        held, attack = np.arange(700, 900), np.arange(900, 960)
        for share, tally in ((0.0, alarms), (0.05, seen)):
            counts = mixed_windows(
                rng, held, attack, size=100, share=share, windows=1, points=len(points)
            )
            sums = Sums.of(gram, counts, pool=700)
            tally += pool.published_alarms(sums, rng)[0], matched.alarms(sums)[0]
    for hits in alarms:
        assert binomtest(int(hits), trials, LEVEL, alternative="greater").pvalue > 0.01
    # The paper's null is wider than what it tests, so its real level is far lower.
    assert seen[1] > 0.5 * trials
    assert seen[0] < 0.3 * trials


def test_the_protocol_detects_pure_attackers(points: NDArray[np.float32]) -> None:
    told = run_pair(
        Pair("made up", points[:1000], points[1000:]), size=120, windows=5, seeds=(1, 2), draws=60
    )
    assert told.paper.detected[-1] == told.ours.detected[-1] == 1
    assert told.paper.average <= 1


def test_prada_is_low_for_normal_distances_and_high_for_two_clusters() -> None:
    rng = np.random.default_rng(3)
    spread = unit(rng.normal(size=(300, 40)))
    copies = unit(np.repeat(spread[:20], 8, axis=0) + rng.normal(0, 0.002, size=(160, 40)))
    mixed = np.vstack([spread[20:160], copies])
    assert prada(spread) < 0.03
    assert prada(mixed) > 0.2


def test_prada_and_seat_say_nothing_about_too_few() -> None:
    few = unit(np.eye(4))
    assert np.isnan(prada(few))
    assert np.isnan(seat(few[:1], bar=0.5))


def test_seat_counts_alike_pairs() -> None:
    vectors = unit(np.array([[1, 0], [1, 0.01], [0, 1], [0.01, 1.0]]))
    assert seat(vectors, bar=0.99) == pytest.approx(2 / 6)


def test_sentences_with_words_cut_out_are_left_out() -> None:
    text = (
        "The first sentence has more than eight words in it . "
        "The second sentence has <unk> among its words too . Short one ."
    )
    assert sentences([text]) == ["The first sentence has more than eight words in it ."]


def test_relevance_ranks_by_likeness_to_the_task() -> None:
    candidates = unit(np.array([[0, 1], [1, 0], [1, 1]]))
    assert relevant(candidates, np.float32([1, 0]), count=2).tolist() == [1, 2]
