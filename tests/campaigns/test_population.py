"""Owners, what they hold, and how rare it is."""

from __future__ import annotations

import numpy as np
import polars as pl
from campaign_builders import (
    ADDRESS,
    CARD,
    CLIENT,
    ORGANIZATION,
    incidences_of,
    kind,
    population_of,
)

from revenuer.campaigns.incidence import build_incidences, rare_holdings
from revenuer.campaigns.population import number_owners
from revenuer.campaigns.relays import open_relays
from revenuer.campaigns.ties import holders_of, masked, shared_tokens, sharings, strongest_ties
from revenuer.records import Channel


def _owners(*rows: tuple[str, str | None, str | None]) -> list[int]:
    """The owner of each (account, parent account, organization)."""
    names = ("account_id", "parent_account_id", "organization_id")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return number_owners(frame)["owner"].to_list()


def test_an_account_belongs_to_its_parent_then_its_organization_then_itself() -> None:
    alone, colleague, other, child, parent = _owners(
        ("a", None, None),
        ("b", None, "lab"),
        ("c", None, "lab"),
        ("d", "e", "lab"),
        ("e", None, None),
    )
    assert colleague == other
    assert child == parent
    assert len({alone, colleague, child}) == 3


def test_names_of_different_kinds_do_not_collide() -> None:
    assert len(set(_owners(("x", None, None), ("y", None, "x")))) == 2


def test_owners_are_numbered_from_zero_without_gaps() -> None:
    assert sorted(set(_owners(("a", None, "o"), ("b", None, "o"), ("c", None, None)))) == [0, 1]


def test_tokens_that_one_owner_holds_are_dropped_and_counted() -> None:
    graph = incidences_of(4, {CARD: {"shared": [0, 1], "own": [0]}})
    assert graph.names.to_list() == ["shared"]
    assert graph.holders.tolist() == [2]
    assert graph.held.ravel().tolist() == [2, 1, 0, 0]


def test_colleagues_count_once() -> None:
    owners = pl.DataFrame({"account_id": ["a", "b", "c"], "owner": [0, 0, 1]})
    tokens = pl.DataFrame({"account_id": ["a", "b"], "token": ["card", "card"]})
    assert build_incidences(owners, {CARD: tokens}).n_tokens == 0
    more = pl.concat([tokens, pl.DataFrame({"account_id": ["c"], "token": ["card"]})])
    assert build_incidences(owners, {CARD: more}).holders.tolist() == [2]


def test_the_same_name_of_two_kinds_is_two_tokens() -> None:
    graph = incidences_of(4, {CARD: {"t": [0, 1]}, CLIENT: {"t": [1, 2]}})
    assert graph.kind.tolist() == [0, 1]
    assert graph.holders.tolist() == [2, 2]


def test_null_tokens_and_strangers_accounts_hold_nothing() -> None:
    owners = pl.DataFrame({"account_id": ["a", "b"], "owner": [0, 1]})
    tokens = pl.DataFrame({"account_id": ["a", "b", "z"], "token": [None, None, "t"]})
    graph = build_incidences(owners, {CARD: tokens})
    assert graph.n_tokens == 0
    assert graph.held.sum() == 0


def test_rarity_falls_from_one_to_nothing() -> None:
    graph = incidences_of(8, {CLIENT: {"all": range(8), "four": range(4), "two": [0, 1]}})
    np.testing.assert_allclose(graph.rarity, [0, 0.5, 1])


def test_only_stable_and_secret_sharing_is_evidence() -> None:
    sandbox = kind("new-link", Channel.NETWORK, convicts=False)
    assert incidences_of(2, {CARD: {}, ORGANIZATION: {}, sandbox: {}}).telling.tolist() == [
        True,
        False,
        False,
    ]


def test_rare_holdings_leave_out_what_many_hold() -> None:
    graph = incidences_of(40, {CARD: {"rare": [0, 1], "also": [0, 2], "common": range(20)}})
    held = rare_holdings(graph, "shared-payment")
    np.testing.assert_allclose(held[:4], np.log1p([2, 1, 1, 0]))
    assert np.isnan(rare_holdings(graph, "no-such-link")).all()


def test_means_leave_out_what_is_unknown() -> None:
    population = population_of(5, {}, owner=[0, 0, 1, 1, 2])
    means = population.mean_by_owner(np.array([1.0, 3.0, np.nan, 5.0, np.nan]))
    np.testing.assert_array_equal(means, [2.0, 5.0, np.nan])


def test_accounts_and_rows_of_owners_are_those_that_name_them() -> None:
    owner = [2, 0, 1, 0, 2, 2]
    held = {CARD: {"card": [2, 0, 1], "other": [1, 2]}, ADDRESS: {"met": [0, 2]}}
    population = population_of(6, held, owner=owner)
    for sought in ([0], [2, 0], [1, 2], []):
        owners = np.array(sought, np.int64)
        accounts = np.flatnonzero(np.isin(population.owner, owners))
        assert population.accounts_of(owners).tolist() == accounts.tolist()
        rows = np.flatnonzero(np.isin(population.incidences.owner, owners))
        assert population.rows_of(owners).tolist() == rows.tolist()
    accounts, place = population.accounts_of_each(np.array([2, 1, 2]))
    assert accounts.tolist() == [0, 4, 5, 2, 0, 4, 5]
    assert place.tolist() == [0, 0, 0, 1, 2, 2, 2]


def test_ties_name_who_shares_and_how_many_others_do() -> None:
    graph = incidences_of(20, {CARD: {"card": [0, 1, 9]}, ADDRESS: {"met": range(20)}})
    members = np.array([0, 1, 2])
    shared = shared_tokens(graph, members)
    card, met = strongest_ties(graph, shared, {0: ("a",), 1: ("b",), 2: ("c",)})
    assert (card.kind, card.account_ids, card.others) == ("shared-payment", ("a", "b"), 1)
    assert (met.kind, met.others) == ("live-address", 17)
    by_kind = {one.kind.id: one for one in sharings(graph, members, shared)}
    assert (by_kind["shared-payment"].linked, by_kind["shared-payment"].outsiders) == (2, 1)


def test_holders_are_those_of_any_token_once() -> None:
    graph = incidences_of(20, {CARD: {"a": [0, 1, 9], "b": [9, 3]}, ADDRESS: {"c": range(20)}})
    for tokens in ([0], [1], [0, 1], [2, 0], []):
        sought = np.array(tokens, np.int64)
        wanted = set(graph.owner[np.isin(graph.token, sought)].tolist())
        assert holders_of(graph, sought).tolist() == sorted(wanted)


def test_a_ties_label_does_not_give_the_token_away() -> None:
    assert "4242" not in masked("shared-payment", "card 4242")
    assert masked("shared-payment", "card 4242") != masked("shared-payment", "card 4243")


def test_large_owners_that_speak_for_many_are_open_relays() -> None:
    n = 200
    voices = [40, 40, 1] + [0] * (n - 3)
    volume = [9000, 5, 8000] + [20] * (n - 3)
    population = population_of(n, {}, n_end_users=voices, n_exchanges=volume)
    assert open_relays(population).tolist() == [0]
