"""Link weights by hand, and communities that heed them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import networkit as nk
import numpy as np
import pytest
from campaign_builders import ADDRESS, CARD, CLIENT, incidences_of
from hypothesis import given
from hypothesis import strategies as st
from random_worlds import random_holders

from revenuer.campaigns import group
from revenuer.campaigns.group import (
    UNGROUPED,
    communities,
    community_levels,
    link_weights,
    renumber,
    thinned,
)
from revenuer.campaigns.incidence import Incidences


def _every(graph: Incidences) -> np.ndarray:
    return np.ones(graph.n_tokens, dtype=bool)


def _weights_of(graph: Incidences, owner: int) -> dict[str, float]:
    weights = link_weights(graph, _every(graph))
    return {
        graph.names[int(graph.token[row])]: round(float(weights[row]), 4)
        for row in np.flatnonzero(graph.owner == owner)
    }


def test_weights_by_hand() -> None:
    # Of 8 owners, rarity is 1 for 2 holders, ln 2 / ln 4 = 0.5 for 4, and 0 for all 8.
    graph = incidences_of(8, {CLIENT: {"two": [0, 1], "four": [0, 1, 2, 3], "all": range(8)}})
    assert _weights_of(graph, 0) == {"two": 0.6667, "four": 0.3333, "all": 0}
    assert _weights_of(graph, 2) == {"four": 0.5, "all": 0}


def test_what_an_owner_holds_alone_takes_its_part() -> None:
    graph = incidences_of(8, {CLIENT: {"two": [0, 1], "four": [0, 1, 2, 3], "mine": [0]}})
    assert _weights_of(graph, 0) == {"two": 0.4, "four": 0.2}
    assert _weights_of(graph, 1) == {"two": 0.6667, "four": 0.3333}


def test_sixty_shingles_of_one_template_weigh_as_one() -> None:
    many = incidences_of(20, {CLIENT: {f"shingle {k}": [0, 1] for k in range(60)}})
    assert sum(_weights_of(many, 0).values()) == pytest.approx(1, abs=0.01)


def test_kinds_do_not_dilute_each_other() -> None:
    graph = incidences_of(8, {CLIENT: {"c": [0, 1]}, CARD: {"p": [0, 1]}})
    assert _weights_of(graph, 0) == {"c": 1, "p": 1}


def test_tokens_that_may_not_link_weigh_nothing() -> None:
    graph = incidences_of(8, {CLIENT: {"two": [0, 1]}})
    assert link_weights(graph, np.array([False])).tolist() == [0, 0]


def _ring(strong: tuple[int, int]) -> np.ndarray:
    """Four owners in a ring of four cards, two of them strong."""
    pairs = {f"{k}": [k, (k + 1) % 4] for k in range(4)}
    graph = incidences_of(4, {CARD: pairs})
    weights = np.where(np.isin(graph.token, strong), 10.0, 0.1)
    return communities(graph, weights, resolution=1.0, seed=1)


def test_weights_decide_who_is_together() -> None:
    one, other = _ring((0, 2)), _ring((1, 3))
    assert one[0] == one[1] != one[2] == one[3]
    assert other[1] == other[2] != other[3] == other[0]


def test_weights_survive_into_networkit() -> None:
    graph = nk.Graph(4, weighted=True)
    ends = (np.array([0, 1], np.uint64), np.array([2, 3], np.uint64))
    graph.addEdges((np.array([0.25, 7.5]), ends))
    assert graph.totalEdgeWeight() == 7.75


def test_the_same_seed_gives_the_same_groups() -> None:
    rng = np.random.default_rng(8)
    graph = incidences_of(200, random_holders(rng, 200))
    weights = link_weights(graph, _every(graph))
    first = communities(graph, weights, resolution=1.0, seed=3)
    communities(graph, weights, resolution=5.0, seed=9)
    assert (communities(graph, weights, resolution=1.0, seed=3) == first).all()


def test_many_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(8)
    graph = incidences_of(200, random_holders(rng, 200))
    weights = link_weights(graph, _every(graph))
    halved = np.where(graph.token % 2, weights, 0.0)
    gammas = (1.0, 2.0, 5.0, 12.0)
    found = community_levels(graph, [weights, halved], resolutions=gammas, seed=3)
    for form, levels in zip((weights, halved), found, strict=True):
        for gamma, labels in zip(gammas, levels, strict=True):
            assert (labels == communities(graph, form, resolution=gamma, seed=3)).all()
    assert not (found[0][0] == found[0][3]).all()


def test_what_is_made_of_communities_goes_by_the_weighting_they_are_of() -> None:
    graph = incidences_of(60, random_holders(np.random.default_rng(8), 60))
    weights = link_weights(graph, _every(graph))
    forms = [weights, np.where(graph.token % 2, weights, 0.0), np.zeros_like(weights)]
    plain = community_levels(graph, forms, resolutions=(1.0, 5.0), seed=3)
    found = community_levels(
        graph,
        iter(forms),
        resolutions=(1.0, 5.0),
        seed=3,
        then=lambda number: lambda labels: labels + 1000 * number,
    )
    for number, (before, after) in enumerate(zip(plain, found, strict=True)):
        assert np.array_equal(np.array(after), np.array(before) + 1000 * number)
    assert (plain[2][0] == UNGROUPED).all()


def test_a_large_graph_is_contracted_and_its_communities_stay_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(5)
    crowd = {f"crowd{number}": rng.choice(240, 3, replace=False) for number in range(60)}
    shared = {
        f"{cluster}-{number}": rng.choice(40, 12, replace=False) + 40 * cluster
        for cluster in range(6)
        for number in range(30)
    }
    graph = incidences_of(240, {ADDRESS: crowd | shared})
    weights = link_weights(graph, _every(graph))
    looked_at: list[int] = []
    leiden = group._leiden
    monkeypatch.setattr(
        group, "_leiden", lambda g, gamma: looked_at.append(g.numberOfNodes()) or leiden(g, gamma)
    )
    monkeypatch.setattr(group, "LARGE_EDGES", 100)
    ((labels,),) = community_levels(graph, [weights], resolutions=(1.0,), seed=3)
    assert looked_at[1] < looked_at[0] / 2
    largest = [np.unique(labels[at : at + 40], return_counts=True) for at in range(0, 240, 40)]
    assert all(sizes.max() >= 38 for _, sizes in largest)
    assert len({int(values[sizes.argmax()]) for values, sizes in largest}) == 6


@given(st.integers(0, 2**32 - 1))
def test_owners_of_a_large_graph_keep_the_same_few_tokens_and_all_their_weight(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # The first half of the owners use one pool of addresses, the others a few at random.
    pool = {f"pool {number}": range(10) for number in range(90)}
    few = {f"far {number}": rng.choice(10, 2, replace=False) + 10 for number in range(30)}
    graph = incidences_of(20, {ADDRESS: pool | few, CARD: {"card": range(20)}})
    weights = link_weights(graph, _every(graph)) + 0.01
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group, "LARGE_EDGES", 100)
        found = thinned(graph, weights)
    slot = graph.owner * 2 + graph.kind[graph.token]
    assert np.bincount(slot[found > 0]).max() <= group.MOST_TOKENS
    assert np.bincount(slot, found) == pytest.approx(np.bincount(slot, weights))
    few_of_a_kind = (np.bincount(slot) <= group.MOST_TOKENS)[slot]
    assert np.array_equal(found[few_of_a_kind], weights[few_of_a_kind])
    kept = [set(graph.token[(slot == 2 * one) & (found > 0)].tolist()) for one in range(10)]
    assert all(one == kept[0] for one in kept)
    assert len(kept[0]) == group.MOST_TOKENS


def test_a_graph_that_is_not_large_is_left_whole() -> None:
    graph = incidences_of(2, {ADDRESS: {f"token {number}": [0, 1] for number in range(40)}})
    weights = link_weights(graph, _every(graph))
    assert np.array_equal(thinned(graph, weights), weights)


def test_a_finer_resolution_gives_more_groups() -> None:
    graph = incidences_of(200, random_holders(np.random.default_rng(8), 200))
    weights = link_weights(graph, _every(graph))
    coarse, fine = (communities(graph, weights, resolution=g, seed=3) for g in (1.0, 12.0))
    assert np.unique(fine).size > np.unique(coarse).size


def test_weights_whose_sums_are_rounded_do_not_keep_it_going_for_ever() -> None:
    # This world hung networkit's ParallelLeiden, which no signal interrupts.
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from random_worlds import random_population\n"
        "from revenuer.campaigns.partition import make_partitions\n"
        "from revenuer.records import Axis\n"
        "shown = (Axis.COORDINATION, Axis.CONCEALMENT)\n"
        "world = random_population(101, n=230, shown=shown)\n"
        "make_partitions(world.incidences, smallest=3, seed=1)\n"
    )
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", program, here], check=True, timeout=120)


def test_owners_that_share_nothing_are_in_no_group() -> None:
    graph = incidences_of(5, {ADDRESS: {"a": [0, 1], "b": [2]}})
    labels = communities(graph, link_weights(graph, _every(graph)), resolution=1.0, seed=1)
    assert labels[0] == labels[1] != UNGROUPED
    assert (labels[2:] == UNGROUPED).all()


def test_a_graph_without_links_has_no_groups() -> None:
    graph = incidences_of(3, {CARD: {"a": [0]}})
    labels = communities(graph, np.empty(0), resolution=1.0, seed=1)
    assert labels.tolist() == [UNGROUPED] * 3


@given(
    labels=st.lists(st.integers(UNGROUPED, 6), min_size=1, max_size=40), smallest=st.integers(1, 5)
)
def test_small_groups_dissolve_and_the_rest_keep_together(labels: list[int], smallest: int) -> None:
    before = np.array(labels)
    after = renumber(before, smallest=smallest)
    kept = [k for k in np.unique(before) if k != UNGROUPED and (before == k).sum() >= smallest]
    assert sorted(np.unique(after[after != UNGROUPED])) == list(range(len(kept)))
    for value in np.unique(before):
        theirs = after[before == value]
        assert (theirs == theirs[0]).all()
        assert (theirs[0] == UNGROUPED) == (value not in kept)
