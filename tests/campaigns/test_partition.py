"""Who belongs to a group and who was only met there."""

from __future__ import annotations

import numpy as np
import pytest
from campaign_builders import (
    ADDRESS,
    BLOCK,
    BURST,
    CARD,
    CLIENT,
    MAIL,
    ORGANIZATION,
    STATE,
    TEMPLATE,
    Holders,
    incidences_of,
    kind,
)
from random_worlds import CAMPAIGN, plant_campaign, random_holders

from revenuer.campaigns.group import UNGROUPED, communities, link_weights
from revenuer.campaigns.held import (
    Ties,
    connected_pieces,
    families_holding,
    holding,
    keep_held,
)
from revenuer.campaigns.incidence import Incidences
from revenuer.campaigns.partition import RESOLUTIONS, binding, make_partitions
from revenuer.records import Channel

N = 400
ONE_GROUP = np.where(np.arange(N) < 8, 0, UNGROUPED)
POOL: Holders = {
    CARD: {"pool card": range(6), "family card": [6, 7]},
    TEMPLATE: {"template": range(6)},
    BLOCK: {"block": range(8)},
}
"""Owners 0 to 5 are a campaign; 6 and 7 are a household that it meets at one address block."""


def same_groups(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two labellings have the same groups, whatever their numbers."""
    pairs = np.unique(np.column_stack([one, other]), axis=0)
    return len(pairs) == np.unique(one).size == np.unique(other).size


def _kept(graph: Incidences, families: int = 2) -> list[set[int]]:
    labels = keep_held(Ties.of(graph), ONE_GROUP, families)
    return [set(np.flatnonzero(labels == k).tolist()) for k in np.unique(labels) if k >= 0]


def test_a_household_met_at_one_address_block_is_cut_off() -> None:
    graph = incidences_of(N, POOL)
    assert families_holding(graph, holding(graph, ONE_GROUP))[6:8].tolist() == [2, 2]
    assert _kept(graph) == [set(range(6))]


def test_a_household_with_a_home_of_its_own_stays_a_group_of_its_own() -> None:
    graph = incidences_of(N, {**POOL, ADDRESS: {"home": [6, 7]}})
    assert sorted(_kept(graph), key=len) == [{6, 7}, set(range(6))]


def test_two_families_of_their_own_join_what_one_does_not() -> None:
    mail = {"pattern": range(8)}
    assert _kept(incidences_of(N, {**POOL, MAIL: mail})) == [set(range(8))]


@pytest.mark.parametrize("link", [CARD, TEMPLATE, STATE], ids=lambda link: link.id)
def test_what_is_private_or_said_or_passed_on_joins_by_itself(link: object) -> None:
    graph = incidences_of(N, POOL)
    bridged = {**POOL, link: {**POOL.get(link, {}), "bridge": [0, 6]}}  # type: ignore[index, call-overload]
    assert _kept(graph) == [set(range(6))]
    assert _kept(incidences_of(N, bridged)) == [set(range(8))]


def test_one_family_is_enough_where_one_is_asked_for() -> None:
    graph = incidences_of(N, POOL)
    inside = holding(graph, ONE_GROUP)
    assert np.unique(connected_pieces(graph, ONE_GROUP, inside, 1)[:8]).size == 1
    assert np.unique(connected_pieces(graph, ONE_GROUP, inside, 2)[:8]).size == 2


def test_members_whose_tokens_strangers_hold_are_dropped() -> None:
    everywhere: Holders = {**POOL, BLOCK: {"block": range(N)}, CARD: {"pool card": range(6)}}
    kept = _kept(incidences_of(N, everywhere), families=1)
    assert kept == [set(range(6))]


def test_dropping_one_member_may_drop_the_next() -> None:
    # Half of the card's other holders are inside, until the block no longer holds owner 2.
    graph = incidences_of(
        N, {CARD: {"card": [0, 1, 2, 20]}, ADDRESS: {"a": [0, 1, 2, 21, 22, 23, 24]}}
    )
    labels = np.where(np.arange(N) < 3, 0, UNGROUPED)
    assert (keep_held(Ties.of(graph), labels, 2) == UNGROUPED).all()
    assert (keep_held(Ties.of(graph), labels, 1)[:3] != UNGROUPED).all()


def test_channels_are_counted_once_each() -> None:
    graph = incidences_of(
        N,
        {
            CARD: {"c": [0, 1]},
            MAIL: {"m": [0, 1]},
            ADDRESS: {"a": [0, 2]},
            CLIENT: {"k": [1, 2]},
            TEMPLATE: {"t": [1, 2]},
        },
    )
    inside = holding(graph, ONE_GROUP)
    assert families_holding(graph, inside)[:4].tolist() == [2, 3, 3, 0]


def test_an_owner_of_many_addresses_is_not_held_by_one_of_them() -> None:
    addresses = {"met": [0, 1]} | {f"own {k}": [0] for k in range(10)}
    graph = incidences_of(N, {ADDRESS: addresses})
    assert families_holding(graph, holding(graph, ONE_GROUP))[:2].tolist() == [0, 1]


def _held_step_by_step(graph: Incidences, labels: np.ndarray, families: int) -> np.ndarray:
    """The definition: everybody is asked again until nothing changes."""
    while True:
        inside = holding(graph, labels)
        held = families_holding(graph, inside) >= families
        pieces = connected_pieces(graph, labels, inside, families)
        kept = np.where(held, pieces, UNGROUPED)
        if same_groups(kept, labels):
            return kept
        labels = kept


@pytest.mark.parametrize("families", [1, 2])
def test_what_is_settled_need_not_be_asked_again(families: int) -> None:
    left = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        held = random_holders(rng, 312)
        plant_campaign(held)
        graph = incidences_of(312, held)
        weights = link_weights(graph, np.ones(graph.n_tokens, dtype=bool))
        labels = communities(graph, weights, resolution=12.0, seed=1) // 3
        labels[rng.random(312) < 0.1] = UNGROUPED
        found = keep_held(Ties.of(graph), labels, families)
        assert (found == _held_step_by_step(graph, labels, families)).all()
        left += np.unique(found[found != UNGROUPED]).size
    assert left


def test_half_of_the_other_holders_must_be_inside() -> None:
    labels = np.where(np.arange(N) < 3, 0, UNGROUPED)
    for strangers, held in ((2, True), (3, False)):
        graph = incidences_of(N, {CARD: {"c": [0, 1, 2, *range(20, 20 + strangers)]}})
        assert holding(graph, labels)[graph.owner < 3].all() == held
        assert not holding(graph, labels)[graph.owner >= 20].any()


def test_links_that_may_not_convict_or_are_said_openly_hold_nobody() -> None:
    sandbox = kind("new-link", Channel.IDENTITY, convicts=False)
    for link in (sandbox, ORGANIZATION):
        graph = incidences_of(N, {link: {"t": [0, 1, 2]}})
        assert not holding(graph, ONE_GROUP).any()
        assert binding((link,)).tolist() == [0]


def test_timing_binds_nobody_and_a_card_binds_most() -> None:
    strengths = binding((BURST, CARD, TEMPLATE, ADDRESS, CLIENT))
    assert strengths[0] == 0
    assert strengths.argmax() == 1


def _campaign_log(seed: int) -> Incidences:
    held = random_holders(np.random.default_rng(seed), 312)
    plant_campaign(held)
    return incidences_of(312, held)


def test_a_campaign_of_twelve_among_three_hundred_is_found_whole() -> None:
    for seed in range(5):
        partitions = make_partitions(_campaign_log(seed), smallest=3, seed=1)
        levels = [one.resolution for one in partitions]
        assert levels == sorted(set(levels))
        assert set(RESOLUTIONS) <= set(levels)
        labels = partitions[0].labels
        assert set(labels[CAMPAIGN]) != {UNGROUPED}
        assert np.flatnonzero(labels == labels[0]).tolist() == CAMPAIGN.tolist()


@pytest.mark.parametrize("family", ["identity", "network", "software"])
def test_the_groups_without_a_family_do_not_heed_its_links(family: str) -> None:
    held = random_holders(np.random.default_rng(3), 312)
    plant_campaign(held)
    before = make_partitions(incidences_of(312, held), smallest=3, seed=1)[0]
    dropped = {"identity": {CARD}, "network": {ADDRESS}, "software": {CLIENT, TEMPLATE}}[family]
    # The same tokens in the hands of others: counts stay, who holds what does not.
    rng = np.random.default_rng(9)
    turned = {
        link: {
            token: set(rng.choice(312, len(owners), replace=False).tolist())
            for token, owners in tokens.items()
        }
        if link in dropped
        else tokens
        for link, tokens in held.items()
    }
    after = make_partitions(incidences_of(312, turned), smallest=3, seed=1)[0]
    assert same_groups(before.without[family], after.without[family])
    assert not same_groups(before.labels, after.labels)


def test_no_links_make_no_groups() -> None:
    for partition in make_partitions(incidences_of(5, {CARD: {}}), smallest=3, seed=1):
        assert (partition.labels == UNGROUPED).all()
