import numpy as np
import polars as pl
import pytest

from revenuer.detectors.cases import run_cases
from revenuer.detectors.long_answers import DETECTOR
from revenuer.detectors.long_answers.detector import FEWEST, NAME, NO_CONTEXT


def value(answers: int | None, mean_log: float | None) -> float:
    frame = pl.DataFrame(
        {f"{NAME}_answers": [answers], f"{NAME}_mean_log": [mean_log]},
        schema={f"{NAME}_answers": pl.Int64, f"{NAME}_mean_log": pl.Float64},
    )
    return float(DETECTOR.statistic(frame, NO_CONTEXT)[0])


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_the_number_of_answers_does_not_matter_once_there_are_some() -> None:
    assert value(FEWEST, 7.0) == value(100_000, 7.0) == 7.0


@pytest.mark.parametrize("answers", [None, 0, FEWEST - 1])
def test_few_answers_are_no_evidence(answers: int | None) -> None:
    assert np.isnan(value(answers, 9.0))


def test_the_sentence_quotes_lengths_in_tokens() -> None:
    frames = [
        pl.DataFrame({f"{NAME}_answers": [9, 9], f"{NAME}_mean_log": [np.log(n), np.log(n)]})
        for n in (1500.0, 200.0)
    ]
    said = DETECTOR.describe(*frames)
    assert "1,500 tokens" in said
    assert "others 200" in said
