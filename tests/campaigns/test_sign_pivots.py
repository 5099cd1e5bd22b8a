"""Pivots beside how fast ordinary accounts move."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from campaign_builders import START, population_of

from revenuer.campaigns.early_signs import Draft
from revenuer.campaigns.population import Population
from revenuer.campaigns.sign_pivots import pivots
from revenuer.settings import Release

N = 300
AT = START + timedelta(days=2)
GROUP = np.arange(12)


def _population(fast: float, movers: int, seed: int = 2) -> Population:
    """Of 300 owners a share moves half of its traffic; of the first twelve, so many do."""
    random = np.random.default_rng(seed)
    moved = np.where(random.random(N) < fast, 5, 0)
    moved[GROUP] = np.where(movers > GROUP, 5, 0)
    columns = {"before": np.full(N, 30), "after": np.full(N, 10), "moved": moved}
    named = {f"release_pivot_0_{name}": values for name, values in columns.items()}
    return population_of(N, {}, **named)


def _found(population: Population, hours: float = 40, excused: bool = False) -> list[Draft]:
    none = np.zeros(N, dtype=bool)
    ordinary = np.arange(N) >= GROUP.size
    releases = (Release("new", AT - timedelta(hours=hours)),)
    covered = np.isin(np.arange(N), GROUP) if excused else none
    return pivots(population, releases, [GROUP, GROUP[:2]], ordinary, covered, AT, 1 / 30)


def test_a_group_that_moves_at_once_is_told_beside_the_others() -> None:
    (draft,) = _found(_population(0.08, 11))
    assert draft.numbers["moved"] == 11
    assert "11 of 12 owners that act as one" in draft.statement
    assert 0.04 < draft.numbers["ordinary_moved_share"] < 0.13


def test_no_group_stands_out_where_everybody_moves() -> None:
    assert _found(_population(0.6, 11)) == []


def test_a_third_of_a_group_is_not_the_group() -> None:
    assert _found(_population(0.01, 4)) == []


def test_a_release_weeks_ago_is_no_early_sign() -> None:
    assert _found(_population(0.08, 11), hours=24 * 14) == []


def test_a_permit_covers_day_one_benchmarks() -> None:
    assert _found(_population(0.08, 11), excused=True) == []
