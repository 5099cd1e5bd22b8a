"""An account-sized world has what is hidden in it, and grouping finds it."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

import measure_accounts
from measure_accounts import (
    HABITS,
    MOST_GIB,
    SEED,
    Stages,
    World,
    company,
    draw,
    draw_named,
    found,
    group,
    main,
    missed,
)
from revenuer.campaigns.group import UNGROUPED

ACCOUNTS = 20_000


@pytest.fixture(scope="module")
def world() -> World:
    return draw(ACCOUNTS, SEED)


def test_rows_are_as_a_scan_makes_them(world: World) -> None:
    graph = world.incidences
    assert (np.diff(graph.token) >= 0).all()
    assert (np.bincount(graph.token) == graph.holders).all()
    assert graph.holders.min() == 2
    assert np.unique(graph.token * ACCOUNTS + graph.owner).size == graph.owner.size
    assert graph.owner.max() < ACCOUNTS


def test_everybody_holds_about_ten_tokens_most_of_them_alone(world: World) -> None:
    assert world.tokens / ACCOUNTS == pytest.approx(10, rel=0.1)
    assert world.incidences.held.sum() == world.drawn
    assert world.incidences.n_tokens < 0.1 * world.tokens


def test_few_tokens_are_popular(world: World) -> None:
    graph = world.incidences
    clients = [habit.kind.id for habit in HABITS].index("client")
    holders = np.sort(graph.holders[graph.kind == clients])
    assert holders[-1] > 20 * np.median(holders)


def test_a_campaign_is_found_where_half_of_it_is_in_a_group_of_its_own() -> None:
    campaign = np.array([0, 0, 0, 0, 1, 1, 1, 1, -1, -1])
    halves = np.array([3, 3, UNGROUPED, UNGROUPED, 5, 5, 5, 5, 5, UNGROUPED])
    assert found([halves], campaign).tolist() == [True, False]
    assert found([halves, np.where(campaign == 1, 0, UNGROUPED)], campaign).all()
    assert not found([np.full(10, UNGROUPED)], campaign).any()


def test_who_is_with_a_campaign_is_counted_by_where_they_live() -> None:
    campaign = np.array([0, 0, 0, 1, -1, -1, -1, -1])
    home = np.array([7, -1, -1, -1, 7, 7, -1, -1])
    together = np.array([2, 2, UNGROUPED, 2, 2, 2, 2, UNGROUPED])
    assert company(together, campaign, home).tolist() == [[3, 2, 1, 2, 1], [1, 1, 2, 0, 3]]
    assert company(np.full(8, UNGROUPED), campaign, home)[:, 1:].sum() == 0


def test_who_lives_with_the_guilty_is_all_that_the_groups_hold_beside_them() -> None:
    mixed = draw(ACCOUNTS, SEED, mixed=True)
    assert (mixed.home[mixed.campaign >= 0] >= 0).any()
    (labels,) = group(mixed.incidences, (12.0,), Stages())
    _, own, _, living, strangers = company(labels, mixed.campaign, mixed.home).sum(axis=0)
    assert own > 40
    assert living > 0
    assert strangers == 0


@pytest.mark.parametrize("shared", ["card", "address"])
def test_sharing_one_kind_of_thing_with_the_guilty_puts_nobody_into_their_group(
    monkeypatch: pytest.MonkeyPatch, shared: str
) -> None:
    alone = tuple(one if one.kind.id == shared else replace(one, home=0.0) for one in HABITS)
    monkeypatch.setattr(measure_accounts, "HABITS", alone)
    mixed = draw(ACCOUNTS, SEED, mixed=True)
    (labels,) = group(mixed.incidences, (12.0,), Stages())
    _, own, _, living, strangers = company(labels, mixed.campaign, mixed.home).sum(axis=0)
    assert own > 40
    assert (living, strangers) == (0, 0)


def test_names_are_numbered_to_the_same_world(world: World) -> None:
    named = draw_named(ACCOUNTS, SEED, Stages())
    graph, same = named.incidences, world.incidences
    assert (named.drawn, named.tokens) == (world.drawn, world.tokens)
    assert graph.held.tolist() == same.held.tolist()
    assert sorted(graph.holders) == sorted(same.holders)
    assert np.bincount(graph.owner).tolist() == np.bincount(same.owner).tolist()


def test_missed_targets_are_named() -> None:
    assert missed(MOST_GIB, 1.0) == []
    assert missed(MOST_GIB + 1, 0.5) == ["memory", "campaigns"]


def test_a_small_world_is_grouped_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure_accounts, "QUICK_ACCOUNTS", ACCOUNTS)
    monkeypatch.setattr(sys, "argv", ["measure_accounts.py", "--quick"])
    assert main() == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "all targets hold"
    assert "| members held |" in "\n".join(told)
    assert any(line.startswith("campaigns found: ") and "(100.0%)" in line for line in told)
