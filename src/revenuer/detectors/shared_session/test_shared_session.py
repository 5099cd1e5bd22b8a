from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.shared_session import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_sessions_of_one_account_do_not_come_back() -> None:
    logs = case_tables(
        {
            "name": "own sessions",
            "exchanges": [{"account_id": "a", "repeat": 9, "session_id": "s{i}", "task_id": "t"}],
        }
    )
    assert tokens_by_account(DETECTOR, logs) == {}
