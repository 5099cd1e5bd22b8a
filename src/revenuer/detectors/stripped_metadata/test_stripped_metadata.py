from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.stripped_metadata import DETECTOR
from revenuer.detectors.stripped_metadata.detector import FIELDS, NAME, unfilled

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def frame_of(filled: Sequence[dict[str, int]], channels: Sequence[str | None]) -> pl.DataFrame:
    """Accounts of ten exchanges each, of which some fill each field."""
    rows = [{f"{NAME}_{field}": counts.get(field, 0) for field in FIELDS} for counts in filled]
    frame = pl.DataFrame(rows).with_columns(n_exchanges=pl.lit(10))
    return frame.with_columns(pl.Series(f"{NAME}_channel", channels, dtype=pl.String))


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_the_more_usual_a_field_the_more_its_absence_says() -> None:
    usual = [{"user_agent": 10, "session_id": 10}] * 60 + [{"user_agent": 10}] * 30
    frame = frame_of([*usual, {"user_agent": 10}, {"session_id": 10}], [None] * 92)
    values = DETECTOR.statistic(frame, CONTEXT)
    assert values[-1] > values[-2] > values[0] == pytest.approx(0.0)


def test_a_channel_is_compared_with_itself() -> None:
    app: list[dict[str, int]] = [{"session_id": 10}] * 40
    api: list[dict[str, int]] = [{}] * 40
    values = DETECTOR.statistic(frame_of(app + api, ["app"] * 40 + ["api"] * 40), CONTEXT)
    assert values[:40] == pytest.approx(0.0)
    assert np.isnan(values[40:]).all()


def test_half_of_the_requests_count_half() -> None:
    rows = [{"user_agent": 10}] * 50 + [{"user_agent": 5}, {}]
    values = DETECTOR.statistic(frame_of(rows, [None] * 52), CONTEXT)
    assert values[-2] == pytest.approx(values[-1] / 2)


def test_shares_are_those_of_the_counts() -> None:
    assert unfilled(frame_of([{"user_agent": 7}], [None]))[0].tolist() == pytest.approx(
        [0.3, 1.0, 1.0, 1.0]
    )
