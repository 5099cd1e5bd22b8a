from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from revenuer.detector import Context
from revenuer.detectors.above_plan import DETECTOR
from revenuer.detectors.cases import run_cases


def context(**plans: int) -> Context:
    return Context(releases=(), plan_tokens_per_day=plans, window_days=28.0)


def frame_of(tokens: Sequence[int | None], own: int | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "input_tokens": tokens,
            "output_tokens": [0 if count is not None else None for count in tokens],
            "active_days": [1] * len(tokens),
            "plan": ["pro"] * len(tokens),
            "plan_tokens_per_day": [own] * len(tokens),
        },
        schema_overrides={"plan_tokens_per_day": pl.Int64, "output_tokens": pl.Int64},
    )


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_the_statistic_is_the_log_of_times_the_allowance() -> None:
    value = DETECTOR.statistic(frame_of([500_000], own=100_000), context())
    assert value == pytest.approx(np.log(5), abs=1e-3)


def test_the_accounts_own_allowance_goes_before_its_plans() -> None:
    frame = frame_of([500_000], own=100_000)
    assert DETECTOR.statistic(frame, context(pro=1)) == pytest.approx(np.log(5), abs=1e-3)


def test_a_plan_whose_allowance_nobody_states_is_no_evidence() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of([1_000] * 24 + [90_000]), context())).all()


def test_no_token_counts_are_no_evidence() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of([None], own=100), context())).all()
