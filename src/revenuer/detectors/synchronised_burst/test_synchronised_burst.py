from datetime import UTC, datetime, timedelta

import numpy as np

from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.synchronised_burst import DETECTOR

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_strangers_of_one_client_at_random_moments_share_no_minute() -> None:
    rng = np.random.default_rng(4)
    rows = [
        {
            "account_id": f"m{rng.integers(200)}",
            "start": (START + timedelta(seconds=float(second))).isoformat(),
            "tls_fingerprint": "t",
            "user_agent": "popular/1",
        }
        for second in rng.uniform(0, 86_400, 3000)
    ]
    logs = case_tables({"name": "strangers", "exchanges": rows})
    assert tokens_by_account(DETECTOR, logs) == {}
