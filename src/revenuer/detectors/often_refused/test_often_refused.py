import numpy as np
import polars as pl

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.often_refused import DETECTOR
from revenuer.detectors.often_refused.detector import NAME

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def value(known: int, refused: int) -> float:
    frame = pl.DataFrame([{f"{NAME}_known": known, f"{NAME}_refused": refused}])
    return float(DETECTOR.statistic(frame, CONTEXT)[0])


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_the_same_share_says_more_of_more_requests() -> None:
    assert value(1, 1) < value(10, 10) < value(1000, 1000) < 1


def test_without_known_endings_there_is_no_evidence() -> None:
    assert np.isnan(value(0, 0))


def test_the_sentence_quotes_both_shares() -> None:
    frames = [
        pl.DataFrame({f"{NAME}_known": [10, 20], f"{NAME}_refused": [n, 2 * n]}) for n in (9, 0)
    ]
    assert "90%" in DETECTOR.describe(*frames)
    assert "0%" in DETECTOR.describe(*frames)
