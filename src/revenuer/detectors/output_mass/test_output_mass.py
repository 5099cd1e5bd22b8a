import numpy as np
import polars as pl

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.output_mass import DETECTOR
from revenuer.detectors.output_mass.detector import NAME, standing_alone

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def frame_of(**columns: int | None) -> pl.DataFrame:
    usual: dict[str, int | None] = {
        "output_tokens": 10_000,
        "input_tokens": 10_000,
        "active_days": 10,
        f"{NAME}_counted": 100,
        f"{NAME}_alone": 50,
        f"{NAME}_in_session": 0,
        f"{NAME}_sessions": 0,
    }
    return pl.DataFrame([{**usual, **columns}])


def value(**columns: int | None) -> float:
    return float(DETECTOR.statistic(frame_of(**columns), CONTEXT)[0])


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_more_output_and_more_single_turns_are_less_ordinary() -> None:
    assert value(output_tokens=90_000) > value()
    assert value(**{f"{NAME}_alone": 90}) > value()


def test_labels_for_long_documents_count_less() -> None:
    assert value(input_tokens=10_000_000) < value()


def test_sessions_with_follow_ups_are_no_single_turns() -> None:
    sessions = {f"{NAME}_in_session": 100, f"{NAME}_sessions": 5}
    assert standing_alone(frame_of(**sessions))[0] == 0.05


def test_without_messages_and_sessions_there_is_no_evidence() -> None:
    assert np.isnan(value(**{f"{NAME}_counted": 0, f"{NAME}_alone": 0}))


def test_without_output_counts_there_is_no_evidence() -> None:
    assert np.isnan(value(output_tokens=None))
