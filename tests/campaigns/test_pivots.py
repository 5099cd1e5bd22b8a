"""Moves from one model to another."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from campaign_builders import START

from revenuer.campaigns.pivots import find_pivots
from revenuer.records import Pivot
from revenuer.settings import Release

HOUR = timedelta(hours=1)


def _own(*runs: tuple[str | None, float, int]) -> pl.DataFrame:
    """Runs of exchanges: model, first hour, how many, ten an hour."""
    rows = [
        {"occurred_at": START + (first + number / 10) * HOUR, "model": model}
        for model, first, count in runs
        for number in range(count)
    ]
    return pl.DataFrame(
        rows, schema={"occurred_at": pl.Datetime("us", "UTC"), "model": pl.String}
    ).sort("occurred_at")


def test_a_move_is_found_with_its_share_and_its_hours_after_the_release() -> None:
    released = Release("new", START + 97 * HOUR)
    own = _own(("old", 0, 500), ("new", 100, 120), ("old", 100.05, 80))
    (pivot,) = find_pivots(own, (released,))
    assert pivot == Pivot(START + 100 * HOUR, "old", "new", 0.6, 3.0)


def test_without_a_release_the_hours_after_it_are_unknown() -> None:
    (pivot,) = find_pivots(_own(("old", 0, 100), ("new", 48, 100)), ())
    assert pivot.hours_after_release is None


def test_it_moved_away_from_what_it_used_last() -> None:
    own = _own(("oldest", 0, 900), ("old", 300, 400), ("new", 400, 100))
    assert [(one.from_model, one.to_model) for one in find_pivots(own, ())] == [
        ("oldest", "old"),
        ("old", "new"),
    ]


def test_a_first_model_is_no_move() -> None:
    assert find_pivots(_own(("old", 0, 500)), ()) == ()


def test_a_taste_of_a_new_model_is_no_move() -> None:
    own = _own(("old", 0, 500), ("new", 60, 3), ("old", 60.05, 100))
    assert find_pivots(own, ()) == ()


def test_few_exchanges_are_no_move() -> None:
    assert find_pivots(_own(("old", 0, 19), ("new", 48, 100)), ()) == ()
    assert find_pivots(_own(("old", 0, 100), ("new", 48, 19)), ()) == ()


def test_unknown_models_are_left_out() -> None:
    assert find_pivots(_own((None, 0, 100), ("new", 48, 100)), ()) == ()
