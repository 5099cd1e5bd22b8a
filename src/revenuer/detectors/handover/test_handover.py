from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.handover import DETECTOR
from revenuer.features.tables import LogTables

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def in_turn(accounts: int, refusals: int, seed: int) -> LogTables:
    """Accounts that send at random moments of a day, some of it refused."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "account_id": f"m{rng.integers(accounts)}",
            "start": (START + timedelta(seconds=float(second))).isoformat(),
            "system_prompt": "shared by all customers of a popular product",
            "status": 429 if number < refusals else 200,
        }
        for number, second in enumerate(rng.uniform(0, 86_400, 1500))
    ]
    return case_tables({"name": "at random", "exchanges": rows})


@pytest.mark.parametrize("seed", range(3))
def test_strangers_at_random_moments_hand_nothing_over(seed: int) -> None:
    assert tokens_by_account(DETECTOR, in_turn(accounts=40, refusals=300, seed=seed)) == {}


def test_a_ring_is_seen_beside_strangers() -> None:
    rows = []
    for hour in range(12):
        for place in range(4):
            moment = START + timedelta(hours=hour, seconds=4 * place)
            rows.append(
                {
                    "account_id": f"ring{place}",
                    "start": moment.isoformat(),
                    "system_prompt": "the ring's own prompt",
                    "status": 200 if place == 3 else 429,
                }
            )
    held = tokens_by_account(DETECTOR, case_tables({"name": "ring", "exchanges": rows}))
    assert {account: len(tokens) for account, tokens in held.items()} == {
        "ring0": 1,
        "ring1": 2,
        "ring2": 2,
        "ring3": 1,
    }


def test_tokens_name_no_account() -> None:
    rows = [
        {"account_id": "alice", "repeat": 5, "step_s": 900, "status": 429, "system_prompt": "p"},
        {
            "account_id": "bob",
            "repeat": 5,
            "step_s": 900,
            "start": "2026-03-02T00:00:05Z",
            "system_prompt": "p",
        },
    ]
    held = tokens_by_account(DETECTOR, case_tables({"name": "names", "exchanges": rows}))
    assert held["alice"] == held["bob"]
    assert all("alice" not in token and "bob" not in token for token in held["bob"])
