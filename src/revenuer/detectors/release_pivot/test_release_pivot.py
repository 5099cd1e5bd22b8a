from datetime import UTC, datetime, timedelta

import ibis
import numpy as np
import polars as pl
import pytest

from revenuer.detector import Context
from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases
from revenuer.detectors.release_pivot import DETECTOR
from revenuer.detectors.release_pivot.detector import NAME, NEWEST
from revenuer.detectors.release_pivot.sightings import first_sightings, inferred_releases
from revenuer.settings import Release

START = datetime(2026, 3, 1, tzinfo=UTC)


def context(releases: int) -> Context:
    known = tuple(Release(f"m{n}", START + timedelta(days=n)) for n in range(releases))
    return Context(releases=known, plan_tokens_per_day={}, window_days=28.0)


def frame_of(*moved: tuple[int, int, int]) -> pl.DataFrame:
    names = [f"{NAME}_0_{what}" for what in ("before", "after", "moved")]
    return pl.DataFrame(list(moved), schema=names, orient="row")


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_without_releases_there_is_no_evidence() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of((9, 9, 9)), context(0))).all()


def test_the_pass_stays_narrow_however_many_releases_there_are() -> None:
    exchanges = case_tables({"name": "empty"}).exchanges
    assert len(DETECTOR.aggregates(exchanges, context(50))) == 3 * NEWEST


def test_a_few_exchanges_prove_less_than_many() -> None:
    ordinary = [(50, 50, 5)] * 40
    values = DETECTOR.statistic(frame_of(*ordinary, (50, 2, 2), (50, 200, 200)), context(1))
    assert values[-1] > values[-2] > values[0]


def test_where_all_move_nobody_stands_out() -> None:
    assert DETECTOR.statistic(frame_of(*[(9, 20, 20)] * 5), context(1)) == pytest.approx(0.0)


def test_no_use_before_the_release_is_no_evidence() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of((0, 20, 20)), context(1))).all()


def test_releases_are_read_off_the_logs() -> None:
    rows = [
        {"account_id": "a{a}", "accounts": 9, "repeat": 20, "step_s": 90_000, "model": "old"},
        {"account_id": "a{a}", "accounts": 9, "start": "2026-03-09T12:00:00Z", "model": "new"},
        {"account_id": "a0", "start": "2026-03-10T12:00:00Z", "model": "own-tune"},
    ]
    exchanges = case_tables({"name": "sightings", "exchanges": rows}).exchanges
    seen = ibis.duckdb.connect().to_polars(first_sightings(exchanges))
    assert inferred_releases(seen) == (Release("new", datetime(2026, 3, 9, 12, tzinfo=UTC)),)


def test_no_models_are_no_releases() -> None:
    seen = pl.DataFrame(schema={"model": pl.String, "first_at": pl.Datetime, "accounts": pl.Int64})
    assert inferred_releases(seen) == ()
