"""An account-sized world has what is hidden in it, and grouping finds it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import measure_accounts
from measure_accounts import HABITS, MOST_GIB, SEED, World, draw, found, main, missed
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
