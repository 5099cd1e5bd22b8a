"""What every behaviour detector does with little, odd or no data."""

from datetime import UTC, datetime

import numpy as np
import pytest

from revenuer.detector import BehaviourDetector, Context
from revenuer.detectors import DETECTORS
from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import accounts_frame
from revenuer.settings import Release

BEHAVIOURS = [d for d in DETECTORS if isinstance(d, BehaviourDetector)]
CONTEXT = Context(
    releases=(Release("m2", datetime(2026, 3, 5, tzinfo=UTC)),),
    plan_tokens_per_day={"pro": 1000},
    window_days=28.0,
)
BARE = {"name": "bare", "exchanges": [{"account_id": "customer-{a}", "accounts": 4, "repeat": 3}]}
MIXED = {
    "name": "mixed",
    "exchanges": [
        {"account_id": "customer-{a}", "accounts": 30, "days": 8, "per_day": 6, "model": "m1"},
        {"account_id": "other-{a}", "accounts": 9, "days": 8, "per_day": 30, "output_tokens": 9},
    ],
    "accounts": [{"account_id": "customer-{a}", "accounts": 30, "plan": "pro"}],
}

pytestmark = pytest.mark.parametrize("detector", BEHAVIOURS, ids=lambda d: d.card.id)


def test_no_accounts_are_no_error(detector: BehaviourDetector) -> None:
    frame = accounts_frame(detector, case_tables({"name": "empty"}), CONTEXT)
    assert detector.statistic(frame, CONTEXT).shape == (0,)


def test_nothing_but_the_required_columns_makes_nobody_stand_out(
    detector: BehaviourDetector,
) -> None:
    frame = accounts_frame(detector, case_tables(BARE), CONTEXT)
    values = detector.statistic(frame, CONTEXT)
    assert values.dtype == np.float64
    assert values.shape == (4,)
    known = values[~np.isnan(values)]
    assert known.size == 0 or np.ptp(known) < 1e-9


def test_the_order_of_accounts_does_not_matter(detector: BehaviourDetector) -> None:
    frame = accounts_frame(detector, case_tables(MIXED), CONTEXT)
    turned = detector.statistic(frame.reverse(), CONTEXT)[::-1]
    np.testing.assert_allclose(turned, detector.statistic(frame, CONTEXT), atol=1e-9)


def test_the_sentence_ends_and_names_no_account(detector: BehaviourDetector) -> None:
    for case in (BARE, MIXED):
        frame = accounts_frame(detector, case_tables(case), CONTEXT)
        sentence = detector.describe(frame[:2], frame[2:])
        assert sentence.endswith(".")
        assert "customer-" not in sentence
        assert "nan" not in sentence
