import numpy as np
import polars as pl
import pytest

from revenuer.detector import Context
from revenuer.detectors.address_rotation import DETECTOR
from revenuer.detectors.address_rotation.detector import spread
from revenuer.detectors.cases import run_cases

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def frame_of(known: list[int], addresses: list[int], networks: list[int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "n_located": known,
            "n_addresses": addresses,
            "n_blocks": addresses,
            "n_networks": networks,
            "active_days": [10] * len(known),
        }
    )


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_busy_accounts_may_have_more_addresses() -> None:
    rng = np.random.default_rng(3)
    volume = np.exp(rng.uniform(1, 7, 400)).astype(int) + 2
    addresses = np.maximum(1, np.round(volume**0.4)).astype(int)
    frame = frame_of(volume.tolist(), addresses.tolist(), [0] * 400)
    values = DETECTOR.statistic(frame, CONTEXT)
    assert abs(np.corrcoef(values, np.log(volume))[0, 1]) < 0.2
    few = frame_of([*volume.tolist(), 10], [*addresses.tolist(), 10], [0] * 401)
    assert DETECTOR.statistic(few, CONTEXT)[-1] > np.quantile(values, 0.99)


def test_a_log_without_network_numbers_is_not_a_log_of_no_networks() -> None:
    one, two = spread(frame_of([9, 9], [4, 4], [0, 4]))
    assert one == pytest.approx(np.log(4))
    assert two == pytest.approx(np.log(4))


def test_no_address_is_no_evidence() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of([0], [0], [0]), CONTEXT)).all()


def test_the_sentence_quotes_medians() -> None:
    members, others = frame_of([50], [40], [30]), frame_of([50], [2], [1])
    assert "40 addresses" in DETECTOR.describe(members, others)
