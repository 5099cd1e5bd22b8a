from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.client_mismatch import DETECTOR
from revenuer.detectors.client_mismatch.detector import NAME, drawn_pairs
from revenuer.features.expressions import SEPARATOR

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def frame_of(pairs: Sequence[tuple[str, str] | None]) -> pl.DataFrame:
    drawn = [None if pair is None else SEPARATOR.join(("id", *pair)) for pair in pairs]
    return pl.DataFrame({f"{NAME}_drawn": drawn}, schema={f"{NAME}_drawn": pl.String})


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        ("OpenAI/Python 1.40.0", "openai"),
        ("python-requests/2.32.3", "python-requests"),
        ("Mozilla/5.0 (X11) Gecko/20100101 Firefox/128.0", "firefox"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "chrome"),
        ("curl", "curl"),
    ],
)
def test_the_client_is_the_product_that_the_agent_names(agent: str, client: str) -> None:
    assert drawn_pairs(frame_of([("t", agent)]))["client"].to_list() == [client]


def test_surprise_is_the_log_of_how_few_share_the_handshake() -> None:
    pairs = [("usual", "sdk/1")] * 99 + [("odd", "sdk/1")]
    value = DETECTOR.statistic(frame_of(pairs), CONTEXT)[-1]
    # By hand: half of -ln(0.5 / 100), because nobody else shows that handshake.
    assert value == pytest.approx(0.5 * np.log(200))


def test_another_clients_handshake_counts_more_than_an_unknown_one() -> None:
    pairs = [("usual", "sdk/1")] * 60 + [("chromes", "Mozilla/5.0 Chrome/1.0")] * 40
    values = DETECTOR.statistic(frame_of([*pairs, ("chromes", "sdk/1"), ("odd", "sdk/1")]), CONTEXT)
    assert values[-2] > values[-1] > values[0]


def test_a_whole_pool_in_disguise_still_stands_out() -> None:
    pairs = [("usual", "sdk/1")] * 600 + [("gos", "go/2")] * 300 + [("gos", "sdk/1")] * 30
    values = DETECTOR.statistic(frame_of(pairs), CONTEXT)
    assert values[-30:].min() > values[:-30].max()


def test_unknown_pairs_and_rare_clients_are_no_evidence() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of([None, ("t", "own/1")]), CONTEXT)).all()
