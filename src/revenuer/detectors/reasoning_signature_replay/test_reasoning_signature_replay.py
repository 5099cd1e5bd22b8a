from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.reasoning_signature_replay import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_only_crossing_blocks_come_back() -> None:
    logs = case_tables(
        {
            "name": "one of many",
            "exchanges": [
                {"account_id": "a", "repeat": 50, "issued_reasoning_signature": "s{i}"},
                {"account_id": "a", "repeat": 50, "reasoning_signature": "s{i}"},
                {"account_id": "b", "reasoning_signature": "s7"},
            ],
        }
    )
    held = tokens_by_account(DETECTOR, logs)
    assert held["a"] == held["b"]
    assert len(held["b"]) == 1
    assert "s7" not in held["b"]
